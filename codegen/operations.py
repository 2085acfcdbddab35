"""What a schedule can do: one table of operations.

`kind` decides how passes treat an operation: `elementwise` ones may write over an operand and broadcast 1×m,
n×1 and 1×1 operands; `product` is the matrix product; `view` shares its operand's memory; `constant` has no
operand; `copy` fills new memory from one; `call` runs a function that the user passes, whose result is copied;
`library` gives new memory of any layout; `factor` gives several matrices at once, or a form that only other
operations read, and `part` is one of these matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbolic.functions import CATALOGUE


@dataclass(frozen=True)
class Operation:
    """`notation` writes the operation as mathematics, `{0}` and `{1}` being its operands, `{args}` all of them."""

    name: str
    kind: str
    notation: str
    commutes: bool = False


def _library(name: str, notation: str = "") -> Operation:
    return Operation(name, "library", notation or name + "({args})")


def _function(name: str) -> Operation:
    return Operation(name, "elementwise", name + "({0})")


FACTORISATIONS: dict[str, tuple[str, ...]] = {
    "eigh": ("eigvalsh", "eigvecsh"),
    "eig": ("eigval", "eigvec"),
    "svd": ("svd_u", "svdvals", "svd_v"),
    "qr": ("qr_q", "qr_r"),
    "lu": ("lu_l", "lu_u"),
}
"""Factorisations, and the operations that are parts of each, in order."""

_FACTORED = {"solve": "{0} \\ {1}", "inv": "{0}⁻¹", "det": "det({0})", "logdet": "logdet({0})"}

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (
        Operation("matmul", "product", "{0} {1}"),
        Operation("add", "elementwise", "{0} + {1}", commutes=True),
        Operation("subtract", "elementwise", "{0} - {1}"),
        Operation("multiply", "elementwise", "{0} ⊙ {1}", commutes=True),
        Operation("divide", "elementwise", "{0} ⊘ {1}"),
        Operation("negative", "elementwise", "-{0}"),
        Operation("power", "elementwise", "{0}.^{1}"),
        Operation("transpose", "view", "{0}ᵀ"),
        Operation("copy", "copy", "{0}"),
        Operation("broadcast", "copy", "{0}, repeated"),
        Operation("ones", "constant", "1"),
        Operation("zeros", "constant", "0"),
        Operation("eye", "constant", "I"),
        Operation("call", "call", "{0}"),
        Operation("slice", "view", "{0}[{rows}, {cols}]"),
        Operation("reshape", "view", "reshape({0})"),
        Operation("diagonal", "view", "diagonal({0})"),
        *map(_library, ("diag", "tril", "triu", "sum", "tr", "pinv", "expm", "logm", "sqrtm", "sinm", "cosm",
                        "sylvester", "chol", "eigvalsh", "svdvals", "det", "logdet", "sum_1", "sum_2", "max", "max_1",
                        "max_2", "max_weights", "max_weights_1", "max_weights_2", "logsumexp", "logsumexp_1",
                        "logsumexp_2", "expm_frechet", "logm_frechet", "sinm_frechet", "cosm_frechet")),
        _library("kron", "{0} ⊗ {1}"),
        _library("hstack", "[{args}]"),
        _library("vstack", "[{args}]"),
        _library("inv", "{0}⁻¹"),
        *(_library(name, "{0} \\ {1}") for name in ("solve", "solve_lower", "solve_upper", "solve_spd")),
        _library("trace_product", "tr({0} {1})"),
        _library("diagonal_product", "diagonal({0} {1})"),
        *(Operation(name, "factor", f"{name}({{0}})") for name in FACTORISATIONS),
        Operation("factor_lu", "factor", "P L U = {0}"),
        Operation("factor_spd", "factor", "L L' = {0}"),
        Operation("factor_expm", "factor", "expm({0}) in the direction {1}"),
        *(_library(f"{name}_{kind}", notation) for kind in ("lu", "cho") for name, notation in _FACTORED.items()),
        Operation("part", "part", "{part}"),
        *(_function(name) for name in CATALOGUE if name not in ("sigmoid", "silu", "gelu", "square", "reciprocal")),
    )
}

EXPANSIONS: dict[str, str] = {
    "sigmoid": "1 ./ (1 + exp(-X))",
    "silu": "X∘sigmoid(X)",
    "gelu": "X∘(0.5*(1 + erf(X/sqrt(2))))",
    "square": "X∘X",
    "reciprocal": "1 ./ X",
}
"""Functions that are computed from others, in the form whose parts their derivatives use again."""
