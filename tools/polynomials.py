"""The polynomials of codegen/targets/c/constants.py: of each degree the one whose largest relative error is least.

Remez' exchange (Trefethen 2019, chapter 10): through points where the error alternates, then through the extremes of
that error, until they stay. `python tools/polynomials.py` prints them, and the bits of accuracy of each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from mpmath import cos, exp, expm1, log, lu_solve, matrix, mp, mpf, nstr, pi, sin, sqrt

mp.dps = 60
ROUNDS, GRID = 12, 40
Function = Callable[[Any], Any]


@dataclass(frozen=True)
class Problem:
    """Approximate `function` on an interval by a polynomial with so many terms; errors count times `weight`."""

    name: str
    function: Function
    weight: Function
    low: Any
    high: Any
    terms: dict[str, int]


def best(problem: Problem, terms: int) -> tuple[list[Any], Any]:
    """Coefficients, lowest degree first, and the largest weighted error."""
    low, high = problem.low, problem.high
    points = [
        (low + high) / 2 + (high - low) / 2 * cos(pi * (2 * k + 1) / (2 * terms + 2)) for k in range(terms, -1, -1)
    ]
    grid = [low + (high - low) * k / (GRID * terms) for k in range(GRID * terms + 1)]
    coefficients: list[Any] = []
    errors: list[Any] = []
    for _ in range(ROUNDS):
        coefficients = _through(problem, points)
        errors = [problem.weight(x) * (_value(coefficients, x) - problem.function(x)) for x in grid]
        extremes = _alternating(errors, terms + 1)
        if len(extremes) <= terms:
            break
        points = [grid[k] for k in extremes]
    return coefficients, max(map(abs, errors))


def _through(problem: Problem, points: list[Any]) -> list[Any]:
    """The polynomial whose error is the same at all points, but for the sign."""
    count = len(points)
    system, right = matrix(count, count), matrix(count, 1)
    for row, x in enumerate(points):
        weight = problem.weight(x)
        for power in range(count - 1):
            system[row, power] = x**power * weight
        system[row, count - 1] = (-1) ** row
        right[row] = problem.function(x) * weight
    return list(lu_solve(system, right))[:-1]


def _value(coefficients: list[Any], x: Any) -> Any:
    return sum(c * x**power for power, c in enumerate(coefficients))


def _alternating(errors: list[Any], count: int) -> list[int]:
    """Places of extreme errors whose signs alternate, at most so many, the smaller ones at the ends left out."""
    found: list[int] = []
    for k, error in enumerate(errors):
        beside = [abs(errors[j]) for j in (k - 1, k + 1) if 0 <= j < len(errors)]
        if abs(error) < max(beside, default=error) and len(beside) == 2:
            continue
        if found and (errors[found[-1]] > 0) == (error > 0):
            found[-1] = max(found[-1], k, key=lambda place: abs(errors[place]))
        else:
            found.append(k)
    while len(found) > count:
        found.pop(0 if abs(errors[found[0]]) < abs(errors[found[-1]]) else -1)
    return found


def _sinc(z: Any) -> Any:
    return sin(sqrt(z)) / sqrt(z)


_TINY = mpf(10) ** -12
_QUARTER, _HALF_LOG = (pi / 4 * mpf("1.0001")) ** 2, log(2) / 2 * mpf("1.0001")
PROBLEMS = (
    Problem("SINE", lambda z: (_sinc(z) - 1) / z, lambda z: z / _sinc(z), _TINY, _QUARTER, {"double": 6, "single": 3}),
    Problem(
        "COSINE",
        lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2,
        lambda z: z * z / cos(sqrt(z)),
        _TINY,
        _QUARTER,
        {"double": 6, "single": 3},
    ),
    Problem(
        "EXPONENTIAL",
        lambda r: (exp(r) - 1 - r) / r**2 if abs(r) > _TINY else mpf(1) / 2 + r / 6,
        lambda r: r**2 / abs(expm1(r)) if r else mpf(0),
        -_HALF_LOG,
        _HALF_LOG,
        {"double": 10, "single": 5},
    ),
)
"""sin(r) = r + r z p(z) and cos(r) = 1 - z/2 + z² p(z) with z = r²; exp(r) = 1 + r + r² p(r)."""


def rounded(value: Any, precision: str) -> str:
    """The nearest number of a precision, in hexadecimal digits."""
    return float(value if precision == "double" else np.float32(float(value))).hex()


if __name__ == "__main__":
    for problem in PROBLEMS:
        for precision, terms in problem.terms.items():
            coefficients, error = best(problem, terms)
            print(f"{problem.name} {precision}, {nstr(-log(error, 2), 4)} bits:")
            print("   ", ", ".join(rounded(c, precision) for c in coefficients))
