"""The constructors: one normal form, whose value is what was asked for."""

import random

import numpy as np
import pytest
from oracles import TIGHT, operations_in, random_node, relative_error, value_of
from sympy import (
    HadamardPower,
    HadamardProduct,
    Identity,
    Integer,
    MatAdd,
    MatMul,
    MatrixSymbol,
    OneMatrix,
    Rational,
    Symbol,
    Transpose,
    ZeroMatrix,
)

from symbolic import nodes
from symbolic.nodes import (
    Elementwise,
    Scale,
    add,
    apply,
    hadamard,
    multiply,
    negative,
    ones,
    operands,
    power,
    quotient,
    rebuild,
    scale,
    split_number,
    subtract,
    symbol,
    transpose,
)
from symbolic.walks import subexpressions

ONE, THREE = Integer(1), Integer(3)
A, B, C = (symbol(name, THREE, THREE) for name in "ABC")
u, v = (symbol(name, THREE, ONE) for name in "uv")
c = symbol("c", ONE, ONE)
RANDOM = np.random.default_rng(4)
NAMED = {name: RANDOM.standard_normal((3, 3)) for name in "ABC"} | {n: RANDOM.standard_normal((3, 1)) for n in "uv"}
NAMED["c"] = np.array([[0.7]])
a, b, w, z, k = (NAMED[name] for name in ("A", "B", "u", "v", "c"))


def test_sums_and_products_are_flat():
    assert add(add(A, B), C) == add(A, add(B, C)) and len(add(A, add(B, C)).args) == 3
    assert multiply(multiply(A, B), C) == multiply(A, multiply(B, C))
    assert hadamard(hadamard(A, B), C) == hadamard(A, hadamard(B, C))
    assert add(A) is A and multiply(A) is A and hadamard(A) is A


def test_the_order_of_factors_and_terms_stays():
    assert multiply(A, B) != multiply(B, A)
    assert add(B, A).args == (B, A)
    assert hadamard(B, A).args == (B, A)


def test_equal_factors_stay_side_by_side():
    assert type(multiply(A, A)) is MatMul and type(add(A, A)) is MatAdd


def test_one_numeric_coefficient_outermost():
    product = multiply(scale(Integer(2), A), scale(Rational(3, 2), B))
    assert product == scale(Integer(3), multiply(A, B))
    assert hadamard(scale(Integer(2), A), negative(B)) == scale(Integer(-2), hadamard(A, B))
    assert quotient(scale(Integer(6), A), scale(Integer(3), B)) == scale(Integer(2), quotient(A, B))
    assert scale(Integer(2), scale(Rational(1, 2), A)) is A
    assert split_number(scale(c, scale(Integer(2), A))) == (Integer(2), scale(c, A))
    assert split_number(A) == (1, A)


def test_a_scalar_factor_becomes_a_coefficient():
    product = multiply(A, u, transpose(v), B, u)
    assert type(product) is MatMul
    product = multiply(transpose(u), v, transpose(u), A)
    assert type(product) is Scale and product.coefficient == multiply(transpose(u), v)


def test_a_chain_of_scalars_only():
    assert multiply(c, c).shape == (1, 1)
    assert multiply(transpose(u), A, v).shape == (1, 1)


@pytest.mark.parametrize(
    "node, expected",
    [
        (multiply(transpose(u), v, A), (w.T @ z) * a),
        (multiply(A, u, c), a @ w @ k),
        (multiply(c, c, A), k * k * a),
        (multiply(u, transpose(u), A), w @ w.T @ a),
        (multiply(transpose(u), A, v, transpose(u), v), (w.T @ a @ z) * (w.T @ z)),
        (multiply(scale(c, A), scale(Integer(2), u)), 2 * k * (a @ w)),
        (scale(scale(Integer(2), c), scale(Integer(3), A)), 6 * k * a),
        (subtract(A, subtract(B, A)), a - (b - a)),
        (quotient(scale(c, A), add(B, B)), k * a / (2 * b)),
        (power(A, Integer(2)), a * a),
        (transpose(multiply(A, B)), (a @ b).T),
        (nodes.constant(Rational(5, 2)), np.array([[2.5]])),
    ],
    ids=str,
)
def test_the_value_is_what_was_asked_for(node, expected):
    assert relative_error(value_of(node, NAMED), expected) < TIGHT


def test_transposes_cancel_and_scalars_have_none():
    assert transpose(transpose(A)) is A
    assert transpose(c) is c


def test_powers_of_one_vanish():
    assert power(A, ONE) is A
    assert power(A, Integer(0)) != ones(THREE, THREE)


def test_elementwise_counts_its_primes():
    node = apply("f", A, 2)
    assert (node.function, node.order, node.argument, node.shape) == ("f", 2, A, (3, 3))
    assert type(node) is Elementwise and apply("f", A) != apply("f", A, 1)


@pytest.mark.parametrize("seed", range(30))
def test_rebuilding_from_the_same_operands_gives_the_same_node(seed):
    for part in subexpressions(random_node(random.Random(seed), [A, B, C, u, c], (3, 3), 4)):
        if operands(part):
            assert rebuild(part, operands(part)) == part


@pytest.mark.parametrize("seed", range(30))
def test_the_normal_form_holds_everywhere(seed):
    for part in subexpressions(random_node(random.Random(seed), [A, B, C, u, c], (3, 3), 4)):
        assert type(part) in nodes.NODES
        for operand in operands(part):
            assert type(operand) is not type(part) or type(part) not in (MatAdd, MatMul, nodes.HadamardProduct)
            if type(part) in (MatMul, nodes.HadamardProduct, nodes.Quotient):
                assert split_number(operand)[0] == 1
            if type(part) is MatMul:
                assert operand.shape != (1, 1)
        if type(part) is Scale and nodes.is_number(part.coefficient):
            assert part.coefficient != 1 and split_number(part.matrix)[0] == 1


def test_numbers_names_and_sizes_are_no_operands():
    assert operands(scale(Integer(2), A)) == (A,)
    assert operands(scale(c, A)) == (c, A)
    assert operands(power(A, Integer(3))) == (A,)
    assert operands(apply("f", A)) == (A,)
    assert operands(ones(THREE, ONE)) == operands(A) == ()


def test_the_same_node_is_built_in_one_way_only():
    """X + X' directly and through another order of brackets are equal; their prints too."""
    assert add(A, transpose(A)) == add(*[A, transpose(A)])
    assert subtract(A, B) == add(A, scale(Integer(-1), B))
    assert operations_in(subtract(A, B)) == 4


def test_thousands_of_terms_and_factors_are_no_matter():
    total = add(*(apply("sin", scale(Integer(k + 2), A)) for k in range(3000)))
    assert len(total.args) == 3000
    assert sum(1 for _ in subexpressions(multiply(*[A, B] * 1500, total))) > 6000


def test_bare_nodes_are_what_sympy_builds():
    """Basic.__new__ gives the node that SymPy's own constructor gives, equal and with an equal hash."""
    n = Symbol("n", integer=True, nonnegative=True)
    A, B = (nodes.symbol(name, n, n) for name in "AB")
    for ours, theirs in (
        (A, MatrixSymbol("A", n, n)),
        (nodes.multiply(A, B), MatMul(A, B)),
        (nodes.add(A, B), MatAdd(A, B)),
        (nodes.hadamard(A, B), HadamardProduct(A, B)),
        (nodes.power(A, Integer(2)), HadamardPower(A, 2)),
        (nodes.transpose(A), Transpose(A)),
        (nodes.ones(n, n), OneMatrix(n, n)),
        (nodes.zeros(n, n), ZeroMatrix(n, n)),
        (nodes.identity(n), Identity(n)),
    ):
        assert ours == theirs and hash(ours) == hash(theirs) and ours.shape == theirs.shape == (n, n)
