"""Stacks: however many are computed together, every direction and every problem is computed."""

import numpy as np
import pytest

from codegen.kernel import compile_kernel
from codegen.linear import stacks
from codegen.linear.batch import compile_batch
from codegen.linear.directions import compile_directions
from symbolic.differential import differentiate
from symbolic.language.read import read_program

NUMBER = 7
DIFFERENTIAL = differentiate(read_program("X : n x m; W : m x p; Y = sin(X*W)"))


def without_luck(kernel):
    """The kernel, where memory that nothing is written to is no number."""
    kernel.function.__globals__["empty"] = lambda shape, dtype: np.full(shape, np.nan, dtype)
    return kernel


@pytest.mark.parametrize("entries", [1, 100, 150, 1000, 10**6])
def test_all_are_computed_whatever_fits_into_a_stack(monkeypatch, entries):
    monkeypatch.setattr(stacks, "STACK_ENTRIES", entries)
    one = compile_kernel(DIFFERENTIAL)
    many, batch = (without_luck(kernel) for kernel in (compile_directions(DIFFERENTIAL), compile_batch(DIFFERENTIAL)))
    random = np.random.default_rng(0).standard_normal
    X, W, dX, dW = (random((NUMBER, *shape)) for shape in ((5, 2), (2, 3), (5, 2), (2, 3)))
    moved = many(X[0], W[0], dX, dW)[1]
    problems = batch(X, W, dX, dW)
    for k in range(NUMBER):
        assert np.abs(moved[k] - one(X[0], W[0], dX[k], dW[k])[1]).max() < 1e-14
        for found, expected in zip(problems, one(X[k], W[k], dX[k], dW[k]), strict=True):
            assert np.abs(found[k] - expected).max() < 1e-14


def test_several_are_computed_together_where_they_fit(monkeypatch):
    monkeypatch.setattr(stacks, "STACK_ENTRIES", 150)
    kernel = compile_directions(DIFFERENTIAL)
    along, lengths = kernel.function.__globals__["_along"], []

    def noted(state, dX, dW):
        lengths.append(len(dX))
        return along(state, dX, dW)

    kernel.function.__globals__["_along"] = noted
    kernel(np.ones((5, 2)), np.ones((2, 3)), np.ones((NUMBER, 5, 2)), np.ones((NUMBER, 2, 3)))
    assert lengths == [2, 2, 2, 1]
