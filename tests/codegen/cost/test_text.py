"""Counts as formulas for the reader."""

from __future__ import annotations

import pytest
from sympy import Min, Rational, symbols

from codegen.cost.text import count_text

n, m, h = symbols("n m h")


@pytest.mark.parametrize(
    "count, text",
    [
        (2 * m * n * h + 3 * n * h + n, "2 n m h + 3 n h + n"),
        (n**3 * Rational(2, 3) - h * n**2 / 3, "2/3 n³ - 1/3 n² h"),
        (h * n + n * m + m, "n m + n h + m"),
        (2 * (n + 1) * m, "2 n m + 2 m"),
        (6 * n * m * Min(n, m) + 20 * Min(n, m) ** 3, "6 n m min(m, n) + 20 min(m, n)³"),
        (n * 0, "0"),
        (n - n + 12345, "12,345"),
    ],
)
def test_terms_by_degree_and_by_the_order_of_the_sizes(count, text):
    assert count_text(count, ["n", "m", "h"]) == text


def test_what_is_too_long_ends_in_an_ellipsis():
    assert count_text(n**3 + n**2 + n + 1, ["n"], 2) == "n³ + n² + …"
