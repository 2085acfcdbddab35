"""Python's and NumPy's numbers as exact ones: 0.1 is 1/10, as it is in a text."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
from sympy import Expr, Integer, Rational, S

from pushforward.tracing.errors import TracingError

_SMALLEST, _LARGEST = 1e-300, 1e300


def exact(value: Any) -> Expr | None:
    """A real number exactly, or None for what is no number; the float nearest to π is π.

    Raises TracingError for complex numbers, infinities, NaN and what is beyond 1e300.
    """
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool | int | np.bool_ | np.integer):
        return Integer(int(value))
    if isinstance(value, float | np.floating):
        return _exact_float(float(value))
    if isinstance(value, Fraction | Decimal):
        return Rational(*Fraction(value).as_integer_ratio())
    if isinstance(value, complex | np.complexfloating):
        raise TracingError(f"{value} is a complex number; programs are real")
    return None


def _exact_float(value: float) -> Expr:
    if value == math.pi:
        return S.Pi
    if not math.isfinite(value) or (value and not _SMALLEST <= abs(value) <= _LARGEST):
        raise TracingError(f"{value} is not a number of a program: they are finite, up to 1e300")
    return Rational(*Fraction(repr(value)).as_integer_ratio())
