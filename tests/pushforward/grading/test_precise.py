"""Fifty digits where nothing is exact: they agree with double precision, and see what it does not."""

import numpy as np
import pytest

import pushforward as pf
from codegen.reference import VALUES
from codegen.reference_operations import OPERATION_VALUES
from pushforward.grading import precise
from symbolic.functions import CATALOGUE

POSITIVE = np.array([[4.0, 1.0, 0.5], [1.0, 3.0, -0.25], [0.5, -0.25, 2.0]])
GENERAL = np.array([[1.0, 2.0, -1.0], [0.5, -1.5, 2.0], [3.0, 0.25, 1.0]])
ARGUMENTS = {
    "solve": (GENERAL, POSITIVE),
    "expm_frechet": (GENERAL, POSITIVE),
    "logdet": (POSITIVE,),
    "chol": (POSITIVE,),
}


def numbers(matrix):
    return precise._numbers(matrix)


def floats(matrix):
    return np.array(precise._real(matrix), dtype=float)


def test_every_known_function_is_there():
    assert precise._FUNCTIONS.keys() == CATALOGUE.keys() == VALUES.keys()


@pytest.mark.parametrize("name", CATALOGUE)
def test_functions_have_the_values_of_double_precision(name):
    at = np.array([[0.3, -0.4, 0.7]]) if name not in ("log", "sqrt") else np.array([[0.3, 0.4, 2.0]])
    found = np.frompyfunc(precise._FUNCTIONS[name], 1, 1)(numbers(at))
    np.testing.assert_allclose(floats(found), np.real(VALUES[name](at + 0j)), rtol=1e-14)


@pytest.mark.parametrize("name", precise._OPERATIONS)
def test_operations_have_the_values_of_double_precision(name):
    arguments = ARGUMENTS.get(name, (GENERAL,))
    found = precise._OPERATIONS[name](*map(numbers, arguments))
    np.testing.assert_allclose(floats(found), OPERATION_VALUES[name](*arguments), rtol=1e-12, atol=1e-13)


UNDECIDED = [
    ("S : n x n spd; L = chol(S)", "δL L' + L δL' = δS"),
    ("S : n x n spd; x : n; L = chol(S); y = sqnorm(L \\ x)", "y = x' inv(S) x"),
    ("A : n x n; t : scalar; E = expm(t*A)", "δE = δt A E = δt E A"),
    ("A : n x n; E = expm(A)", "δE = expm_frechet(A, δA)"),
    ("X : n x m; Y = sin(2*X)", "Y = 2 sin(X) ⊙ cos(X)"),
]


@pytest.mark.parametrize("program, text", UNDECIDED)
def test_what_is_true_agrees_in_fifty_digits_and_stays_undecided(program, text):
    verdict = pf.grade(pf.parse(program), text, "t" if "scalar" in program else None)
    assert all(equality.status.value == "undecided" for equality in verdict.equalities)
    assert all("in 50 digits they agree at 2 points" in equality.reason for equality in verdict.equalities)


@pytest.mark.parametrize("program, text", UNDECIDED[:3])
def test_what_double_precision_cannot_see_is_wrong(program, text):
    text = text.partition("=")[0] + "= (1 + 1e-17) (" + text.split("=")[1] + ")"
    verdict = pf.grade(pf.parse(program), text, "t" if "scalar" in program else None)
    assert verdict.equalities[0].status.value == "wrong"
    assert verdict.equalities[0].reason == "in 50 digits"


def test_where_it_has_no_opinion_double_precision_speaks():
    verdict = pf.grade(pf.parse("X : n x m; s = svdvals(X)"), "s = svdvals(X')")
    assert "in double precision they agree" in verdict.equalities[0].reason
    orthogonal = pf.parse("Q : n x n orthogonal; S : n x n spd; L = chol(S); Y = Q'*Q*L")
    assert "in double precision they agree" in pf.grade(orthogonal, "Y = L").equalities[0].reason
