"""k directions and batches in C: each as the NumPy kernel computes it, at sizes that cross blocks; what runs once."""

from dataclasses import replace

import numpy as np
import pytest
from c_samples import lightly, needs_compiler

import pushforward as pf
from codegen.native.emit import NativeKernel
from codegen.native.threads import THREADS

SEED = "X0 : n x m\nX1 = X0*W1\nX2 = sin(X1)\nX3 = X2*W2\nX4 = tanh(X3)"
LOOPED = {
    "seed": SEED,
    "solve": "A : n x n\nB : n x m\nY = A \\ B",
    "inverse": "A : n x n\nY = sigmoid(A)*inv(A) + A",
    "cholesky": "S : n x n spd\nL = chol(S)",
    "itself": "X : n x m\nY = X",
    "no direction": "X : n x m\nZ = 5*ones(n,m)",
    "columns": "X : n x m\nA : k x n\nY = tanh(A*X)'",
}
"""Their directions are computed in one loop."""
APART = {
    "sums": "X : n x m\nW : m x k\nY = softmax(X, 2)*W\nz = sum(Y)",
    "log det": "X : n x m\ny = logdet(X'*X + eye(m))",
    "attention": "X : n x m\nW : m x m\nQ = X*W\nY = attention(Q, X, X)",
    "a value": "X : n x m\ny = sqrt(sum(X .* X))",
    "names": "k : k x 2\nstate : 2 x k\ndirection = k*state\nlot = direction*k*state\neach = sum(lot)",
}
"""In these, results along a direction take several loops."""
PROGRAMS = LOOPED | APART
LENGTHS = ((4, 3, 5, 2), (130, 5, 66, 1))
NUMBERS = (0, 1, 5)
FIRST_AND_LAST = (slice(0, 1), slice(-1, None))
"""Of the arguments."""
PRECISIONS = (("float64", 1e-12), ("float32", 1e-4))


def differential(name):
    return pf.differential(pf.parse(PROGRAMS[name], "sample"))


def arguments(kernel, lengths, number, dtype, over=()):
    """Arguments near one, square ones symmetric and positive definite; those in `over` that many times."""
    rng = np.random.default_rng(3)
    sizes = dict(zip(kernel.program.sizes, lengths, strict=False))
    found = []
    for given in kernel.program.inputs:
        shape = [int(size.subs(sizes)) for size in given.shape]
        front = (number,) if given.name in over else ()
        value = rng.uniform(0.1, 0.9, (*front, *shape)) / max(shape)
        if shape[0] == shape[1]:
            value = value + value.swapaxes(-1, -2) + np.eye(shape[0])
        found.append(value.astype(dtype))
    return found


def agree(c, numpy, over):
    for lengths in LENGTHS:
        for number in NUMBERS:
            for dtype, tolerance in PRECISIONS:
                given = arguments(numpy, lengths, number, dtype, over)
                for found, expected in zip(_tuple(c(*given)), _tuple(numpy(*given)), strict=True):
                    assert found.shape == expected.shape and found.dtype == dtype
                    scale = max(1.0, np.abs(expected).max(initial=0.0))
                    assert np.abs(found - expected).max(initial=0.0) <= tolerance * scale


def _tuple(found):
    return found if isinstance(found, tuple) else (found,)


@needs_compiler
@pytest.mark.parametrize("name", PROGRAMS)
def test_directions_are_those_of_the_numpy_kernel(name):
    d = differential(name)
    c, numpy = pf.directions(d, target="c"), pf.directions(d)
    assert ("for (size_t each = from; each < to; each++)" in c.source) == (name in LOOPED)
    agree(c, numpy, {seed for _, seed in d.seeds})


@needs_compiler
@lightly
@pytest.mark.parametrize("part", [slice(None), *(pytest.param(s, marks=pytest.mark.long) for s in FIRST_AND_LAST)])
@pytest.mark.parametrize("name", PROGRAMS)
def test_batches_are_those_of_the_numpy_kernel(name, part):
    d = differential(name)
    over = [given.name for given in d.program.inputs][part]
    agree(pf.batch(d, over, target="c"), pf.batch(d, over), over)


@needs_compiler
@lightly
@pytest.mark.parametrize("part", FIRST_AND_LAST)
def test_a_part_of_the_arguments_is_stacked(part):
    d = differential("attention")
    over = [given.name for given in d.program.inputs][part]
    agree(pf.batch(d, over, target="c"), pf.batch(d, over), over)


BELOW_EACH_OTHER = {
    "seed": (SEED, "X0"),
    "row by row": ("X : n x m; W : m x k; b : k; Y = softmax(X*W + ones(n,1)*b', 2); z = sum(Y, 2); return Y, z", "X"),
    "by columns": ("X : n x m; A : m x m; Y = (A \\ X')'*A", "X"),
    "what is shared": ("X : n x m; w : m; Y = tanh(X)*diag(w); v = exp(w); return Y, v", "X"),
    "a constant": ("X : n x m; W : m x k; Y = relu(X*W) + ones(n,k)", "X"),
}
"""Row i of the results comes from rows i of what is stacked."""
ONE_BY_ONE = {
    "a column": ("X : n x m; Y = softmax(X, 1)", "X"),
    "all": ("X : n x m; Y = X/sum(X)", "X"),
    "the largest": ("X : n x m; Y = X*(1 + max(X))", "X"),
    "how many": ("X : n x m; Y = X/n", "X"),
    "other rows": ("X : n x m; A : n x n; Y = A*X", "X"),
    "the other factor": ("X : n x m; W : m x k; Y = tanh(X*W)", "W"),
    "both factors": ("X : n x m; W : m x k; Y = tanh(X*W)", "X W"),
    "columns": ("X : m x n; W : k x m; Y = tanh(W*X)", "X"),
    "square": ("X : n x n; Y = tanh(X)", "X"),
    "turned": ("X : n x m; Y = tanh(X)'", "X"),
    "no entry": ("X : n x m; Y = relu(X); Z = 5*ones(n,m); return Y, Z", "X"),
}


@needs_compiler
@pytest.mark.parametrize("name", [*BELOW_EACH_OTHER, *ONE_BY_ONE])
def test_a_batch_of_rows_is_one_matrix(name):
    text, over = (BELOW_EACH_OTHER | ONE_BY_ONE)[name]
    d = pf.differential(pf.parse(text, "sample"), over.split())
    over = [*over.split(), *(seed for _, seed in d.seeds)]
    c, numpy = pf.batch(d, over, target="c"), pf.batch(d, over)
    assert ("total = batch * n" in c.source) == (name in BELOW_EACH_OTHER)
    agree(c, numpy, over)


@needs_compiler
@lightly
@pytest.mark.parametrize("name", ["seed", "sums", "log det"])
def test_threads_change_nothing(name, monkeypatch):
    d = differential(name)
    every = [given.name for given in d.program.inputs]
    kernels = [(pf.directions(d, target="c"), {seed for _, seed in d.seeds}), (pf.batch(d, target="c"), every)]
    for kernel, over in kernels:
        for lengths, number in (((20000, 2, 16, 3), 4), ((40, 3, 7, 5), 900)):
            given = arguments(kernel, lengths, number, "float64", over)
            found = []
            for threads in (1, 3):
                monkeypatch.setattr(THREADS, "value", threads)
                found.append(_tuple(kernel(*given)))
            for one, several in zip(*found, strict=True):
                assert np.abs(one - several).max() <= 1e-13 * np.abs(one).max()


@needs_compiler
@lightly
def test_what_no_direction_changes_is_computed_once():
    d = pf.differential(pf.parse("X0 : n x m; X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)"), "X0")
    kernel, calls = pf.directions(d, target="c"), []
    for number in (0, 1, 7):
        calls.clear()
        functions = {name: lambda X, name=name: calls.append(name) or X for name in ("f", "df")}
        kernel(np.ones((5, 2)), np.ones((2, 4)), np.ones((4, 3)), np.ones((number, 5, 2)), **functions)
        assert sorted(calls) == ["df", "df", "f", "f"]


@needs_compiler
@lightly
def test_a_shared_matrix_is_factored_once():
    source = pf.batch(pf.parse("A : n x n; X = A \\ B"), "B", target="c").source
    once = source.index("_once0_f64(const struct")
    assert source.count("= factor_lu") == 0 and once < source.index("factor_lu_f64(n, A") < source.index("size_t from")


@needs_compiler
@lightly
@pytest.mark.parametrize("name", ["seed", "inverse", "sums", "attention"])
def test_the_check_passes(name):
    d = differential(name)
    for kernel in (pf.directions(d, target="c"), pf.batch(d, target="c")):
        report = pf.verify(kernel)
        assert report.passed and "NumPy kernel" in report.by_method(), str(report)


@needs_compiler
@lightly
def test_reverse():
    what = pf.gradient(pf.parse("X : n x m; w : m; t : n; r = sigmoid(X*w) - t; y = r'*r/n"), "w")
    kernel, numpy = pf.batch(what, ["X", "t"], target="c"), pf.batch(what, ["X", "t"])
    assert pf.verify(kernel).passed
    agree(kernel, numpy, {"X", "t"})


@needs_compiler
@lightly
def test_one_singular_matrix_among_many_is_refused():
    kernel = pf.batch(pf.parse("A : n x n; x = A \\ b; b : n"), target="c")
    A, b = np.stack([np.eye(3), np.ones((3, 3)), 2 * np.eye(3)]), np.ones((3, 3, 1))
    with pytest.raises(np.linalg.LinAlgError, match="singular"):
        kernel(A, b)
    assert np.array_equal(kernel(A[[0, 2]], b[[0, 2]])[1], np.full((3, 1), 0.5))


@needs_compiler
@lightly
def test_calls_are_those_of_the_numpy_kernel():
    d = pf.differential(pf.parse(SEED), "X0")
    c, numpy = pf.directions(d, target="c"), pf.directions(d)
    assert c.function.__doc__ == numpy.function.__doc__ and repr(c) == repr(numpy)
    X0, W1, W2, dX0 = np.ones((5, 2)), np.ones((2, 4)), np.ones((4, 3)), np.ones((3, 5, 2))
    for bad in ((X0, W1, W2, X0), (X0, W1, W2, np.ones((3, 4, 2))), (X0, W1, W2, "a"), (X0, W1, W2)):
        errors = []
        for kernel in (c, numpy):
            with pytest.raises((ValueError, TypeError)) as caught:
                kernel(*bad)
            errors.append((caught.type, str(caught.value)))
        assert errors[0] == errors[1]
    turned = np.asfortranarray(dX0.astype("float32"))
    for found, expected in zip(c(X0, W1.tolist(), W2, turned), numpy(X0, W1, W2, turned), strict=True):
        assert found.dtype == expected.dtype and np.abs(found - expected).max() < 1e-12


@needs_compiler
@lightly
@pytest.mark.parametrize("right, wrong", [
    ("at->dX0 + each * n * m", "at->dX0 + 0 * n * m"),
    ("cos_X1[i] * dX1[i]", "cos_X1[i] * X1[i]"),
    ("each < to", "each + 1 < to"),
])  # fmt: skip
def test_faults_are_caught(right, wrong):
    kernel = pf.directions(pf.differential(pf.parse(SEED), "X0"), target="c")
    assert right in kernel.source
    emitted = replace(kernel.file.emitted, source=kernel.source.replace(right, wrong))
    kernel.function = NativeKernel(emitted, kernel.schedule, kernel.file.about, kernel.file.shapes).load()
    assert not pf.verify(kernel).passed


def test_another_target_is_refused():
    d = differential("seed")
    for make in (pf.directions, pf.batch):
        with pytest.raises(pf.NotSupported, match="there is no target 'fortran'"):
            make(d, target="fortran")
    with pytest.raises(pf.NotSupported, match="expm"):
        pf.directions(pf.differential(pf.parse("A : n x n; Y = expm(A)")), target="c")
