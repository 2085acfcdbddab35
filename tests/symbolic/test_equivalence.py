"""Expressions compared to first order in a prime field: what is equal, what differs, and what is not known."""

import pytest
from sympy import Rational

from symbolic import nodes, transcendental
from symbolic.derivatives import Derivative
from symbolic.equivalence import BOUND, Answer, Equivalence, Samples, names_with_perturbations
from symbolic.errors import LimitError
from symbolic.field import ONE
from symbolic.language.read import read_expression, read_program
from symbolic.transcendental import KnownTables

SEED = "X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)"


def decide(text, wrt, left, right, gradients=()):
    program = read_program(text)
    names = names_with_perturbations(program)
    names |= {g.name: nodes.symbol(g.name, *program.symbols[g.by].shape) for g in gradients}
    found = Equivalence(program, wrt, gradients)
    return found.decide(read_expression(left, names), read_expression(right, names))


EQUAL = [
    (SEED, ["X0"], "X2 + dX2", "f(X1 + dX1)"),
    (SEED, ["X0"], "dX4", "f'(X3) .* ((f'(X1) .* (dX0*W1))*W2)"),
    (SEED, ["X0"], "f(X3 + dX3)", "f(X3) + f'(X3) .* dX3"),
    ("A : n x m; B : m x p; C = A*B", ["A", "B"], "(A + dA)*(B + dB)", "A*B + dA*B + A*dB"),
    ("A : n x n; B = inv(A)", ["A"], "dB", "-B*dA*B"),
    ("X : n x m; y = logdet(X'*X)", ["X"], "dy", "2*tr(inv(X'*X)*X'*dX)"),
    ("X : n x m; y = logdet(X*X')", ["X"], "dy", "2*tr(inv(X*X')*dX*X')"),
    ("A : n x m; Y = tanh(A)", ["A"], "dY", "(1 - tanh(A).^2) .* dA"),
    ("A : n x m; Y = sigmoid(A)", ["A"], "dY", "Y .* (1 - Y) .* dA"),
    ("A : n x m; Y = sin(A)", ["A"], "Y .* Y + cos(A).^2", "ones(n,m)"),
    ("A : n x m; Y = exp(A)", ["A"], "dY", "Y .* dA"),
    ("a : n; b : n; y = exp(a + b)", ["a", "b"], "dy", "exp(a) .* exp(b) .* (da + db)"),
    ("a : n; y = exp(2*a)", ["a"], "y", "exp(a) .* exp(a)"),
    ("a : n; y = log(exp(a))", ["a"], "y", "a"),
    ("X : n x m; Y = sqrt(X)", ["X"], "dY", "0.5*dX ./ Y"),
    ("X : n x m; y = norm(X)", ["X"], "dy", "tr(X'*dX)/y"),
    ("X : n x m; Y = abs(X)", ["X"], "Y .* dY", "X .* dX"),
    ("X : n x m; Y = softmax(X, 2)", ["X"], "dY", "Y .* (dX - sum(Y .* dX, 2)*ones(1,m))"),
    ("x : n; y = softmax(x)", ["x"], "dy", "(diag(y) - y*y')*dx"),
    ("X : n x m; Y = gelu(X)", ["X"], "dY", "(0.5*(1 + erf(X/sqrt(2))) + X .* exp(-0.5*X .* X)/sqrt(2*pi)) .* dX"),
    ("Q : n x n orthogonal; Y = Q'*Q", ["Q"], "dQ'*Q", "-Q'*dQ"),
    ("f(x) = x*sin(x); X : n x m; Y = f(X)", ["X"], "dY", "(sin(X) + X .* cos(X)) .* dX"),
    ("X : n x m; Y = X*X'", [], "dY", "zeros(n,n)"),
]
DIFFERENT = [
    (SEED, ["X0"], "dX4", "f'(X3) .* ((f'(X1) .* (dX0*W1))*W2)*1.000000000000001"),
    (SEED, ["X0"], "dX4", "f'(X3) .* ((f(X1) .* (dX0*W1))*W2)"),
    (SEED, ["X0"], "X2", "X2 + dX2"),
    ("A : n x n; B : n x n; C = A*B", ["A"], "dC", "dA*B'"),
    ("A : n x n; B = inv(A)", ["A"], "dB", "B*dA*B"),
]
UNCONFIRMED = [
    ("A : n x m; Y = tanh(A)", ["A"], "dY", "(1 - Y) .* dA"),
    ("A : n x m; Y = sin(A)", ["A"], "dY", "sin(A) .* dA"),
    ("a : n; b : n; y = exp(a + b)", ["a", "b"], "y", "exp(a) + exp(b)"),
]


@pytest.mark.parametrize("text, wrt, left, right", EQUAL)
def test_equal(text, wrt, left, right):
    decision = decide(text, wrt, left, right)
    assert decision.answer is Answer.EQUAL
    assert 0 < decision.chance <= BOUND


@pytest.mark.parametrize("text, wrt, left, right", DIFFERENT)
def test_different(text, wrt, left, right):
    assert decide(text, wrt, left, right).answer is Answer.DIFFERENT


@pytest.mark.parametrize("text, wrt, left, right", UNCONFIRMED)
def test_what_differs_with_known_functions_waits_for_numbers(text, wrt, left, right):
    assert decide(text, wrt, left, right).answer is Answer.UNCONFIRMED


def test_what_has_no_value_in_the_field_is_not_known():
    decision = decide("S : n x n spd; L = chol(S)", ["S"], "dL*L' + L*dL'", "dS")
    assert decision.answer is Answer.UNKNOWN
    assert "chol" in decision.reason


def test_a_gradient_is_what_single_entries_give():
    gradient = (Derivative("G", "y", "X"),)
    text = "X : n x m; y = tr(X'*X)"
    assert decide(text, ["X"], "G", "2*X", gradient).answer is Answer.EQUAL
    assert decide(text, ["X"], "G", "X", gradient).answer is Answer.DIFFERENT


def test_values_alone_are_compared_on_request():
    program = read_program(SEED)
    names = names_with_perturbations(program)
    left, right = read_expression("X2 + dX2", names), read_expression("f(X1)", names)
    found = Equivalence(program, ["X0"])
    assert found.decide(left, right).answer is Answer.DIFFERENT
    assert found.decide(left, right, real_only=True).answer is Answer.EQUAL


def test_what_is_too_large_is_refused():
    with pytest.raises(LimitError, match="entries"):
        Equivalence(read_program("X : 1000 x 1000; Y = X*X"), ["X"])


def test_a_larger_degree_asks_for_more_points():
    program = read_program("A : n x n; Y = A")
    names = names_with_perturbations(program)
    samples = Equivalence(program, ["A"]).samples[0]
    low, high = (read_expression(text, names) for text in ("A", "inv(A*inv(A))^9"))
    assert samples.degrees.chance(high, high) > 1000 * samples.degrees.chance(low, low)


def test_a_fault_in_a_table_is_seen(monkeypatch):
    """Were tanh' not 1 - tanh² in the field, the derivation would not be called right."""
    monkeypatch.setitem(transcendental._FUNCTIONS, "tanh", lambda t, x: (t.exp(x) - ONE) / (t.exp(x) + ONE))
    assert decide("A : n x m; Y = tanh(A)", ["A"], "dY", "(1 - Y .* Y) .* dA").answer is not Answer.EQUAL


def test_numbers_in_the_field_keep_their_relations():
    tables = KnownTables(3)
    root = tables.number(Rational(2) ** Rational(1, 2))
    assert root * root == tables.number(Rational(2))


def test_an_inverse_of_a_perturbation_is_not_looked_for_at_many_points(monkeypatch):
    drawn = []
    draw = Samples._draw
    monkeypatch.setattr(Samples, "_draw", lambda self: drawn.append(1) or draw(self))
    decision = decide("A : n x n; B = inv(A)", ["A"], "dB", "inv(dA)")
    assert decision.answer is Answer.UNKNOWN and len(drawn) <= 12
