"""Sizes as code, and sizes found again from lengths they are a part of."""

from __future__ import annotations

import itertools

import pytest
from sympy import Integer, Min, Rational, sqrt

from codegen.sizes import derived_sizes, number_code, size_code, size_text
from symbolic.errors import NotSupported
from symbolic.nodes import dimension

n, m, k = map(dimension, "nmk")
NAMES = {n: "n", m: "m", k: "k"}

SIZES = {
    "3": Integer(3),
    "n": n,
    "2 * n": 2 * n,
    "(n - 1)": n - 1,
    "(m + n)": n + m,
    "(2 * n - m - 3)": 2 * n - m - 3,
    "m * n": n * m,
    "n ** 2": n**2,
    "(n + 1) ** 2": (n + 1) ** 2,
    "min(m, n)": Min(n, m),
    "2 * min(m, n)": 2 * Min(n, m),
    "m * (n - 1)": m * (n - 1),
}


@pytest.mark.parametrize("code", SIZES)
def test_sizes(code):
    assert size_code(SIZES[code], NAMES) == code
    for lengths in itertools.product((1, 2, 5), repeat=3):
        values = dict(zip((n, m, k), map(Integer, lengths), strict=True))
        given = {NAMES[size]: int(value) for size, value in values.items()}
        assert value_of(code, given) == SIZES[code].subs(values)


def value_of(code, given):
    return eval(code, {"__builtins__": {"min": min}}, given)


def test_a_size_for_the_reader_has_no_parentheses_around_it():
    assert size_text(n - 1, NAMES) == "n - 1" and size_text(2 * n, NAMES) == "2 * n"
    assert size_text((n + 1) * (m + 1), NAMES) == size_code((n + 1) * (m + 1), NAMES)


NUMBERS = {
    "2.5": Rational(5, 2),
    "(-0.5)": -Rational(1, 2),
    "(1.0 / n)": 1 / n,
    "((-1.0) / n)": -1 / n,
    "(2.0 / (m * n))": 2 / (n * m),
    "(1.0 / k ** 0.5)": 1 / sqrt(k),
    "(n ** 0.5)": sqrt(n),
    "(n / m)": n / m,
    "(1.0 / (n - 1.0))": 1 / (n - 1),
    "(0.5 * n)": n / 2,
    "(1.0 / (m ** 2.0 * n))": 1 / (n * m**2),
}


@pytest.mark.parametrize("code", NUMBERS)
def test_numbers(code):
    assert number_code(NUMBERS[code], NAMES) == code
    given = {"n": 5, "m": 3, "k": 2}
    exact = NUMBERS[code].subs({n: 5, m: 3, k: 2})
    assert value_of(code, given) == pytest.approx(float(exact), rel=1e-15)


def test_what_is_a_length_follows_from_nothing_else():
    assert derived_sizes([n, m, Integer(3), 2 * n, n * m]) == []


@pytest.mark.parametrize(
    "sizes, lengths, expected",
    [
        ([2 * n], [6], {n: 3}),
        ([3 * n + 2], [11], {n: 3}),
        ([n * m, m], [12, 4], {n: 3}),
        ([n * m, m], [0, 0], {n: 0}),
        ([n + m, m], [7, 4], {n: 3}),
        ([n * m + k, m, k], [14, 4, 2], {n: 3}),
        ([n * m, 2 * m], [12, 8], {m: 4, n: 3}),
    ],
)
def test_sizes_that_follow(sizes, lengths, expected):
    found = {size: length for size, length in zip(sizes, lengths, strict=True) if size.is_Symbol}
    for derived in derived_sizes(sizes):
        code = derived.code("given", {size: f"({value})" for size, value in found.items()})
        length = lengths[sizes.index(derived.of)]
        found[derived.symbol] = eval(code, {"__builtins__": {"max": max}}, {"given": length})
    assert {size: found[size] for size in expected} == expected


@pytest.mark.parametrize("sizes", [[n**2], [n * m], [Min(n, m)], [n + m, n - m, k]])
def test_sizes_that_do_not_follow_are_named(sizes):
    with pytest.raises(NotSupported, match=r"length .*n.* does not follow"):
        derived_sizes(sizes)
