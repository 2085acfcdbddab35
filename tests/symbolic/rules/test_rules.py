"""Every rule in the table: its sentence, its code and an independent evaluation say the same."""

import random

import numpy as np
import pytest
from oracles import TIGHT, complex_step, relative_error, rule_errors, tangent_values
from sympy import Integer, MatMul, Rational, Transpose
from sympy.matrices.expressions import MatPow

from codegen.reference import evaluate
from codegen.sampling import sample
from symbolic import nodes
from symbolic.differential import differentiate
from symbolic.errors import DifferentiationError
from symbolic.functions import CATALOGUE
from symbolic.language.read import read_expression, read_program
from symbolic.nodes import NODES, Elementwise, Operation, Scale
from symbolic.operations import OPERATIONS
from symbolic.program import Program
from symbolic.rules import RULES, rule_for
from symbolic.rules.registry import rule
from symbolic.statements import Input, Let

THREE = Integer(3)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
@pytest.mark.parametrize("seed", [1, 2])
def test_formula_code_and_complex_step_agree(rule, seed):
    errors = rule_errors(rule, seed)
    assert max(errors.values()) < TIGHT, errors


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_a_rule_states_its_source_and_is_found_by_its_own_formula(rule):
    left = rule.formula.removeprefix("d(").split(") = ")[0]
    operation = OPERATIONS.get(rule.operation[1]) if rule.operation[0] is Operation else None
    shapes = operation.shapes.operands if operation else dict.fromkeys("ABa", (THREE, THREE)) | {"a": nodes.SCALAR}
    names = {name: nodes.symbol(name, *(THREE if s.is_Symbol else s for s in shape)) for name, shape in shapes.items()}
    assert rule.cite
    assert rule_for(read_expression(left, names)) is rule


def test_every_operation_has_a_rule():
    operations = set(NODES) - set(nodes.LEAVES)
    assert {operation for operation, _ in RULES} == operations
    assert {function for operation, function in RULES if operation is Elementwise} == {"", *CATALOGUE}
    assert {name for operation, name in RULES if operation is Operation} == set(OPERATIONS)


def differential_error(text, wrt=None, seed=3, sizes=None):
    """How far the differential of the output of a program is from the complex step."""
    program = read_program(text)
    differential = differentiate(program, wrt)
    point = sample(program, differential.wrt, sizes or {}, seed)
    named = tangent_values(differential, point)
    output = program.outputs[-1]
    return relative_error(named[differential.name(output)], complex_step(program, point)[output])


@pytest.mark.parametrize("exponent", ["2", "3", "7", "-1", "-2", "0.5", "-0.5", "2.5", "(1/3)", "0"])
def test_the_power_rule_holds_for_every_kind_of_exponent(exponent):
    assert differential_error(f"A : 2 x 3\nY = A.^{exponent}") < TIGHT


@pytest.mark.parametrize(
    "expression",
    ["A*B*C", "A .* B .* C .* A", "A + B - C + A", "A*A*A", "A' * B' * A", "A .* A", "A ./ B ./ C", "A ./ A"],
)
def test_rules_hold_for_any_number_of_operands_and_repeated_ones(expression):
    assert differential_error(f"A : 3 x 3\nB : 3 x 3\nC : 3 x 3\nY = {expression}") < TIGHT


@pytest.mark.parametrize(
    "expression", ["a*A", "a*b*A", "A*(x'*y)*B", "(x'*A*y)*A", "a*(b*(A*A))", "-a*A", "A ./ a", "a ./ b"]
)
def test_scalar_multiples_move_in_both_places(expression):
    text = f"a : scalar\nb : scalar\nx : 3\ny : 3\nA : 3 x 3\nB : 3 x 3\nY = {expression}"
    assert differential_error(text) < TIGHT


def test_factors_of_different_shapes_keep_their_order():
    assert differential_error("A : 2 x 3\nB : 3 x 4\nC : 4 x 5\nY = C'*B'*A'") < TIGHT


def test_a_rule_is_dispatched_on_the_exact_type():
    class Cousin(Scale):
        pass

    matrix = nodes.symbol("A", THREE, THREE)
    cousin = Cousin.__new__(Cousin, Integer(2), matrix)
    for node in (cousin, MatPow(matrix, Integer(2))):
        with pytest.raises(DifferentiationError, match=type(node).__name__) as error:
            rule_for(node)
        assert "symbolic/rules" in str(error.value)


def test_an_operation_without_a_rule_is_named(monkeypatch):
    program = read_program("A : n x m\nB : n x m\nX = A + B\nY = X'")
    monkeypatch.delitem(RULES, (Transpose, ""))
    with pytest.raises(DifferentiationError, match="Transpose"):
        differentiate(program)


def test_two_rules_for_one_operation_are_refused():
    with pytest.raises(ValueError, match="two rules"):
        rule(MatMul, "again", "d(A*B) = dA*B", "nowhere")(lambda node, d: node)


# Functions of the catalogue over their whole domain


def inside(function):
    """Points across the domain, away from kinks and poles, as one column."""
    low, high = (max(function.domain[0], -4.0), min(function.domain[1], 4.0))
    margin = 1e-3 * (high - low)
    points = np.linspace(low + margin, high - margin, 41)
    return points[[all(abs(p - s) > 0.01 for s in function.singular) for p in points]].reshape(-1, 1)


def column_program(name, length):
    given = Input("X", (Integer(length), Integer(1)))
    return Program("column", (given,), (Let("Y", nodes.apply(name, given.symbol)),), ("Y",))


@pytest.mark.parametrize("name", CATALOGUE)
def test_first_and_second_derivative_over_the_domain(name):
    points = inside(CATALOGUE[name])
    first = differentiate(column_program(name, len(points)), "X")
    second = differentiate(first.program, "X")
    step = 1e-30
    named = {"X": points, "δX": np.ones_like(points), "δ2X": np.ones_like(points)}
    at_points = evaluate(second.tangent, named)
    moved = evaluate(first.tangent, {"X": points + 1j * step, "δX": np.ones_like(points)})
    assert relative_error(at_points["δY"], moved["Y"].imag / step) < TIGHT
    assert relative_error(at_points["δ2δY"], moved["δY"].imag / step) < 1e-11


@pytest.mark.parametrize("name", CATALOGUE)
def test_derivative_as_a_part_of_a_function_of_ones_own(name):
    text = f"X : 3 x 3\nf(x) = {name}(x)*x\nY = f(X)"
    program = read_program(text)
    first = differentiate(program)
    second = differentiate(first.program, "X")
    random = np.random.default_rng(5)
    low, high = CATALOGUE[name].domain
    X = random.uniform(max(low, 0.1), min(high, 0.9), (3, 3))
    step = 1e-30

    def at(differential, matrix):
        ones = np.ones((3, 3))
        return evaluate(differential.tangent, {"X": matrix, "δX": ones, "δ2X": ones})

    moved = at(first, X + 1j * step)
    assert relative_error(at(first, X)["δY"], moved["Y"].imag / step) < TIGHT
    assert relative_error(at(second, X)["δ2δY"], moved["δY"].imag / step) < 1e-11


# The identities that the operations express

IDENTITIES = {
    "E01": ("X : n x m\nY = 1.7*X", "X", "1.7*δX"),
    "E02": ("X : n x m\nZ : n x m\nY = X + Z", "XZ", "δX + δZ"),
    "E04": ("X : n x m\nZ : m x h\nY = X*Z", "XZ", "δX*Z + X*δZ"),
    "E05": ("X : n x m\nZ : n x m\nY = X .* Z", "XZ", "δX .* Z + X .* δZ"),
    "E10": ("X : n x m\nY = X'", "X", "δX'"),
    "V01": ("a : n\nx : n\nY = a'*x", "x", "a'*δx"),
    "V02": ("a : n\nb : m\nX : n x m\nY = a'*X*b", "X", "a'*δX*b"),
    "V03": ("a : m\nb : n\nX : n x m\nY = a'*X'*b", "X", "a'*δX'*b"),
    "V04": ("x : n\nB : n x n\nY = x'*B*x", "x", "δx'*(B + B')*x"),
    "V05": ("x : n\nY = x*x'", "x", "δx*x' + x*δx'"),
    "V06": (
        "x : m\nB : n x m\nb : n\nC : n x h\nD : h x m\nd : h\nY = (B*x + b)'*C*(D*x + d)",
        "x",
        "(B*δx)'*C*(D*x + d) + (B*x + b)'*C*(D*δx)",
    ),
    "N01": ("X : n x m\nY = tanh(X)", "X", "(1 - tanh(X) .* tanh(X)) .* δX"),
    "N02": ("X0 : n x m\nX1 = X0*W1\nX3 = f(X1)*W2\nY = f(X3)", ["X0"], "f'(X3) .* ((f'(X1) .* (δX0*W1))*W2)"),
    "N03": ("X0 : n x m\nX1 = X0*W1\nX3 = f(X1)*W2\nY = f(X3)", ["W1"], "f'(X3) .* ((f'(X1) .* (X0*δW1))*W2)"),
    "N04": ("X0 : n x m\nX1 = X0*W1\nX2 = f(X1)\nX3 = X2*W2\nY = f(X3)", ["W2"], "f'(X3) .* (X2*δW2)"),
    "N05": (
        "X0 : n x m\nb : h\nX1 = X0*W1 + ones(n,1)*b'\nY = f(X1)",
        ["X0", "W1", "b"],
        "f'(X1) .* (δX0*W1 + X0*δW1 + ones(n,1)*δb')",
    ),
}


@pytest.mark.parametrize("text, wrt, stated", IDENTITIES.values(), ids=IDENTITIES)
def test_known_identities(text, wrt, stated):
    program = read_program(text)
    differential = differentiate(program, list(wrt))
    sizes = {str(size): length for size, length in zip(program.sizes, (3, 2, 4, 5, 6), strict=False)}
    point = sample(program, differential.wrt, sizes, seed=random.Random(text).randrange(1000))
    symbols = program.symbols | {seed: differential.tangent.symbols[seed] for _, seed in differential.seeds}
    named = tangent_values(differential, point, Let("stated", read_expression(stated, symbols)))
    assert relative_error(named["δY"], named["stated"]) < TIGHT


def test_second_differential_of_a_quadratic_form_with_both_seeds():
    """S01: 2 dx'A dx for symmetric A and equal seeds; in general δ₂x'A δx + δx'A δ₂x."""
    second = differentiate(differentiate(read_program("x : 3\nA : 3 x 3\nY = x'*A*x"), "x").program, "x")
    random = np.random.default_rng(0)
    x, dx, d2x = random.standard_normal((3, 3, 1))
    A = random.standard_normal((3, 3))
    named = evaluate(second.tangent, {"x": x, "A": A, "δx": dx, "δ2x": d2x})
    assert relative_error(named["δ2δY"], d2x.T @ A @ dx + dx.T @ A @ d2x) < TIGHT
    S = A + A.T
    named = evaluate(second.tangent, {"x": x, "A": S, "δx": dx, "δ2x": dx})
    assert relative_error(named["δ2δY"], 2 * dx.T @ S @ dx) < TIGHT


def test_a_rational_coefficient_stays_exact():
    differential = differentiate(read_program("X : n x m\nY = X/3"), "X")
    assert differential.closed_form().expr.coefficient == Rational(1, 3)
