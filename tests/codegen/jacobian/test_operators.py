"""Jacobians for SciPy: operators, sparse matrices and patterns agree with the dense arrays."""

import importlib

import numpy as np
import pytest

from codegen.jacobian.coloring import color
from codegen.jacobian.kernels import compile_jacobian
from codegen.jacobian.operators import JacobianOperator, SparseJacobian, sparsity
from symbolic.errors import NotSupported, PushforwardError
from symbolic.language.read import read_program

scipy = pytest.importorskip("scipy")

SEED = "X0 : n x m; X1 = X0*W1; X2 = sin(X1); X3 = X2*W2; X4 = f(X3)"
CHAIN = "x : n; y = x[2:n,:].*x[1:n-1,:] - x[2:n,:]"
CASES = (
    (SEED, ((5, 2), (2, 4), (4, 3)), "X0", 30),
    (SEED, ((5, 2), (2, 4), (4, 3)), "W1", 120),
    (SEED, ((5, 2), (2, 4), (4, 3)), "W2", 60),
    (CHAIN, ((6, 1),), "x", 10),
    ("X : n x m; Y = X'.*Z", ((3, 4), (4, 3)), "X", 12),
    ("X : n x m; Y = tanh(X)", ((3, 4),), "X", 12),
    ("L : n x n lower; Y = L*B", ((3, 3), (3, 2)), "L", None),
    ("S : n x n symmetric; Y = S*B", ((3, 3), (3, 2)), "S", None),
    ("X : n x m; Z = X; Y = 3*ones(n,m)", ((3, 4),), "X", None),
    ("X : n x m; y = sum(sin(X))", ((3, 4),), "X", 12),
)
FUNCTIONS = {"f": np.sin, "df": np.cos}


def arguments(shapes):
    normal = np.random.default_rng(3).standard_normal
    return [np.tril(normal(shape)) if shape == (3, 3) else normal(shape) for shape in shapes]


def dense(program, wrt, order, given):
    kernel = compile_jacobian(program, None, wrt, {"C": "vec-row-major", "F": "vec"}[order])
    return kernel(*given, **{keyword: FUNCTIONS[keyword] for keyword, _, _ in kernel.signature.functions})


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("text, shapes, wrt, entries", CASES)
def test_operator_and_sparse_matrix_are_the_dense_one(text, shapes, wrt, entries, order):
    program, given = read_program(text, "program"), arguments(shapes)
    expected = dense(program, wrt, order, given)
    functions = FUNCTIONS if "f(" in text else {}
    operator = JacobianOperator(program, None, wrt, order)(*given, **functions)
    sparse = SparseJacobian(program, None, wrt, order)
    used = {"df": np.cos} if functions and sparse.compressed else functions
    found = sparse(*given, **used)
    assert operator.shape == found.shape == expected.shape
    assert np.abs(operator @ np.eye(expected.shape[1]) - expected).max() < 1e-14
    assert np.abs(operator.T @ np.eye(expected.shape[0]) - expected.T).max() < 1e-14
    assert np.abs(found.toarray() - expected).max() < 1e-14
    assert entries is None or found.nnz == entries


@pytest.mark.parametrize("order", ["C", "F"])
def test_the_pattern_holds_every_entry(order):
    for text, shapes, wrt, _ in CASES:
        program, given = read_program(text, "program"), arguments(shapes)
        pairs = [
            pair for i, g in zip(program.inputs, given, strict=True) for pair in zip(i.shape, g.shape, strict=True)
        ]
        sizes = {str(size): length for size, length in pairs if size.is_Symbol}
        found = sparsity(program, sizes, None, wrt, order).toarray()
        expected = dense(program, wrt, order, given)
        assert found.shape == expected.shape
        assert not expected[found == 0].any()


def test_a_band_takes_two_directions_at_any_length():
    sparse = SparseJacobian(read_program(CHAIN, "program"))
    for length in (5, 200):
        sparse(np.ones((length, 1)))
    assert [int(colors.max()) + 1 for *_, colors in sparse.colorings.values()] == [2, 2]


def test_columns_of_one_color_share_no_row():
    random = np.random.default_rng(0)
    rows, cols = random.integers(0, 30, 80), random.integers(0, 40, 80)
    colors = color(rows, cols, (30, 40))
    places = {(row, colors[col]): set() for row, col in zip(rows, cols, strict=True)}
    for row, col in zip(rows, cols, strict=True):
        places[row, colors[col]].add(col)
    assert all(len(columns) == 1 for columns in places.values())


def test_an_operator_keeps_its_point():
    program = read_program(SEED.replace("f(", "sin("), "program")
    given = arguments(((5, 2), (2, 4), (4, 3)))
    operator = JacobianOperator(program)(*given)
    before = operator @ np.ones(10), operator.T @ np.ones(15)
    for matrix in given:
        matrix[:] = 0.0
    assert np.array_equal(operator @ np.ones(10), before[0])
    fresh = JacobianOperator(program)(*arguments(((5, 2), (2, 4), (4, 3))))
    assert np.array_equal(fresh.T @ np.ones(15), before[1])


def test_another_order_is_refused():
    with pytest.raises(NotSupported, match="'C' or 'F'"):
        JacobianOperator(read_program(CHAIN, "program"), order="K")


def test_without_scipy_it_says_what_is_missing(monkeypatch):
    sparse = SparseJacobian(read_program(CHAIN, "program"))

    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(PushforwardError, match=r"pip install 'pushforward\[scipy\]'"):
        sparse(np.ones((4, 1)))
