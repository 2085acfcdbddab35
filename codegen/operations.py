"""What a schedule can do: one table of operations.

`kind` decides how passes treat an operation: `elementwise` ones may write over an operand and broadcast 1×m,
n×1 and 1×1 operands; `product` is the matrix product; `view` shares its operand's memory; `constant` has no
operand; `copy` fills new memory from one; `call` runs a function that the user passes, whose result is copied;
`library` gives new memory of any layout; `factor` gives several matrices at once, or a form that only other
operations read, and `part` is one of these matrices.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbolic import operations as named
from symbolic.functions import CATALOGUE


@dataclass(frozen=True)
class Operation:
    """`notation` writes the operation as mathematics, `{0}` and `{1}` being its operands, `{args}` all of them."""

    name: str
    kind: str
    notation: str
    commutes: bool = False


def _library(name: str, notation: str = "") -> Operation:
    return Operation(name, "library", notation or called(name))


def _function(name: str) -> Operation:
    return Operation(name, "elementwise", name + "({0})")


def called(name: str) -> str:
    """tr({args}), sum({args}, 2): as programs call it, where they can."""
    record = named.OPERATIONS.get(name)
    if record is None:
        return name + "({args})"
    return f"{record.written}({{args}}{f', {record.axis}' if record.axis else ''})"


FACTORISATIONS: dict[str, tuple[str, ...]] = {
    "eigh": ("eigvalsh", "eigvecsh"),
    "eig": ("eigval", "eigvec", "left_eigvec"),
    "svd": ("svd_u", "svdvals", "svd_v"),
    "qr": ("qr_q", "qr_r"),
    "lu": ("lu_l", "lu_u"),
    "largest": ("max", "max_weights"),
    "largest_1": ("max_1", "max_weights_1"),
    "largest_2": ("max_2", "max_weights_2"),
}
"""Factorisations, and the operations that are parts of each, in order."""

TOGETHER: dict[str, tuple[str, ...]] = {
    "softmax": ("logsumexp", "softmax"),
    "softmax_1": ("logsumexp_1", "softmax_1"),
    "softmax_2": ("logsumexp_2", "softmax_2"),
    **{f"{name}_pair": (name, f"{name}_frechet") for name in ("expm", "sinm", "cosm")},
    "lu_pushforward": ("lu_l_pushforward", "lu_u_pushforward"),
    "sin_cos": ("sin", "cos"),
}
"""What is computed at once where both parts are needed."""

PAIRS = ("sin_cos",)
"""Of these each part is there once, and is a matrix like any other."""

WAYS = ("lu", "cho", "triangular")
"""How a system is solved: with exchanges of rows, through Cholesky, by substitution."""

INVERSES = {f"inv_{way}": f"solve_{way}" for way in WAYS}
"""Each way to invert a matrix, and that to solve a system with it, which has one operand more."""

_SYSTEM = {"solve": "{matrix} \\ {1}", "inv": "{matrix}⁻¹", "det": "det({inside})", "logdet": "logdet({inside})"}
"""`matrix`, and `inside` parentheses: that of which the first operand is a factor; `second`, the second."""

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
        Operation("larger", "elementwise", "max({0}, {1})", commutes=True),
        Operation("smaller", "elementwise", "min({0}, {1})", commutes=True),
        Operation("transpose", "view", "{0}ᵀ"),
        Operation("copy", "copy", "{0}"),
        Operation("broadcast", "copy", "{0}, repeated"),
        Operation("ones", "constant", "1"),
        Operation("zeros", "constant", "0"),
        Operation("eye", "constant", "I"),
        Operation("call", "call", "{0}"),
        Operation("slice", "view", "{0}[{rows}, {cols}]"),
        Operation("reshape", "view", "reshape({0}, {rows}, {cols})"),
        Operation("rearrange", "view", "rearrange({0})"),
        Operation("diagonal", "view", "diagonal({0})"),
        _library("choose", "({1} where {0} > 0, {2} elsewhere)"),
        _library("kron", "{0} ⊗ {1}"),
        _library("hstack", "[{args}]"),
        _library("vstack", "[{stacked}]"),
        _library("trace_product", "tr({0} {1})"),
        _library("diagonal_product", "diagonal({0} {1})"),
        *map(
            _library,
            (
                "diag",
                "tril",
                "triu",
                "sum",
                "sum_1",
                "sum_2",
                "tr",
                "max",
                "max_1",
                "max_2",
                "logsumexp",
                "logsumexp_1",
                "logsumexp_2",
                "chol",
                "pinv",
                "eigvalsh",
                "svdvals",
                "expm",
                "logm",
                "sqrtm",
                "sinm",
                "cosm",
                "expm_frechet",
                "logm_frechet",
                "sinm_frechet",
                "cosm_frechet",
                "expm_frechet2",
                "logm_frechet2",
                "sinm_frechet2",
                "cosm_frechet2",
            ),
        ),
        *(_library(f"average_largest{suffix}", "mean({2} where {0} = {1})") for suffix in ("", "_1", "_2")),
        Operation("factor_lu", "factor", "{0} = P L U"),
        *map(_library, ("chol_pushforward", "chol_pullback", "lu_pullback")),
        *(_library(f"{name}_{way}", text) for name, text in _SYSTEM.items() for way in WAYS),
        Operation("schur", "factor", "{0} = Q T Qᵀ"),
        _library("solve_sylvester", "sylvester({inside}, {second}, {2})"),
        Operation("spectrum", "factor", "{0} = V Λ Vᵀ"),
        Operation("mapped_spectrum", "factor", "{function} of Λ"),
        _library("of_spectrum", "{function}({inside})"),
        _library("frechet_of_spectrum", "{function}_frechet({inside}, {1})"),
        _library("frechet2_of_spectrum", "{function}_frechet2({inside}, {1}, {2})"),
        _library("sylvester_of_spectra", "sylvester({inside}, {second}, {2})"),
        *(Operation(name, "factor", f"{name}({{args}})") for name in (*FACTORISATIONS, *TOGETHER)),
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
