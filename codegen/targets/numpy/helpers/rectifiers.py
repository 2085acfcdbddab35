"""relu, its derivative and the sign, as NumPy computes them fast; what is not a number stays that."""

from __future__ import annotations

from numpy import ceil, inf, maximum, sign


def _relu(X, out=None):
    """max(x, 0) for each entry; of many, clip takes a third of the time of maximum."""
    return maximum(X, 0.0, out=out) if X.size < 1000 else X.clip(0.0, inf, out)


def _step(X, out=None):
    """1 for x > 0, else 0."""
    return _sign(maximum(X, 0.0), out) if X.size < 1000 else ceil(X.clip(0.0, 1.0, out), out=out)


def _sign(X, out=None):
    """-1, 0 or 1; over its operand, sign takes ten times as long as from a copy of it."""
    return sign(X.copy() if out is X else X, out=out)
