"""Functions of matrices for the oracle, continued analytically to complex matrices.

On A + ihE with a tiny h the imaginary part of a result has to be h times its directional derivative, so that all
scalings and numbers of steps follow the real part, and no step mixes real and imaginary parts of the size of A.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

Array: TypeAlias = Any

TAYLOR_TERMS = 18
"""With a norm of at most 1/2 the next term is below 2^-18/18!, far under roundoff."""
QUADRATURE_NODES = 24
MAX_STEPS = 60


def expm(A: Array) -> Array:
    """exp(A) = exp(μ) (I + F), F = exp(A - μI) - 1 and μ = tr(A)/n, by Taylor's series and squaring.

    Squaring F as 2F + F², instead of I + F, keeps the digits of F that I would cover. As A - μI has an
    eigenvalue with a real part that is not negative, I + F is not small: nothing cancels in it.
    """
    n = len(A)
    mean = np.trace(A) / max(1, n)
    A = A - mean * np.eye(n)
    halvings = max(0, _exponent(A) + 1)
    A = A / 2.0**halvings
    F = np.zeros_like(A)
    for k in range(TAYLOR_TERMS, 0, -1):
        F = (A + A @ F) / k
    for _ in range(halvings):
        F = 2 * F + F @ F
    return np.exp(mean) * (np.eye(n) + F)


def sinm(A: Array) -> Array:
    return _rotation(A)[len(A) :, : len(A)]


def cosm(A: Array) -> Array:
    return _rotation(A)[: len(A), : len(A)]


def _rotation(A: Array) -> Array:
    """[[cos A, -sin A], [sin A, cos A]] = exp([[0, -A], [A, 0]]).

    This is exp(iA) with iA in real numbers: a complex exp(iA) has cos A and sin A where the tiny part belongs.
    """
    zero = np.zeros_like(A)
    return expm(np.block([[zero, -A], [A, zero]]))


def sqrtm(A: Array) -> Array:
    """The principal root by the product form of the Denman-Beavers iteration (Higham 2008, (6.29)).

    M → I and X → √A, quadratically. Once M is near, two more steps bring both parts to roundoff. With a negative
    eigenvalue there is no limit, and the result is not a number.
    """
    identity, root_of_scale = np.eye(len(A)), _root_of_scale(A)
    M = X = A / root_of_scale**2
    near = 0
    for _ in range(MAX_STEPS):
        near += bool(np.abs(M.real - identity).max(initial=0.0) < 1e-6)
        W = np.linalg.inv(M)
        X, M = (X + X @ W) / 2, identity / 2 + (M + W) / 4
        if near == 2:
            return root_of_scale * X
    return np.full_like(X, np.nan)


def _root_of_scale(A: Array) -> float:
    """A power of two near √|det A|^(1/n), which brings the eigenvalues around 1."""
    logarithm = np.linalg.slogdet(A.real)[1] / max(1, len(A)) if len(A) else 0.0
    return float(2.0 ** round(logarithm / math.log(4))) if math.isfinite(logarithm) else 1.0


def logm(A: Array) -> Array:
    """log(A) = log(c) + 2^k log(X), X = (A/c)^(2^-k), and log(X) = ∫ (X - I) ((1-t)I + tX)⁻¹ dt over 0 ≤ t ≤ 1.

    c is the geometric mean of the eigenvalues' absolute values. Gauss-Legendre quadrature of that integral is a Padé
    approximant (Higham 2008, theorem 11.6), accurate to roundoff while the logarithms of the eigenvalues are at most 2
    in absolute value: few roots are taken.
    """
    identity, scale = np.eye(len(A)), _geometric_mean(A)
    A = A / scale
    roots = _roots(A)
    for _ in range(roots):
        A = sqrtm(A)
    nodes, weights = np.polynomial.legendre.leggauss(QUADRATURE_NODES)
    total = np.zeros_like(A)
    for node, weight in zip((1 + nodes) / 2, weights / 2, strict=True):
        total = total + weight * np.linalg.solve((1 - node) * identity + node * A, A - identity)
    return math.log(scale) * identity + 2.0**roots * total


def _geometric_mean(A: Array) -> float:
    """Of the absolute values of the eigenvalues; 1 where it is near 1, for a small logarithm would lose by it, or 0."""
    with np.errstate(divide="ignore"):
        logarithms = np.log(np.abs(np.linalg.eigvals(A.real)))
    mean = float(logarithms.mean()) if len(A) else 0.0
    return math.exp(mean) if 1 < abs(mean) < 700 else 1.0


def _roots(A: Array) -> int:
    """How many square roots bring the logarithms of the eigenvalues to at most 2 in absolute value."""
    with np.errstate(divide="ignore"):
        logarithms = np.abs(np.log(np.linalg.eigvals(A.real).astype(complex)))
    largest = float(logarithms.max(initial=1.0))
    return max(0, math.ceil(math.log2(largest / 2))) if math.isfinite(largest) else 0


def frechet(f: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    """L_f(A, E), the upper right block of f([[A, E], [0, A]]) (Higham 2008, (3.16))."""
    return lambda A, E: f(np.block([[A, E], [np.zeros_like(A), A]]))[: len(A), len(A) :]


def _exponent(A: Array) -> int:
    """k with the 1-norm of the real part below 2^k, and at least 2^(k-1)."""
    norm = float(np.abs(A.real).sum(axis=0).max(initial=0.0))
    return math.frexp(norm)[1] if math.isfinite(norm) else 0
