"""What a schedule can do: one table of operations.

`kind` decides how passes treat an operation: `elementwise` ones may write over an operand and broadcast 1×m,
n×1 and 1×1 operands; `product` is the matrix product; `view` shares its operand's memory; `constant` has no
operand; `copy` fills new memory from one; `call` runs a function that the user passes,
whose result is copied.
"""

from __future__ import annotations

from dataclasses import dataclass

from symbolic.functions import CATALOGUE


@dataclass(frozen=True)
class Operation:
    """`notation` writes the operation as mathematics, `{0}` and `{1}` being its operands."""

    name: str
    kind: str
    notation: str
    commutes: bool = False


def _function(name: str) -> Operation:
    return Operation(name, "elementwise", name + "({0})")


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
