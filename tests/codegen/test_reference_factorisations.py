"""What the oracle's factorisations are: definitions, orders and signs, and their differentials in closed form."""

from __future__ import annotations

import numpy as np
import pytest
from oracles import STEP, TIGHT, relative_error

from codegen.reference_factorisations import chol, dominant_eigenpair, eigh, eigvecsh, elimination, qr, refined, svd

SHAPES = ((4, 4), (7, 3), (3, 7), (6, 1), (1, 6))
TALL = ((4, 4), (7, 3), (6, 1), (1, 1))


def drawn(*shape, seed=3):
    return np.random.default_rng(seed).standard_normal(shape)


def stepped(function, A, E):
    """Values and derivatives of a function with several results, by the complex step."""
    return [(np.real(found), np.imag(found) / STEP) for found in function(A + 1j * STEP * E)]


def spd(n, seed=3):
    A = drawn(n, n, seed=seed)
    return A @ A.T + np.eye(n)


def half(A):
    """The lower triangle with half of the diagonal."""
    return np.tril(A) - np.diag(np.diag(A)) / 2


def divided(values):
    """1/(λⱼ - λᵢ), and 0 on the diagonal."""
    gaps = values[None, :] - values[:, None]
    return (1 - np.eye(len(values))) / (gaps + np.eye(len(values)))


@pytest.mark.parametrize("n", (1, 2, 6))
def test_cholesky(n):
    """dL = L Φ(L⁻¹ dS L⁻ᵀ) (Murray 2016)."""
    S, E = spd(n), drawn(n, n, seed=4)
    E = E + E.T
    L = chol(S)
    assert (np.triu(L, 1) == 0).all() and (np.diag(L) > 0).all()
    assert relative_error(L, np.linalg.cholesky(S)) < TIGHT
    ((_, derivative),) = stepped(lambda X: [chol(X)], S, E)
    inverse = np.linalg.inv(L)
    assert relative_error(derivative, L @ half(inverse @ E @ inverse.T)) < TIGHT


@pytest.mark.parametrize("shape", TALL)
def test_qr(shape):
    """dR = Ω R with dA R⁻¹ = dQ Q'... : A'A = R'R gives dR = Φ(R⁻ᵀ d(A'A) R⁻¹)' R, and dQ = (dA - Q dR) R⁻¹."""
    A, E = drawn(*shape), drawn(*shape, seed=4)
    Q, R = qr(A)
    assert relative_error(Q.T @ Q, np.eye(shape[1])) < 1e-15 and relative_error(Q @ R, A) < 1e-15
    assert (np.tril(R, -1) == 0).all() and (np.diag(R) > 0).all()
    inverse, product = np.linalg.inv(R), E.T @ A + A.T @ E
    dR = half(inverse.T @ product @ inverse).T @ R
    dQ = (E - Q @ dR) @ inverse
    for (_, derivative), expected in zip(stepped(qr, A, E), (dQ, dR), strict=True):
        assert relative_error(derivative, expected) < TIGHT


def test_the_second_orthogonalisation_is_needed():
    """Columns that are nearly dependent still give Q'Q = I."""
    A = np.vander(np.linspace(0, 1, 12), 8)
    Q, R = qr(A)
    assert np.abs(Q.T @ Q - np.eye(8)).max() < 1e-15 and relative_error(Q @ R, A) < 1e-15


@pytest.mark.parametrize("n", (1, 2, 6))
def test_elimination(n):
    """dL = L tril(L⁻¹ dA U⁻¹, -1), dU = triu(L⁻¹ dA U⁻¹) U."""
    A, E = drawn(n, n) + 3 * np.eye(n), drawn(n, n, seed=4)
    L, U, sign = elimination(A)
    assert sign == 1 and (np.diag(L) == 1).all() and (np.triu(L, 1) == 0).all() and (np.tril(U, -1) == 0).all()
    assert relative_error(L @ U, A) < 1e-15
    inner = np.linalg.inv(L) @ E @ np.linalg.inv(U)
    found = stepped(lambda X: elimination(X)[:2], A, E)
    for (_, derivative), expected in zip(found, (L @ np.tril(inner, -1), np.triu(inner) @ U), strict=True):
        assert relative_error(derivative, expected) < TIGHT


def test_elimination_with_exchanges():
    A = drawn(6, 6)
    L, U, sign = elimination(A, exchange=True)
    assert np.abs(L).max() == 1 and abs(sign * np.prod(np.diag(U)) - np.linalg.det(A)) < 1e-13
    assert elimination(np.array([[0.0, 1.0], [1.0, 0.0]]), exchange=True)[2] == -1


@pytest.mark.parametrize("n", (1, 2, 6))
def test_symmetric_eigenpairs(n):
    """dλᵢ = vᵢ' dS vᵢ, dV = V (F ∘ V' dS V) with Fᵢⱼ = 1/(λⱼ - λᵢ) (Magnus 1985)."""
    S, E = spd(n) - 2 * np.eye(n), drawn(n, n, seed=4)
    E = E + E.T
    values, V = eigh(S)[0], eigvecsh(S)
    assert (np.diff(values) > 0).all() and relative_error(V.T @ V, np.eye(n)) < 1e-14
    assert relative_error(V * values @ V.T, S) < 1e-14
    assert (np.take_along_axis(V, np.abs(V).argmax(axis=0)[None], 0) > 0).all()
    inner = V.T @ E @ V
    (_, d_values), (_, d_vectors) = stepped(lambda X: (eigh(X)[0], eigvecsh(X)), S, E)
    assert relative_error(d_values, np.diag(inner)) < TIGHT
    assert relative_error(d_vectors, V @ (divided(values) * inner)) < TIGHT or n == 1


def test_the_refinement_of_eigenpairs_is_newtons():
    """Its error is of the order of the square of that of the vectors given."""
    V = np.linalg.qr(drawn(4, 4))[0]
    values = np.array([1.0, 2.0, 4.0, 5.0])
    found, vectors = refined(V * values @ V.T, V + 1e-5 * drawn(4, 4, seed=4))
    assert 0 < np.abs(found - values).max() < 1e-8 and 0 < np.abs(vectors - V).max() < 1e-8


def test_equal_eigenvalues_have_values_nevertheless():
    for S, expected in ((np.eye(3), [1, 1, 1]), (np.zeros((2, 2)), [0, 0]), (np.ones((3, 3)), [0, 0, 3])):
        values, V = eigh(S)
        assert np.abs(values - expected).max() < 1e-14 and np.abs(V.T @ V - np.eye(len(S))).max() < 1e-14


def test_only_the_symmetric_part_counts():
    S, E = spd(4), drawn(4, 4, seed=4)
    for function in (eigvecsh, chol):
        ((value, derivative),) = stepped(lambda X, function=function: [function(X)], S, E)
        ((_, expected),) = stepped(lambda X, function=function: [function(X)], S, (E + E.T) / 2)
        assert relative_error(value, function(S)) < 1e-14 and relative_error(derivative, expected) < TIGHT


@pytest.mark.parametrize("n", (1, 2, 6))
def test_the_dominant_eigenpair(n):
    """dλ = w' dA v / w'v with the left vector w."""
    A, E = drawn(n, n) + 4, drawn(n, n, seed=4)
    value, v = dominant_eigenpair(A)
    values = np.linalg.eigvals(A)
    assert value.shape == (1, 1) and v.shape == (n, 1)
    assert abs(value[0, 0] - values[np.argmax(np.abs(values))]) < 1e-13 * abs(value[0, 0])
    assert relative_error(A @ v, value * v) < 1e-14
    assert abs(np.linalg.norm(v) - 1) < 1e-15 and v[np.argmax(np.abs(v))] > 0
    _, w = dominant_eigenpair(A.T)
    (_, d_value), (_, d_vector) = stepped(dominant_eigenpair, A, E)
    assert relative_error(d_value, w.T @ E @ v / (w.T @ v)) < TIGHT
    assert relative_error(A @ d_vector + E @ v, value * d_vector + d_value * v) < TIGHT
    assert abs((v.T @ d_vector)[0, 0]) < 1e-14


def test_the_dominant_eigenvalue_can_be_negative_and_has_to_be_real():
    assert abs(dominant_eigenpair(np.diag([-3.0, 2.0]))[0][0, 0] + 3) < 1e-15
    value, v = dominant_eigenpair(np.array([[0.0, -1.0], [1.0, 0.0]]))
    assert np.isnan(value).all() and v.shape == (2, 1) and np.isnan(v).all()


@pytest.mark.parametrize("shape", SHAPES)
def test_singular_values_and_vectors(shape):
    """dσᵢ = uᵢ' dA vᵢ; the derivatives of U and V keep A V = U diag(σ), A' U = V diag(σ), U'U = V'V = I."""
    A, E = drawn(*shape), drawn(*shape, seed=4)
    k = min(shape)
    U, s, V = svd(A)
    assert U.shape == (shape[0], k) and s.shape == (k,) and V.shape == (shape[1], k)
    assert relative_error(s, np.linalg.svd(A, compute_uv=False)) < TIGHT
    assert relative_error(U * s @ V.T, A) < 1e-14
    assert relative_error(U.T @ U, np.eye(k)) < 1e-14 and relative_error(V.T @ V, np.eye(k)) < 1e-14
    assert (np.take_along_axis(U, np.abs(U).argmax(axis=0)[None], 0) > 0).all()
    (_, dU), (_, ds), (_, dV) = stepped(svd, A, E)
    assert relative_error(ds, np.diag(U.T @ E @ V)) < TIGHT
    assert relative_error(A @ dV + E @ V, dU * s + U * ds) < TIGHT
    assert relative_error(A.T @ dU + E.T @ U, dV * s + V * ds) < TIGHT
    for W, dW in ((U, dU), (V, dV)):
        assert np.abs(W.T @ dW + dW.T @ W).max() < 1e-13


def test_rank_deficient_singular_values_have_values_nevertheless():
    A = drawn(5, 2) @ drawn(2, 4)
    assert relative_error(svd(A)[1], np.linalg.svd(A, compute_uv=False)) < 1e-14
