"""How far from where there is no derivative: the scale of 0 to 1, its zeros, and that it does not depend on units."""

from __future__ import annotations

import numpy as np
import pytest

from codegen.reference_operations import OPERATION_VALUES, WATCHED, distance


def drawn(*shape, seed=3):
    return np.random.default_rng(seed).standard_normal(shape)


def column(*entries):
    return np.array(entries, dtype=float)[:, None]


def turned(*values):
    """A symmetric matrix with these eigenvalues."""
    V = np.linalg.qr(drawn(len(values), len(values)))[0]
    return V * np.array(values, dtype=float) @ V.T


def similar(*values):
    """A matrix with these eigenvalues that is not symmetric."""
    V = np.eye(len(values)) + drawn(len(values), len(values)) / 4
    return V * np.array(values, dtype=float) @ np.linalg.inv(V)


ROTATION = np.array([[0.0, -1.0], [1.0, 0.0]])
LOWER = np.array([[1.0, 0.0], [2.0, 1.0]])

KNOWN = [
    *((name, (turned(-4, 2, 1),), 0.25) for name in ("det", "logdet", "inv", "pinv", "qr_q", "qr_r")),
    ("solve", (turned(-4, 2, 1), drawn(3, 2)), 0.25),
    ("matrix_power", (turned(-4, 2, 1), -2), 0.25),
    ("matrix_power", (turned(0, 2, 1), 2), 1.0),
    *((name, (LOWER @ np.array([[0.5, 8.0], [0.0, 2.0]]),), 0.5 / 18) for name in ("lu_l", "lu_u")),
    ("max", (np.array([[1.0, -4.0], [3.0, 2.0]]),), 0.25),
    ("max_1", (np.array([[1.0, -4.0], [3.0, 2.0]]),), 0.5),
    ("max_2", (np.array([[1.0, -4.0], [3.0, 2.0]]),), 0.25),
    ("max_1", (np.array([[1.0, 1.0, 1.0]]),), 1.0),
    ("max_2", (np.zeros((0, 3)),), 1.0),
    *(("max_1", (np.zeros((0, cols)),), 0.0) for cols in (0, 3)),
    ("max", (np.zeros((0, 3)),), 0.0),
    *((f"max_weights{axis}", (np.array([[1.0, -4.0], [3.0, 2.0]]),), gap) for axis, gap in (("", 0.25), ("_1", 0.5))),
    ("max_weights_2", (np.array([[1.0, -4.0], [3.0, 2.0]]),), 0.25),
    *((name, (similar(0.5, 1, 2),), 0.25) for name in ("logm", "sqrtm")),
    ("logm_frechet", (similar(0.5, 1, 2), drawn(3, 3)), 0.25),
    ("sqrtm", (turned(-1e-9, 1, 2),), 0.0),
    ("logm", (ROTATION,), 1.0),
    ("sylvester", (similar(1, 2), similar(-3, 2), drawn(2, 2)), 0.2),
    ("chol", (turned(1, 2, 4),), 0.25),
    ("chol", (turned(-1, -2, -4),), 0.0),
    ("chol", (turned(-1, 2, 4),), 0.0),
    ("eigvalsh", (turned(0, 1, 4),), 0.25),
    ("eigvalsh", (turned(4, 3, 0),), 0.25),
    ("eigvalsh", (turned(-4, 0, 4),), 0.5),
    ("eigvecsh", (np.diag([0.0, 1, 4]),), 0.25),
    ("eigvecsh", (np.array([[0.0, 1.0], [1.0, 0.0]]),), 0.0),
    ("eigval", (np.diag([-4.0, 3.0, 1.0]),), 0.25),
    ("eigval", (np.array([[1.0, 96.0], [0.0, 2.0]]),), 1 / np.linalg.norm([[1.0, 96.0], [0.0, 2.0]], 2)),
    ("eigval", (np.array([[0.0]]),), 1.0),
    ("eigval", (ROTATION,), 0.0),
    ("eigval", (similar(4, -4),), 0.0),
    ("eigvec", (np.diag([-4.0, 3.0]),), 0.25),
    ("eigvec", (np.ones((2, 2)),), 0.0),
    ("eigvec", (ROTATION,), 0.0),
    ("svdvals", (turned(-4, 3, 2),), 0.25),
    ("svdvals", (turned(-4, 2, 0.5),), 0.125),
    *((name, (np.diag([4.0, 3.0, 2.0]),), 5 / 16) for name in ("svd_u", "svd_v")),
    *((name, (np.diag([5.0, 4.0, 0.5]),), 0.1) for name in ("svd_u", "svd_v")),
    ("svd_u", (column(1, 1),), 0.0),
    ("svd_u", (column(4, 2),), 0.5),
    ("svd_v", (column(4, 2).T,), 1.0),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), KNOWN)
def test_known_distances(name, arguments, expected):
    assert abs(distance(name, *arguments) - expected) < 1e-12


@pytest.mark.parametrize(("name", "arguments", "expected"), KNOWN)
def test_distances_have_no_unit(name, arguments, expected):
    scaled = [1e-7 * A if isinstance(A, np.ndarray) else A for A in arguments]
    assert abs(distance(name, *scaled) - expected) < 1e-12


def test_every_watched_operation_is_tested():
    assert {name for name, *_ in KNOWN} | {"logsumexp", "logsumexp_1", "logsumexp_2"} == set(WATCHED)


def test_what_is_smooth_everywhere_is_at_one():
    for name in OPERATION_VALUES.keys() - WATCHED.keys():
        assert distance(name, np.zeros((2, 2))) == 1.0


@pytest.mark.parametrize("name", WATCHED)
def test_what_is_not_a_number_is_at_zero(name):
    operands = [np.full((2, 2), np.nan)] * (3 if name == "sylvester" else 1)
    assert distance(name, *operands) == 0.0 or name.startswith("logsumexp")


def test_singular_matrices_are_at_zero():
    for name in ("det", "logdet", "inv", "solve", "pinv", "qr_q", "lu_l", "lu_u", "chol", "svdvals", "svd_u"):
        assert distance(name, np.zeros((2, 2))) == 0.0
        assert distance(name, np.ones((2, 2))) < 1e-15
