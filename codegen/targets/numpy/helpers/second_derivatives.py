"""Second derivatives of functions of matrices, in numbers a + b e + c f + d e f of matrices, where e² = f² = 0.

expm of A + E e + F f has the part d that is asked for, and the scaling and squaring with a Padé approximant that give
expm (Higham 2008, algorithm 10.20) give it in this arithmetic: 9 products for one.
"""

from __future__ import annotations

from numpy import absolute, ceil, eye, inf, log2, maximum, result_type, zeros_like
from scipy.linalg import logm, lu_factor, lu_solve

from codegen.targets.numpy.helpers.checks import _check_finite
from codegen.targets.numpy.helpers.functions import _logm_frechet, _of_matrix


def _expm_frechet2(A, E, F):
    """The derivative of expm at A in the directions E and F. Raises LinAlgError."""
    return _second("expm", A, E, F).astype(A.dtype)


def _sinm_frechet2(A, E, F):
    """That of sinm, the imaginary part of expm(iA). Raises LinAlgError."""
    return _second("sinm", 1j * A, 1j * E, 1j * F).imag.astype(A.dtype)


def _cosm_frechet2(A, E, F):
    """That of cosm, the real part of expm(iA). Raises LinAlgError."""
    return _second("cosm", 1j * A, 1j * E, 1j * F).real.astype(A.dtype)


def _logm_frechet2(A, E, F):
    """That of logm, from expm(logm(A)) = A differentiated twice. Raises LinAlgError."""
    moved = _logm_frechet(A, E), _logm_frechet(A, F)
    return -_logm_frechet(A, _expm_frechet2(_of_matrix("logm", logm, A), *moved))


def _second(name, A, E, F):
    """The derivative of expm in two directions, for the function `name`, worked out in double precision."""
    for M in (A, E, F):
        _check_finite(name, M)
    if A.size == 0:
        return A.copy()
    kind = result_type(A, "float64")
    norm = absolute(A).sum(axis=0).max()
    squarings = int(maximum(0.0, ceil(log2(norm / 4.0)))) if 0.0 < norm < inf else 0
    X = [M.astype(kind) / 2.0**squarings for M in (A, E, F)] + [zeros_like(A, dtype=kind)]
    X = _approximated(X)
    for _ in range(squarings):
        X = _times(X, X)
    return X[3]


def _times(X, Y):
    """The product of two numbers of four parts."""
    a, b, c, d = X
    p, q, r, s = Y
    return [a.dot(p), a.dot(q) + b.dot(p), a.dot(r) + c.dot(p), a.dot(s) + b.dot(r) + c.dot(q) + d.dot(p)]


def _approximated(X):
    """expm by its Padé approximant of degree 13: (V - U)⁻¹ (V + U)."""
    identity = eye(X[0].shape[0])
    X2 = _times(X, X)
    X4 = _times(X2, X2)
    X6 = _times(X2, X4)
    parts = range(4)
    high = [X6[k] + 16380.0 * X4[k] + 40840800.0 * X2[k] for k in parts]
    low = [33522128640.0 * X6[k] + 10559470521600.0 * X4[k] + 1187353796428800.0 * X2[k] for k in parts]
    U = [M + N for M, N in zip(_times(X6, high), low, strict=True)]
    U[0] = U[0] + 32382376266240000.0 * identity
    U = _times(X, U)
    high = [182.0 * X6[k] + 960960.0 * X4[k] + 1323241920.0 * X2[k] for k in parts]
    low = [670442572800.0 * X6[k] + 129060195264000.0 * X4[k] + 7771770303897600.0 * X2[k] for k in parts]
    V = [M + N for M, N in zip(_times(X6, high), low, strict=True)]
    V[0] = V[0] + 64764752532480000.0 * identity
    return _quotient([M - N for M, N in zip(V, U, strict=True)], [M + N for M, N in zip(V, U, strict=True)])


def _quotient(X, Y):
    """X⁻¹ Y."""
    a, b, c, d = X
    p, q, r, s = Y
    factors = lu_factor(a)
    first = lu_solve(factors, p)
    along, other = lu_solve(factors, q - b.dot(first)), lu_solve(factors, r - c.dot(first))
    return [first, along, other, lu_solve(factors, s - b.dot(other) - c.dot(along) - d.dot(first))]
