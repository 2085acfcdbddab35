"""The quick test of the arguments of a call: written out for a few, in a loop for many, and the same of both."""

import numpy as np
import pytest

import pushforward as pf
from codegen.linear.batch import compile_batch
from codegen.targets.numpy import arguments

TEXT = "X : n x 3; A : 3 x m; b : m; c : scalar; Y = c*X*A .+ b'"
GOOD = {"X": np.ones((5, 3)), "A": np.ones((3, 4)), "b": np.ones((4, 1)), "c": np.ones((1, 1))}
OTHERS = {
    "as they are": {},
    "in single precision": {name: value.astype(np.float32) for name, value in GOOD.items()},
    "one in single precision": {"b": GOOD["b"].astype(np.float32)},
    "in half precision": {name: value.astype(np.float16) for name, value in GOOD.items()},
    "of whole numbers": {name: value.astype(int) for name, value in GOOD.items()},
    "in another order of bytes": {name: value.astype(">f8") for name, value in GOOD.items()},
    "a list": {"X": GOOD["X"].tolist()},
    "the last a number": {"c": 1.0},
    "no axes": {"c": np.array(1.0)},
    "one axis": {"b": np.ones(4)},
    "three axes": {"X": np.ones((1, 5, 3))},
    "another symbolic size": {"b": np.ones((5, 1))},
    "another number": {"X": np.ones((5, 4)), "A": np.ones((4, 4))},
    "no column": {"b": np.ones((4, 2))},
    "another length for the first": {"X": np.ones((6, 3))},
}
FITTING = ("as they are", "in single precision", "another length for the first")


def fits_of(kernel):
    return kernel.function.__globals__["_fits"]


def compiled(text, many, monkeypatch):
    monkeypatch.setattr(arguments, "MANY", many)
    return pf.compile(pf.parse(text))


@pytest.mark.parametrize("given", OTHERS)
@pytest.mark.parametrize("many", [0, 32])
def test_what_has_to_be_converted_is_found(given, many, monkeypatch):
    kernel = compiled(TEXT, many, monkeypatch)
    assert ("for value" in kernel.source.partition("def _fits")[2].partition("def _converted")[0]) == (many == 0)
    values = list({**GOOD, **OTHERS[given]}.values())
    assert fits_of(kernel)(*values) is (given in FITTING)


@pytest.mark.parametrize("many", [0, 32])
def test_sizes_made_of_others_are_tested_by_their_conditions(many, monkeypatch):
    kernel = compiled("A : 2*n x m; B : n x m; Y = A[1:n, :] + B", many, monkeypatch)
    assert fits_of(kernel)(np.ones((6, 2)), np.ones((3, 2)))
    assert not fits_of(kernel)(np.ones((6, 2)), np.ones((2, 2)))


def test_stacks_are_tested_in_a_loop_too(monkeypatch):
    monkeypatch.setattr(arguments, "MANY", 0)
    fits = fits_of(compile_batch(pf.parse("X : n x m; W : m x h; Y = X*W"), over=["X"]))
    assert fits(np.ones((7, 5, 3)), np.ones((3, 2)))
    assert not fits(np.ones((5, 3)), np.ones((3, 2)))
    assert not fits(np.ones((7, 5, 3)), np.ones((7, 3, 2)))


def test_many_arguments_are_refused_as_a_few_are():
    count = arguments.MANY + 1
    kernel = pf.compile(pf.parse("\n".join(f"X{k + 1} = X{k}*W{k}" for k in range(count))))
    weights = [np.full((2, 2), 0.5) for _ in range(count)]
    np.testing.assert_allclose(kernel(np.ones((3, 2)), *weights), np.ones((3, 2)))
    weights[-1] = np.ones((3, 2))
    with pytest.raises(ValueError, match=rf"W{count - 1} has shape \(3, 2\), expected"):
        kernel(np.ones((3, 2)), *weights)
