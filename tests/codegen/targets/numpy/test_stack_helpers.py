"""The functions of kernels for batches: each matrix of a stack by itself, both precisions, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.linalg
from numpy.linalg import LinAlgError
from oracles import relative_error

from codegen.targets.numpy.carried import HELPERS
from codegen.targets.numpy.helpers import stacks
from codegen.targets.numpy.helpers.systems import _chol

OWN = {name for name, value in vars(stacks).items() if getattr(value, "__module__", "") == stacks.__name__}
RANDOM = np.random.default_rng(7)
A = RANDOM.standard_normal((4, 5, 5)) + 4 * np.eye(5)
B = RANDOM.standard_normal((4, 5, 3))
S = A @ A.swapaxes(-1, -2) + np.eye(5)
L = np.linalg.cholesky(S)
ONE = B[0]


def triangle(T, lower):
    return np.tril(T) if lower else np.triu(T)


CASES = [
    ("_joined", lambda X, Y: stacks._joined(4, -1, X, Y), (B, A), lambda X, Y: np.hstack([X, Y])),
    ("_joined", lambda X: stacks._joined(4, -2, X, ONE.astype(X.dtype)), (B,), lambda X: np.vstack([X, ONE])),
    ("_kron_of_stacks", lambda X, Y: stacks._kron_of_stacks(X, Y).reshape(4, 25, 15), (A, B), np.kron),
    ("_beside", lambda X: stacks._beside(X).reshape(5, 4, 3).swapaxes(0, 1), (B,), lambda X: X),
    ("_regular", stacks._regular, (A,), lambda X: X),
    ("_solve_stacks", lambda X, Y: stacks._solve_stacks(X, Y, 0), (A, B), np.linalg.solve),
    ("_solve_stacks", lambda X, Y: stacks._solve_stacks(X, Y, 1), (A, B), lambda X, Y: np.linalg.solve(X.T, Y)),
    ("_det_of_stacks", stacks._det_of_stacks, (A,), scipy.linalg.det),
    ("_logdet_of_stacks", stacks._logdet_of_stacks, (A,), lambda X: np.log(abs(scipy.linalg.det(X)))),
    ("_chol_of_stacks", stacks._chol_of_stacks, (S,), _chol),
    ("_solve_cho_stacks", stacks._solve_cho_stacks, (L, B), lambda X, Y: np.linalg.solve(X @ X.T, Y)),
    ("_inv_cho_of_stacks", stacks._inv_cho_of_stacks, (L,), lambda X: np.linalg.inv(X @ X.T)),
    ("_triangle", lambda X: stacks._triangle(X, 0), (A,), np.triu),
    *(
        (
            "_solve_triangular_stacks",
            lambda X, Y, lower=lower, trans=trans: stacks._solve_triangular_stacks(X, Y, lower, trans),
            (A, B),
            lambda X, Y, lower=lower, trans=trans: scipy.linalg.solve_triangular(X, Y, lower=lower, trans=trans),
        )
        for lower in (0, 1)
        for trans in (0, 1)
    ),
    *(
        (
            "_inv_triangular_of_stacks",
            lambda X, lower=lower: stacks._inv_triangular_of_stacks(X, lower),
            (A,),
            lambda X, lower=lower: np.linalg.inv(triangle(X, lower)),
        )
        for lower in (0, 1)
    ),
    ("_diagonal_product", stacks._diagonal_product, (L,), np.linalg.det),
    ("_sum_of_logs", stacks._sum_of_logs, (L,), lambda X: np.log(np.linalg.det(X))),
    ("_eigvalsh_of_stacks", stacks._eigvalsh_of_stacks, (S,), lambda X: scipy.linalg.eigvalsh(X).reshape(-1, 1)),
    ("_svdvals_of_stacks", stacks._svdvals_of_stacks, (B,), lambda X: scipy.linalg.svdvals(X).reshape(-1, 1)),
]


def test_every_helper_is_tested():
    assert {name for name, *_ in CASES} | {"_check_finite_stacks"} == OWN


FAULTS = {
    "_joined": ("in parts]", "in parts[::-1]]"),
    "_kron_of_stacks": ("* B", "+ B"),
    "_beside": ("B.swapaxes(0, 1)", "B"),
    "_regular": ("return A.copy()", "return inv(A)"),
    "_solve_stacks": ("if trans else A", "if not trans else A"),
    "_det_of_stacks": ("det(A)[", "-det(A)["),
    "_logdet_of_stacks": ("[1]", "[0]"),
    "_chol_of_stacks": ("return L", "return L.swapaxes(-1, -2)"),
    "_solve_cho_stacks": ("L.swapaxes(-1, -2)", "L"),
    "_inv_cho_of_stacks": ("X.swapaxes(-1, -2) @ X", "X @ X.swapaxes(-1, -2)"),
    "_triangle": ("if lower", "if not lower"),
    "_solve_triangular_stacks": ("_triangle(T, lower)", "T"),
    "_inv_triangular_of_stacks": ("inv(_triangle(T, lower))", "inv(T)"),
    "_diagonal_product": (
        "T.diagonal(axis1=-2, axis2=-1).prod(axis=-1)",
        "T.diagonal(axis1=-2, axis2=-1).sum(axis=-1)",
    ),
    "_sum_of_logs": ("log(d)", "d"),
    "_eigvalsh_of_stacks": ("eigvalsh(S)[", "-eigvalsh(S)["),
    "_svdvals_of_stacks": ("svd(A, compute_uv=False)[", "svd(A, compute_uv=False)[..., ::-1]["),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_seen(name, monkeypatch):
    right, wrong = FAULTS[name]
    source = HELPERS[name].source
    assert right in source
    namespace = dict(vars(stacks))
    exec(compile(source.replace(right, wrong), name, "exec"), namespace)
    monkeypatch.setattr(stacks, name, namespace[name])
    seen = 0
    for case, call, arguments, of_one in CASES:
        if case == name:
            found = (namespace[name] if call.__name__ == name else call)(*arguments)
            for number, result in enumerate(found):
                expected = of_one(*(argument[number] for argument in arguments))
                seen += np.size(expected) != result.size or relative_error(
                    result, np.reshape(expected, result.shape)
                ) > 1e-6  # fmt: skip
    assert seen


@pytest.mark.parametrize("precision, tolerance", [("float64", 1e-12), ("float32", 2e-4)])
@pytest.mark.parametrize("name, call, arguments, of_one", CASES)
def test_each_matrix_by_itself(name, call, arguments, of_one, precision, tolerance):
    given = [argument.astype(precision) for argument in arguments]
    before = [each.copy() for each in given]
    found = call(*given)
    assert found.dtype == precision
    assert all(np.array_equal(each, copy) for each, copy in zip(given, before, strict=True))
    for number, result in enumerate(found):
        expected = of_one(*(argument[number] for argument in arguments))
        assert relative_error(result, np.reshape(expected, result.shape)) < tolerance


def test_a_factor_has_memory_of_its_own():
    assert not np.shares_memory(stacks._regular(A), A)


REFUSED = [
    (lambda X: stacks._regular(X), np.ones((5, 5)), r"(?i)singular"),
    (lambda X: stacks._regular(X), np.full((5, 5), np.nan), "solve: an entry is infinite"),
    (lambda X: stacks._chol_of_stacks(X), -np.eye(5), r"(?i)not positive definite"),
    (lambda X: stacks._chol_of_stacks(X), np.ones((5, 5)) + 1e-17 * np.eye(5), r"(?i)not positive definite"),
    (lambda X: stacks._sum_of_logs(X), np.zeros((5, 5)), "entry of its diagonal is zero"),
    (lambda X: stacks._solve_triangular_stacks(X, B, 1, 0), np.zeros((5, 5)), r"(?i)singular"),
    (lambda X: stacks._inv_triangular_of_stacks(X, 1), np.zeros((5, 5)), r"(?i)singular"),
    (lambda X: stacks._eigvalsh_of_stacks(X), np.full((5, 5), np.inf), "eigvalsh: an entry is infinite"),
    (lambda X: stacks._svdvals_of_stacks(X), np.full((5, 5), np.inf), "svdvals: an entry is infinite"),
]


@pytest.mark.parametrize("call, bad, message", REFUSED)
def test_one_bad_matrix_among_good_ones_is_refused(call, bad, message):
    assert np.isfinite(call(S)).all()
    with pytest.raises(LinAlgError, match=message):
        call(np.stack([S[0], bad, S[1], S[2]]))
