"""sin and cos at once: how far from the exact ones, in units in the last place, and what no polynomial is asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from mpmath import mp

from codegen.kernel import compile_kernel
from codegen.targets.numpy.carried import HELPERS
from codegen.targets.numpy.helpers.sines import _sin_cos
from symbolic.differential import differentiate
from symbolic.language.read import read_program

LARGEST_ERROR = 2.2
"""In units in the last place; libraries of functions have about 0.5."""
NUMBER = 3000
"""So many entries are computed together."""


def quarter_turns(offset: float, spread: float) -> Any:
    """Numbers near quarter turns, up to 600 of them."""
    random = np.random.default_rng(0)
    return (random.integers(-600, 600, NUMBER) + offset) * np.pi / 2 + spread * random.standard_normal(NUMBER)


def errors(found: Any, exact: list[Any]) -> float:
    with mp.workprec(160):
        return max(
            abs(mp.mpf(float(a)) - b) / mp.mpf(np.spacing(abs(float(b)))) for a, b in zip(found, exact, strict=True)
        )


POINTS = {
    "normal": np.random.default_rng(1).standard_normal(NUMBER),
    "large": np.random.default_rng(2).uniform(-1000, 1000, NUMBER),
    "quarter turns": quarter_turns(0.0, 0.0),
    "near quarter turns": quarter_turns(0.0, 1e-9),
    "where the polynomial ends": quarter_turns(0.5, 0.01),
    "small": 10.0 ** np.random.default_rng(3).uniform(-300, 0, NUMBER),
}


@pytest.mark.parametrize("name", POINTS)
def test_errors_are_a_few_units_in_the_last_place(name: str, record_property: Any) -> None:
    x = POINTS[name]
    sine, cosine = _sin_cos(x)
    with mp.workprec(160):
        exact = [mp.mpf(float(each)) for each in x]
        found = errors(sine, [mp.sin(each) for each in exact]), errors(cosine, [mp.cos(each) for each in exact])
    record_property("units in the last place", tuple(map(float, found)))
    assert max(found) <= LARGEST_ERROR


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf, 1001.0, -1e300])
def test_what_is_large_or_no_number_is_numpys(special: float) -> None:
    x = np.full(NUMBER, 0.5)
    x[7] = special
    with np.errstate(invalid="ignore"):
        sine, cosine = _sin_cos(x)
        assert np.array_equal(sine, np.sin(x), equal_nan=True) and np.array_equal(cosine, np.cos(x), equal_nan=True)


def test_an_infinity_is_as_invalid_as_in_numpy() -> None:
    with np.errstate(invalid="raise"), pytest.raises(FloatingPointError):
        _sin_cos(np.full(NUMBER, np.inf))


def test_zeros_keep_their_sign() -> None:
    sine, cosine = _sin_cos(np.where(np.arange(NUMBER) % 2, 0.0, -0.0))
    assert np.array_equal(np.signbit(sine), np.arange(NUMBER) % 2 == 0) and (cosine == 1.0).all()


@pytest.mark.parametrize("shape", [(0, 5), (1, 1), (40, 51), (20, 1000), (3, 70, 300)])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_any_shape_order_and_precision(shape: tuple[int, ...], order: Any, dtype: Any) -> None:
    X = np.asarray(np.random.default_rng(4).standard_normal(shape), dtype, order)
    kept = X.copy()
    for found, function in zip(_sin_cos(X), (np.sin, np.cos), strict=True):
        assert found.shape == shape and found.dtype == dtype and found.base is None
        assert np.abs(found - function(X)).max(initial=0.0) <= np.finfo(dtype).eps
    assert np.array_equal(X, kept)


def test_kernels_use_it_where_both_are_needed() -> None:
    kernel = compile_kernel(differentiate(read_program("X : n x m\nY = sin(X)"), "X"))
    assert "Y, cos_X = _sin_cos(X)" in kernel.source
    X, dX = np.random.default_rng(5).standard_normal((2, 300, 40))
    Y, dY = kernel(X, dX)
    assert np.abs(Y - np.sin(X)).max() < 1e-15 and np.abs(dY - np.cos(X) * dX).max() < 1e-14
    assert "_sin_cos" not in compile_kernel(read_program("X : n x m\nY = sin(X) + cos(2*X)")).source


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1.5707963267941523", "1.570796326794152"),
        ("6.36831716351095e-25", "0.0"),
        ("right_shift(left_shift(k, 63, odd), 63, odd)", "left_shift(k, 63, odd)"),
        ("left_shift(k, 62, k)", "left_shift(k, 61, k)"),
        ("0.008333333333322413", "0.00833333333333"),
        ("<= 1000.0", "<= 1e30"),
    ],
)
def test_a_wrong_helper_is_seen(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def errors() -> float:
        kernel = compile_kernel(differentiate(read_program("X : n x m\nY = sin(X)"), "X"))
        found = []
        for x in (POINTS["normal"], POINTS["near quarter turns"], np.full(NUMBER, 1e20)):
            X = x[:, None]
            with np.errstate(invalid="ignore"):
                both = np.array(kernel(X, np.ones_like(X)))
            found.append(np.abs(both / [np.sin(X), np.cos(X)] - 1).max())
        return float(np.max(found))

    assert errors() < 1e-15
    helper = HELPERS["_sin_cos_of_some"]
    assert old in helper.source
    monkeypatch.setitem(HELPERS, "_sin_cos_of_some", replace(helper, source=helper.source.replace(old, new)))
    assert not errors() < 1e-15


def test_each_result_is_memory_of_its_own() -> None:
    """What is written over the one leaves the other alone."""
    text = "X : n x m\nA = X + 1\nS = sin(A)\nC = cos(A)\nT = exp(S)\nU = C .* T\nreturn U, T, S"
    X = np.random.default_rng(6).standard_normal((300, 40))
    U, T, S = compile_kernel(read_program(text))(X)
    assert np.allclose(S, np.sin(X + 1)) and np.allclose(T, np.exp(S)) and np.allclose(U, np.cos(X + 1) * T)
