"""Right rewritings of an expression, one small rule each, written by hand and independent of the simplifier."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from sympy import HadamardPower, HadamardProduct, Integer, MatAdd, MatMul, MatrixSymbol, Transpose

from symbolic import nodes
from symbolic.nodes import Elementwise, Node, Operation, Quotient, Scale, is_number
from symbolic.program import Program
from symbolic.walks import rewrite, subexpressions

Rule = Callable[[Node, Program], Iterator[Node]]


def rewritten(node: Node, program: Program, random_: random.Random, times: int) -> Node:
    """An expression after some rewritings at random places."""
    for _ in range(times):
        found = [(part, new) for part in subexpressions(node) for rule in RULES for new in rule(part, program)]
        if not found:
            break
        part, new = random_.choice(found)
        node = replaced(node, part, new)
    return node


def replaced(node: Node, part: Node, new: Node) -> Node:
    return rewrite(node, lambda other: other, {part: new})


def _other_order(node: Node, _: Program) -> Iterator[Node]:
    if type(node) in (MatAdd, HadamardProduct):
        build = nodes.add if type(node) is MatAdd else nodes.hadamard
        yield build(*reversed(node.args))


def _distributed(node: Node, _: Program) -> Iterator[Node]:
    """A (B + C) = A B + A C, and for ⊙"""
    if type(node) not in (MatMul, HadamardProduct):
        return
    build = nodes.multiply if type(node) is MatMul else nodes.hadamard
    for k, factor in enumerate(node.args):
        if type(factor) is MatAdd:
            yield nodes.add(*(build(*node.args[:k], term, *node.args[k + 1 :]) for term in factor.args))


def _transposed_inside(node: Node, _: Program) -> Iterator[Node]:
    if type(node) is not Transpose:
        return
    inner = node.args[0]
    if type(inner) is MatMul:
        yield nodes.multiply(*(nodes.transpose(factor) for factor in reversed(inner.args)))
    elif type(inner) in (MatAdd, HadamardProduct):
        build = nodes.add if type(inner) is MatAdd else nodes.hadamard
        yield build(*map(nodes.transpose, inner.args))


def _transposed_outside(node: Node, _: Program) -> Iterator[Node]:
    """A B = (B' A')'"""
    if type(node) is MatMul:
        yield nodes.transpose(nodes.multiply(*(nodes.transpose(factor) for factor in reversed(node.args))))


def _twice_less_once(node: Node, _: Program) -> Iterator[Node]:
    yield nodes.subtract(nodes.scale(Integer(2), node), node)


def _halves(node: Node, _: Program) -> Iterator[Node]:
    half = nodes.scale(Integer(1) / 2, node)
    yield nodes.add(half, half)


def _times_one(node: Node, _: Program) -> Iterator[Node]:
    if node.shape != nodes.SCALAR and not isinstance(node, nodes.CONSTANTS):
        yield nodes.multiply(nodes.identity(node.shape[0]), node)
        yield nodes.hadamard(node, nodes.ones(*node.shape))


def _as_diagonal(node: Node, _: Program) -> Iterator[Node]:
    """x ⊙ y = diag(x) y of columns"""
    if type(node) is HadamardProduct and len(node.args) == 2 and node.shape[1] == 1 and node.shape[0] != 1:
        yield nodes.multiply(nodes.operate("diag", node.args[0]), node.args[1])


def _solved_by_inverse(node: Node, _: Program) -> Iterator[Node]:
    if type(node) is Operation and node.name == "solve":
        yield nodes.multiply(nodes.operate("inv", node.operands[0]), node.operands[1])


def _trace_turned(node: Node, _: Program) -> Iterator[Node]:
    if type(node) is not Operation or node.name != "tr":
        return
    inner = node.operands[0]
    yield nodes.operate("tr", nodes.transpose(inner))
    if type(inner) is MatMul:
        yield nodes.operate("tr", nodes.multiply(*inner.args[1:], inner.args[0]))


def _squared(node: Node, _: Program) -> Iterator[Node]:
    if type(node) is HadamardPower and node.args[1].is_Integer and node.args[1] > 1:
        yield nodes.hadamard(node.args[0], nodes.power(node.args[0], node.args[1] - 1))


def _divided(node: Node, _: Program) -> Iterator[Node]:
    if type(node) is Quotient:
        yield nodes.hadamard(node.numerator, nodes.quotient(nodes.ones(*node.shape), node.denominator))


def _written_out(node: Node, program: Program) -> Iterator[Node]:
    """A name as what the program says it is."""
    if type(node) is MatrixSymbol and node.name in {let.name for let in program.lets}:
        yield program.let(node.name).expr


def _known_relations(node: Node, _: Program) -> Iterator[Node]:
    if type(node) is not Elementwise or node.order:
        return
    x, ones = node.argument, nodes.ones(*node.shape)
    if node.function == "tanh":
        yield nodes.quotient(nodes.apply("sinh", x), nodes.apply("cosh", x))
    elif node.function == "sigmoid":
        yield nodes.quotient(ones, nodes.add(ones, nodes.apply("exp", nodes.negative(x))))
    elif node.function == "exp":
        yield nodes.quotient(ones, nodes.apply("exp", nodes.negative(x)))
    elif node.function == "cos":
        yield nodes.quotient(nodes.apply("sin", x), nodes.apply("tan", x))


def _sum_by_ones(node: Node, _: Program) -> Iterator[Node]:
    if type(node) is Operation and node.name == "sum_2":
        inner = node.operands[0]
        yield nodes.multiply(inner, nodes.ones(inner.shape[1], Integer(1)))


def _scalar_inside(node: Node, _: Program) -> Iterator[Node]:
    """c (A B) with the number as a factor entry by entry"""
    if type(node) is Scale and is_number(node.coefficient):
        yield nodes.hadamard(nodes.scale(node.coefficient, nodes.ones(*node.shape)), node.matrix)


RULES: tuple[Rule, ...] = (
    _other_order, _distributed, _transposed_inside, _transposed_outside, _twice_less_once, _halves, _times_one,
    _as_diagonal, _solved_by_inverse, _trace_turned, _squared, _divided, _written_out, _known_relations, _sum_by_ones,
    _scalar_inside,
)  # fmt: skip
