"""Functions that generated kernels carry with them: ordinary Python, of which a kernel gets those that it calls.

Each is copied into the file as it stands here, so it uses nothing but NumPy, SciPy and the others. Matrices have two
axes, and results are new. Where there is no value or no derivative, LinAlgError says so; what is equal or zero to
rounding counts as such, at any scale of the matrix.
"""

from __future__ import annotations

# ruff: noqa: I001
from numpy import absolute, arange, argmax, array, block, cos, einsum, exp, expm1, eye, finfo, frexp
from numpy import isfinite, ldexp, log, log1p, maximum, minimum, sin, sqrt, tril, where, zeros, zeros_like
from numpy.linalg import LinAlgError, eigh, eigvals, eigvalsh, qr, svd
from scipy.linalg import eig, expm_frechet, logm, schur
from scipy.linalg.lapack import dgecon, dgetrf, dgetri, dgetrs, dlange, dpotrf, dpotri, dpotrs, dtrsyl, dtrtri, dtrtrs
from scipy.linalg.lapack import sgecon, sgetrf, sgetri, sgetrs, slange, spotrf, spotri, spotrs, strsyl, strtri, strtrs


def _check_finite(name, A):
    """Raise LinAlgError for infinity and what is not a number."""
    if not isfinite(A).all():
        raise LinAlgError(f"{name}: an entry is infinite or not a number")


def _rounding(A):
    """What is zero beside 1: the roundoff of the entries times their number along the longer axis."""
    return max(A.shape) * finfo(A.dtype).eps


# Largest entries, sums of exponentials


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
    return B.sum(axis=axis, keepdims=True, where=attained) / times


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


# Systems with a general matrix


def _factor_lu(A):
    """P A = L U: both factors in one matrix, the exchanges, and whether A is regular."""
    if A.size == 0:
        return A, zeros(0, dtype=int), True
    factors, swaps, info = dgetrf(A) if A.dtype.itemsize == 8 else sgetrf(A)
    return factors, swaps, info == 0 and _is_regular(A, factors)


def _is_regular(A, factors):
    """Whether no pivot of P A = L U is all rounding error: beside what was added up for it, not beside the others."""
    limit = _rounding(A)
    norm, condition = (dlange, dgecon) if A.dtype.itemsize == 8 else (slange, sgecon)
    if condition(factors, norm("I", A.T))[0] > 10.0 * limit:
        return True
    sizes = absolute(factors)
    pivots = sizes.diagonal()
    added = einsum("ij,ji->i", tril(sizes, -1), sizes) + pivots
    return not (pivots <= limit * added).any()


def _solve_lu(lu, B, trans):
    """A^-1 B, or A'^-1 B for trans = 1. Raises LinAlgError where A is singular."""
    factors, swaps, regular = lu
    if not regular:
        raise LinAlgError("solve: the matrix is singular")
    if B.size == 0:
        return B.copy()
    solve = dgetrs if B.dtype.itemsize == 8 else sgetrs
    return solve(factors, swaps, B, trans=trans)[0]


def _inv_lu(lu):
    """A^-1. Raises LinAlgError where A is singular."""
    factors, swaps, regular = lu
    if not regular:
        raise LinAlgError("inv: the matrix is singular")
    if factors.size == 0:
        return factors.copy()
    invert = dgetri if factors.dtype.itemsize == 8 else sgetri
    return invert(factors, swaps, lwork=64 * swaps.size)[0]


def _det_lu(lu):
    """det(A), 1 x 1."""
    factors, swaps, _ = lu
    value = _product(factors.diagonal())
    return -value if (swaps != arange(swaps.size)).sum() % 2 else value


def _logdet_lu(lu):
    """log |det(A)|, 1 x 1. Raises LinAlgError where A is singular."""
    if not lu[2]:
        raise LinAlgError("logdet: the matrix is singular")
    return log(absolute(lu[0].diagonal())).sum(keepdims=True).reshape(1, 1)


def _product(d):
    """The product of numbers, 1 x 1, which overflows only where the result does: as fractions near 1 and exponents."""
    fractions, exponents = frexp(d)
    low = absolute(fractions) < 0.7
    fractions = where(low, fractions + fractions, fractions)
    return ldexp(fractions.prod(keepdims=True), (exponents - low).sum(keepdims=True)).reshape(1, 1)


# Systems with a positive definite matrix


def _chol(S):
    """The lower L with L L' = S, whose upper half is not read. Raises LinAlgError if S is not positive definite."""
    if S.size == 0:
        return S.copy()
    L, info = dpotrf(S, lower=1) if S.dtype.itemsize == 8 else spotrf(S, lower=1)
    if info > 0 or not (L.diagonal() ** 2 > _rounding(S) * S.diagonal()).all():
        _check_finite("chol", S)
        raise LinAlgError("chol: the matrix is not positive definite")
    return L


def _solve_cho(L, B):
    """(L L')^-1 B."""
    if B.size == 0:
        return B.copy()
    solve = dpotrs if B.dtype.itemsize == 8 else spotrs
    return solve(L, B, lower=1)[0]


def _inv_cho(L):
    """(L L')^-1."""
    if L.size == 0:
        return L.copy()
    X = dpotri(L, lower=1)[0] if L.dtype.itemsize == 8 else spotri(L, lower=1)[0]
    return X + tril(X, -1).T


def _det_cho(L):
    """det(L L'), 1 x 1."""
    return _product(L.diagonal()) ** 2


def _logdet_cho(L):
    """log det(L L'), 1 x 1."""
    return 2.0 * log(L.diagonal()).sum(keepdims=True).reshape(1, 1)


# Systems with a triangular matrix


def _solve_triangular(T, B, lower, trans):
    """T^-1 B, or T'^-1 B for trans = 1; the other triangle of T is not read. Raises LinAlgError where T is singular."""
    if B.size == 0:
        return B.copy()
    solve = dtrtrs if B.dtype.itemsize == 8 else strtrs
    if T.flags.f_contiguous:
        X, info = solve(T, B, lower=lower, trans=trans)
    else:
        X, info = solve(T.T, B, lower=1 - lower, trans=1 - trans)
    if info > 0:
        raise LinAlgError(f"solve: the matrix is singular, entry {info} of its diagonal is zero")
    return X


def _inv_triangular(T, lower):
    """T^-1. Raises LinAlgError where T is singular."""
    if T.size == 0:
        return T.copy()
    X, info = dtrtri(T, lower=lower) if T.dtype.itemsize == 8 else strtri(T, lower=lower)
    if info > 0:
        raise LinAlgError(f"inv: the matrix is singular, entry {info} of its diagonal is zero")
    return X


def _det_triangular(T):
    """det(T), 1 x 1."""
    return _product(T.diagonal())


def _logdet_triangular(T):
    """log |det(T)|, 1 x 1. Raises LinAlgError where T is singular."""
    d = absolute(T.diagonal())
    if (d == 0.0).any():
        raise LinAlgError("logdet: the matrix is singular, an entry of its diagonal is zero")
    return log(d).sum(keepdims=True).reshape(1, 1)


# Sylvester's equation


def _schur(A):
    """A = Q T Q', with T upper triangular but for blocks of two on its diagonal."""
    _check_finite("sylvester", A)
    return schur(A, output="real")


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


# Functions of matrices


def _pinv(A):
    """The pseudo-inverse of a matrix of full rank. Raises LinAlgError."""
    if A.size == 0:
        return A.T.copy()
    _check_finite("pinv", A)
    U, s, Vt = svd(A, full_matrices=False)
    if s[-1] <= _rounding(A) * s[0]:
        raise LinAlgError("pinv: the matrix does not have full rank, no derivative exists")
    return (Vt.T / s).dot(U.T)


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
    """expm(A) and its derivative, for the function `name`."""
    _check_finite(name, A)
    _check_finite(name, E)
    value, moved = expm_frechet(A, E)
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


# Functions of symmetric matrices, by their eigenvalues


def _spectrum(S):
    """S = V diag(x) V': the eigenvalues as a column, and V."""
    _check_finite("eigh", S)
    x, V = eigh(S)
    return x.reshape(-1, 1), V


def _mapped_spectrum(spectrum, name):
    """The spectrum of a function of a symmetric matrix."""
    x, V = spectrum
    return _mapped(name, x), V


def _of_spectrum(spectrum, name):
    """A function of a symmetric matrix. Raises LinAlgError."""
    x, V = spectrum
    return (V * _mapped(name, x).T).dot(V.T)


def _frechet_of_spectrum(spectrum, E, name):
    """The derivative of a function of a symmetric matrix in the direction E. Raises LinAlgError."""
    x, V = spectrum
    return V.dot(_slopes(name, x) * V.T.dot(E).dot(V)).dot(V.T)


def _mapped(name, x):
    """A function of each eigenvalue. Raises LinAlgError."""
    if name == "expm":
        return exp(x)
    if name == "sinm":
        return sin(x)
    if name == "cosm":
        return cos(x)
    if x.size and x.min() <= _rounding(x) * absolute(x).max():
        raise LinAlgError(f"{name}: an eigenvalue is zero, or real and negative")
    return log(x) if name == "logm" else sqrt(x)


def _slopes(name, x):
    """(f(x) - f(y)) / (x - y) for all pairs of eigenvalues, f'(x) where they are equal, and nothing cancels between."""
    y = x.T
    apart, half = absolute(x - y), (x - y) / 2.0
    if name == "expm":
        return exp(maximum(x, y)) * _ratio(-expm1(-apart), apart)
    if name == "sinm":
        return cos((x + y) / 2.0) * _ratio(sin(half), half)
    if name == "cosm":
        return -sin((x + y) / 2.0) * _ratio(sin(half), half)
    _mapped(name, x)
    least = minimum(x, y)
    return _ratio(log1p(apart / least), apart / least) / least


def _ratio(above, below):
    """above / below, and 1 where both are 0."""
    equal = below == 0.0
    return where(equal, 1.0, above / where(equal, 1.0, below)).astype(below.dtype)


def _sylvester_of_spectra(F, G, C):
    """X with A X + X B = C for symmetric A and B. Raises LinAlgError where there is none."""
    (x, V), (y, W) = F, G
    if C.size == 0:
        return C.copy()
    sums = x + y.T
    if absolute(sums).min() <= max(_rounding(x), _rounding(y)) * (absolute(x).max() + absolute(y).max()):
        raise LinAlgError("sylvester: A and -B have an eigenvalue in common")
    return V.dot(V.T.dot(C).dot(W) / sums).dot(W.T)


# Factorisations


def _signs(V):
    """For each column, the sign of its entry of largest absolute value."""
    n, k = V.shape
    largest = argmax(absolute(V), axis=0) if n else zeros(k, dtype=int)
    return array([1.0 if n == 0 or V[largest[j], j] >= 0.0 else -1.0 for j in range(k)], dtype=V.dtype)


def _check_gaps(name, values, what):
    """Raise LinAlgError where two neighbours of ordered values are equal to rounding."""
    if values.size > 1:
        closest = absolute(values[1:] - values[:-1]).min()
        if closest <= values.size * finfo(values.dtype).eps * absolute(values).max():
            raise LinAlgError(f"{name}: two {what} are equal, they and their vectors have no derivatives")


def _eigh(S):
    """Ascending eigenvalues as a column, and orthonormal eigenvectors whose largest entries are positive."""
    _check_finite("eigh", S)
    values, V = eigh(S)
    _check_gaps("eigh", values, "eigenvalues")
    return values.reshape(-1, 1), V * _signs(V)


def _eigvalsh(S):
    """Ascending eigenvalues as a column, of which two may be equal."""
    _check_finite("eigvalsh", S)
    return eigvalsh(S).reshape(-1, 1)


def _eig(A):
    """The eigenvalue of largest absolute value, 1 x 1, and its right and left eigenvectors of length 1.

    The quotient of both vectors has twice the digits of either.
    """
    _check_finite("eigval", A)
    values, left, right = eig(A, left=True)
    if values.size == 0:
        raise LinAlgError("eigval: a matrix without entries has no eigenvalue")
    sizes = absolute(values)
    k = argmax(sizes)
    v, w = right[:, k : k + 1].real, left[:, k : k + 1].real
    simple = (sizes >= (1.0 - _rounding(A)) * sizes[k]).sum() == 1 and absolute(w.T.dot(v)) > _rounding(A)
    if not simple or values[k].imag != 0.0:
        raise LinAlgError("eigval: the eigenvalue of largest absolute value is not real and simple")
    return w.T.dot(A.dot(v)) / w.T.dot(v), v * _signs(v), w * _signs(w)


def _svd(A):
    """Thin singular vectors and values, A = U diag(s) V', the largest entry of each column of U positive."""
    _check_finite("svd", A)
    U, s, Vt = svd(A, full_matrices=False)
    _check_gaps("svd", s, "singular values")
    if s.size and s[-1] <= _rounding(A) * s[0]:
        raise LinAlgError("svd: a singular value is zero, it and its vectors have no derivatives")
    signs = _signs(U)
    return U * signs, s.reshape(-1, 1), Vt.T * signs


def _svdvals(A):
    """Descending singular values as a column, of which two may be equal."""
    _check_finite("svdvals", A)
    return svd(A, compute_uv=False).reshape(-1, 1)


def _qr(A):
    """Thin A = Q R with a positive diagonal of R. Raises LinAlgError where A does not have full column rank."""
    n, m = A.shape
    if n < m:
        raise LinAlgError(f"qr: a matrix with {n} rows and {m} columns has no full column rank")
    Q, R = qr(A)
    d = R.diagonal()
    if (absolute(d) <= _rounding(A) * absolute(R).max(axis=0, initial=0.0)).any():
        _check_finite("qr", A)
        raise LinAlgError("qr: the matrix does not have full column rank, no derivative exists")
    signs = where(d > 0.0, 1.0, -1.0).astype(A.dtype)
    return Q * signs, R * signs.reshape(-1, 1)


def _lu(A):
    """A = L U without pivoting. Raises LinAlgError where a leading minor is zero."""
    _check_finite("lu", A)
    L, U = _eliminated(A)
    sizes = absolute(U)
    if (sizes.diagonal() <= _rounding(A) * einsum("ij,ji->i", absolute(L), sizes)).any():
        raise LinAlgError("lu: a leading principal minor is zero")
    return L, U


def _eliminated(A):
    """A = L U without pivoting, by halves: what is below and beside the first halves comes from triangular systems."""
    n = A.shape[0]
    k = n // 2
    if n <= 32:
        return _eliminated_by_columns(A)
    L, U = _eliminated(A[:k, :k])
    above = _solve_triangular(L, A[:k, k:], 1, 0)
    below = _solve_triangular(U, A[k:, :k].T, 0, 1).T
    last_L, last_U = _eliminated(A[k:, k:] - below.dot(above))
    nothing = zeros((k, n - k), dtype=A.dtype)
    return block([[L, nothing], [below, last_L]]), block([[U, above], [nothing.T, last_U]])


def _eliminated_by_columns(A):
    """A = L U without pivoting, one column after the other. Raises LinAlgError where a leading minor is zero."""
    n = A.shape[0]
    L, U = eye(n, dtype=A.dtype), A.copy()
    for k in range(n):
        if U[k, k] == 0.0:
            raise LinAlgError("lu: a leading principal minor is zero")
        factors = U[k + 1 :, k : k + 1] / U[k, k]
        L[k + 1 :, k : k + 1] = factors
        U[k + 1 :, k:] -= factors * U[k : k + 1, k:]
        U[k + 1 :, k] = 0.0
    return L, U
