"""Products of which half is known, in eight panels of rows or columns, or fewer: each has 64 at least.

Below 256 rows, and where the other factor has fewer than 32 columns, a product takes less time than its panels.
"""

from __future__ import annotations

from numpy import empty, matmul, result_type


def _symmetric_product(A, B, out=None):
    """A B where it is symmetric: the columns from each panel's first on, and below it their transpose."""
    n = len(A)
    if n < 256:
        return A.dot(B, out)
    out = empty((n, n), result_type(A, B)) if out is None else out
    step = max(64, n // 8)
    for first in range(0, n, step):
        end = first + step
        matmul(A[first:end], B[:, first:], out=out[first:end, first:])
        out[end:, first:end] = out[first:end, end:].T
    return out


def _triangular_product(A, B, side, lower, symmetric, out=None):
    """A B where A, or B for side 1, is triangular, without its zeros; of a symmetric result, one triangle.

    A B = (B' A')', so that the triangular factor is the left one.
    """
    n, (rows, cols) = len(B), (len(A), B.shape[1])
    if n < 256 or min(rows, cols) < 32:
        return A.dot(B, out)
    out = empty((rows, cols), result_type(A, B)) if out is None else out
    T, X, Y = (B.T, A.T, out.T) if side else (A, B, out)
    step = max(64, n // 8)
    for first in range(0, n, step):
        end = first + step
        panel, before, after = slice(first, end), slice(0, end), slice(first, n)
        inside, other = (before, after) if lower != side else (after, before)
        across = other if symmetric else slice(None)
        matmul(T[panel, inside], X[inside, across], out=Y[panel, across])
        if symmetric:
            beyond = slice(end, n) if lower != side else slice(0, first)
            Y[beyond, panel] = Y[panel, beyond].T
    return out
