"""Small mistakes in an expression, one at a time, as a person makes them: a sign, a factor, a transpose, a term."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import HadamardProduct, Integer, MatAdd, MatMul, Transpose

from symbolic import nodes
from symbolic.nodes import Node, Operation
from symbolic.walks import rewrite, subexpressions


def mutants(node: Node) -> Iterator[tuple[str, Node]]:
    """Every expression that differs from `node` by one mistake, with what the mistake is."""
    for part in subexpressions(node):
        for mistake, wrong in _mistakes(part):
            changed = replaced(node, part, wrong)
            if changed != node:
                yield f"{mistake} at {part}", changed


def replaced(node: Node, part: Node, wrong: Node) -> Node:
    """The expression with one of its parts replaced, wherever it stands."""
    memo = {part: wrong}
    return rewrite(node, lambda other: other, memo)


def _mistakes(part: Node) -> Iterator[tuple[str, Node]]:
    square = part.shape[0] == part.shape[1]
    if isinstance(part, nodes.LEAVES):
        return
    yield "sign flipped", nodes.negative(part)
    yield "factor two", nodes.scale(Integer(2), part)
    if type(part) is Transpose and square:
        yield "transpose lost", part.args[0]
    if type(part) is MatAdd:
        for k in range(len(part.args)):
            yield "term dropped", nodes.add(*(term for i, term in enumerate(part.args) if i != k))
    if type(part) in (MatMul, HadamardProduct):
        for k, factor in enumerate(part.args):
            rest = [other for i, other in enumerate(part.args) if i != k]
            if type(part) is HadamardProduct or factor.shape[0] == factor.shape[1]:
                yield "factor dropped", (nodes.hadamard if type(part) is HadamardProduct else nodes.multiply)(*rest)
    if type(part) is MatMul:
        for k in range(len(part.args) - 1):
            left, right = part.args[k : k + 2]
            if left.shape == right.shape and square and left != right:
                swapped = (*part.args[:k], right, left, *part.args[k + 2 :])
                yield "factors swapped", nodes.multiply(*swapped)
    if type(part) is Operation and part.name == "inv":
        yield "inverse lost", part.operands[0]
