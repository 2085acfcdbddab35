"""The exact oracle: field arithmetic of its own, and differentials that agree with dual numbers exactly."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from sympy import Expr, Integer, Min, Rational, pi, sqrt

from symbolic import nodes
from symbolic.differential import Differential, differentiate
from symbolic.errors import NotSupported
from symbolic.exact import Tables, differential_holds, evaluate, is_checkable, is_rational, number, random_matrix
from symbolic.exact_operations import EXACT_OPERATIONS
from symbolic.field import Dual, Matrix, Singular, identity, ones, zeros
from symbolic.language.read import read_program
from symbolic.nodes import Node, Operation, dimension, operate
from symbolic.operations import OPERATIONS
from symbolic.program import Program
from symbolic.statements import Input, Let

n, m = dimension("n"), dimension("m")
A, dA = nodes.symbol("A", n, n), nodes.symbol("δA", n, n)

RATIONAL = [
    "X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)",
    "Y = A*B*C*D",
    "Y = " + "*".join(f"A{k}" for k in range(12)),
    "Y = " + " .* ".join(f"A{k}" for k in range(12)),
    "a : scalar; A : n x m; Y = 3*a*A*B + a^2*(A ./ C)*B + a./(1 + (A*B).*(A*B))",
    "f(x) = x^3/(1 + x^2)\nY = f(A) + A.^5 + A.^(-2)",
    "S : n x n symmetric; L : n x n lower; Y = S*L' - L*S + f''(L) .* g(S)",
    "x : n; B : n x n; Y = x'*B*x + 1/3; Z = x*x'; return Y, Z",
    "Y = reciprocal(A)*square(B) - A.^(-1)*B",
    "b : h; Y = f(X*W + ones(n,1)*b'); X : n x m",
]


def sizes_of(program: Program) -> dict[str, int]:
    return {str(size): 2 + index % 3 for index, size in enumerate(program.sizes)}


@pytest.mark.parametrize("text", RATIONAL)
@pytest.mark.parametrize("times", [1, 2])
def test_differentials_agree_exactly_with_dual_numbers(text: str, times: int) -> None:
    program = read_program(text)
    for _ in range(times):
        differential = differentiate(program)
        program = differential.program
    assert is_rational(program)
    assert all(differential_holds(differential, sizes_of(program), seed) for seed in (1, 2, 3))


@pytest.mark.parametrize("numerator", [10**15 + 1, -(10**15)])
def test_a_coefficient_that_is_wrong_by_the_smallest_amount_is_found(numerator: int) -> None:
    differential = differentiate(read_program("Y = A*B .* C"), "A")
    *others, last = differential.tangent.lets
    wrong = Let(last.name, nodes.scale(Rational(numerator, 10**15), last.expr))
    spoiled = replace(differential, tangent=replace(differential.tangent, lets=(*others, wrong)))
    assert not differential_holds(spoiled, sizes_of(differential.primal), 1)


def test_numbers_are_exact() -> None:
    assert number(Rational(1, 3)) * Dual(3) == Dual(1)
    with pytest.raises(NotSupported, match="pi"):
        number(pi)
    with pytest.raises(Singular):
        number(1 / Integer(0))


def test_tables_are_functions_and_their_derivatives_are_independent() -> None:
    tables = Tables(7)
    assert tables.apply("f", 0, Dual(5, 1)) == Dual(tables.value("f", 0, 5), tables.value("f", 1, 5))
    values = {tables.value(name, order, 5) for name in "fg" for order in range(3)}
    assert len(values) == 6 and tables.value("f", 0, 6) not in values
    assert Tables(8).value("f", 0, 5) != tables.value("f", 0, 5)


NOT_RATIONAL_BODIES = [f"f(x) = {body}; Y = f(A)" for body in ("exp(x)", "pi*x", "x^(1/2)", "1 + sqrt(2)*x^2")]


@pytest.mark.parametrize("text", ["Y = sin(A)", "Y = A.^(1/2)", "Y = pi*A", *NOT_RATIONAL_BODIES])
def test_what_is_not_rational_is_refused(text: str) -> None:
    program = read_program(text)
    assert not is_rational(program)
    with pytest.raises(NotSupported):
        evaluate(program, {"A": ones(1, 1)}, Tables(0))


# Facts


FACTS: dict[str, Callable[[Matrix], bool]] = {
    "symmetric": lambda A: A == A.T,
    "spd": lambda A: A == A.T,
    "orthogonal": lambda A: A.T @ A == A @ A.T == identity(A.rows),
    "diagonal": lambda A: _zero_where(A, lambda i, j: i != j),
    "lower": lambda A: _zero_where(A, lambda i, j: i < j),
    "upper": lambda A: _zero_where(A, lambda i, j: i > j),
}


def _zero_where(A: Matrix, outside: Callable[[int, int], bool]) -> bool:
    """Zero outside the pattern and nowhere in it."""
    return all((x.a == 0) == outside(i, j) for i, row in enumerate(A.entries) for j, x in enumerate(row))


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("size", [0, 1, 2, 5])
def test_random_matrices_have_the_facts_of_their_input(fact: str, size: int) -> None:
    with_fact, without = (
        random_matrix(Input("A", (n, n), facts), {"n": size}, random.Random(1)) for facts in ((fact,), ())
    )
    assert FACTS[fact](with_fact) and with_fact.shape == (size, size)
    assert size < 2 or not FACTS[fact](without)


def test_an_orthogonal_matrix_is_a_value_but_no_direction() -> None:
    """d(Q A Q') = Q dA Q', and (Q A Q') Q = Q A holds because Q is orthogonal."""
    program = read_program("Q : n x n orthogonal; A : n x n; Y = Q*A*Q'")
    assert is_checkable(differentiate(program, "A"))
    assert not is_checkable(differentiate(program, "Q")) and not is_checkable(differentiate(program))
    rotation = Input("Q", (n, n), ("orthogonal",))
    Q = rotation.symbol
    value = nodes.multiply(Q, A, nodes.transpose(Q), Q)
    assert differential_holds(by_hand(value, nodes.multiply(Q, dA), rotation), {"n": 3}, 1)
    assert not differential_holds(by_hand(value, nodes.multiply(nodes.transpose(Q), dA), rotation), {"n": 3}, 1)


def test_what_is_not_rational_is_not_checkable() -> None:
    assert is_checkable(by_hand(A, dA))
    assert not is_checkable(by_hand(A, nodes.scale(pi, dA)))
    assert not is_checkable(by_hand(nodes.scale(pi, A), dA))


# Named operations, sizes and coefficients


def by_hand(value: Node, moved: Node, *others: Input) -> Differential:
    """The differential of Y = value with respect to A as someone says it is."""
    inputs = (Input("A", (n, n)), *others)
    primal = Program("hand", inputs, (Let("Y", value),), ("Y",))
    tangent = Program("hand", (*inputs, Input("δA", (n, n))), (Let("Y", value), Let("δY", moved)), ("Y", "δY"))
    return Differential(primal, (("A", "δA"),), tangent, (), 1)


def value_of(node: Node, **inputs: Matrix) -> Matrix:
    """The value of an expression in A : n x m."""
    program = Program("value", (Input("A", (n, m)),), (Let("Y", node),), ("Y",))
    return evaluate(program, inputs, Tables(0))["Y"]


def inv(node: Node) -> Node:
    return operate("inv", node)


def is_empty(node: Node, size: int) -> bool:
    """Whether it has no entries where n has this length."""
    return any(length.xreplace({n: Integer(size)}) == 0 for length in node.shape)


def cut(node: Node) -> Node:
    return operate("slice", node, parameters=(Integer(1), n - 1, Integer(2), n))


BY_HAND = {
    "inv": (inv(A), nodes.multiply(nodes.negative(inv(A)), dA, inv(A))),
    "det": (operate("det", A), nodes.multiply(operate("det", A), operate("tr", nodes.multiply(inv(A), dA)))),
    "power": (
        operate("matrix_power", A, parameters=(Integer(2),)),
        nodes.add(nodes.multiply(dA, A), nodes.multiply(A, dA)),
    ),
    "solve": (
        operate("solve", A, nodes.identity(n)),
        nodes.negative(operate("solve", A, nodes.multiply(dA, operate("solve", A, nodes.identity(n))))),
    ),
    "slice": (cut(A), cut(dA)),
    "vec": (
        operate("reshape", A, parameters=(n**2, Integer(1))),
        operate("reshape", dA, parameters=(n**2, Integer(1))),
    ),
    "kron": (operate("kron", A, nodes.ones(n, n)), operate("kron", dA, nodes.ones(n, n))),
    "mean": (nodes.scale(1 / n, operate("sum_1", A)), nodes.scale(1 / n, operate("sum_1", dA))),
}


@pytest.mark.parametrize("value, moved", BY_HAND.values(), ids=BY_HAND)
@pytest.mark.parametrize("size", [1, 2, 4])
def test_differentials_of_named_operations_by_hand(value: Node, moved: Node, size: int) -> None:
    found = by_hand(value, moved)
    assert is_checkable(found) and differential_holds(found, {"n": size}, 1)
    if not is_empty(value, size):
        assert not differential_holds(by_hand(value, nodes.negative(moved)), {"n": size}, 1)


@pytest.mark.parametrize("name", EXACT_OPERATIONS)
def test_the_rules_of_named_operations(name: str) -> None:
    program = read_program(OPERATIONS[name].example)
    assert name in [node.name for node in program.nodes() if type(node) is Operation]
    differential = differentiate(program)
    assert is_checkable(differential) and differential_holds(differential, sizes_of(program), 1)
    second = differentiate(differential.program)
    assert is_checkable(second) and differential_holds(second, sizes_of(program), 1)


def test_operations_that_are_not_rational_are_refused() -> None:
    program = Program("f", (Input("A", (n, n)),), (Let("Y", operate("expm", A)),), ("Y",))
    assert not is_rational(program)
    with pytest.raises(NotSupported, match="expm"):
        evaluate(program, {"A": identity(2)}, Tables(0))


def test_constants_of_sizes_that_are_expressions() -> None:
    at = ones(2, 3)
    assert value_of(nodes.zeros(2 * n, Min(n, m)), A=at) == zeros(4, 2)
    assert value_of(nodes.ones(n * m, n - 1), A=at) == ones(6, 1)
    assert value_of(nodes.identity(n + m), A=at) == identity(5)
    assert value_of(nodes.identity(n), A=ones(0, 3)) == zeros(0, 0)


COEFFICIENTS: list[tuple[Expr, Rational]] = [
    (1 / n, Rational(1, 4)),
    (n * m - 1, Rational(35)),
    (Rational(2, 3) / (n * m), Rational(1, 54)),
    (1 / Min(n, m) + n * m, Rational(145, 4)),
    (1 / (n - 1), Rational(1, 3)),
]
"""In sizes, and their values at n = 4, m = 9."""


@pytest.mark.parametrize("coefficient, value", COEFFICIENTS)
def test_coefficients_in_sizes(coefficient: Expr, value: Rational) -> None:
    node = nodes.scale(coefficient, nodes.symbol("A", n, m))
    assert is_rational(Program("f", (Input("A", (n, m)),), (Let("Y", node),), ("Y",)))
    assert value_of(node, A=ones(4, 9)) == ones(4, 9).map(lambda x: x * number(value))


@pytest.mark.parametrize("coefficient", [1 / sqrt(n), sqrt(n * m), pi / n, n / pi, n * sqrt(2)])
def test_coefficients_that_need_not_be_rational(coefficient: Expr) -> None:
    node = nodes.scale(coefficient, nodes.symbol("A", n, m))
    assert not is_rational(Program("f", (Input("A", (n, m)),), (Let("Y", node),), ("Y",)))
    with pytest.raises(NotSupported):
        value_of(node, A=ones(3, 2))


def test_roots_of_squares_are_rational() -> None:
    half = ones(4, 9).map(lambda x: x / Dual(2))
    assert value_of(nodes.scale(1 / sqrt(n), nodes.symbol("A", n, m)), A=ones(4, 9)) == half


def test_a_coefficient_that_divides_by_zero_asks_for_another_point() -> None:
    with pytest.raises(Singular):
        value_of(nodes.scale(1 / (n - 1), nodes.symbol("A", n, m)), A=ones(1, 2))


def test_matrices_without_rows() -> None:
    """The number of columns is kept: A'A of a matrix 0×3 is 3×3, and zero."""
    symbol = nodes.symbol("A", n, m)
    gram = nodes.multiply(nodes.transpose(symbol), symbol)
    assert value_of(gram, A=zeros(0, 3)) == zeros(3, 3)
    assert value_of(nodes.hadamard(symbol, symbol), A=zeros(3, 0)) == zeros(3, 0)
