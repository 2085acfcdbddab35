"""Kernels for batches: each problem comes out as the kernel of one problem computes it."""

import numpy as np
import pytest
from faults import with_fault

from codegen.kernel import compile_kernel
from codegen.linear.batch import compile_batch
from codegen.sampling import NoPoint, sample
from codegen.verify import verify_kernel
from symbolic.differential import differentiate
from symbolic.errors import NameError_
from symbolic.language.read import read_program
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.reverse.adjoint import adjoint
from symbolic.reverse.gradients import gradient

SEED = "X0 : n x m; X1 = X0*W1; X2 = sin(X1); X3 = X2*W2; X4 = f(X3)"
REGRESSION = "X : n x m; w : m; t : n; r = sigmoid(X*w) - t; y = r'*r/n"
LENGTHS = (4, 3, 2, 5, 6)
TIMES = 3
TOLERANCE = 1e-11

ONE_AT_A_TIME = frozenset(
    """
    chol cosm cosm_frechet eigval eigvec eigvecsh eigvalsh expm expm_frechet left_eigvec logm logm_frechet lu_l lu_u
    lyapunov nucnorm opnorm pinv proj qr_q qr_r sinm sinm_frechet sqrtm svd_u svd_v svdvals sylvester
    """.split()  # noqa: SIM905
)
"""What needs a routine that NumPy has for one matrix only, for its differential if not for its value: a loop."""


def derived(text, wrt=None):
    return differentiate(read_program(text, "program"), wrt)


def problems(differential, fixed=()):
    """Arguments of several problems, by name, those that are fixed the same in each; and the functions."""
    sizes = differential.primal.sizes
    lengths = dict(zip(map(str, sizes), LENGTHS, strict=False))
    points = [sample(differential.primal, dict(differential.seeds), lengths, seed) for seed in range(1, TIMES + 1)]
    seeds = dict(differential.seeds)
    given = [dict(point.inputs) | {seeds[name]: value for name, value in point.directions.items()} for point in points]
    for each in given[1:]:
        each.update({name: given[0][name] for name in fixed})
    return given, points[0].functions


def both_ways(batch, one, given, functions, over):
    """The results of a batch beside those of one problem after the other."""
    stacked = [
        np.stack([each[name] for each in given]) if name in over else given[0][name]
        for name in (each.name for each in batch.program.inputs)
    ]
    keywords = {keyword: functions[function, order] for keyword, function, order in batch.signature.functions}
    singles = [one.at(each, keywords) for each in given]
    return zip(_tuple(batch(*stacked, **keywords)), zip(*map(_tuple, singles), strict=True), strict=True)


def _tuple(found):
    return found if isinstance(found, tuple) else (found,)


@pytest.mark.parametrize("record", [*OPERATIONS.values(), *DEFINITIONS.values()], ids=lambda record: record.name)
def test_every_operation(record):
    differential = derived(record.example)
    batch, one = compile_batch(differential), compile_kernel(differential)
    assert ("for each in range(batch)" in batch.source) == (record.name in ONE_AT_A_TIME)
    try:
        given, functions = problems(differential)
    except NoPoint:
        pytest.skip("no point at these lengths")
    for found, singles in both_ways(batch, one, given, functions, batch.over):
        for number, expected in enumerate(singles):
            each = found if found.ndim == 2 else found[number]  # a constant is the same for all
            assert each.shape == expected.shape
            assert np.abs(each - expected).max() <= TOLERANCE * max(1.0, np.abs(expected).max())


@pytest.mark.parametrize("over", [("X0", "δX0"), ("δX0",), ("W1",), ("X0", "W1", "W2", "δX0"), ("W2", "δX0")])
def test_shared_arguments(over):
    differential = derived(SEED, "X0")
    batch, one = compile_batch(differential, over), compile_kernel(differential)
    fixed = [each.name for each in batch.program.inputs if each.name not in over]
    given, functions = problems(differential, fixed)
    for name, (found, singles) in zip(
        batch.program.outputs, both_ways(batch, one, given, functions, over), strict=True
    ):
        if over == ("δX0",) and name == "X4":
            assert np.abs(found - singles[0]).max() < TOLERANCE  # one value for all directions
        else:
            assert np.abs(found - np.stack(singles)).max() < TOLERANCE


def test_reverse():
    what = gradient(read_program(REGRESSION, "program"), "w")
    batch, one = compile_batch(what, ["X", "t"]), compile_kernel(what)
    random = np.random.default_rng(0).standard_normal
    X, w, t = random((7, 5, 3)), random((3, 1)), random((7, 5, 1))
    value, slope = batch(X, w, t)
    for number in range(7):
        expected, expected_slope = one(X[number], w, t[number])
        assert np.abs(value[number] - expected).max() < TOLERANCE
        assert np.abs(slope[number] - expected_slope).max() < TOLERANCE


@pytest.mark.parametrize("what", [
    derived(SEED), derived("A : n x n; Y = A \\ B"), derived("S : n x n spd; L = chol(S)"),
    derived("X : n x m; Y = softmax(X, 2)"), adjoint(derived("A : n x n; y = logdet(A)")),
    adjoint(derived("T : n x n lower; Y = T \\ B")),
    read_program("X : n x m; Y = [X, X*ones(m,2)]", "program"),
])  # fmt: skip
def test_the_check_passes(what):
    assert verify_kernel(compile_batch(what)).passed


def test_no_and_few_problems_and_both_precisions():
    kernel = compile_batch(derived(SEED, "X0"), ["X0", "dX0"])
    for number in (0, 1):
        for precision in ("float32", "float64"):
            given = [np.ones(s, precision) for s in ((number, 5, 2), (2, 4), (4, 3), (number, 5, 2))]
            value, moved = kernel(*given, f=np.sin, df=np.cos)
            assert value.shape == moved.shape == (number, 5, 3) and value.dtype == moved.dtype == precision


def test_wrong_arguments_are_explained():
    kernel = compile_batch(derived(SEED, "X0"), ["X0", "dX0"])
    W1, W2 = np.ones((2, 4)), np.ones((4, 3))
    with pytest.raises(ValueError, match=r"X0 has shape \(5, 2\), expected batch x n x m"):
        kernel(np.ones((5, 2)), W1, W2, np.ones((5, 2)), f=np.sin, df=np.cos)
    with pytest.raises(ValueError, match=r"dX0 has shape \(4, 5, 2\), expected batch x n x m with batch = 3 from X0"):
        kernel(np.ones((3, 5, 2)), W1, W2, np.ones((4, 5, 2)), f=np.sin, df=np.cos)


def test_unknown_arguments():
    with pytest.raises(NameError_, match="X9 is no argument of the kernel; there are X0, W1, W2, dX0"):
        compile_batch(derived(SEED, "X0"), "X9")
    with pytest.raises(NameError_, match="no argument is stacked"):
        compile_batch(derived(SEED, "X0"), ())


def test_one_singular_matrix_among_many_is_refused():
    kernel = compile_batch(read_program("A : n x n; x = A \\ b; b : n"))
    A = np.stack([np.eye(3), np.ones((3, 3)), np.diag([1.0, 2.0, 1e-30])])
    b = np.ones((3, 3, 1))
    with pytest.raises(np.linalg.LinAlgError, match=r"(?i)singular"):
        kernel(A, b)
    x = kernel(A[[0, 2]], b[[0, 2]])[1]
    assert np.allclose(x.ravel(), [1.0, 0.5, 1e30], rtol=1e-15, atol=0)  # badly scaled, not singular


def test_what_is_the_same_for_all_problems_is_returned_once():
    kernel = compile_batch(read_program("X : n x m; Z = 5*ones(n,m)"))
    assert np.array_equal(kernel(np.ones((3, 4, 2))), np.full((4, 2), 5.0))


def test_the_determinant_of_a_singular_matrix_among_many_is_zero():
    A = np.stack([np.eye(3), np.ones((3, 3)), np.diag([1.0, 2.0, 3.0])])
    assert np.array_equal(compile_batch(read_program("A : n x n; y = det(A)"))(A).ravel(), [1.0, 0.0, 6.0])


@pytest.mark.parametrize("text", [
    "X : n x n; A = X*X + X; Y = A \\ X; Z = A \\ sin(Y); return Y, Z",
    "X : n x n; A = X*X + X; Y = det(A)*X; Z = A \\ sin(Y); return Y, Z",
])  # fmt: skip
def test_what_is_solved_with_stays_as_it_was(text):
    """Though the memory of the matrix itself is written over."""
    program = read_program(text)
    batch, one = compile_batch(program), compile_kernel(program)
    X = np.random.default_rng(0).random((2, 4, 4))
    for found, *singles in zip(batch(X), one(X[0]), one(X[1]), strict=True):
        assert np.abs(found - singles).max() < TOLERANCE * np.abs(singles).max()


def test_shared_directions_of_largest_entries():
    differential = derived("X : n x m; Y = max(X, 2); z = max(X)")
    batch, one = compile_batch(differential, "X"), compile_kernel(differential)
    X, dX = np.random.default_rng(0).random((3, 4, 2)), np.arange(8.0).reshape(4, 2)
    for found, singles in zip(batch(X, dX), zip(*(one(each, dX) for each in X), strict=True), strict=True):
        assert np.array_equal(found, np.stack(singles))


def test_a_shared_matrix_is_factored_once_and_no_problems_are_none():
    kernel = compile_batch(read_program("A : n x n; X = A \\ B"), "B")
    assert kernel.source.count("= _factor_lu(") == 1
    A, B = np.diag([1.0, 2.0, 4.0]), np.ones((2, 3, 5))
    assert np.array_equal(kernel(A, B), np.ones((2, 3, 5)) / np.array([[1.0], [2.0], [4.0]]))
    assert kernel(A, B[:0]).shape == (0, 3, 5)


def test_arguments_never_change():
    kernel = compile_batch(derived("X : n x m; Y = exp(X) .* X"))
    given = [np.ones((3, 4, 2)), np.ones((3, 4, 2))]
    kernel(*given)
    assert all((each == 1).all() for each in given)


@pytest.mark.parametrize("right, wrong", [
    ("X2 @ W2", "X2 @ (2.0 * W2)"),
    ("dX1 = matmul(dX0, W1", "dX1 = matmul(X0, W1"),
    ("X2, cos_X1 = _sin_cos(X1)", "cos_X1, X2 = _sin_cos(X1)"),
])  # fmt: skip
def test_faults_are_caught(right, wrong):
    assert not verify_kernel(with_fault(compile_batch(derived(SEED, "X0")), right, wrong)).passed


def test_a_kernel_that_mixes_problems_is_caught():
    kernel = compile_batch(derived("X : n x m; y = sum(X)"))
    assert not verify_kernel(with_fault(kernel, "axis=(-2, -1)", "axis=None")).passed
