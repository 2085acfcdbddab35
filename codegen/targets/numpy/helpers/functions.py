"""Functions of matrices with their Fréchet derivatives, and Sylvester's equation, by exponentials and Schur forms."""

from __future__ import annotations

from numpy import absolute, block, isfinite, result_type, sqrt, where, zeros, zeros_like
from numpy.linalg import LinAlgError, eigvals
from scipy.linalg import expm_frechet, logm, schur
from scipy.linalg.lapack import dtrsyl, strsyl

from codegen.targets.numpy.helpers.checks import _check_finite, _rounding


def _expm_pair(A, E):
    """expm(A), and its derivative at A in the direction E. Raises LinAlgError."""
    return _exponentials("expm", A, E)


def _sinm_pair(A, E):
    """sinm(A), the imaginary part of expm(iA), and its derivative at A in the direction E. Raises LinAlgError."""
    value, moved = _exponentials("sinm", 1j * A, 1j * E)
    return value.imag.astype(A.dtype), moved.imag.astype(A.dtype)


def _cosm_pair(A, E):
    """cosm(A), the real part of expm(iA), and its derivative at A in the direction E. Raises LinAlgError."""
    value, moved = _exponentials("cosm", 1j * A, 1j * E)
    return value.real.astype(A.dtype), moved.real.astype(A.dtype)


def _exponentials(name, A, E):
    """expm(A) and its derivative, for the function `name`, worked out in double precision."""
    _check_finite(name, A)
    _check_finite(name, E)
    double = result_type(A, "float64")
    value, moved = expm_frechet(A.astype(double), E.astype(double)) if A.size else (A, E)
    return value.astype(A.dtype), moved.astype(A.dtype)


def _of_matrix(name, function, A):
    """A function of a matrix, worked out in double precision. Raises LinAlgError where it is not real."""
    if A.size == 0:
        return A.copy()
    _check_finite(name, A)
    if name in ("logm", "sqrtm"):
        _check_spectrum(name, A)
    value = function(A.astype("float64"))
    size = absolute(value).max()
    if not isfinite(size) or absolute(value.imag).max() > 1e-8 * size:
        raise LinAlgError(f"{name}: the result is not real and finite")
    return value.real.astype(A.dtype)


def _check_spectrum(name, A):
    """Raise LinAlgError for an eigenvalue that is zero, or real and negative."""
    values = eigvals(A)
    away = where(values.real > 0.0, absolute(values), absolute(values.imag))
    if away.min() <= _rounding(A) * absolute(values).max():
        raise LinAlgError(f"{name}: an eigenvalue is zero, or real and negative")


def _logm_frechet(A, E):
    """The derivative of logm at A in the direction E: the upper right block of logm([A E; 0 A]). Raises LinAlgError."""
    n = A.shape[0]
    scale = absolute(E).max(initial=0.0)
    if scale == 0.0:
        return zeros_like(A)
    size = absolute(A).max(initial=0.0) or 1.0
    whole = _of_matrix("logm", logm, block([[A, E * (size / scale)], [zeros_like(A), A]]))
    return whole[:n, n:] * (scale / size)


# Sylvester's equation


def _schur(A):
    """A = Q T Q', with T upper triangular but for blocks of two on its diagonal."""
    _check_finite("sylvester", A)
    return schur(A, output="real") if A.size else (A, A)


def _solve_sylvester(F, G, C, trans_a, trans_b):
    """X with A X + X B = C by the Schur forms of A and B, or of A' and B'. Raises LinAlgError where there is none."""
    (T, Q), (R, P) = F, G
    if C.size == 0:
        return C.copy()
    a, b = _eigenvalues(T), _eigenvalues(R)
    limit = max(_rounding(T), _rounding(R)) * (absolute(a).max() + absolute(b).max())
    if absolute(a.reshape(-1, 1) + b).min() <= limit:
        raise LinAlgError("sylvester: A and -B have an eigenvalue in common")
    solve = dtrsyl if C.dtype.itemsize == 8 else strsyl
    Y, scale, _ = solve(T, R, Q.T.dot(C).dot(P), trana="NT"[trans_a], tranb="NT"[trans_b])
    return Q.dot(Y / C.dtype.type(scale)).dot(P.T)


def _eigenvalues(T):
    """Those of a Schur form: the diagonal, where a block of two has the real part twice, and what makes it complex."""
    imaginary = zeros(T.shape[0], dtype=T.dtype)
    pairs = sqrt(absolute(T.diagonal(1) * T.diagonal(-1)))
    imaginary[:-1] += pairs
    imaginary[1:] -= pairs
    return T.diagonal() + 1j * imaginary
