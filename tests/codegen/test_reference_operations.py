"""The oracle of the named operations: every value and derivative against definitions in 50 digits."""

from __future__ import annotations

import mpmath as mp
import numpy as np
import pytest
from oracles import STEP, TIGHT, relative_error

from codegen.reference_operations import OPERATION_VALUES, WATCHED, distance

mp.mp.dps = 50
EXACT_STEP = mp.mpf(10) ** -18

# Definitions, on arrays of numbers with 50 digits


def exactly(A):
    return np.array([[mp.mpf(float(x)) for x in row] for row in A], dtype=object).reshape(A.shape)


def rounded(A):
    return np.array([[float(mp.re(x)) for x in row] for row in A]).reshape(A.shape)


def through(function):
    """A function of mpmath's matrices as one of arrays."""

    def on_arrays(*arrays):
        found = function(*(mp.matrix(A.tolist()) for A in arrays))
        found = found if isinstance(found, mp.matrix) else mp.matrix([[found]])
        return np.array(found.tolist(), dtype=object).reshape(found.rows, found.cols)

    return on_arrays


inverse, cholesky = through(mp.inverse), through(mp.cholesky)


def by_rows(reduction):
    return lambda A: np.array([[reduction(row)] for row in A], dtype=object)


def reductions(name, reduction):
    return {
        name: lambda A: by_rows(reduction)([A.ravel()]),
        f"{name}_1": lambda A: by_rows(reduction)(A.T).T,
        f"{name}_2": by_rows(reduction),
    }


def weights(entries):
    attained = [x == max(entries) for x in entries]
    return np.array([mp.mpf(x) / sum(attained) for x in attained], dtype=object)


def upper_right_block(function):
    def derivative(A, E):
        n = len(A)
        return function(np.block([[A, E], [np.full_like(A, mp.mpf(0)), A]]))[:n, n:]

    return derivative


def lu(A):
    L, U = exactly(np.eye(len(A))), A.copy()
    for k in range(len(A)):
        for i in range(k + 1, len(A)):
            L[i, k] = U[i, k] / U[k, k]
            U[i] = U[i] - L[i, k] * U[k]
    return L, U


def qr(A):
    R = cholesky(A.T @ A).T
    return A @ inverse(R), R


def with_largest_positive(V, *others):
    signs = [-1 if column[np.argmax(np.abs(column))] < 0 else 1 for column in V.T]
    return tuple(W * signs for W in (V, *others))


def eigh(S):
    values, vectors = mp.eigsy(mp.matrix(S.tolist()))
    order = sorted(range(len(S)), key=lambda i: values[i])
    V = np.array(vectors.tolist(), dtype=object).reshape(S.shape)[:, order]
    return np.array([[values[i]] for i in order], dtype=object), with_largest_positive(V)[0]


def dominant(A):
    values, vectors = mp.eig(mp.matrix(A.tolist()))
    largest = max(range(len(A)), key=lambda i: abs(values[i]))
    v = vectors[:, largest] / max(vectors[:, largest], key=abs)
    v = np.array([[mp.re(x)] for x in v], dtype=object)
    return np.array([[mp.re(values[largest])]], dtype=object), with_largest_positive(v / mp.norm(v.ravel()))[0]


def svd(A):
    U, s, V = mp.svd_r(mp.matrix(A.tolist()))
    U, V = (np.array(W.tolist(), dtype=object).reshape(W.rows, W.cols) for W in (U, V.T))
    return np.array([[x] for x in s], dtype=object), *with_largest_positive(U, V)


def sylvester(A, B, C):
    """One equation for each entry, in the order of the rows."""
    equations = np.kron(A, exactly(np.eye(len(B)))) + np.kron(exactly(np.eye(len(A))), B.T)
    return (inverse(equations) @ C.reshape(-1, 1)).reshape(C.shape)


FUNCTIONS = {name: through(getattr(mp, name)) for name in ("expm", "logm", "sqrtm", "sinm", "cosm")}

TRUTHS = {
    "matrix_power": lambda A, k: through(lambda M: M**k)(A),
    "kron": lambda A, B: np.block([[a * B for a in row] for row in A]),
    "hstack": lambda *parts: np.array([[x for part in parts for x in part[i]] for i in range(len(parts[0]))]),
    "vstack": lambda *parts: np.array([row for part in parts for row in part]),
    "slice": lambda A, r0, r1, c0, c1: np.array([[A[i, j] for j in range(c0 - 1, c1)] for i in range(r0 - 1, r1)]),
    "reshape": lambda A, r, c: np.array([[A.T.ravel()[i + j * r] for j in range(c)] for i in range(r)]),
    "rearrange": lambda A, n, m, p, q: np.array(
        [[A[i * p + k, j * q + t] for k in range(p) for t in range(q)] for i in range(n) for j in range(m)]
    ),
    "diag": lambda x: np.array([[x[i, 0] * (i == j) for j in range(len(x))] for i in range(len(x))]),
    "diagonal": lambda A: np.array([[A[i, i]] for i in range(len(A))]),
    "tril": lambda A, k: np.array([[x * (j - i <= k) for j, x in enumerate(row)] for i, row in enumerate(A)]),
    "triu": lambda A, k: np.array([[x * (j - i >= k) for j, x in enumerate(row)] for i, row in enumerate(A)]),
    **reductions("sum", lambda entries: mp.fsum(entries)),
    **reductions("max", max),
    "max_weights": lambda A: weights(A.ravel()).reshape(A.shape),
    "max_weights_1": lambda A: np.array([weights(column) for column in A.T]).T,
    "max_weights_2": lambda A: np.array([weights(row) for row in A]),
    **reductions("logsumexp", lambda entries: mp.log(mp.fsum(mp.exp(x) for x in entries))),
    "tr": lambda A: np.array([[mp.fsum(A[i, i] for i in range(len(A)))]]),
    "det": through(mp.det),
    "logdet": through(lambda A: mp.log(abs(mp.det(A)))),
    "inv": inverse,
    "solve": lambda A, B: inverse(A) @ B,
    "pinv": lambda A: inverse(A.T @ A) @ A.T if len(A) >= len(A.T) else A.T @ inverse(A @ A.T),
    **FUNCTIONS,
    **{f"{name}_frechet": upper_right_block(FUNCTIONS[name]) for name in ("expm", "logm", "sinm", "cosm")},
    "sylvester": sylvester,
    "chol": cholesky,
    "qr_q": lambda A: qr(A)[0],
    "qr_r": lambda A: qr(A)[1],
    "lu_l": lambda A: lu(A)[0],
    "lu_u": lambda A: lu(A)[1],
    "eigvalsh": lambda S: eigh(S)[0],
    "eigvecsh": lambda S: eigh(S)[1],
    "eigval": lambda A: dominant(A)[0],
    "eigvec": lambda A: dominant(A)[1],
    "svdvals": lambda A: svd(A)[0],
    "svd_u": lambda A: svd(A)[1],
    "svd_v": lambda A: svd(A)[2],
}

# Points

SQUARE, TALL, WIDE = (4, 4), (5, 3), (2, 4)
SHAPES = {
    **dict.fromkeys(("slice", "reshape", "tril", "triu", "pinv", "svdvals", "svd_u", "svd_v"), (TALL, WIDE, SQUARE)),
    **dict.fromkeys(reductions("sum", sum) | reductions("max", max) | reductions("logsumexp", sum), (TALL, WIDE)),
    **dict.fromkeys(reductions("max_weights", max), (TALL, WIDE)),
    **dict.fromkeys(("qr_q", "qr_r"), (TALL, SQUARE)),
    "diag": ((4, 1),),
}
OTHER_OPERANDS = {
    "kron": lambda n, m: [(3, 2)],
    "hstack": lambda n, m: [(n, 2), (n, 1)],
    "vstack": lambda n, m: [(2, m)],
    "solve": lambda n, m: [(n, 3)],
    "sylvester": lambda n, m: [(n - 1, n - 1), (n, n - 1)],
    **{f"{name}_frechet": lambda n, m: [(n, m)] for name in ("expm", "logm", "sinm", "cosm")},
}
PARAMETERS = {
    "matrix_power": lambda n, m: [(2,), (5,), (-2,), (-3,)],
    "slice": lambda n, m: [(1, 2, 2, m), (2, 2, 1, 1), (1, n, 1, m)],
    "reshape": lambda n, m: [(n * m, 1), (1, n * m), (m, n)],
    "rearrange": lambda n, m: [(2, m, n // 2, 1), (n // 2, 2, 2, m // 2), (1, m, n, 1)],
    "tril": lambda n, m: [(-1,), (0,), (2,)],
    "triu": lambda n, m: [(-1,), (0,), (2,)],
}
SYMMETRIC = ("chol", "eigvalsh", "eigvecsh")
NEAR_IDENTITY = ("chol", "logm", "sqrtm", "logm_frechet", "sylvester", "lu_l", "lu_u")
MARGIN = 0.02


def symmetric(A):
    return (A + A.T) / 2


def point(name, shape, parameters, random):
    """Random operands at some distance from where there is no derivative, and a direction."""
    while True:
        shapes = [shape, *OTHER_OPERANDS.get(name, lambda n, m: [])(*shape)]
        operands, directions = ([random.standard_normal(s) for s in shapes] for _ in range(2))
        if name in NEAR_IDENTITY:
            operands = [A / 4 + np.eye(*A.shape) for A in operands]
        if name in SYMMETRIC:
            operands, directions = [[symmetric(A) for A in both] for both in (operands, directions)]
        if distance(name, *operands, *parameters) > MARGIN:
            return operands, directions


CASES = [
    pytest.param(name, shape, parameters, id=f"{name} {shape[0]}x{shape[1]} {parameters or ''}".strip())
    for name in OPERATION_VALUES
    for shape in SHAPES.get(name, (SQUARE,))
    for parameters in PARAMETERS.get(name, lambda n, m: [()])(*shape)
]


def along(function, operands, directions, parameters=()):
    """The derivative by the complex step."""
    moved = [A + 1j * STEP * E for A, E in zip(operands, directions, strict=True)]
    return np.imag(function(*moved, *parameters)) / STEP


def true_derivative(name, operands, directions, parameters=()):
    """Central differences in 50 digits, good to 30."""
    pairs = [(exactly(A), exactly(E)) for A, E in zip(operands, directions, strict=True)]
    ahead, behind = (TRUTHS[name](*(A + sign * EXACT_STEP * E for A, E in pairs), *parameters) for sign in (1, -1))
    return rounded((ahead - behind) / (2 * EXACT_STEP))


# Tests


def test_every_operation_is_tested():
    assert list(TRUTHS.keys() ^ OPERATION_VALUES.keys()) == []
    assert WATCHED.keys() <= OPERATION_VALUES.keys()


@pytest.mark.parametrize(("name", "shape", "parameters"), CASES)
def test_values_and_derivatives(name, shape, parameters):
    operands, directions = point(name, shape, parameters, np.random.default_rng(11))
    for A in operands:
        A.flags.writeable = False
    function = OPERATION_VALUES[name]
    expected = rounded(TRUTHS[name](*map(exactly, operands), *parameters))
    assert relative_error(function(*operands, *parameters), expected) < 1e-14
    assert relative_error(np.real(function(*(A + 0j for A in operands), *parameters)), expected) < 1e-14
    derivative = true_derivative(name, operands, directions, parameters)
    assert relative_error(along(function, operands, directions, parameters), derivative) < 1e-13


ONE_BY_ONE = {
    "matrix_power": ((-2,), lambda x: x**-2, lambda x: -2 * x**-3),
    "slice": ((1, 1, 1, 1), lambda x: x, lambda x: 1),
    "reshape": ((1, 1), lambda x: x, lambda x: 1),
    "rearrange": ((1, 1, 1, 1), lambda x: x, lambda x: 1),
    "tril": ((0,), lambda x: x, lambda x: 1),
    "triu": ((1,), lambda x: 0, lambda x: 0),
    "det": ((), lambda x: x, lambda x: 1),
    "logdet": ((), np.log, lambda x: 1 / x),
    **dict.fromkeys(("inv", "pinv"), ((), lambda x: 1 / x, lambda x: -1 / x**2)),
    "expm": ((), np.exp, np.exp),
    "logm": ((), np.log, lambda x: 1 / x),
    **dict.fromkeys(("sqrtm", "chol"), ((), np.sqrt, lambda x: 0.5 / np.sqrt(x))),
    "sinm": ((), np.sin, np.cos),
    "cosm": ((), np.cos, lambda x: -np.sin(x)),
    **dict.fromkeys(("qr_q", "lu_l", "eigvecsh", "eigvec", "svd_u", "svd_v"), ((), lambda x: 1, lambda x: 0)),
    **dict.fromkeys(("max_weights", "max_weights_1", "max_weights_2"), ((), lambda x: 1, lambda x: 0)),
}
OF_ONE_OPERAND = [name for name in OPERATION_VALUES if name not in OTHER_OPERANDS]


@pytest.mark.parametrize("name", OF_ONE_OPERAND)
def test_one_by_one(name):
    """What is not listed is the identity: sums, largest entries, diagonals, eigenvalues, singular values."""
    parameters, value, derivative = ONE_BY_ONE.get(name, ((), lambda x: x, lambda x: 1))
    operand, direction = np.array([[1.75]]), np.array([[0.5]])
    found = OPERATION_VALUES[name](operand, *parameters)
    assert relative_error(found, [[value(1.75)]]) < 1e-15
    slope = along(OPERATION_VALUES[name], [operand], [direction], parameters)
    assert relative_error(slope, [[0.5 * derivative(1.75)]]) < 1e-15
    assert distance(name, operand, *parameters) == 1.0


EMPTIES = [
    *((name, (0, 0), (), (0, 0)) for name in ("inv", "pinv", "expm", "logm", "sqrtm", "sinm", "cosm", "chol")),
    *((name, (0, 0), (), (0, 0)) for name in ("lu_l", "lu_u", "qr_q", "qr_r", "eigvecsh", "svd_u", "svd_v")),
    *((name, (0, 3), (), (3, 0)) for name in ("pinv", "svd_v")),
    *((name, (3, 0), (), (1, 0)) for name in ("sum_1", "max_1", "logsumexp_1")),
    *((name, (0, 3), (), (0, 1)) for name in ("sum_2", "max_2", "logsumexp_2")),
    *((name, (0, 3), (1,), (0, 3)) for name in ("tril", "triu")),
    ("svdvals", (3, 0), (), (0, 1)),
    ("qr_q", (3, 0), (), (3, 0)),
    ("qr_r", (3, 0), (), (0, 0)),
    ("svd_u", (3, 0), (), (3, 0)),
    ("eigvalsh", (0, 0), (), (0, 1)),
    ("diag", (0, 1), (), (0, 0)),
    ("diagonal", (0, 0), (), (0, 1)),
    ("reshape", (0, 3), (3, 0), (3, 0)),
    ("rearrange", (0, 6), (0, 2, 4, 3), (0, 12)),
    ("slice", (3, 4), (2, 1, 1, 4), (0, 4)),
    ("matrix_power", (0, 0), (3,), (0, 0)),
    ("matrix_power", (0, 0), (-3,), (0, 0)),
]


@pytest.mark.parametrize(("name", "shape", "parameters", "expected"), EMPTIES)
def test_empty_results(name, shape, parameters, expected):
    for operand in (np.zeros(shape), np.zeros(shape, dtype=complex)):
        assert OPERATION_VALUES[name](operand, *parameters).shape == expected
    assert distance(name, np.zeros(shape), *parameters) == 1.0


def test_largest_entries_that_are_equal_share():
    A = np.array([[3.0, 1.0, 3.0], [3.0, 2.0, 0.0]])
    assert (OPERATION_VALUES["max_weights"](A) == np.array([[1, 0, 1], [1, 0, 0]]) / 3).all()
    assert (OPERATION_VALUES["max_weights_1"](A) == [[0.5, 0, 1], [0.5, 1, 0]]).all()
    assert (OPERATION_VALUES["max_weights_2"](A) == [[0.5, 0, 0.5], [1, 0, 0]]).all()


def test_no_entries_and_no_equations():
    nothing, values = np.zeros((0, 3)), OPERATION_VALUES
    assert values["sum"](nothing) == 0 and (values["sum_1"](nothing) == np.zeros((1, 3))).all()
    assert values["tr"](np.zeros((0, 0))) == 0 and values["logdet"](np.zeros((0, 0))) == 0
    assert values["det"](np.zeros((0, 0))) == 1 and distance("det", np.zeros((0, 0))) == 1
    assert (values["max_1"](nothing) == np.full((1, 3), -np.inf)).all() and distance("max_1", nothing) == 0
    assert values["logsumexp"](nothing) == -np.inf and distance("logsumexp", nothing) == 0
    assert values["kron"](nothing, np.ones((2, 2))).shape == (0, 6)
    assert values["hstack"](nothing, np.zeros((0, 1))).shape == (0, 4)
    assert (values["vstack"](nothing, np.ones((1, 3))) == np.ones((1, 3))).all()
    assert values["solve"](np.zeros((0, 0)), np.zeros((0, 2))).shape == (0, 2)
    assert values["sylvester"](np.zeros((0, 0)), np.eye(2), np.zeros((0, 2))).shape == (0, 2)
    assert values["expm_frechet"](np.zeros((0, 0)), np.zeros((0, 0))).shape == (0, 0)


def test_large_and_small_entries():
    """Neither exponentials nor products leave the range of the numbers before the result does."""
    values = OPERATION_VALUES
    scaled = np.diag(np.logspace(-200, 200, 41)) @ (np.eye(41) + np.eye(41, k=1) / 2)
    for direction in (1, -1):
        A = scaled[::direction, ::direction]
        assert abs(values["det"](A)[0, 0] - 1) < 1e-13 and abs(values["logdet"](A)[0, 0]) < 1e-12
        assert abs(along(values["det"], [A], [A])[0, 0] - 41) < 1e-11
    assert values["det"](np.ones((3, 3))) == 0
    assert relative_error(values["logsumexp"](np.array([[1000.0, 999.0]])), [[1000 + np.log1p(np.exp(-1))]]) < 1e-15
    assert relative_error(values["logsumexp"](np.array([[0.0, -40.0]])), [[np.exp(-40)]]) < 1e-15
    assert values["expm"](np.array([[-30.0]])) == np.exp(-30.0)


LOST = {
    "pinv": np.linalg.pinv,
    "chol": np.linalg.cholesky,
    "qr_q": lambda A: np.linalg.qr(A)[0],
    "eigvalsh": lambda S: np.linalg.eigvalsh(S)[:, None],
    "eigvecsh": lambda S: np.linalg.eigh(S)[1],
    "svdvals": lambda A: np.linalg.svd(A, compute_uv=False)[:, None],
    "svd_u": lambda A: np.linalg.svd(A, full_matrices=False)[0],
    "logdet": lambda A: np.linalg.slogdet(A)[1].reshape(1, 1),
    "sinm": lambda A: (OPERATION_VALUES["expm"](1j * A) - OPERATION_VALUES["expm"](-1j * A)) / 2j,
}
"""Right values, up to signs, but with conjugates, absolute values or mixed parts, which lose the derivative."""


@pytest.mark.parametrize("name", LOST)
def test_a_continuation_that_is_not_analytic_is_seen(name):
    shape = SHAPES.get(name, (SQUARE,))[0]
    operands, directions = point(name, shape, (), np.random.default_rng(2))
    found = LOST[name](*operands).real
    assert relative_error(np.abs(found), np.abs(OPERATION_VALUES[name](*operands))) < TIGHT
    derivative = true_derivative(name, operands, directions)
    assert relative_error(along(LOST[name], operands, directions), derivative) > 1e-3
