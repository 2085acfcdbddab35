"""Kernels of Jacobians in every view and every way; what is chosen, what is refused, what memory it takes."""

import ast
import importlib
import tracemalloc

import numpy as np
import pytest
from faults import with_fault

from codegen.jacobian import form as jacobian_form
from codegen.jacobian.kernels import compile_jacobian
from codegen.jacobian.layouts import TIES, VIEWS, Way
from codegen.sampling import numbers_for, sample
from codegen.verify import verify_kernel
from symbolic.errors import NotSupported
from symbolic.language.read import read_program

SEED = "X0 : n x m; X1 = X0*W1; X2 = sin(X1); X3 = X2*W2; X4 = sin(X3)"
UNKNOWN = SEED.replace("sin", "f")
CASES = (
    (UNKNOWN, "X0"),
    (UNKNOWN, "W1"),
    (UNKNOWN, "W2"),
    ("X : n x m; Y = softmax(X, 2)", "X"),
    ("X : n x m; Y = softmax(X, 1)", "X"),
    ("X : n x m; Y = tanh(X).*Z", "X"),
    ("X : n x m; Y = X*inv(S) + ones(n,1)*b'", "X"),
    ("X : n x m; Y = (A \\ X')'", "X"),
    ("X : n x m; Y = X./(sum(X, 2)*ones(1,m))", "X"),
    ("X : n x m; Y = [X, X.*X]", "X"),
    ("X : n x m; Y = X'*X", "X"),
    ("X : n x m; Y = X/n", "X"),
    ("S : n x n symmetric; Y = S*S", "S"),
    ("L : n x n lower; Y = L*B", "L"),
    ("D : n x n diagonal; Y = D*B", "D"),
    ("A : n x n; y = logdet(A)", "A"),
    ("a : 1 x 1; Y = a*X", "a"),
    ("x : n; y = x'*A*x", "x"),
    ("X : 5 x 2; Y = tanh(X*W)", "X"),
    ("X : n x m; Z = X; Y = 3*ones(n,m)", "X"),
)
SMALL = [np.random.default_rng(0).standard_normal(shape) for shape in ((5, 2), (2, 4), (4, 3))]


def compiled(text, wrt=None, view="tensor", **options):
    return compile_jacobian(read_program(text, "program"), None, wrt, view, **options)


def every_way(text, wrt):
    """Every view with every way that there is."""
    for view in VIEWS:
        for way in [Way(mode, pattern) for mode in ("forward", "reverse") for pattern in TIES]:
            try:
                yield compiled(text, wrt, view, way=way)
            except NotSupported:
                continue


OF_TENSOR = {
    "rows": "ioia->ioa", "columns": "ioco->ioc", "entries": "ioio->io", "tensor": "ioca->ioca", "sympy": "ioca->caio",
    "vec": "ioca->oiac", "vec-row-major": "ioca->ioca",
}  # fmt: skip
"""Each view as an array taken from the tensor, before it is made flat."""


@pytest.mark.parametrize("text, wrt", CASES)
def test_every_view_and_every_way_agrees_with_one_that_is_checked(text, wrt, monkeypatch):
    """In blocks of few rows, so that there is more than one."""
    monkeypatch.setattr(jacobian_form, "BLOCK_ENTRIES", 8)
    monkeypatch.setattr(jacobian_form, "FEWEST_ROWS", 2)
    plain = compiled(text, wrt, way=Way("forward", "dense"))
    assert verify_kernel(plain, seeds=(1,)).passed
    kernels = list(every_way(text, wrt))
    assert {kernel.view.name for kernel in kernels} >= {"tensor", "sympy", "vec", "vec-row-major"}
    program = read_program(text, "program")
    for lengths in ((7, 2, 3, 4), (3, 5, 2, 1)):
        point = sample(plain.differential.primal, [wrt], numbers_for(program, lengths), 1)
        tensor = called(plain, point)
        for kernel in kernels:
            found = called(kernel, point)
            expected = np.einsum(OF_TENSOR[kernel.view.name], tensor)
            assert (kernel.view.split is not None) == (found.ndim == 2 != expected.ndim), kernel.view.name
            error = np.abs(found - expected.reshape(found.shape)).max()
            assert error <= 1e-13 * np.abs(tensor).max(), f"{kernel.view.name} {kernel.way}"


@pytest.mark.parametrize(
    "text, wrt, sums",
    [
        ("x : n; y = x'*sin(x)", "x", "ioca->ca"),
        ("A : n x m; y = sum(A*A')", "A", "ioca->ca"),
        ("a : scalar; A : n x m; Y = sin(a*A)", "a", "ioca->oi"),
        ("A : n x m; x : m; y = tanh(A*x)", "x", "ioca->ci"),
        ("A : n x m; x : n; y = tanh(x'*A)", "x", "ioca->co"),
    ],
)
def test_the_layouts_of_vector_calculus(text, wrt, sums):
    """Denominator layout has the shape of the input, or a row for each of its entries; numerator layout turns it."""
    tensor, numerator, denominator = (compiled(text, wrt, view) for view in ("tensor", "numerator", "denominator"))
    point = sample(tensor.differential.primal, [wrt], {"n": 3, "m": 4}, 1)
    expected = np.einsum(sums, called(tensor, point))
    assert np.array_equal(called(denominator, point), expected)
    assert np.array_equal(called(numerator, point), expected.T)
    assert verify_kernel(numerator).passed and verify_kernel(denominator).passed


def called(kernel, point):
    given = [point.inputs[each.name] for each in kernel.differential.primal.inputs]
    return kernel(*given, **{k: point.functions[name, order] for k, name, order in kernel.signature.functions})


@pytest.mark.parametrize("view", ["rows", "tensor", "sympy", "vec", "vec-row-major"])
@pytest.mark.parametrize("mode", ["forward", "reverse"])
def test_the_check_passes_in_every_view(view, mode):
    assert verify_kernel(compiled(UNKNOWN, "X0", view, way=Way(mode, "rows"))).passed


def test_the_views_are_rearrangements_of_each_other():
    views = {view: compiled(SEED, "X0", view)(*SMALL) for view in ("rows", "tensor", "sympy", "vec", "vec-row-major")}
    tensor = views["tensor"]
    assert tensor.shape == (5, 3, 5, 2)
    assert np.array_equal(np.einsum("ioia->ioa", tensor), views["rows"])
    assert np.count_nonzero(tensor) == views["rows"].size
    assert np.array_equal(tensor.transpose(2, 3, 0, 1), views["sympy"])
    assert np.array_equal(tensor.reshape(15, 10), views["vec-row-major"])
    assert np.array_equal(tensor.transpose(1, 0, 3, 2).reshape(15, 10), views["vec"])


def test_the_column_major_view_is_the_kronecker_expression_of_the_textbooks():
    X0, W1, W2 = SMALL
    X1 = X0 @ W1
    X3 = np.sin(X1) @ W2
    left = np.diag(np.cos(X3).ravel("F")) @ np.kron(W2.T, np.eye(5))
    right = np.diag(np.cos(X1).ravel("F")) @ np.kron(W1.T, np.eye(5))
    assert np.abs(compiled(SEED, "X0", "vec")(*SMALL) - left @ right).max() < 1e-14


@pytest.mark.parametrize("wrt", ["X0", "W1", "W2"])
def test_jax_gives_the_same(wrt):
    jax = pytest.importorskip("jax")
    enabled = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        place = ("X0", "W1", "W2").index(wrt)
        function = lambda X0, W1, W2: jax.numpy.sin(jax.numpy.sin(X0 @ W1) @ W2)  # noqa: E731
        for derive in (jax.jacfwd, jax.jacrev):
            expected = np.asarray(derive(function, place)(*SMALL))
            for view in ("tensor", "vec-row-major"):
                found = compiled(SEED, wrt, view)(*SMALL).reshape(expected.shape)
                assert np.abs(found - expected).max() < 1e-12
        if wrt == "X0":
            rows = np.asarray(jax.vmap(jax.jacrev(lambda row: function(row, *SMALL[1:])))(SMALL[0]))
            assert np.abs(compiled(SEED, wrt, "rows")(*SMALL) - rows).max() < 1e-12
    finally:
        jax.config.update("jax_enable_x64", enabled)


# What is chosen


def chosen(text, wrt, view="tensor", **sizes):
    return compiled(text, wrt, view, sizes=sizes).way


def test_the_way_with_the_fewest_operations_is_chosen():
    layer = "x : m; y = tanh(A*x); A : n x m"
    assert chosen(layer, "x", n=3, m=100) == Way("reverse", "dense")
    assert chosen(layer, "x", n=100, m=3) == Way("forward", "dense")
    assert chosen(SEED, "X0", n=1000, m=2, h=64, p=50) == Way("forward", "rows")
    assert chosen(SEED, "X0", n=1000, m=200, h=64, p=2) == Way("reverse", "rows")
    assert chosen("X : n x m; Y = tanh(X)", "X").pattern == "diagonal"
    for kernel in every_way(SEED, "X0"):
        assert kernel.candidates[0].flops == min(candidate.flops for candidate in kernel.candidates)


def test_rows_take_as_many_directions_as_a_row_has_entries():
    kernel = compiled(SEED, "X0", "rows", sizes={"n": 1000, "m": 2, "h": 64, "p": 1})
    assert {c.way: c.directions for c in kernel.candidates} == {Way("forward", "rows"): 2, Way("reverse", "rows"): 1}
    dense = compiled(SEED, "X0", sizes={"n": 1000, "m": 2, "h": 64, "p": 1}, way=Way("forward", "dense"))
    assert dense.candidates[0].directions == 2000


# What is refused


def test_a_view_needs_its_proof():
    for text, wrt in ((UNKNOWN, "W1"), ("X : n x m; Y = softmax(X, 1)", "X"), ("S : n x n symmetric; Y = S*B", "S")):
        with pytest.raises(NotSupported, match="a row of it depends on the same row of the input alone"):
            compiled(text, wrt, "rows")
    with pytest.raises(NotSupported, match="there is no view 'columnz'"):
        compiled(SEED, "X0", "columnz")


def test_what_cannot_fit_is_refused_before_anything_is_allocated():
    kernel = compiled(SEED, "X0")
    X0, W1, W2 = np.ones((300_000, 2)), np.ones((2, 4)), np.ones((4, 1))
    tracemalloc.start()
    try:
        with pytest.raises(MemoryError, match=r"J is 300000 x 1 x 300000 x 2: 1,440,000,000,000 bytes"):
            kernel(X0, W1, W2)
        assert tracemalloc.get_traced_memory()[1] < 100_000
    finally:
        tracemalloc.stop()
    small = compiled(SEED, "X0", largest=100)
    with pytest.raises(MemoryError, match="1,200 bytes, more than LARGEST = 100"):
        small(*SMALL)


def test_rows_take_little_more_memory_than_their_result():
    kernel = compiled(SEED, "X0", "rows")
    X0, W1, W2 = np.ones((400_000, 2)), np.ones((2, 64)), np.ones((64, 1))
    tracemalloc.start()
    try:
        result = kernel(X0, W1, W2)
        assert tracemalloc.get_traced_memory()[1] < 1.5 * result.nbytes
    finally:
        tracemalloc.stop()


# The file


def test_the_file_stands_alone_and_is_the_same_every_time():
    sources = {compiled(SEED, "X0", "rows").source for _ in range(2)}
    assert len(sources) == 1
    imported = {node.module for node in ast.walk(ast.parse(sources.pop())) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "numpy"}


def test_what_no_row_needs_of_its_own_is_computed_once():
    kernel = compiled("X : n x m; Y = tanh(X*inv(S))", "X", "rows")
    main, _, rest = kernel.source.partition("def _values")
    assert main.count("_factor_lu(") == 1 and "_factor_lu(" not in rest.partition("def _fits")[0]


def test_names_do_not_collide():
    text = "J : u x a; v = tanh(J*first); size = v.*v; first : a x o"
    assert verify_kernel(compiled(text, "J", "rows")).passed
    assert verify_kernel(compiled(text, "J", "tensor")).passed


def test_single_precision_stays():
    assert compiled(SEED, "X0", "rows")(*(matrix.astype("float32") for matrix in SMALL)).dtype == np.float32


@pytest.mark.parametrize("view, right, wrong", [
    ("rows", "J[first:last, :, a]", "J[first:last, :, 0]"),
    ("rows", "unit_a[a:a + 1]", "unit_a[0:1]"),
    ("rows", "range(0, n, height)", "range(0, n - 1, height)"),
    ("rows", "cos_X1.dot(t)", "abs(cos_X1).dot(t)"),
    ("tensor", "each_i, each_o, each_i, a", "each_i, each_o, 0 * each_i, a"),
    ("vec", "reshape(p * n, m * n)", 'reshape(p * n, m * n, order="F")'),
])  # fmt: skip
def test_faults_are_caught(view, right, wrong, monkeypatch):
    monkeypatch.setattr(jacobian_form, "FEWEST_ROWS", 1)
    monkeypatch.setattr(jacobian_form, "BLOCK_ENTRIES", 1)
    kernel = compiled(SEED, "X0", view, way=Way("forward", "rows"))
    assert not verify_kernel(with_fault(kernel, right, wrong)).passed


def test_jax_is_only_for_tests():
    assert "jax" not in importlib.import_module("codegen.jacobian.kernels").__dict__
