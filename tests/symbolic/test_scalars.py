"""Scalar calculus: functions of one variable, their derivatives, and their spread over a matrix."""

import cmath
import math

import numpy as np
import pytest
import sympy
from oracles import TIGHT, relative_error, value_of
from sympy import Integer, Rational

from symbolic import nodes, scalars
from symbolic.errors import LimitError, NotSupported, ReadError, Span
from symbolic.functions import CATALOGUE
from symbolic.language.read import read_program
from symbolic.scalars import ARGUMENT, derivative, derivative_at, divide, name_of, raise_to, spread
from symbolic.walks import subexpressions

SPAN = Span(0, 1)
POINTS = np.linspace(0.15, 0.9, 6).reshape(2, 3)
X = nodes.symbol("X", Integer(2), Integer(3))

BODIES = {
    "x*sin(x)": lambda x: x * cmath.sin(x),
    "x^3 - 2*x + 1": lambda x: x**3 - 2 * x + 1,
    "1/(1 + x^2)": lambda x: 1 / (1 + x**2),
    "x^-2": lambda x: x**-2,
    "x^0.5": cmath.sqrt,
    "x^-0.5": lambda x: 1 / cmath.sqrt(x),
    "x^2.5": lambda x: x**2.5,
    "x^-1.5": lambda x: x**-1.5,
    "x^x": lambda x: cmath.exp(x * cmath.log(x)),
    "2^x": lambda x: cmath.exp(x * cmath.log(2)),
    "exp(-x^2/2)/sqrt(2*pi)": lambda x: cmath.exp(-x * x / 2) / cmath.sqrt(2 * cmath.pi),
    "log(x)/x^2": lambda x: cmath.log(x) / x**2,
    "tanh(x)^2*cos(3*x)": lambda x: cmath.tanh(x) ** 2 * cmath.cos(3 * x),
    "sigmoid(x)*x/(x + 1)": lambda x: x / (x + 1) / (1 + cmath.exp(-x)),
    "sin(1)*x + pi": lambda x: math.sin(1) * x + math.pi,
    "asin(x)*acos(x) + atan(x)": lambda x: cmath.asin(x) * cmath.acos(x) + cmath.atan(x),
    "softplus(log1p(x)) + expm1(x)": lambda x: cmath.log(1 + (1 + x)) + cmath.exp(x) - 1,
    "relu(x) + abs(-x)*step(x)": lambda x: 2 * x,
    "sqrt(x^2)": lambda x: x,
    "exp(x)*exp(2*x)": lambda x: cmath.exp(3 * x),
    "7": lambda x: 7.0,
}


def body(text):
    return read_program(f"A : n x n\nf(x) = {text}\nY = f(A)").definitions["f"]


def entrywise(function, points):
    return np.array([[complex(function(complex(p))) for p in row] for row in points])


@pytest.mark.parametrize("text", BODIES)
def test_a_function_spread_over_a_matrix_has_its_value_in_every_entry(text):
    found = value_of(spread(body(text), X), {"X": POINTS})
    assert relative_error(found, entrywise(BODIES[text], POINTS).real) < TIGHT


@pytest.mark.parametrize("text", BODIES)
def test_its_derivative_agrees_with_the_complex_step(text):
    found = value_of(spread(derivative(body(text), 1), X), {"X": POINTS})
    expected = entrywise(lambda x: BODIES[text](x + 1e-30j), POINTS).imag / 1e-30
    assert relative_error(found, expected) < TIGHT


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("order", [1, 2])
def test_higher_derivatives_of_the_catalogue_agree_with_the_complex_step(name, order):
    """Of the derivative one order lower, itself spread over complex points."""
    lower = spread(derivative_at(name, order - 1, ARGUMENT), X)
    expected = value_of(lower, {"X": POINTS + 1e-30j}).imag / 1e-30
    found = value_of(spread(derivative_at(name, order, ARGUMENT), X), {"X": POINTS})
    assert relative_error(found, expected) < 1e-11


def test_shared_parts_are_spread_once():
    node = spread(body("sin(x)*sin(x) + sin(x)"), X)
    assert sum(type(part) is nodes.Elementwise for part in subexpressions(node)) == 1


def test_squares_are_products_and_halves_are_roots():
    assert spread(ARGUMENT**2, X) == nodes.hadamard(X, X)
    assert spread(sympy.sqrt(ARGUMENT), X) == nodes.apply("sqrt", X)
    assert spread(1 / ARGUMENT, X) == nodes.quotient(nodes.ones(*X.shape), X)
    assert spread(Integer(3), X) == nodes.scale(Integer(3), nodes.ones(*X.shape))


@pytest.mark.parametrize(
    "text, error, words",
    [
        ("y*x", ReadError, "'y' is not the argument"),
        ("1/0", ReadError, "division by zero"),
        ("x/(1 - 1)", ReadError, "division by zero"),
        ("sqrt(-1)*x", ReadError, "no (finite )?real value"),
        ("log(0) + x", ReadError, "no (finite )?(real )?value"),
        ("0^(-1)", ReadError, "division by zero"),
        ("x^1001", LimitError, "exponent"),
        ("9^999 * 9^999 * 9^999 * x", LimitError, "digits"),
        ("g(x)", NotSupported, "'g' is not a known function"),
        ("ones(2,2)*x", ReadError, "scalar"),
    ],
)
def test_what_is_no_scalar_function_is_refused(text, error, words):
    with pytest.raises(error, match=words):
        body(text)


def test_limits_hold_for_every_way_to_a_large_number():
    with pytest.raises(LimitError):
        raise_to(Integer(7), Integer(10**9), SPAN)
    with pytest.raises(LimitError):
        raise_to(Rational(1, 3), Integer(-1000) * 3, SPAN)
    with pytest.raises(ReadError):
        divide(Integer(1), Integer(0), SPAN)
    assert raise_to(Integer(2), Integer(10), SPAN) == 1024


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_function_of_a_scalar_has_its_name_back(name):
    value = scalars.call(name, 0, ARGUMENT, SPAN)
    if name in ("sqrt", "square", "reciprocal"):
        assert type(value) is sympy.Pow
    else:
        assert name_of(value) == name


def test_a_function_without_a_name_is_refused():
    with pytest.raises(NotSupported, match="zeta"):
        name_of(sympy.zeta(ARGUMENT))
    with pytest.raises(NotSupported, match="zeta"):
        spread(sympy.zeta(ARGUMENT), X)


def test_numbers_stay_exact():
    assert read_program("A : n x n\nY = (1/3 + 1/6)*A").let("Y").expr.coefficient == Rational(1, 2)
    assert scalars.call("sin", 1, sympy.S.Pi, SPAN) == -1
