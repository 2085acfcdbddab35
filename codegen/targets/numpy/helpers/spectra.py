"""The same for symmetric matrices, by eigenvalues and eigenvectors."""

from __future__ import annotations

from numpy import (
    absolute,
    ceil,
    cos,
    exp,
    expm1,
    inf,
    log,
    log1p,
    log2,
    maximum,
    minimum,
    result_type,
    sin,
    sqrt,
    where,
)
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


def _frechet2_of_spectrum(spectrum, E, F, name):
    """The second derivative of a function of a symmetric matrix in the directions E and F. Raises LinAlgError."""
    x, V = spectrum
    E, F = V.T.dot(E).dot(V), V.T.dot(F).dot(V)
    if name == "expm":
        found = _second_of_diagonal(x, E, F)
    elif name == "logm":
        slopes = _slopes(name, x)
        found = -slopes * _second_of_diagonal(log(x), slopes * E, slopes * F)
    else:
        whole = _second_of_diagonal(1j * x, 1j * E, 1j * F)
        found = whole.imag if name == "sinm" else whole.real
    return V.dot(found.astype(x.dtype)).dot(V.T)


def _second_of_diagonal(x, E, F):
    """The second derivative of expm at diag(x) in the directions E and F: 9 terms of its series, squared."""
    x = x.astype(result_type(x, "float64"))
    middle = x.sum() / maximum(1.0, x.size)
    size = absolute(x - middle).max(initial=0.0)
    squarings = int(maximum(0.0, ceil(log2(32.0 * size)))) if 0.0 < size < inf else 0
    x, E, F = (x - middle) / 2.0**squarings, E / 2.0**squarings, F / 2.0**squarings
    value, along_E, along_F, both = 1.0 + x / 9.0, E / 9.0, F / 9.0, 0.0
    for k in range(8, 0, -1):
        both = (x * both + E.dot(along_F) + F.dot(along_E)) / k
        along_E, along_F = (x * along_E + E * value.T) / k, (x * along_F + F * value.T) / k
        value = 1.0 + x * value / k
    for _ in range(squarings):
        value, x = exp(x), x + x
        both = value * both + both * value.T + along_E.dot(along_F) + along_F.dot(along_E)
        along_E, along_F = value * along_E + along_E * value.T, value * along_F + along_F * value.T
    return exp(middle) * both


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
