"""The named operations: each rule is the line of mathematics in its record, read and elaborated."""

from __future__ import annotations

from collections.abc import Callable

from symbolic.language.elaborate import bind, name_parts
from symbolic.language.formulas import formula
from symbolic.language.names import differential_of
from symbolic.nodes import Node, Operation, add, matrix_power, multiply
from symbolic.operations import OPERATIONS, MatrixOperation
from symbolic.rules.registry import Differentiate, linear, rule

LONG_POWER = 8


@rule(Operation, "matrix_power", OPERATIONS["matrix_power"].formula, OPERATIONS["matrix_power"].cite, "matrix_power")
def power_of_a_matrix(node: Node, d: Differentiate) -> Node:
    """dA A A + A dA A + A A dA; a high power is halved first, A^k = A^h A^(k-h), to stay short itself."""
    return _power(node.operands[0], d(node.operands[0]), int(node.parameters[0]))


def _power(base: Node, moved: Node, exponent: int) -> Node:
    def powers(before: int, inside: Node, after: int) -> Node:
        left, right = ([matrix_power(base, k)] if k else [] for k in (before, after))
        return multiply(*left, inside, *right)

    if exponent > LONG_POWER:
        half = exponent // 2
        return add(
            powers(0, _power(base, moved, half), exponent - half), powers(half, _power(base, moved, exponent - half), 0)
        )
    return add(*(powers(k, moved, exponent - 1 - k) for k in range(exponent)))


def _by_formula(operation: MatrixOperation) -> Callable[[Node, Differentiate], Node]:
    def apply(node: Node, d: Differentiate) -> Node:
        names, sizes = bind(operation, node.operands)
        names |= {differential_of(name): d(operand) for name, operand in names.items()}
        elaboration = name_parts(operation.where, names, sizes, operation.name)
        return elaboration.matrix(formula(operation.differential, operation.name, tuple(names)))

    return apply


for _operation in OPERATIONS.values():
    if _operation.name == "matrix_power":
        continue
    if _operation.is_linear:
        linear(Operation, _operation.name, _operation.formula, _operation.cite, _operation.name)
    else:
        rule(Operation, _operation.name, _operation.formula, _operation.cite, _operation.name)(_by_formula(_operation))
