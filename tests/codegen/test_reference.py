"""The oracle: values against other libraries, complex continuations, and its independence."""

import ast
import math
from pathlib import Path

import numpy as np
import pytest
from oracles import relative_error
from sympy import Integer, MatrixExpr

import codegen.reference
from codegen.reference import VALUES, evaluate
from symbolic import nodes
from symbolic.errors import PushforwardError
from symbolic.functions import CATALOGUE
from symbolic.language.read import read_program

OTHERS = {
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)),
    "silu": lambda x: x / (1 + math.exp(-x)),
    "softplus": lambda x: math.log1p(math.exp(x)),
    "gelu": lambda x: x * 0.5 * (1 + math.erf(x / math.sqrt(2))),
    "relu": lambda x: max(x, 0.0),
    "leaky_relu": lambda x: x if x > 0 else 0.01 * x,
    "step": lambda x: float(x > 0),
    "sign": lambda x: math.copysign(1.0, x),
    "abs": abs,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
}


def points(name):
    low, high = (max(CATALOGUE[name].domain[0], -5.0), min(CATALOGUE[name].domain[1], 5.0))
    grid = np.linspace(low, high, 42)[1:-1]
    return grid[np.abs(grid) > 1e-3]


@pytest.mark.parametrize("name", CATALOGUE)
def test_values_agree_with_the_standard_library(name):
    function = OTHERS.get(name) or getattr(math, name)
    expected = np.array([function(x) for x in points(name)])
    assert relative_error(VALUES[name](points(name)), expected) < 1e-13


@pytest.mark.parametrize("name", CATALOGUE)
def test_real_points_given_as_complex_have_the_same_value(name):
    grid = points(name)
    assert relative_error(VALUES[name](grid + 0j), VALUES[name](grid)) < 1e-13


def test_the_functions_are_those_of_the_catalogue():
    assert set(VALUES) == set(CATALOGUE)


def test_a_program_by_hand():
    program = read_program(
        "a : scalar\nA : n x m\nB : m x n\nX = a*A*B + eye(n) - ones(n,n)/2 + zeros(n,n)\n"
        "Y = (X' .* f(X) ./ (1 + X .* X)).^3\nreturn Y"
    )
    random = np.random.default_rng(0)
    a, A, B = np.array([[1.3]]), random.standard_normal((2, 3)), random.standard_normal((3, 2))
    values = evaluate(program, {"a": a, "A": A, "B": B}, {("f", 0): np.exp})
    X = 1.3 * A @ B + np.eye(2) - 0.5
    assert relative_error(values["X"], X) < 1e-14
    assert relative_error(values["Y"], (X.T * np.exp(X) / (1 + X * X)) ** 3) < 1e-14


def test_functions_of_ones_own_and_their_derivatives():
    program = read_program("A : n x n\nf(x) = x^3*sin(x) + 2\nY = f(A) + f'(A) + f''(A)")
    x = np.array([[0.3, -1.2], [2.0, 0.9]])
    s, c = np.sin(x), np.cos(x)
    first = 3 * x**2 * s + x**3 * c
    second = 6 * x * s + 6 * x**2 * c - x**3 * s
    assert relative_error(evaluate(program, {"A": x})["Y"], x**3 * s + 2 + first + second) < 1e-14


def test_watched_places_are_told():
    seen = []
    program = read_program("A : n x n\nY = log(A) ./ A + A.^0.5 + A.^-1 + sin(A)")
    evaluate(program, {"A": np.ones((2, 2))}, watch=lambda what, argument: seen.append(what))
    assert {"log", "quotient", "root", "sin"} == set(seen) and seen.count("quotient") == 2


def test_inputs_are_not_changed():
    A = np.ones((2, 2))
    A.flags.writeable = False
    evaluate(read_program("A : n x n\nY = A + A*A"), {"A": A})
    assert (A == 1).all()


def test_unknown_functions_and_nodes_are_refused():
    program = read_program("A : n x n\nY = f(A)")
    with pytest.raises(PushforwardError, match="'f'"):
        evaluate(program, {"A": np.ones((2, 2))})

    class Mystery(MatrixExpr):
        shape = property(lambda self: self.args[0].shape)

    evaluation = codegen.reference.Evaluation(program, {"A": np.ones((2, 2))}, {}, None)
    with pytest.raises(PushforwardError, match="Mystery"):
        evaluation.value(Mystery(nodes.symbol("A", Integer(2), Integer(2))))


def test_the_oracle_shares_no_code_with_what_it_checks():
    """Nothing of rules, simplification, lowering, passes or templates is imported, not even through others."""
    checked = ("symbolic.rules", "symbolic.simplify", "symbolic.differential", "codegen.lower", "codegen.passes",
               "codegen.targets", "codegen.operations", "codegen.schedule")  # fmt: skip
    root = Path(codegen.reference.__file__).parents[1]
    seen, waiting = set(), ["codegen.reference"]
    while waiting:
        module = waiting.pop()
        path = root.joinpath(*module.split(".")).with_suffix(".py")
        if module in seen or not path.exists():
            continue
        seen.add(module)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                waiting += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    assert not [module for module in seen if module.startswith(checked)]
