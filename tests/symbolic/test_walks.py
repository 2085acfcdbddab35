"""Walks over expressions: order, sharing, depth."""

from sympy import Integer

from symbolic.nodes import add, apply, hadamard, multiply, operands, symbol, transpose
from symbolic.walks import bottom_up, rewrite, subexpressions

A, B = (symbol(name, Integer(3), Integer(3)) for name in "AB")


def doubled(levels):
    """2^levels operations, written out."""
    node = A
    for _ in range(levels):
        node = hadamard(apply("sin", node), apply("cos", node))
    return node


def test_subexpressions_come_once_and_after_their_operands():
    shared = apply("sin", A)
    node = add(hadamard(shared, B), multiply(shared, shared))
    order = list(subexpressions(node))
    assert len(order) == len(set(order)) and order[-1] is node
    for position, part in enumerate(order):
        assert all(operand in order[:position] for operand in operands(part))


def test_what_is_known_is_passed_over_with_all_inside_it():
    inner = multiply(A, B)
    node = apply("sin", inner)
    assert list(subexpressions(node, known={inner})) == [node]


def test_shared_parts_are_met_once():
    met = []
    bottom_up(doubled(40), {}, met.append)
    assert len(met) == 1 + 3 * 40


def test_operands_are_met_from_left_to_right():
    left, right = apply("sin", A), apply("cos", B)
    node = multiply(left, right)
    met = []
    bottom_up(node, {}, met.append)
    assert met == list(subexpressions(node)) == [A, left, B, right, node]


def test_depth_has_no_limit():
    node = A
    for _ in range(3000):
        node = apply("sin", node)
    assert bottom_up(node, {}, lambda part: None) is None
    assert rewrite(node, lambda part: B if part is A else part, {}).args[2] is not node.args[2]


def test_rewriting_begins_with_the_operands():
    node = add(multiply(A, B), transpose(A))
    assert rewrite(node, lambda part: B if part is A else part, {}) == add(multiply(B, B), transpose(B))
    assert rewrite(node, lambda part: part, {}) is node
