"""The oracle's functions of matrices: other libraries, identities, and points that are hard."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
import scipy.linalg
from oracles import STEP, TIGHT, relative_error

from codegen.reference_functions import cosm, expm, frechet, logm, sinm, sqrtm

FUNCTIONS = {"expm": expm, "logm": logm, "sqrtm": sqrtm, "sinm": sinm, "cosm": cosm}
SCALARS = {
    "expm": (np.exp, np.exp),
    "logm": (np.log, lambda x: 1 / x),
    "sqrtm": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "sinm": (np.sin, np.cos),
    "cosm": (np.cos, lambda x: -np.sin(x)),
}


def drawn(n, seed=3):
    return np.random.default_rng(seed).standard_normal((n, n))


def stepped(function, A, E):
    return function(A + 1j * STEP * E).imag / STEP


def truth(name, A):
    """With 50 digits."""
    with mp.workdps(50):
        found = getattr(mp, name)(mp.matrix(A.tolist()))
        return np.array([[float(mp.re(x)) for x in row] for row in found.tolist()])


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("n", (1, 4, 9))
def test_against_scipy(name, n):
    A = np.eye(n) + drawn(n) / (2 * np.sqrt(n))
    assert relative_error(FUNCTIONS[name](A), np.real(getattr(scipy.linalg, name)(A))) < 1e-13


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_differential_in_a_basis_of_eigenvectors(name):
    """For symmetric A the derivative is V (f[λᵢ, λⱼ] ∘ V'EV) V' with divided differences (Daleckii and Krein)."""
    f, slope = SCALARS[name]
    values, V = np.array([0.6, 1.1, 2.0, 3.4]), np.linalg.qr(drawn(4))[0]
    A, E = V * values @ V.T, drawn(4, seed=4)
    gaps = values[:, None] - values + np.eye(4)
    divided = np.where(np.eye(4) == 1, slope(values), (f(values)[:, None] - f(values)) / gaps)
    expected = V @ (divided * (V.T @ E @ V)) @ V.T
    assert relative_error(FUNCTIONS[name](A), V * f(values) @ V.T) < TIGHT
    assert relative_error(stepped(FUNCTIONS[name], A, E), expected) < TIGHT
    assert relative_error(frechet(FUNCTIONS[name])(A, E), expected) < TIGHT


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_derivative_of_the_derivative(name):
    """L_f(A, E) is linear in E and, by the complex step in A, has a symmetric derivative."""
    A, E, F = np.eye(4) * 2 + drawn(4) / 4, drawn(4, seed=4), drawn(4, seed=5)
    derivative = frechet(FUNCTIONS[name])
    for factor in (1e6, 1e200, 1e-200):
        assert relative_error(derivative(A, factor * E), factor * derivative(A, E)) < TIGHT
    assert relative_error(stepped(lambda X: derivative(A, X), E, F), derivative(A, F)) < TIGHT
    both = (stepped(lambda X: derivative(X, E), A, F), stepped(lambda X: derivative(X, F), A, E))
    assert relative_error(*both) < TIGHT
    assert (derivative(A, np.zeros((4, 4))) == 0).all()


ROTATION = scipy.linalg.block_diag(*(scipy.linalg.expm(angle * np.array([[0, -1], [1, 0]])) for angle in (2.8, 1.9)))
BASIS = np.eye(4) + drawn(4) / 4
UPPER = np.triu(5 * drawn(4), 1)
HARD = {
    "large": ("expm", 10 * drawn(4)),
    "decaying": ("expm", -4 * drawn(4) @ drawn(4).T),
    "far from normal": ("expm", 2 * UPPER - np.eye(4)),
    "small": ("sinm", 1e-6 * drawn(4)),
    "fast": ("sinm", 10 * drawn(4)),
    "fast cosine": ("cosm", 10 * drawn(4)),
    "close to the negative axis": ("logm", BASIS @ ROTATION @ np.linalg.inv(BASIS)),
    "close to the identity": ("logm", np.eye(4) + 1e-8 * drawn(4)),
    "large logarithm": ("logm", 1e8 * (np.eye(4) + drawn(4) / 8)),
    "logarithm far from normal": ("logm", UPPER + np.diag([1.0, 2, 3, 4])),
    "root close to the negative axis": ("sqrtm", BASIS @ ROTATION @ np.linalg.inv(BASIS)),
    "large root": ("sqrtm", 1e9 * (np.eye(4) + drawn(4) / 8)),
    "root far from normal": ("sqrtm", UPPER + np.diag([1.0, 2, 3, 4])),
}


@pytest.mark.parametrize("case", HARD)
def test_hard_points(case):
    name, A = HARD[case]
    assert relative_error(FUNCTIONS[name](A), truth(name, A)) < 1e-13


def test_identities():
    A = drawn(5)
    assert relative_error(sinm(A) @ sinm(A) + cosm(A) @ cosm(A), np.eye(5)) < 1e-12
    assert relative_error(logm(expm(A / 4)), A / 4) < TIGHT
    root = sqrtm(A @ A.T + np.eye(5))
    assert relative_error(root @ root, A @ A.T + np.eye(5)) < 1e-14


@pytest.mark.parametrize("function", (sqrtm, logm))
def test_without_a_real_value_the_result_is_not_a_number(function):
    assert np.isnan(function(np.diag([-1.3, 2.0]))).all()
