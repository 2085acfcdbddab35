"""Emitted C gives what the NumPy kernel of the same program gives, in both precisions, for any sizes and threads."""

import numpy as np
import pytest
from c_samples import lightly, needs_compiler

from codegen.kernel import compile_kernel, differential_header
from codegen.lower import lower
from codegen.native.emit import NativeKernel
from codegen.native.threads import THREADS
from codegen.passes import VALUES, optimize
from codegen.targets.c.emit import emit_c
from symbolic.differential import differentiate
from symbolic.errors import NotSupported
from symbolic.language.read import read_program

PROGRAMS = {
    "seed": "X1 = X0*W1\nX2 = sin(X1)\nX3 = X2*W2\nX4 = sin(X3)",
    "layers": "X : n x 3\nA = tanh(X*W + ones(n,1)*b')\nY = sigmoid(A*V - ones(n,1)*c')\ny = sum(Y)",
    "entries": "X : n x m\nA = exp(X) .* relu(X - 0.5)\nB = maximum(A, X) + abs(X - 0.3) + log(X) + X ./ (1 + X)\n"
    "Y = B + leaky_relu(X - 0.4) + softplus(X) + gelu(X) + X.^1.5",
    "axes": "X : n x m\nY = softmax(X, 2) .* (ones(n,1)*max(X, 1)) + sum(X, 2)*logsumexp(X, 1)\nz = mean(Y) + max(X)",
    "places": "A : n x m\nB : n x m\nC = [A, B; B, A]\nD = C[1:n, 2:m+1]\n"
    "Y = kron(A', D) + reshape(kron(D, A'), m*n, n*m)\ny = tr(A*B')",
    "gram": "X : n x m\nv : n\nG = X'*X\nH = tril(G) + diag(diagonal(G)) + eye(m)\ny = v'*X*H*X'*v",
    "systems": "A : n x n\nB : n x m\nY = A \\ B + A' \\ B + inv(A)*B\ny = det(A) + logdet(A)",
    "positive": "S : n x n spd\nB : n x m\nL = chol(S)\nY = S \\ B + inv(S)*B + L \\ B + L' \\ B\n"
    "y = det(S) + logdet(S) + det(L) + logdet(L) + sum(inv(L))",
}


def pair(text, wrt=None):
    """The C kernel and the NumPy kernel of a differential."""
    differential = differentiate(read_program(text, "sample"), wrt)
    schedule = optimize(lower(differential.tangent), VALUES)
    header = differential_header(differential)
    return NativeKernel(emit_c(schedule, header, "sample"), schedule, header).load(), compile_kernel(differential)


def arguments(kernel, sizes, entries):
    rng = np.random.default_rng(7)
    shapes = [[int(size.subs(sizes)) for size in given.shape] for given in kernel.program.inputs]
    made = [rng.uniform(0.1, 0.9, shape) for shape in shapes]
    return [np.array(_regular(a) if a.shape[0] == a.shape[1] else a, dtype=entries) for a in made]


def _regular(a):
    """Symmetric, positive definite, and with a determinant near 1."""
    n = len(a)
    return (a + a.T) / (4 * n) + np.eye(n)


@needs_compiler
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_results_are_those_of_the_numpy_kernel(name):
    native, kernel = pair(PROGRAMS[name])
    small, large = (4, 11) if name in ("places", "systems", "positive") else (130, 700)
    for n, m in ((1, 1), (3, 5), (small, 3), (2, 37), (large, 9)):
        sizes = {size: {"n": n, "m": m}.get(str(size), 4) for size in kernel.program.sizes}
        for entries, tolerance in (("float64", 1e-13), ("float32", 1e-4)):
            given = arguments(kernel, sizes, entries)
            expected, found = kernel(*given), native(*given)
            for right, got in zip(expected, found, strict=True):
                assert got.dtype == entries
                np.testing.assert_allclose(got, right, rtol=tolerance, atol=tolerance * (1 + np.abs(right).max()))


@needs_compiler
@pytest.mark.parametrize("name", ["seed", "layers"])
def test_threads_share_the_rows_of_large_arguments(name):
    native, kernel = pair(PROGRAMS[name])
    sizes = {size: {"n": 30011, "m": 3}.get(str(size), 32) for size in kernel.program.sizes}
    given = arguments(kernel, sizes, "float64")
    for right, got in zip(kernel(*given), native(*given), strict=True):
        np.testing.assert_allclose(got, right, rtol=0, atol=1e-12 * np.abs(right).max())


@needs_compiler
@pytest.mark.parametrize("n", [6007, 9000, 30011])
def test_whichever_thread_takes_a_block_of_rows_its_bits_are_the_same(n, monkeypatch):
    native, kernel = pair(PROGRAMS["seed"], "X0")
    given = arguments(kernel, {size: {"n": n, "m": 3}.get(str(size), 32) for size in kernel.program.sizes}, "float64")
    found = []
    for threads in (5, 3, 2, 1):
        monkeypatch.setattr(THREADS, "value", threads)
        found.append(native(*given))
    for each, right in enumerate(kernel(*given)):
        np.testing.assert_allclose(found[0][each], right, rtol=0, atol=1e-12)
        assert all(np.array_equal(found[0][each], other[each]) for other in found)


@needs_compiler
def test_sums_of_many_entries_keep_the_digits_of_float():
    native, _ = pair("A : n x n\ny = sum(A*A') + sum(kron(A, ones(20,20)))")
    a = np.random.default_rng(0).random((90, 90)).astype("float32")
    exact = (a.astype(float) @ a.T.astype(float)).sum() + 400 * a.astype(float).sum()
    assert abs(native(a, a)[0][0, 0] - exact) <= 1e-6 * exact


@needs_compiler
@lightly
def test_errors_are_raised_where_the_numpy_kernel_raises_them():
    text = "X : n x n\nY = X ./ sqrt(X) + log(X) + inv(X)"
    native, kernel = pair(text)
    rng = np.random.default_rng(3)
    good = rng.uniform(0.5, 1.0, (30, 30)) + 30 * np.eye(30)
    direction = rng.standard_normal(good.shape)
    np.testing.assert_allclose(native(good, direction)[1], kernel(good, direction)[1], rtol=1e-10)
    singular = good.copy()
    singular[:, 7] = singular[:, 9]
    holed, negative, lost = good.copy(), good.copy(), good.copy()
    holed[3, 4], negative[29, 29], lost[5, 6] = 0.0, -1.0, np.nan
    for bad, error in ((singular, np.linalg.LinAlgError), (holed, FloatingPointError), (negative, FloatingPointError)):
        for function in (kernel, native):
            with pytest.raises(error):
                function(bad, direction)
    assert np.isnan(native(lost, direction)[0]).any()


def test_what_has_no_c_is_named():
    program = read_program("A : n x n\nY = expm(A)")
    schedule = optimize(lower(program), VALUES)
    with pytest.raises(NotSupported, match="expm"):
        emit_c(schedule, differential_header(differentiate(program)), "sample")
