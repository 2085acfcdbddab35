"""Largest entries, and sums of exponentials that do not overflow."""

from __future__ import annotations

from numpy import exp, log, where


def _largest(A, axis):
    """The largest entries along an axis, and 1 at each of them, in equal parts where it is attained more than once."""
    largest = A.max(axis=axis, keepdims=True)
    attained = (largest == A).astype(A.dtype)
    times = attained.sum(axis=axis, keepdims=True)
    return largest, attained if (times == 1.0).all() else attained / times


def _average_largest(A, largest, B, axis):
    """The mean along an axis of those entries of B that stand where A has its largest."""
    attained = largest == A
    times = attained.sum(axis=axis, keepdims=True, dtype=B.dtype)
    return where(attained, B, 0.0).sum(axis=axis, keepdims=True) / times


def _logsumexp(A, axis):
    """log(sum(exp(A))) along an axis, which stays with length 1; the largest entry is taken out first."""
    largest = A.max(axis=axis, keepdims=True)
    return largest + log(exp(A - largest).sum(axis=axis, keepdims=True))


def _softmax(A, axis):
    """log(sum(exp(A))) along an axis, and exp(A) / sum(exp(A))."""
    largest = A.max(axis=axis, keepdims=True)
    E = exp(A - largest)
    total = E.sum(axis=axis, keepdims=True)
    E /= total
    return largest + log(total), E
