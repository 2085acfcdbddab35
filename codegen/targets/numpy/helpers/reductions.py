"""Largest entries, sums, and sums of exponentials that do not overflow.

NumPy's own reductions along short rows start anew for each of them; of few entries they are the quickest.
"""

from __future__ import annotations

from numpy import asarray, einsum, exp, log, vdot, where


def _max(A, axis):
    """The largest entries along an axis; those of many short rows are the largest of a few columns."""
    if axis == 1 and A.ndim == 2 and A.shape[1] <= 32 < len(A):
        return A.T.copy().max(axis=0, keepdims=True).T
    return A.max(axis=axis, keepdims=True)


def _sum(A, axis):
    """Sums along an axis; of long rows, and of long columns side by side, NumPy's own round less or are quicker."""
    if A.ndim == 2 and A.size >= 512:
        if axis == 1 and A.shape[1] <= 1024:
            return einsum("ij->i", A).reshape(-1, 1)
        if axis == 0 and A.shape[1] <= 64:
            return einsum("ij->j", A).reshape(1, -1)
    return A.sum(axis=axis, keepdims=True)


def _trace_of_product(A, B):
    """tr(A B), the sum of the products of entries, 1 x 1; by parts so short that BLAS shares them out to no threads."""
    if A.size <= 8192:
        return vdot(A.T, B).reshape(1, 1)
    order = "F" if B.flags.f_contiguous else "C"
    a, b = A.T.reshape(-1, order=order), B.reshape(-1, order=order)
    return asarray([a[k : k + 8192].dot(b[k : k + 8192]) for k in range(0, a.size, 8192)]).sum().reshape(1, 1)


def _largest(A, axis):
    """The largest entries along an axis, and 1 at each of them, in equal parts where it is attained more than once."""
    largest = _max(A, axis)
    attained = (largest == A).astype(A.dtype)
    times = _sum(attained, axis)
    return largest, attained if (times == 1.0).all() else attained / times


def _average_largest(A, largest, B, axis):
    """The mean along an axis of those entries of B that stand where A has its largest."""
    attained = largest == A
    times = attained.sum(axis=axis, keepdims=True, dtype=B.dtype)
    return _sum(where(attained, B, 0.0), axis) / times


def _logsumexp(A, axis):
    """log(sum(exp(A))) along an axis, which stays with length 1; the largest entry is taken out first."""
    largest = _max(A, axis)
    E = A - largest
    return largest + log(_sum(exp(E, out=E), axis))


def _softmax(A, axis):
    """log(sum(exp(A))) along an axis, and exp(A) / sum(exp(A))."""
    largest = _max(A, axis)
    E = A - largest
    total = _sum(exp(E, out=E), axis)
    E /= total
    return largest + log(total), E
