"""The same for symmetric matrices, by eigenvalues and eigenvectors."""

from __future__ import annotations

from numpy import absolute, cos, exp, expm1, log, log1p, maximum, minimum, sin, sqrt, where
from numpy.linalg import LinAlgError, eigh

from codegen.targets.numpy.helpers.checks import _check_finite, _rounding


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
