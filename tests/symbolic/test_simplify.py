"""Every rewrite: it fires where it should, keeps the value, shortens, and the whole comes to rest."""

import random

import numpy as np
import pytest
from oracles import TIGHT, operations_in, random_node, relative_error, value_of
from sympy import Integer

from symbolic import nodes
from symbolic.nodes import (
    add,
    apply,
    hadamard,
    identity,
    multiply,
    negative,
    ones,
    operate,
    power,
    quotient,
    scale,
    subtract,
    symbol,
    transpose,
    zeros,
)
from symbolic.simplify import KNOWN_VALUE, REWRITES, Simplifier
from symbolic.statements import Input
from symbolic.structure import Structure
from symbolic.walks import subexpressions

THREE, ONE = Integer(3), Integer(1)
A, B, C = (symbol(name, THREE, THREE) for name in "ABC")
c, e = symbol("c", ONE, ONE), symbol("e", ONE, ONE)
ONE_SCALAR = ones(ONE, ONE)
ZERO, ALL_ONES, EYE = zeros(THREE, THREE), ones(THREE, THREE), identity(THREE)
NAMED = dict(zip("ABC", np.random.default_rng(1).uniform(0.5, 1.5, (3, 3, 3)), strict=True)) | {"c": np.array([[1.7]])}

S, Q, dA = (symbol(name, THREE, THREE) for name in ("S", "Q", "δA"))
x, dx = symbol("x", THREE, ONE), transpose(symbol("δx", THREE, ONE))
NAMED |= {"S": NAMED["A"] @ NAMED["A"].T, "δA": NAMED["B"] - 1, "x": NAMED["A"][:, :1], "δx": NAMED["C"][:, 1:2]}
STRUCTURE = Structure()
STRUCTURE.declare(Input("S", (THREE, THREE), ("symmetric",)))
STRUCTURE.declare(Input("Q", (THREE, THREE), ("orthogonal",)))
NAMED |= {"Q": np.linalg.qr(NAMED["A"])[0], "e": np.array([[0.6]])}

EXAMPLES = {
    "zero factor": [
        multiply(A, ZERO, B), hadamard(ZERO, A), scale(Integer(0), A), scale(zeros(ONE, ONE), A), scale(c, ZERO),
        quotient(ZERO, A), nodes.Basic.__new__(nodes.Transpose, zeros(ONE, THREE)),
    ],
    "zero term": [add(A, ZERO), add(ZERO, A, ZERO, B), add(ZERO, ZERO)],
    "neutral factor": [
        multiply(EYE, A), multiply(A, EYE, B), multiply(EYE, EYE), hadamard(A, ALL_ONES), hadamard(ALL_ONES, ALL_ONES),
        quotient(A, ALL_ONES),
    ],
    "zeroth power": [power(A, Integer(0))],
    "transpose of a constant": [
        nodes.Basic.__new__(nodes.Transpose, constant)
        for constant in (EYE, ones(ONE, THREE), scale(Integer(2), A), scale(c, A))
    ],
    "constant coefficient": [
        nodes.Basic.__new__(nodes.Scale, number, A) for number in (ones(ONE, ONE), nodes.constant(THREE))
    ],
    "quotient": [
        hadamard(quotient(ALL_ONES, A), B), hadamard(B, quotient(ALL_ONES, A), C),
        hadamard(quotient(ALL_ONES, A), quotient(ALL_ONES, B)),
    ],
    "like terms": [
        add(A, A), subtract(A, A), add(hadamard(A, B), hadamard(B, A)), add(scale(Integer(2), A), B, negative(A)),
        add(hadamard(A, A, B), hadamard(A, B, A)), subtract(add(A, B), A),
    ],
    "zero operand": [
        operate("tr", ZERO), operate("solve", A, ZERO), operate("kron", A, ZERO), operate("hstack", ZERO, ZERO),
        operate("expm_frechet", A, ZERO), operate("sylvester", A, B, ZERO),
    ],
    "linear coefficient": [
        operate("tr", scale(Integer(2), A)), operate("solve", A, negative(B)), operate("sum_1", scale(c, A)),
        operate("kron", scale(c, A), B), operate("slice", negative(A), parameters=(ONE, ONE, ONE, THREE)),
    ],
    "trace of a Kronecker product": [operate("tr", operate("kron", A, B))],
    "trace of a function": [operate("tr", operate(f"{f}_frechet", A, B)) for f in ("expm", "sinm", "cosm")]
    + [operate("tr", operate("logm_frechet", S, B))],
    "trace of a root": [operate("tr", operate("sylvester", A, A, B))],
    "sum of a diagonal": [operate("sum", operate("diagonal", A)), operate("sum_1", operate("diagonal", A))],
    "sum of sums": [
        operate("sum", operate("sum_2", A)), operate("sum_1", operate("sum_2", A)), operate("sum_1", operate("sum", A)),
        operate("sum_2", operate("sum_1", A)), operate("sum_2", operate("sum_2", A)), operate("sum", transpose(A)),
    ],
    "sum of what repeats": [
        operate("sum", multiply(A, ALL_ONES)), operate("sum", multiply(ALL_ONES, A, B)), operate("sum", ALL_ONES),
        operate("sum_2", ALL_ONES), operate("sum", multiply(A, ones(THREE, ONE))),
    ],
    "sum by ones": [multiply(ones(ONE, THREE), A, B, ones(THREE, ONE))],
    "filled factor": [hadamard(A, scale(c, ALL_ONES), B)],
    "common factor": [
        subtract(operate("sum", hadamard(A, dA)), operate("sum", hadamard(B, dA))),
        add(operate("sum_2", hadamard(A, dA)), operate("sum_2", add(hadamard(dA, B), C))),
    ],
    "cancelled factor": [quotient(hadamard(A, B), A), quotient(hadamard(B, A, A), A)],
    "fraction": [
        scale(quotient(ONE_SCALAR, c), c), scale(quotient(ONE_SCALAR, c), scale(c, A)),
        scale(quotient(ONE_SCALAR, c), e), scale(c, scale(power(c, Integer(2)), A)), quotient(quotient(e, c), c),
        scale(quotient(ONE_SCALAR, c), scale(quotient(ONE_SCALAR, c), A)), quotient(scale(c, e), c),
    ],
    "orthogonal": [multiply(Q, transpose(Q), A), multiply(A, transpose(Q), Q)],
    "sign": [negative(subtract(A, B)), scale(Integer(-3), add(negative(A), B, negative(C)))],
    "collected terms": [
        add(multiply(A, add(B, C)), multiply(A, subtract(B, C))),
        add(multiply(add(A, B), C), negative(multiply(A, C)), negative(multiply(B, C))),
    ],
    "quadratic form": [
        multiply(transpose(x), add(A, transpose(A)), x),
        multiply(transpose(x), transpose(B), add(transpose(A), B, A), B, x),
    ],
    "symmetric": [transpose(S)],
    "gathered": [
        operate("tr", multiply(transpose(dA), B)), operate("tr", multiply(A, dA, B)),
        add(operate("tr", multiply(dA, B)), operate("tr", multiply(B, dA))),
        add(multiply(dx, A, x), multiply(transpose(x), A, transpose(dx))),
        operate("tr", multiply(A, add(multiply(dA, B), multiply(B, dA)))),
    ],
}  # fmt: skip


MORE_BUT_CHEAPER = {"trace of a Kronecker product": 1, "trace of a function": 2, "trace of a root": 2}
"""How many operations more: tr(A) tr(B) has one more than tr(A ⊗ B), and none with a large matrix."""


def test_every_rewrite_has_an_example():
    assert set(EXAMPLES) == {rewrite.name for rewrite in REWRITES}
    assert all(rewrite.formula and rewrite.operations for rewrite in REWRITES)


FIRING = [
    (rewrite, node) for rewrite in REWRITES for node in EXAMPLES[rewrite.name] if type(node) in rewrite.operations
]


@pytest.mark.parametrize("rewrite, node", FIRING, ids=[f"{r.name}-{node}" for r, node in FIRING])
def test_a_rewrite_fires_keeps_the_value_and_does_not_grow(rewrite, node):
    after = rewrite.apply(node, STRUCTURE)
    assert after is not None and after != node
    assert after.shape == node.shape
    assert operations_in(after) <= operations_in(node) + MORE_BUT_CHEAPER.get(rewrite.name, 0)
    assert np.abs(value_of(after, NAMED) - value_of(node, NAMED)).max() < TIGHT


def test_every_example_is_one():
    """None of them is simplified by the constructors already, so that the table above tests what it says."""
    assert len(FIRING) == sum(map(len, EXAMPLES.values()))


@pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.name)
def test_a_rewrite_leaves_other_expressions_alone(rewrite):
    plain = [
        add(A, B), multiply(A, B), hadamard(A, B), power(A, Integer(2)), transpose(A), scale(Integer(2), A),
        scale(c, A), quotient(A, B), add(hadamard(A, A, B), hadamard(A, B, B)), add(A, transpose(A)),
        add(multiply(A, B), multiply(B, A)), add(quotient(A, B), quotient(B, A)),
    ]  # fmt: skip
    assert [
        node for node in plain if type(node) in rewrite.operations and rewrite.apply(node, STRUCTURE) is not None
    ] == []


def simplified(node, known=None):
    steps = []
    return Simplifier(known or {}, lambda *step: steps.append(step))(node), steps


@pytest.mark.parametrize("seed", range(60))
def test_random_expressions_come_to_rest_at_the_same_value(seed):
    source = random.Random(seed)
    node = random_node(source, [A, B, C, c], (3, 3), 4)
    after, steps = simplified(node)
    functions = {("f", 0): np.arctan}
    assert relative_error(value_of(after, NAMED, functions), value_of(node, NAMED, functions)) < 1e-10
    assert operations_in(after) <= operations_in(node)
    assert len(steps) <= 3 * operations_in(node)
    again, more = simplified(after)
    assert again == after and more == []


@pytest.mark.parametrize("seed", range(30))
def test_every_recorded_use_keeps_the_value(seed):
    _, steps = simplified(random_node(random.Random(500 + seed), [A, B, C, c], (3, 3), 4))
    functions = {("f", 0): np.arctan}
    for rewrite, before, after in steps:
        error = relative_error(value_of(after, NAMED, functions), value_of(before, NAMED, functions))
        assert error < 1e-10, rewrite.name


def test_no_zero_survives():
    """Whatever a rewrite leaves is itself simplified."""
    nested = [
        subtract(add(A, B), A),
        add(multiply(ZERO, A), hadamard(B, ALL_ONES)),
        multiply(subtract(A, A), B),
        hadamard(A, subtract(ALL_ONES, ALL_ONES)),
        transpose(add(ZERO, ZERO)),
        add(scale(Integer(0), A), B),
        add(A, scale(Integer(2), subtract(B, B))),
    ]
    for node in nested:
        after, _ = simplified(node)
        for part in subexpressions(after):
            assert part is after or type(part) is not nodes.ZeroMatrix
            assert type(part) is not nodes.Scale or part.coefficient != 0, after


def test_like_terms_keep_the_last_spelling():
    dA = symbol("δA", THREE, THREE)
    after, _ = simplified(add(hadamard(dA, A), hadamard(A, dA)))
    assert after == scale(Integer(2), hadamard(A, dA))


def test_matrix_products_do_not_commute():
    node = add(multiply(A, B), multiply(B, A))
    assert simplified(node)[0] == node


def test_a_value_already_computed_takes_its_name():
    Y = symbol("Y", THREE, THREE)
    node = hadamard(apply("tanh", multiply(A, B)), C)
    after, steps = simplified(node, {apply("tanh", multiply(A, B)): Y})
    assert after == hadamard(Y, C)
    assert [rewrite for rewrite, _, _ in steps] == [KNOWN_VALUE]


def test_each_distinct_expression_is_simplified_once():
    node = A
    for _ in range(100):
        node = apply("sin", add(multiply(add(node, ZERO), B), apply("cos", hadamard(add(node, ZERO), ALL_ONES))))
    after, steps = simplified(node)
    assert len(steps) == 200
    assert not {type(part) for part in subexpressions(after)} & {nodes.ZeroMatrix, nodes.OneMatrix}
