"""The parameters of a traced function: shapes, facts, defaults, lists, unknown functions; the decorator."""

from __future__ import annotations

import functools

import numpy as np
import pytest

import pushforward as pf
from pushforward.tracing import Traced


def declarations(program):
    return [line for line in program.lines("text") if " : " in line]


def add(X, Y):
    return X @ Y


@pytest.mark.parametrize(
    "shapes",
    [{"X": ("n", 2), "Y": (2, "m")}, {"Y": (2, "m"), "X": ("n", 2)}, [("n", 2), (2, "m")], (("n", 2), (2, "m"))],
)
def test_the_ways_to_give_shapes(shapes):
    expected = ["X : n x 2", "Y : 2 x m"]
    assert declarations(pf.trace(add, shapes)) == expected
    assert declarations(pf.trace(add, X=("n", 2), Y=(2, "m"))) == expected


def test_axes():
    program = pf.trace(lambda a, b, c, d, e: a * b.sum() * c.sum() * d.sum() * e, a=(), b=("h",), c="h", d=3, e=(1, 1))
    assert declarations(program) == ["a : 1 x 1", "b : h x 1", "c : h x 1", "d : 3 x 1", "e : 1 x 1"]


def test_shapes_of_arrays():
    X, Y = np.ones((4, 2)), np.ones((2, 3))
    assert declarations(pf.trace(add, [X.shape, Y.shape])) == ["X : 4 x 2", "Y : 2 x 3"]
    assert declarations(pf.trace(add, X=(np.int64(4), 2), Y=(2, np.int32(3)))) == ["X : 4 x 2", "Y : 2 x 3"]


def test_facts():
    program = pf.trace(
        lambda S, x, s: np.linalg.cholesky(S) @ np.log(x) * np.sqrt(s),
        S=("n", "n", "spd"),
        x=("n", "positive"),
        s=("positive",),
    )
    assert [given.facts for given in program.inputs] == [("spd",), ("positive",), ("positive",)]


def test_defaults_stay_numbers():
    def function(X, eps=0.5, *, power=2, W=None):
        return (X + eps) ** power if W is None else X @ W

    assert pf.trace(function, X=("n", "m")) == pf.parse("X : n x m\nY = (X + 0.5).^2")
    assert len(pf.trace(function, X=("n", "m"), eps=()).inputs) == 2
    assert len(pf.trace(function, X=("n", "m"), W=("m", "k")).inputs) == 2
    assert pf.trace(lambda X, a=2, b=3: a * X + b, X="n", b="n") == pf.parse("X : n\nb : n\nY = 2*X + b")


def test_parameters_of_all_kinds():
    def function(a, /, b, *rest, c, **more):
        return a + b + sum(rest) + c + more["d"]

    program = pf.trace(function, {"a": "n", "b": "n", "rest": [("n",), ("n",)], "c": "n", "d": "n"})
    assert [given.name for given in program.inputs] == ["a", "b", "rest1", "rest2", "c", "d"]
    assert len(pf.trace(lambda *arrays: sum(arrays), [("n",)] * 3).inputs) == 3


def test_lists_and_mappings_of_arrays():
    def network(X, weights, biases):
        for W, b in zip(weights, biases.values(), strict=True):
            X = np.tanh(X @ W + b)
        return X

    shapes = {"X": ("n", 4), "weights": [(4, 3), (3, 2)], "biases": {"first": (3,), "second": (2,)}}
    names = [given.name for given in pf.trace(network, shapes).inputs]
    assert names == ["X", "weights1", "weights2", "biases_first", "biases_second"]


def test_unknown_functions():
    def network(X, W, f, g=np.sin):
        return g(f(X @ W))

    program = pf.trace(network, X=("n", "m"), W=("m", "k"), functions="f")
    assert program == pf.parse("X : n x m\nW : m x k\nY = sin(f(X*W))")
    assert list(program.unknown_functions) == ["f"]
    both = pf.trace(network, [("n", "m"), ("m", "k")], functions=("f", "g"))
    assert list(both.unknown_functions) == ["f", "g"]
    assert both == pf.parse("X : n x m\nW : m x k\nY = g(f(X*W))")


def test_unknown_functions_of_numbers_and_vectors():
    assert pf.trace(lambda x, f: f(x) + f(0), x="n", functions=["f"]) == pf.parse("x : n\nY = f(x) + f(0)")


def test_functions_that_tell_no_parameters():
    assert pf.trace(np.sin, {"x": ("n", "m")}) == pf.parse("x : n x m\nY = sin(x)")
    assert pf.trace(np.matmul, {"x1": ("n", "m"), "x2": ("m", "k")}).name == "matmul"
    assert pf.trace(functools.partial(np.einsum, "ij,jk->ik"), [("n", "m"), ("m", "k")]).lets


@pytest.mark.parametrize(
    "shapes, kind, words",
    [
        ({"X": ("n", "m")}, pf.NameError_, "no shape is given for the parameter 'Y'"),
        ({"X": ("n", "m"), "Z": ()}, pf.NameError_, "no shape is given for the parameter 'Y'"),
        ({"X": (), "Y": (), "Z": ()}, pf.NameError_, "no parameter 'Z'; it has X, Y"),
        ([("n",)] * 3, pf.NameError_, "3 shapes are given"),
        ({"X": ["n", 2], "Y": ()}, pf.ShapeError, "list"),
        ({"X": ("n", 2, 3), "Y": ()}, pf.ShapeError, "('n', 2, 3)"),
        ({"X": (-1,), "Y": ()}, pf.ShapeError, "-1"),
        ({"X": (True,), "Y": ()}, pf.ShapeError, "True"),
        ({"X": (2.0,), "Y": ()}, pf.ShapeError, "2.0"),
        ({"X": None, "Y": ()}, pf.ShapeError, "None"),
        ({"X": ("spd", "n", "n"), "Y": ()}, pf.ShapeError, "spd"),
        ({"X": ("n", "m", "spd"), "Y": ("m", "n")}, pf.ShapeError, "only a square matrix is spd"),
        ({"X": ("n m", 2), "Y": (2, 2)}, pf.NameError_, "n m"),
        ({"X": ("end", 2), "Y": (2, 2)}, pf.NameError_, "end"),
        ("n", pf.ShapeError, "mapping"),
        (3, pf.ShapeError, "mapping"),
    ],
)
def test_shapes_that_are_none(shapes, kind, words):
    with pytest.raises(kind) as caught:
        pf.trace(add, shapes)
    assert words in str(caught.value)


@pytest.mark.parametrize("functions", [("sin",), ("g",)])
def test_functions_that_are_none(functions):
    with pytest.raises(pf.NameError_):
        pf.trace(lambda X, sin: sin(X), X="n", functions=functions)


# The decorator


@pf.traced(X=("n", "m"), w="m", name="decorated")
def model(X, w, scale=2.0):
    """A model."""
    return scale * np.tanh(X @ w)


def test_the_decorated_function_is_called_as_before():
    X, w = np.ones((4, 2)), np.ones(2)
    np.testing.assert_array_equal(model(X, w, scale=1.0), np.tanh(X @ w))
    assert isinstance(model, Traced)
    assert model.__name__ == "model"
    assert model.__doc__ == "A model."


def test_the_decorated_function_has_its_program():
    assert model.program == pf.parse("X : n x m\nw : m\nY = 2*tanh(X*w)")
    assert model.program is model.program
    assert model.program.name == "decorated"
    assert pf.trace(model, X=("n", "m"), w="m") == model.program
    assert pf.trace(lambda X, w: model(X, w) + 1, X=("n", "m"), w="m").lets


def test_decorated_methods():
    class Model:
        scale = 3

        @pf.traced([("n", "n")])
        def forward(self, X):
            H = self.scale * X
            return H

    np.testing.assert_array_equal(Model().forward(np.eye(2)), 3 * np.eye(2))
    assert Model().forward.program == pf.parse("X : n x n\nH = 3*X")
