"""The functions that kernels carry with them, one by one: values, both precisions, no entries, and what is refused."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
import scipy.linalg
from numpy.linalg import LinAlgError
from oracles import relative_error

from codegen.reference_operations import OPERATION_VALUES
from codegen.targets.numpy.carried import HELPERS
from codegen.targets.numpy.helpers import (
    blocks,
    checks,
    factorisations,
    factors,
    functions,
    products,
    rectifiers,
    reductions,
    second_derivatives,
    sines,
    spectra,
    stacks,
    systems,
)

h = SimpleNamespace(
    **{
        name: function
        for module in (
            checks,
            factorisations,
            factors,
            functions,
            products,
            reductions,
            second_derivatives,
            spectra,
            systems,
        )
        for name, function in vars(module).items()
        if getattr(function, "__module__", "") == module.__name__
    }
)
"""All helpers by their names."""

RANDOM = np.random.default_rng(5)
A = RANDOM.standard_normal((5, 5))
B = RANDOM.standard_normal((5, 3))
C = RANDOM.standard_normal((3, 3))
TALL, WIDE = RANDOM.standard_normal((6, 3)), RANDOM.standard_normal((3, 6))
SPD = A @ A.T + np.eye(5)
LOWER, UPPER = np.tril(A) + 3 * np.eye(5), np.triu(A) + 3 * np.eye(5)
REGULAR = A + 4 * np.eye(5)
POSITIVE = np.abs(A) + 0.5
NOTHING = np.zeros((0, 0))
MANY = (
    TALL,
    RANDOM.standard_normal((300, 3)),
    RANDOM.standard_normal((300, 40)),
    np.cos(np.arange(3300)).reshape(3, 1100),
)
"""As few as rows and columns can be, and more than NumPy's own reductions are quick for."""


def of(name, *arguments):
    return OPERATION_VALUES[name](*arguments)


def lu_of(M):
    return h._factor_lu(M)


def schur_of(M):
    return h._schur(M)


def chol_of(M):
    return h._chol(M)


def well_conditioned(n):
    return RANDOM.standard_normal((n, n)) / np.sqrt(n) + 3 * np.eye(n)


LARGE = {n: (well_conditioned(n), RANDOM.standard_normal((n, n))) for n in (5, 64, 65, 150)}
"""A matrix of which the triangles are factors, and a direction; more than 64 rows are halved."""


def half_lower(M):
    return np.tril(M) - np.diag(np.diag(M)) / 2


def moved_cholesky(L, S):
    """Murray 2016, (8)."""
    return L @ half_lower(np.linalg.solve(L, np.linalg.solve(L, S).T).T)


def pulled_cholesky(L, Y):
    """Murray 2016, (10), and its transpose."""
    P = half_lower(L.T @ Y)
    return np.linalg.solve(L.T, np.linalg.solve(L.T, P + P.T).T)


def unit_lower(M):
    return np.tril(M, -1) + np.eye(len(M), dtype=M.dtype)


def moved_lu(L, U, E):
    M = np.linalg.solve(U.T, np.linalg.solve(L, E).T).T
    return L @ np.tril(M, -1), np.triu(M) @ U


def pulled_lu(L, U, Y, Z):
    return np.linalg.solve(L.T, np.linalg.solve(U, (np.tril(L.T @ Y, -1) + np.triu(Z @ U.T)).T).T)


def second_of(f):
    """The block at the upper right of f([A, E, F, 0; 0, A, 0, F; 0, 0, A, E; 0, 0, 0, A])."""

    def expected(M, E, F):
        n, none = len(M), np.zeros_like(M)
        rows = [[M, E, F, none], [none, M, none, F], [none, none, M, E], [none, none, none, M]]
        return of(f, np.block(rows))[:n, 3 * n :]

    return expected


def triangular_product(side, lower, symmetric):
    return lambda M, N: h._triangular_product(M, N, side, lower, symmetric)


LARGEST = RANDOM.standard_normal((300, 300))
"""More than 256 rows are multiplied in panels."""
TRIANGLES = {1: np.tril(LARGEST), 0: np.triu(LARGEST)}
RIGHT = (LARGEST, np.asfortranarray(LARGEST[:, :40]), LARGEST[:, :3], LARGEST[:, :0])

VALUES = {
    "_symmetric_product": [
        (h._symmetric_product, (TALL.T, (TALL @ TALL.T) @ TALL), np.matmul),
        (h._symmetric_product, (LARGEST.T, (LARGEST + LARGEST.T) @ LARGEST), np.matmul),
    ],
    "_triangular_product": [
        *((triangular_product(0, lower, 0), (T, X), np.matmul) for lower, T in TRIANGLES.items() for X in RIGHT),
        *((triangular_product(1, lower, 0), (X.T, T), np.matmul) for lower, T in TRIANGLES.items() for X in RIGHT),
        *((triangular_product(0, lower, 1), (T, T.T), np.matmul) for lower, T in TRIANGLES.items()),
        *((triangular_product(1, lower, 1), (T.T, T), np.matmul) for lower, T in TRIANGLES.items()),
    ],
    "_rounding": [(lambda M: h._rounding(M), (TALL,), lambda M: 6 * np.finfo(M.dtype).eps)],
    "_max": [
        (lambda M, axis=axis: h._max(M, axis), (M,), lambda M, axis=axis: np.max(M, axis=axis, keepdims=True))
        for M in MANY
        for axis in (0, 1)
    ],
    "_sum": [
        (lambda M, axis=axis: h._sum(M, axis), (M,), lambda M, axis=axis: np.sum(M, axis=axis, keepdims=True))
        for M in MANY
        for axis in (0, 1)
    ],
    "_trace_of_product": [
        (h._trace_of_product, (M, N), lambda M, N: (M * N.T).sum(keepdims=True))
        for M in MANY
        for N in (M.T + 1, np.asfortranarray(M.T) - 1)
    ],
    "_largest": [
        (
            lambda M, axis=axis: h._largest(M, axis),
            (TALL,),
            lambda M, s=suffix: (of(f"max{s}", M), of(f"max_weights{s}", M)),
        )
        for suffix, axis in (("", None), ("_1", 0), ("_2", 1))
    ],
    "_logsumexp": [
        (lambda M, axis=axis: h._logsumexp(M, axis), (M,), lambda M, s=suffix: of(f"logsumexp{s}", M))
        for suffix, axis in (("", None), ("_1", 0), ("_2", 1))
        for M in MANY[:2]
    ],
    "_softmax": [
        (
            lambda M, axis=axis: h._softmax(M, axis),
            (M,),
            lambda M, s=suffix: (of(f"logsumexp{s}", M), np.exp(M - of(f"logsumexp{s}", M))),
        )
        for suffix, axis in (("", None), ("_1", 0), ("_2", 1))
        for M in MANY[:2]
    ],
    "_solve_lu": [
        (lambda M, N: h._solve_lu(lu_of(M), N, 0), (A, B), lambda M, N: np.linalg.solve(M, N)),
        (lambda M, N: h._solve_lu(lu_of(M), N, 1), (A, B), lambda M, N: np.linalg.solve(M.T, N)),
    ],
    "_inv_lu": [(lambda M: h._inv_lu(lu_of(M)), (A,), np.linalg.inv)],
    "_det_lu": [
        (lambda M: h._det_lu(lu_of(M)), (A,), lambda M: np.linalg.det(M).reshape(1, 1)),
        (lambda M: h._det_lu(lu_of(M)), (A[::-1],), lambda M: np.linalg.det(M).reshape(1, 1)),
        (lambda M: h._det_lu(lu_of(M)), (np.ones((3, 3)),), lambda M: np.zeros((1, 1))),
    ],
    "_logdet_lu": [(lambda M: h._logdet_lu(lu_of(M)), (-A,), lambda M: of("logdet", M))],
    "_product": [(lambda M: h._product(M[0]), (A,), lambda M: np.prod(M[0]).reshape(1, 1))],
    "_chol": [(chol_of, (SPD,), np.linalg.cholesky)],
    "_solve_cho": [(lambda M, N: h._solve_cho(chol_of(M), N), (SPD, B), lambda M, N: np.linalg.solve(M, N))],
    "_inv_cho": [(lambda M: h._inv_cho(chol_of(M)), (SPD,), np.linalg.inv)],
    "_det_cho": [(lambda M: h._det_cho(chol_of(M)), (SPD,), lambda M: np.linalg.det(M).reshape(1, 1))],
    "_logdet_cho": [(lambda M: h._logdet_cho(chol_of(M)), (SPD,), lambda M: of("logdet", M))],
    "_solve_triangular": [
        (
            lambda M, N, trans=trans, side=side: h._solve_triangular(M, N, side, trans),
            (T, B),
            lambda M, N, trans=trans: np.linalg.solve(M.T if trans else M, N),
        )
        for T, side in ((LOWER, 1), (UPPER, 0), (np.asfortranarray(LOWER), 1), (np.asfortranarray(UPPER), 0))
        for trans in (0, 1)
    ],
    "_inv_triangular": [
        (lambda M, side=side: h._inv_triangular(M, side), (T,), np.linalg.inv) for T, side in ((LOWER, 1), (UPPER, 0))
    ],
    "_det_triangular": [(h._det_triangular, (LOWER,), lambda M: np.linalg.det(M).reshape(1, 1))],
    "_logdet_triangular": [(h._logdet_triangular, (-UPPER,), lambda M: of("logdet", M))],
    "_schur": [(lambda M: schur_of(M)[1] @ schur_of(M)[0] @ schur_of(M)[1].T, (A,), lambda M: M)],
    "_solve_sylvester": [
        (
            lambda M, N, D, a=a, b=b: h._solve_sylvester(schur_of(M), schur_of(N), D, a, b),
            (REGULAR, C + 4 * np.eye(3), B),
            lambda M, N, D, a=a, b=b: of("sylvester", M.T if a else M, N.T if b else N, D),
        )
        for a in (0, 1)
        for b in (0, 1)
    ],
    "_eigenvalues": [
        (
            lambda M: np.sort_complex(h._eigenvalues(schur_of(M)[0])),
            (N,),
            lambda M: np.sort_complex(np.linalg.eigvals(M)),
        )
        for N in (A, RANDOM.standard_normal((8, 8)), SPD)
    ],
    "_pinv": [(h._pinv, (M,), np.linalg.pinv) for M in (TALL, WIDE, A)],
    "_expm_pair": [(h._expm_pair, (A / 4, REGULAR / 4), lambda M, E: (of("expm", M), of("expm_frechet", M, E)))],
    "_of_matrix": [
        (lambda M, f=f: h._of_matrix(f, getattr(scipy.linalg, f), M), (SPD / 8,), lambda M, f=f: of(f, M))
        for f in ("logm", "sqrtm", "sinm", "cosm")
    ],
    **{
        f"_{name}_pair": [
            (
                lambda M, E, name=name: getattr(h, f"_{name}_pair")(M, E),
                (A / 4, REGULAR / 4),
                lambda M, E, name=name: (of(name, M), of(f"{name}_frechet", M, E)),
            )
        ]
        for name in ("expm", "sinm", "cosm")
    },
    "_logm_frechet": [
        (h._logm_frechet, (SPD / 8, scale * A), lambda M, E: of("logm_frechet", M, E)) for scale in (1.0, 1e-3, 1e3)
    ],
    **{
        f"_{f}_frechet2": [
            (lambda M, E, F, f=f: getattr(h, f"_{f}_frechet2")(M, E, F), (scale * M, A, REGULAR), second_of(f))
            for scale in (0.1, 1.0)
        ]
        for f, M in (("expm", A), ("sinm", A), ("cosm", A), ("logm", SPD / 8))
    },
    "_frechet2_of_spectrum": [
        (
            lambda M, E, F, f=f: h._frechet2_of_spectrum(h._spectrum(M), E, F, f),
            (M, A, REGULAR),
            second_of(f),
        )
        for f in ("expm", "logm", "sinm", "cosm")
        for M in (SPD / 8, np.eye(5) / 2)
    ],
    "_spectrum": [(lambda M: (h._spectrum(M)[1] * h._spectrum(M)[0].T) @ h._spectrum(M)[1].T, (SPD,), lambda M: M)],
    "_of_spectrum": [
        (lambda M, f=f: h._of_spectrum(h._spectrum(M), f), (SPD / 8,), lambda M, f=f: of(f, M))
        for f in ("expm", "logm", "sqrtm", "sinm", "cosm")
    ],
    "_frechet_of_spectrum": [
        (
            lambda M, E, f=f: h._frechet_of_spectrum(h._spectrum(M), E, f),
            (M, A),
            lambda M, E, f=f: of(f"{f}_frechet", M, E),
        )
        for f in ("expm", "logm", "sinm", "cosm")
        for M in (SPD / 8, np.eye(5) / 2)
    ],
    "_mapped_spectrum": [
        (
            lambda M: h._of_spectrum(h._mapped_spectrum(h._spectrum(M), "sqrtm"), "logm"),
            (SPD,),
            lambda M: of("logm", M) / 2,
        )
    ],
    "_sylvester_of_spectra": [
        (
            lambda M, N, D: h._sylvester_of_spectra(h._spectrum(M), h._spectrum(N), D),
            (SPD, C @ C.T, B),
            lambda M, N, D: of("sylvester", M, N, D),
        )
    ],
    "_average_largest": [
        (
            lambda M, N, axis=axis: h._average_largest(M, M.max(axis=axis, keepdims=True), N, axis),
            (M, TALL),
            lambda M, N, s=suffix: of(f"sum{s}", of(f"max_weights{s}", M) * N),
        )
        for suffix, axis in (("", None), ("_1", 0), ("_2", 1))
        for M in (2 * TALL, np.ones((6, 3)))
    ],
    "_signs": [(lambda M: M * h._signs(M), (A,), lambda M: M * np.where(M.max(axis=0) > -M.min(axis=0), 1, -1))],
    "_eigh": [(h._eigh, (SPD,), lambda M: (of("eigvalsh", M), of("eigvecsh", M)))],
    "_eigvalsh": [
        (h._eigvalsh, (SPD,), lambda M: of("eigvalsh", M)),
        (h._eigvalsh, (np.eye(3),), lambda M: np.ones((3, 1))),
    ],
    "_eig": [(h._eig, (POSITIVE,), lambda M: (of("eigval", M), of("eigvec", M), of("eigvec", M.T)))],
    "_svd": [(h._svd, (M,), lambda M: (of("svd_u", M), of("svdvals", M), of("svd_v", M))) for M in (TALL, WIDE, A)],
    "_svdvals": [(h._svdvals, (M,), lambda M: of("svdvals", M)) for M in (TALL, WIDE, np.ones((2, 2)))],
    "_qr": [(h._qr, (M,), lambda M: (of("qr_q", M), of("qr_r", M))) for M in (TALL, A)],
    "_half_lower": [(h._half_lower, (A,), half_lower)],
    "_chol_pushforward": [
        (
            lambda M, E: h._chol_pushforward(np.tril(M), np.tril(E)),
            (M, E + E.T),
            lambda M, E: moved_cholesky(np.tril(M), E),
        )
        for M, E in LARGE.values()
    ],
    "_chol_pullback": [
        (lambda M, Y: h._chol_pullback(np.tril(M), Y), (M, Y), lambda M, Y: pulled_cholesky(np.tril(M), Y))
        for M, Y in LARGE.values()
    ],
    "_lu_pushforward": [
        (
            lambda M, E: h._lu_pushforward(unit_lower(M), np.triu(M), E),
            (M, E),
            lambda M, E: moved_lu(unit_lower(M), np.triu(M), E),
        )
        for M, E in LARGE.values()
    ],
    "_lu_pullback": [
        (
            lambda M, Y: h._lu_pullback(unit_lower(M), np.triu(M), Y, Y.T),
            (M, Y),
            lambda M, Y: pulled_lu(unit_lower(M), np.triu(M), Y, Y.T),
        )
        for M, Y in LARGE.values()
    ],
    "_lu": [
        (h._lu, (M,), lambda M: (of("lu_l", M), of("lu_u", M)))
        for M in (REGULAR, RANDOM.standard_normal((70, 70)) + 40 * np.eye(70), 4 * np.eye(1))
    ],
}
"""For each helper: a call, its arguments, and an independent evaluation."""

THROUGH_OTHERS = {
    "_check_finite",
    "_check_gaps",
    "_check_spectrum",
    "_second",
    "_times",
    "_approximated",
    "_quotient",
    "_second_of_diagonal",
    "_exponentials",
    "_mapped",
    "_ratio",
    "_slopes",
    "_factor_lu",
    "_is_regular",
    "_eliminated",
    "_eliminated_by_columns",
}
"""Helpers of which only what others make of them is looked at."""

CASES = [pytest.param(*case, id=f"{name}-{k}") for name, cases in VALUES.items() for k, case in enumerate(cases)]


ELSEWHERE = {
    name
    for module in (blocks, rectifiers, sines, stacks)
    for name, function in vars(module).items()
    if getattr(function, "__module__", "") == module.__name__
}
"""Helpers that are tested in `test_blocked.py`, `test_rectifiers.py`, `test_sines.py` and `test_stack_helpers.py`."""


def test_every_helper_is_tested():
    assert VALUES.keys() | THROUGH_OTHERS == HELPERS.keys() - ELSEWHERE


@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-12), (np.float32, 2e-4)])
@pytest.mark.parametrize("call, arguments, expected", CASES)
def test_values_in_both_precisions(call, arguments, expected, dtype, tolerance):
    given = [np.asarray(M, dtype=dtype, order="F" if M.flags.f_contiguous else "C") for M in arguments]
    before = [M.tobytes() for M in given]
    found, wanted = call(*given), expected(*(M.astype(float) for M in given))
    assert [M.tobytes() for M in given] == before
    for result, exact in zip(*((x if isinstance(x, tuple) else (x,)) for x in (found, wanted)), strict=True):
        if isinstance(result, np.ndarray):
            assert result.dtype in (dtype, np.result_type(dtype, np.complex64))
            assert not any(np.may_share_memory(result, M) for M in given)
            assert relative_error(result, exact) < tolerance


EMPTY_MATRICES = {
    "_solve_lu": (lambda: h._solve_lu(lu_of(NOTHING), np.zeros((0, 2)), 0), (0, 2)),
    "_inv_lu": (lambda: h._inv_lu(lu_of(NOTHING)), (0, 0)),
    "_det_lu": (lambda: h._det_lu(lu_of(NOTHING)), 1.0),
    "_logdet_lu": (lambda: h._logdet_lu(lu_of(NOTHING)), 0.0),
    "_chol": (lambda: chol_of(NOTHING), (0, 0)),
    "_solve_cho": (lambda: h._solve_cho(NOTHING, np.zeros((0, 2))), (0, 2)),
    "_solve_cho, no right side": (lambda: h._solve_cho(chol_of(SPD), np.zeros((5, 0))), (5, 0)),
    "_solve_lu, no right side": (lambda: h._solve_lu(lu_of(A), np.zeros((5, 0)), 0), (5, 0)),
    "_inv_cho": (lambda: h._inv_cho(NOTHING), (0, 0)),
    "_det_cho": (lambda: h._det_cho(NOTHING), 1.0),
    "_logdet_cho": (lambda: h._logdet_cho(NOTHING), 0.0),
    "_solve_triangular": (lambda: h._solve_triangular(NOTHING, np.zeros((0, 2)), 1, 0), (0, 2)),
    "_inv_triangular": (lambda: h._inv_triangular(NOTHING, 1), (0, 0)),
    "_det_triangular": (lambda: h._det_triangular(NOTHING), 1.0),
    "_logdet_triangular": (lambda: h._logdet_triangular(NOTHING), 0.0),
    "_solve_sylvester": (lambda: h._solve_sylvester(schur_of(NOTHING), schur_of(C), np.zeros((0, 3)), 0, 0), (0, 3)),
    "_pinv": (lambda: h._pinv(np.zeros((0, 3))), (3, 0)),
    "_of_matrix": (lambda: h._of_matrix("logm", scipy.linalg.logm, NOTHING), (0, 0)),
    "_logm_frechet": (lambda: h._logm_frechet(NOTHING, NOTHING), (0, 0)),
    "_sinm_pair": (lambda: h._sinm_pair(NOTHING, NOTHING)[1], (0, 0)),
    "_of_spectrum": (lambda: h._of_spectrum(h._spectrum(NOTHING), "logm"), (0, 0)),
    "_frechet_of_spectrum": (lambda: h._frechet_of_spectrum(h._spectrum(NOTHING), NOTHING, "logm"), (0, 0)),
    "_sylvester_of_spectra": (
        lambda: h._sylvester_of_spectra(h._spectrum(NOTHING), h._spectrum(SPD), np.zeros((0, 5))),
        (0, 5),
    ),
    "_average_largest": (lambda: h._average_largest(np.zeros((0, 3)), np.zeros((0, 1)), np.zeros((0, 3)), 1), (0, 1)),
    "_expm_pair": (lambda: h._expm_pair(NOTHING, NOTHING)[1], (0, 0)),
    "_eigh": (lambda: h._eigh(NOTHING)[1], (0, 0)),
    "_eigvalsh": (lambda: h._eigvalsh(NOTHING), (0, 1)),
    "_svd": (lambda: h._svd(np.zeros((3, 0)))[0], (3, 0)),
    "_svdvals": (lambda: h._svdvals(np.zeros((0, 3))), (0, 1)),
    "_qr": (lambda: h._qr(np.zeros((3, 0)))[0], (3, 0)),
    "_lu": (lambda: h._lu(NOTHING)[0], (0, 0)),
    "_largest": (lambda: h._largest(np.zeros((0, 3)), 1)[1], (0, 3)),
    "_softmax": (lambda: h._softmax(np.zeros((0, 3)), 1)[1], (0, 3)),
    "_max": (lambda: h._max(np.zeros((0, 3)), 1), (0, 1)),
    "_sum": (lambda: h._sum(np.zeros((0, 3)), 1), (0, 1)),
    "_trace_of_product": (lambda: h._trace_of_product(np.zeros((0, 3)), np.zeros((3, 0))), 0.0),
}


@pytest.mark.parametrize("name", EMPTY_MATRICES)
def test_no_entries(name):
    call, expected = EMPTY_MATRICES[name]
    result = call()
    assert result.shape == (expected if isinstance(expected, tuple) else (1, 1))
    assert isinstance(expected, tuple) or result[0, 0] == expected


@pytest.mark.parametrize("lower", TRIANGLES)
def test_products_into_memory_and_of_complex_matrices(lower):
    T, X = TRIANGLES[lower], LARGEST[:, :40] + 1j
    out = np.full((300, 40), np.nan, dtype=complex)
    assert h._triangular_product(T, X, 0, lower, 0, out) is out
    assert relative_error(out, T @ X) < 1e-12
    S = LARGEST + LARGEST.T + 1j
    assert relative_error(h._symmetric_product(LARGEST, S @ LARGEST.T), LARGEST @ S @ LARGEST.T) < 1e-12


ROUNDING = np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
"""Singular, but LU finds a last pivot of 1e-16."""
GRADED = np.diag([1e-150, 1.0, 1e150]) @ (np.eye(3) + np.ones((3, 3)) / 9) @ np.diag([1e100, 1.0, 1e-100])
"""Regular, with a condition number beyond any precision."""
ROTATION = np.array([[0.0, -1.0], [1.0, 0.0]])
JORDAN = np.array([[0.0, 1.0], [0.0, 0.0]])
NAN, INFINITE = np.full((2, 2), np.nan), np.array([[np.inf, 1.0], [1.0, 2.0]])
SINGULAR = (np.zeros((2, 2)), np.ones((3, 3)), ROUNDING, 1e-200 * ROUNDING, np.outer(A[0], A[1]))

REFUSED = {
    **{
        f"{name} of a singular matrix, {k}": (call, (M,), "singular")
        for k, M in enumerate(SINGULAR)
        for name, call in (
            ("solve", lambda M: h._solve_lu(lu_of(M), M, 0)),
            ("inv", lambda M: h._inv_lu(lu_of(M))),
            ("logdet", lambda M: h._logdet_lu(lu_of(M))),
        )
    },
    "solve with zero on the diagonal": (
        lambda: h._solve_triangular(np.tril(np.ones((3, 3)), -1), C, 1, 0),
        (),
        "solve: .* entry 1 of its diagonal",
    ),
    "inv with zero on the diagonal": (
        lambda: h._inv_triangular(np.diag([1.0, 0.0]), 1),
        (),
        "inv: .* entry 2 of its diagonal",
    ),
    "logdet with zero on the diagonal": (
        lambda: h._logdet_triangular(np.diag([1.0, 0.0])),
        (),
        "logdet: .* diagonal is zero",
    ),
    "chol of an indefinite matrix": (chol_of, (np.diag([1.0, -1.0]),), "chol: the matrix is not positive definite"),
    "chol of a semidefinite matrix": (chol_of, (np.ones((2, 2)),), "not positive definite"),
    "chol, semidefinite to rounding": (chol_of, (ROUNDING.T @ ROUNDING,), "not positive definite"),
    "chol of what is no number": (chol_of, (NAN,), "chol: an entry is infinite or not a number"),
    "sylvester with an eigenvalue in common": (
        lambda: h._solve_sylvester(schur_of(A), schur_of(-A), A, 0, 0),
        (),
        "sylvester: A and -B have an eigenvalue",
    ),
    "sylvester with two complex ones": (
        lambda: h._solve_sylvester(schur_of(ROTATION), schur_of(ROTATION), ROTATION, 0, 0),
        (),
        "in common",
    ),
    "sylvester of what is no number": (schur_of, (NAN,), "sylvester: an entry"),
    "pinv without full rank": (h._pinv, (np.ones((3, 2)),), "pinv: .* full rank"),
    "pinv of zero": (h._pinv, (np.zeros((3, 2)),), "pinv: .* full rank"),
    "pinv of infinity": (h._pinv, (INFINITE,), "pinv: an entry is infinite"),
    **{
        f"{name} of {what}": (
            lambda M, name=name: h._of_matrix(name, getattr(scipy.linalg, name), M),
            (M,),
            f"{name}: an eigenvalue is zero, or real",
        )
        for name in ("logm", "sqrtm")
        for what, M in (
            ("a negative eigenvalue", np.diag([1.0, -1.0])),
            ("zero", np.zeros((2, 2))),
            ("a nilpotent matrix", JORDAN),
            ("a matrix singular to rounding", ROUNDING @ ROUNDING.T),
        )
    },
    **{
        f"{name} of what is no number": (
            lambda M, name=name: h._of_matrix(name, getattr(scipy.linalg, name), M),
            (M,),
            f"{name}: an entry is infinite",
        )
        for name in ("logm", "sqrtm", "sinm", "cosm")
        for M in (INFINITE,)
    },
    "sinm beyond the range": (
        lambda: h._of_matrix("sinm", lambda M: np.full_like(M, np.inf), 1e3 * JORDAN),
        (),
        "sinm: the result is not real and finite",
    ),
    "logm_frechet of a negative eigenvalue": (
        h._logm_frechet,
        (np.diag([1.0, -1.0]), np.ones((2, 2))),
        "logm: an eigenvalue",
    ),
    **{
        f"{name} of the spectrum of {what}": (
            lambda M, name=name: h._of_spectrum(h._spectrum(M), name),
            (M,),
            f"{name}: an eigenvalue is zero, or real and negative",
        )
        for name in ("logm", "sqrtm")
        for what, M in (("-1", np.diag([1.0, -1.0])), ("0", np.zeros((2, 2))), ("rounding", ROUNDING @ ROUNDING.T))
    },
    "logm_frechet of the spectrum of zero": (
        lambda: h._frechet_of_spectrum(h._spectrum(np.zeros((2, 2))), C, "logm"),
        (),
        "logm: an eigenvalue",
    ),
    "sylvester of spectra with an eigenvalue in common": (
        lambda: h._sylvester_of_spectra(h._spectrum(SPD), h._spectrum(-SPD), A),
        (),
        "sylvester: A and -B have an eigenvalue",
    ),
    "spectrum of what is no number": (h._spectrum, (NAN,), "eigh: an entry"),
    "sinm in no direction": (lambda: h._sinm_pair(ROTATION, NAN), (), "sinm: an entry"),
    "expm of infinity": (lambda: h._expm_pair(INFINITE, NAN), (), "expm: an entry"),
    "expm in no direction": (lambda: h._expm_pair(ROTATION, NAN), (), "expm: an entry"),
    "eigh with equal eigenvalues": (h._eigh, (np.eye(3),), "eigh: two eigenvalues are equal"),
    "eigh, equal to rounding": (h._eigh, (np.diag([1.0, 1.0 + 1e-16, 2.0]),), "two eigenvalues are equal"),
    "eigh of what is no number": (h._eigh, (NAN,), "eigh: an entry"),
    "eigvalsh of what is no number": (h._eigvalsh, (NAN,), "eigvalsh: an entry"),
    "eig of a rotation": (h._eig, (ROTATION,), "eigval: .* not real and simple"),
    "eig with equal eigenvalues": (h._eig, (np.eye(2),), "not real and simple"),
    "eig with opposite eigenvalues": (h._eig, (np.diag([2.0, -2.0]),), "not real and simple"),
    "eig of a nilpotent matrix": (h._eig, (JORDAN,), "not real and simple"),
    "eig of nothing": (h._eig, (NOTHING,), "eigval: a matrix without entries"),
    "eig of what is no number": (h._eig, (NAN,), "eigval: an entry"),
    "svd with equal singular values": (h._svd, (np.eye(3),), "svd: two singular values are equal"),
    "svd with a zero": (h._svd, (np.ones((3, 2)),), "svd: a singular value is zero"),
    "svd of zero": (h._svd, (np.zeros((1, 1)),), "svd: a singular value is zero"),
    "svd of what is no number": (h._svd, (NAN,), "svd: an entry"),
    "svdvals of what is no number": (h._svdvals, (NAN,), "svdvals: an entry"),
    "qr of a wide matrix": (h._qr, (WIDE,), "qr: a matrix with 3 rows and 6 columns"),
    "qr without full rank": (h._qr, (np.ones((3, 2)),), "qr: .* full column rank"),
    "qr with a column of zeros": (h._qr, (np.zeros((3, 1)),), "qr: .* full column rank"),
    "lu with a zero pivot": (h._lu, (np.array([[0.0, 1.0], [1.0, 0.0]]),), "lu: a leading principal minor is zero"),
    "lu of a singular matrix": (h._lu, (np.ones((2, 2)),), "lu: a leading principal minor is zero"),
    "lu, singular to rounding": (h._lu, (ROUNDING,), "lu: a leading principal minor is zero"),
    "lu of a large singular matrix": (
        h._lu,
        (np.diag(np.r_[np.ones(40), 0, np.ones(40)]),),
        "lu: a leading principal minor is zero",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.filterwarnings("error")
def test_what_has_no_value_or_derivative_is_refused(name):
    call, arguments, message = REFUSED[name]
    with pytest.raises(LinAlgError, match=message):
        call(*arguments)


@pytest.mark.parametrize("n", [3, 30, 200])
def test_singular_to_rounding_at_any_size_and_precision(n):
    random = np.random.default_rng(n)
    for dtype in (np.float64, np.float32):
        M = (random.standard_normal((n, n - 1)) @ random.standard_normal((n - 1, n))).astype(dtype)
        M[:, -1] = M[:, :-1].sum(axis=1, dtype=dtype)
        rescaled = M * 10.0 ** random.integers(-10, 10, (n, 1)).astype(dtype) if dtype is np.float64 else M
        for matrix in (M, rescaled):
            assert not lu_of(matrix)[2]


@pytest.mark.filterwarnings("ignore:overflow")
def test_badly_scaled_is_not_singular():
    """Rows and columns in other units change no digit of a solution."""
    assert np.linalg.cond(GRADED) > 1e100
    X = h._solve_lu(lu_of(GRADED), np.eye(3), 0)
    assert (
        relative_error(GRADED @ X / np.abs(GRADED).max(axis=1, keepdims=True), np.eye(3) / np.abs(GRADED).max(axis=1))
        < 1e-14
    )
    small = np.diag([1e-200, 1.0])
    assert (chol_of(small) == np.sqrt(small)).all() and (h._qr(small)[1] == small).all()
    assert (h._lu(small)[1] == small).all() and lu_of(small)[2]
    hilbert = scipy.linalg.hilbert(10)
    assert lu_of(hilbert)[2] and chol_of(hilbert)[9, 9] > 0


def test_what_is_no_number_is_passed_on_by_systems():
    assert np.isnan(h._solve_lu(lu_of(NAN), B[:2], 0)).all()
    assert np.isnan(h._det_lu(lu_of(NAN))).all()


@pytest.mark.parametrize("gap", [0.0, 1e-15, 1e-9, 1e-4])
@pytest.mark.parametrize("name", ["expm", "logm", "sinm", "cosm"])
def test_derivatives_at_close_eigenvalues(name, gap):
    """Divided differences lose nothing: (log x - log y) / (x - y) as log1p((x - y) / y) / (x - y)."""
    V = np.linalg.qr(A)[0]
    S = (V * np.array([0.5, 0.5 + gap, 0.5 + 2 * gap, 2.0, 2.0 + gap])) @ V.T
    S = (S + S.T) / 2
    found = h._frechet_of_spectrum(h._spectrum(S), REGULAR, name)
    assert relative_error(found, of(f"{name}_frechet", S, REGULAR)) < 1e-13


def test_derivatives_at_far_eigenvalues():
    S = np.diag([0.0, -2000.0, 700.0])
    found = h._frechet_of_spectrum(h._spectrum(S), np.ones((3, 3)), "expm")
    assert found[0, 1] == pytest.approx(1 / 2000) and found[0, 2] == pytest.approx(np.exp(700) / 700)
    found = h._frechet_of_spectrum(h._spectrum(np.diag([1e-12, 1.0])), np.ones((2, 2)), "logm")
    assert found[0, 1] == pytest.approx(np.log(1e12)) and found[0, 0] == pytest.approx(1e12)


def test_a_product_stays_in_range():
    halves = np.r_[np.full(600, 1e-3), np.full(600, 1e3)]
    assert abs(h._product(halves)[0, 0] - 1) < 1e-12
    assert h._product(np.array([2.0, 0.0, -3.0]))[0, 0] == 0
    assert h._product(np.full(3, -2.0))[0, 0] == -8
    with pytest.warns(RuntimeWarning, match="overflow"):
        assert h._product(np.full(2000, 2.0))[0, 0] == np.inf
