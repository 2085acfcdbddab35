"""Programs linearized once and applied often: in C as in NumPy, with the results of the kernel of one direction."""

import numpy as np
import pytest
from c_samples import lightly, needs_compiler

import pushforward as pf

PROGRAMS = (
    "X0 : n x m; X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = tanh(X3)",
    "A : n x n; B : n x m; Y = A \\ B; z = det(A)*sum(Y)",
    "X : n x m; W : m x h; Y = softmax(X, 2)*W; z = sum(Y)",
    "X : n x m; y = logdet(X'*X + eye(m))",
    "X : n x m; Y = X",
    "X : n x m; Z = 5*ones(n,m)",
    "b : h; X : n x h; Y = ones(n,1)*b'*2 + 0*X",
    "k : k x 2; state : 2 x k; direction = k*state",
)
"""Of the last but one the number of rows is told by an argument that the linear map does not need."""
LENGTHS = ((4, 3, 5, 2), (66, 5, 130, 1))
RANDOM = np.random.default_rng(0)


def array(given, sizes):
    shape = [int(size.subs(sizes)) for size in given.shape]
    value = RANDOM.uniform(0.1, 0.9, shape) / max(shape)
    return value + value.T + np.eye(shape[0]) if shape[0] == shape[1] else value


def results(found):
    return found if isinstance(found, tuple) else (found,)


def linearized(kernel, given, functions):
    """The values, and the state; where there are no values it is returned alone."""
    found = kernel(*given, **functions)
    return (found[:-1], found[-1]) if kernel.linear.values else ((), found)


@needs_compiler
@pytest.mark.parametrize("of", ["pushforward", "pullback"])
@pytest.mark.parametrize("text", PROGRAMS)
def test_c_gives_what_numpy_gives(text, of, request):
    if text != PROGRAMS[0]:
        request.getfixturevalue("lightly_compiled")
    what = pf.differential(pf.parse(text, "sample"))
    what = what if of == "pushforward" else pf.adjoint(what)
    kernels = [pf.linearize(what, target=target) for target in ("c", "numpy")]
    linear = kernels[0].linear
    for lengths in LENGTHS:
        sizes = dict(zip(linear.program.sizes, lengths, strict=False))
        given = [array(each, sizes) for each in linear.inputs]
        functions = {keyword: (np.sin, np.cos)[order] for keyword, _, order in kernels[0].signature.functions}
        (c_values, c_state), (values, state) = (linearized(kernel, given, functions) for kernel in kernels)
        seeds = [RANDOM.standard_normal([int(s.subs(sizes)) for s in linear.input(n).shape]) for n in linear.seeds]
        c_moved, moved = kernels[0].apply(c_state, *seeds), kernels[1].apply(state, *seeds)
        for found, expected in zip((*c_values, *results(c_moved)), (*values, *results(moved)), strict=True):
            assert found.shape == expected.shape
            assert np.abs(found - expected).max() <= 1e-11 * max(1.0, np.abs(expected).max())


@needs_compiler
@lightly
def test_help_messages_and_precisions():
    d = pf.differential(pf.parse(PROGRAMS[0].replace("f(X1)", "sin(X1)"), "sample"), "X0")
    c, numpy = pf.linearize(d, target="c"), pf.linearize(d)
    assert c.function.__doc__ == numpy.function.__doc__ and repr(c) == repr(numpy)
    assert {"sample_wrt_X0_linearized_values_f64(", "sample_wrt_X0_linearized_along_f32("} <= set(c.header.split())
    X0, W1, W2 = np.ones((5, 2)), np.ones((2, 4)), np.ones((4, 3))
    with pytest.raises(ValueError, match=r"W2 has shape \(3, 4\), expected h x p with h = 4 from W1"):
        c(X0, W1, W2.T)
    value, state = c(X0.astype("f4"), W1.astype("f4"), W2.astype("f4"))
    assert value.dtype == c.apply(state, X0.astype("f4")).dtype == "float32"
    assert c.apply(state, np.asfortranarray(X0)).dtype == "float64"
    with pytest.raises(ValueError, match=r"dX0 has shape \(4, 2\), expected n x m with n = 5 from cos_X1"):
        c.apply(state, np.ones((4, 2)))
    with pytest.raises(pf.NotSupported, match="there is no target 'fortran'"):
        pf.linearize(d, target="fortran")


@needs_compiler
@lightly
def test_a_direction_is_that_of_the_kernel_for_one():
    d = pf.differential(pf.parse(PROGRAMS[0].replace("f(X1)", "sin(X1)")), "X0")
    one, kernel = pf.compile(d, "c"), pf.linearize(d, target="c")
    given = [RANDOM.standard_normal(shape) for shape in ((700, 3), (3, 65), (65, 2))]
    value, state = kernel(*given)
    for _ in range(3):
        direction = RANDOM.standard_normal((700, 3))
        expected_value, expected = one(*given, direction)
        assert np.abs(value - expected_value).max() <= 1e-14
        assert np.abs(kernel.apply(state, direction) - expected).max() <= 1e-13 * np.abs(expected).max()
