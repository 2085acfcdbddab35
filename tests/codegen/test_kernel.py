"""Calling kernels: how much they compute, what they accept, what they leave alone, what they refuse."""

import contextlib
import random
import sys
from collections import Counter

import numpy as np
import pytest
from oracles import random_program, relative_error, tangent_values

from codegen.kernel import compile_kernel, default_name
from codegen.sampling import numbers_for, sample
from symbolic.differential import differentiate
from symbolic.errors import NotSupported, ProgramError
from symbolic.functions import CATALOGUE
from symbolic.language.read import read_program
from symbolic.operations import DEFINITIONS, OPERATIONS

SEED = "X0 : n x m\nW1 : m x h\nW2 : h x p\nX1 = X0*W1\nX2 = f.(X1)\nX3 = X2*W2\nX4 = f.(X3)"
RANDOM = np.random.default_rng(8)


@pytest.fixture(scope="module")
def seed_kernel():
    return compile_kernel(differentiate(read_program(SEED), "X0"))


def arguments(n=3, m=2, h=4, p=5, dtype=np.float64):
    return [RANDOM.standard_normal(shape).astype(dtype) for shape in ((n, m), (m, h), (h, p), (n, m))]


def expected(X0, W1, W2, dX0):
    X1, dX1 = X0 @ W1, dX0 @ W1
    X3 = np.sin(X1) @ W2
    return np.sin(X3), np.cos(X3) * ((np.cos(X1) * dX1) @ W2)


def call(kernel, given, **functions):
    return kernel(*given, **({"f": np.sin, "df": np.cos} | functions))


def assert_right(kernel, given, tolerance=1e-12):
    exact = expected(*(np.asarray(value, dtype=float) for value in given))
    for found, wanted in zip(call(kernel, given), exact, strict=True):
        assert relative_error(found, wanted) < tolerance


# Work


def count_products(run):
    """How often `ndarray.dot` is called while `run` runs."""
    seen = Counter()

    def watch(frame, event, function):
        if event == "c_call":
            seen[getattr(function, "__name__", "")] += 1

    sys.setprofile(watch)
    try:
        run()
    finally:
        sys.setprofile(None)
    return seen["dot"] + seen["matmul"]


def test_the_seed_takes_four_products_and_one_evaluation_of_each_function_a_layer(seed_kernel):
    given, seen = arguments(), Counter()

    def counted(name, function):
        def apply(X):
            seen[name] += 1
            return function(X)

        return apply

    functions = {"f": counted("f", np.sin), "df": counted("df", np.cos)}
    assert count_products(lambda: call(seed_kernel, given, **functions)) == 4
    assert seen == {"f": 2, "df": 2}


@pytest.mark.parametrize("wrt, products", [("W1", 4), ("W2", 3), (("X0", "W1"), 5), (None, 6)])
def test_products_with_respect_to_other_inputs(wrt, products):
    differential = differentiate(read_program(SEED), wrt)
    kernel = compile_kernel(differential)
    X0, W1, W2, _ = arguments()
    given = [X0, W1, W2] + [{"X0": X0, "W1": W1, "W2": W2}[name] for name in differential.wrt]
    assert count_products(lambda: call(kernel, given)) == products


def test_a_known_function_is_evaluated_once_for_value_and_differential():
    kernel = compile_kernel(differentiate(read_program("X : n x m\nY = tanh(X)")))
    assert [instr.op for instr in kernel.schedule.instrs].count("tanh") == 1


# Values


@pytest.mark.parametrize("seed", range(40))
def test_kernels_of_random_programs_agree_with_the_reference(seed):
    program = random_program(random.Random(seed))
    differential = differentiate(program)
    point = sample(program, differential.wrt, {}, seed)
    wanted = tangent_values(differential, point)
    kernel = compile_kernel(differential)
    functions = {keyword: point.functions[name, order] for keyword, name, order in kernel.signature.functions}
    given = [wanted[argument.name] for argument in differential.program.inputs]
    before = [matrix.tobytes() for matrix in given]
    results = kernel(*given, **functions)
    assert [matrix.tobytes() for matrix in given] == before
    for name, found in zip(differential.program.outputs, results, strict=True):
        assert type(found) is np.ndarray
        assert relative_error(found, wanted[name]) < 1e-11, name
    assert_separate(results, given)


def assert_separate(results, given):
    for k, result in enumerate(results):
        for other in (*results[k + 1 :], *given):
            assert not np.may_share_memory(result, other)


@pytest.mark.parametrize("name", CATALOGUE)
def test_functions_far_from_zero_stay_finite_and_silent(name):
    low, high = CATALOGUE[name].domain
    far = np.array([[x for x in (-700.0, -40.0, -5.0, 5.0, 40.0, 700.0) if low < x < high]])
    if not far.size or name in ("sinh", "cosh"):
        far = np.array([[0.5]])
    kernel = compile_kernel(differentiate(read_program(f"X : n x m\nY = {name}(X)")))
    for result in kernel(far, np.ones_like(far)):
        assert np.isfinite(result).all()


# What is accepted


@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-12), (np.float32, 1e-5)])
def test_precision_is_kept(seed_kernel, dtype, tolerance):
    given = arguments(dtype=dtype)
    assert all(result.dtype == dtype for result in call(seed_kernel, given))
    assert_right(seed_kernel, given, tolerance)


@pytest.mark.parametrize(
    "change",
    [
        lambda M: np.rint(M * 3).astype(int),
        lambda M: np.rint(M * 3).astype(np.uint8) % 4,
        lambda M: M > 0,
        lambda M: M.astype(np.float16),
        lambda M: M.astype(np.longdouble),
        lambda M: M.astype(">f8"),
        lambda M: M.tolist(),
        lambda M: tuple(map(tuple, M)),
        np.asfortranarray,
        lambda M: np.repeat(M, 2, axis=0)[::2],
        lambda M: M[::-1, ::-1],
        lambda M: np.broadcast_to(M[:1], M.shape),
        lambda M: np.ma.masked_array(M),
        lambda M: M.view(type("Sub", (np.ndarray,), {})),
    ],
    ids=["int", "uint8", "bool", "half", "long double", "big-endian", "lists", "tuples", "F order", "strided",
         "reversed", "broadcast", "masked", "subclass"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")
def test_other_kinds_of_matrices(seed_kernel, change):
    given = [change(matrix) for matrix in arguments()]
    assert_right(seed_kernel, given)
    for result in call(seed_kernel, given):
        assert type(result) is np.ndarray and result.dtype == np.float64 and result.flags.writeable
    assert_separate(call(seed_kernel, given), [np.asarray(value) for value in given])


@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_numpy_matrix_means_its_entries():
    kernel = compile_kernel(read_program("A : n x n\nB : n x n\nY = A .* B"))
    A, B = RANDOM.standard_normal((2, 3, 3))
    result = kernel(np.matrix(A), np.matrix(B))
    assert type(result) is np.ndarray and (result == A * B).all()


def test_mixed_types_take_the_wider_one(seed_kernel):
    X0, W1, W2, dX0 = arguments()
    given = [X0.astype(np.float32), W1, np.asfortranarray(W2), dX0.tolist()]
    assert all(result.dtype == np.float64 for result in call(seed_kernel, given))
    assert_right(seed_kernel, given)


@pytest.mark.parametrize("sizes", [(0, 2, 3, 4), (1, 1, 1, 1), (3, 0, 2, 4), (2, 3, 0, 4), (5, 1, 7, 1), (1, 9, 1, 2)])
def test_unusual_sizes(seed_kernel, sizes):
    given = arguments(*sizes)
    results = call(seed_kernel, given)
    assert all(result.shape == (sizes[0], sizes[3]) for result in results)
    assert_right(seed_kernel, given)


def test_scalars_are_numbers_or_one_by_one():
    kernel = compile_kernel(differentiate(read_program("a : scalar\nX : n x m\nY = a*X"), "a"))
    X = RANDOM.standard_normal((2, 3))
    for number in (2, 2.0, np.float64(2), np.array(2.0), [[2.0]], np.ones((1, 1)) * 2):
        value, differential = kernel(number, X, 1)
        assert (value == 2 * X).all() and (differential == X).all()
    single = kernel(2.0, X.astype(np.float32), 1)
    assert all(result.dtype == np.float32 for result in single)


# What is left alone


def test_inputs_are_not_changed_nor_returned(seed_kernel):
    given = arguments()
    for matrix in given:
        matrix.flags.writeable = False
    before = [matrix.tobytes() for matrix in given]
    results = call(seed_kernel, given)
    assert [matrix.tobytes() for matrix in given] == before
    assert_separate(results, given)
    assert all(result.flags.writeable and result.flags.owndata for result in results)


ALIASING = [
    "Y = A\nreturn A, Y", "Y = A'", "Y = A''", "B = sin(A)\nY = B'\nreturn B, Y", "Y = A + zeros(n,n)",
    "Y = f(A)", "Y = f(A)\nZ = f(Y)\nreturn Y, Z", "B = sin(A)\nY = f(B)\nreturn B, Y", "Y = 1*A",
    "B = sin(A)\nY = B\nZ = B'\nreturn Y, Z, B", "Y = A[1:2, :]\nZ = A[:, 1]\nreturn Y, Z",
    "Y = reshape(A, n^2, 1)\nZ = reshape(A', 1, n^2)\nreturn Y, Z",
    "y = diagonal(A)\nZ = diag(y)\nx = diagonal(Z)\nreturn y, Z, x", "B = sin(A)\nY = B[1:2, :]\nreturn B, Y",
    "Y = [A]\nZ = [A; A]\nreturn Y, Z",
    "Y = inv(A + 4*eye(n))\nZ = Y'\nW = inv((A + 4*eye(n))')\nreturn Y, Z, W",
    "Q = qr_q(A)\nR = qr_r(A)\nS = qr_r(A)\nT = qr_q(A)\nreturn Q, R, S, T", "Y = svd_u(A)\nZ = Y\nreturn Y, Z",
    "S = A*A' + eye(n)\nL = chol(S)\nY = S \\ A\nM = chol(S)\nreturn L, Y, M",
    "Y = expm(A)\nZ = expm(A)\nreturn Y, Z",
    "y = max(A, 1)\nz = max(A, 1)\nW = max_weights(A, 1)\nreturn y, z, W",
    "Y = softmax(A, 2)\nz = logsumexp(A, 2)\nreturn Y, z", "Y = tril(A)\nZ = triu(tril(A))\nreturn Y, Z",
    "S = sym(A)\ny = eigvalsh(S)\nV = eigvecsh(S)\nreturn y, V, S",
    "Y = maximum(A, A')\nZ = kron(A, [1; 1])[1:n, :]\nreturn Y, Z",
]  # fmt: skip


@pytest.mark.parametrize("statements", ALIASING)
@pytest.mark.parametrize("function", [np.sin, lambda X: X, lambda X: X[:], lambda X: X.T.T])
def test_results_share_no_memory(statements, function):
    kernel = compile_kernel(differentiate(read_program(f"A : n x n\n{statements}")))
    functions = {keyword: function for keyword, *_ in kernel.signature.functions}
    A, dA = RANDOM.standard_normal((2, 3, 3))
    assert_separate(kernel(A, dA, **functions), [A, dA])


# Named operations: layouts, precision, facts


RECORDS = (*OPERATIONS.values(), *DEFINITIONS.values())


def point_of(program, seed=3, lengths=(4, 5, 3, 6, 2)):
    """A kernel with its differential, and arguments for it at a point where it is smooth."""
    differential = differentiate(program)
    point = sample(program, dict(differential.seeds), numbers_for(program, lengths), seed)
    given = {**point.inputs, **{moved: point.directions[name] for name, moved in differential.seeds}}
    return compile_kernel(differential), [given[i.name] for i in differential.program.inputs]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_memory_order_does_not_matter(record):
    """Fortran order, strides, read-only: the same results to rounding, in new memory, of arguments left as they are."""
    kernel, given = point_of(read_program(record.example))
    expected = kernel(*given)
    spread = [np.repeat(np.repeat(A, 2, axis=0), 3, axis=1)[::2, ::3] for A in given]
    for other in ([np.asfortranarray(A) for A in given], spread, [A[::-1, ::-1].copy()[::-1, ::-1] for A in given]):
        for A in other:
            A.flags.writeable = False
        before = [A.tobytes() for A in other]
        found = kernel(*other)
        assert [A.tobytes() for A in other] == before
        assert_separate(found, other)
        for result, wanted in zip(found, expected, strict=True):
            assert relative_error(result, wanted) < 1e-9


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_each_precision_is_kept_by_every_operation(record):
    kernel, given = point_of(read_program(record.example))
    assert all(result.dtype == np.float32 for result in kernel(*(A.astype(np.float32) for A in given)))
    assert all(result.dtype == np.float64 for result in kernel(*given))


def test_only_the_half_that_is_needed_of_a_symmetric_matrix_is_read():
    """What stands in the other half of a matrix declared symmetric, lower or upper never matters."""
    A = RANDOM.standard_normal((4, 4))
    S, b = A @ A.T + np.eye(4), RANDOM.standard_normal((4, 1))
    for fact, matrix, keep in (("spd", S, np.tril), ("lower", A + 4 * np.eye(4), np.tril), ("upper", S, np.triu)):
        kernel = compile_kernel(read_program(f"A : n x n {fact}\nb : n\nx = A \\ b\ny = logdet(A)\nreturn x, y"))
        x, y = kernel(keep(matrix), b)
        whole = matrix if fact == "spd" else keep(matrix)
        assert relative_error(x, np.linalg.solve(whole, b)) < 1e-12
        assert relative_error(y, [[np.linalg.slogdet(whole)[1]]]) < 1e-12


def test_facts_are_in_the_docstring():
    text = compile_kernel(differentiate(read_program("S : n x n spd\nL : n x n lower\nY = S \\ L"))).function.__doc__
    for line in ("S: n x n, spd", "L: n x n, lower", "dS: n x n, symmetric, the perturbation of S"):
        assert line in text


# Unknown functions that behave oddly


TWO_CALLS = "X : n x n\nY = f(X)\nZ = f(Y)\nreturn Y, Z"


def test_a_function_that_returns_its_argument():
    kernel = compile_kernel(differentiate(read_program(SEED), "X0"))
    X0, W1, W2, dX0 = arguments()
    value, tangent = kernel(X0, W1, W2, dX0, f=lambda X: X, df=np.ones_like)
    assert relative_error(value, X0 @ W1 @ W2) < 1e-12 and relative_error(tangent, dX0 @ W1 @ W2) < 1e-12


def test_a_function_that_returns_a_read_only_view_or_another_type():
    kernel = compile_kernel(differentiate(read_program(SEED), "X0"))
    given = arguments()

    def read_only(X):
        Y = np.sin(X)
        Y.flags.writeable = False
        return Y

    for function in (read_only, lambda X: np.sin(X).tolist(), lambda X: np.asfortranarray(np.sin(X))):
        for found, wanted in zip(call(kernel, given, f=function), expected(*given), strict=True):
            assert relative_error(found, wanted) < 1e-12


def test_a_function_that_returns_the_same_cached_array():
    """Results are new: changing them changes nobody's cache."""
    kernel = compile_kernel(read_program("X : n x n\nV : n x n\nY = f(X)\nZ = f(V)\nreturn Y, Z"))
    cache = np.full((2, 2), 3.0)
    results = kernel(np.zeros((2, 2)), np.ones((2, 2)), f=lambda X: cache)
    assert_separate(results, [cache])


def test_a_function_that_writes_its_results_into_one_buffer():
    kernel = compile_kernel(read_program(TWO_CALLS))
    buffer = np.empty((2, 2))
    Y, Z = kernel(np.zeros((2, 2)), f=lambda X: np.add(X, 1, out=buffer))
    assert (Y == 1).all() and (Z == 2).all()


def test_a_function_that_writes_over_its_argument_changes_no_input():
    kernel = compile_kernel(read_program(TWO_CALLS))
    X = np.zeros((2, 2))

    def in_place(A):
        A += 1
        return A

    with contextlib.suppress(ValueError):
        kernel(X, f=in_place)
    assert not X.any()


@pytest.mark.parametrize("wrong", [np.sum, lambda X: X[:1], lambda X: X.ravel(), lambda X: 0.0, lambda X: X.T])
def test_a_function_that_returns_another_shape_is_named(wrong):
    kernel = compile_kernel(differentiate(read_program(SEED), "X0"))
    for keyword in ("f", "df"):
        with pytest.raises(ValueError, match=f"^{keyword} returned shape"):
            call(kernel, arguments(), **{keyword: wrong})


def test_a_function_may_divide_by_zero_inside():
    """Where the kernel itself watches for division by zero, a function may do what it does."""
    kernel = compile_kernel(differentiate(read_program("X : n x n\nY = f(X) ./ (1 + square(X))")))
    X = np.array([[0.0, 1.0], [2.0, 0.0]])

    def f(X):
        return np.where(X > 0, 1 / X, 0.0)

    with pytest.warns(RuntimeWarning, match="divide by zero"):
        value, _ = kernel(X, X, f=f, df=np.ones_like)
    assert (value == np.array([[0.0, 0.5], [0.1, 0.0]])).all()


def test_a_function_is_needed():
    kernel = compile_kernel(differentiate(read_program(SEED), "X0"))
    with pytest.raises(TypeError, match="df"):
        kernel(*arguments(), f=np.sin)


# What is refused


@pytest.mark.parametrize(
    "position, name, shape, words",
    [
        (1, "W1", (3, 4), "expected m x h with m = 2 from X0"),
        (2, "W2", (5, 5), "expected h x p with h = 4 from W1"),
        (3, "dX0", (4, 2), "expected n x m with n = 3 from X0, m = 2 from X0"),
        (0, "X0", (3,), "expected n x m"),
        (0, "X0", (3, 2, 1), "expected n x m"),
        (0, "X0", (), "expected n x m"),
        (3, "dX0", (1, 2), "expected n x m"),
    ],
)
def test_wrong_shapes_name_the_argument(seed_kernel, position, name, shape, words):
    given = arguments()
    given[position] = np.ones(shape)
    with pytest.raises(ValueError, match=name) as error:
        call(seed_kernel, given)
    assert words in str(error.value) and str(shape) in str(error.value)


def test_fixed_sizes_are_checked():
    kernel = compile_kernel(read_program("A : 2 x 3\nY = sin(A)"))
    with pytest.raises(ValueError, match=r"A has shape .* expected 2 x 3"):
        kernel(np.ones((3, 2)))
    square = compile_kernel(read_program("A : n x n\nY = sin(A)"))
    with pytest.raises(ValueError, match="A has shape"):
        square(np.ones((3, 2)))


@pytest.mark.parametrize(
    "wrong", [np.ones((3, 2), complex), np.full((3, 2), "a"), np.full((3, 2), None), np.ones((3, 2), "m8[s]"), "abc"]
)
def test_entries_that_are_no_real_numbers(seed_kernel, wrong):
    with pytest.raises(TypeError, match="X0 has entries of type"):
        call(seed_kernel, [wrong, *arguments()[1:]])


def test_missing_and_surplus_arguments(seed_kernel):
    for given in (arguments()[:3], [*arguments(), 1.0]):
        with pytest.raises(TypeError):
            call(seed_kernel, given)


def test_unknown_targets_and_sizes():
    program = read_program(SEED)
    with pytest.raises(NotSupported, match="fortran"):
        compile_kernel(program, target="fortran")
    with pytest.raises(ProgramError, match="'q'"):
        compile_kernel(program, sizes={"q": 3})


def test_names():
    program = read_program(SEED, "seed")
    assert default_name(program, None) == "seed"
    assert default_name(program, differentiate(program, "X0")) == "seed_wrt_X0"
    assert default_name(program, differentiate(program, ["X0", "W2"])) == "seed_wrt_X0_W2"
    assert default_name(program, differentiate(program)) == "seed_wrt_all"
    assert compile_kernel(program, name="my kernel!").signature.function == "my_kernel"
    assert repr(compile_kernel(program)) == "<kernel seed(X0, W1, W2, f=…)>"


def test_one_output_alone_and_several_as_a_tuple():
    A = np.ones((2, 2))
    assert type(compile_kernel(read_program("A : n x n\nY = sin(A)"))(A)) is np.ndarray
    assert len(compile_kernel(read_program("A : n x n\nY = sin(A)\nZ = cos(A)\nreturn Y, Z"))(A)) == 2


def test_a_saved_kernel_is_its_source(tmp_path, seed_kernel):
    path = tmp_path / "seed.py"
    assert seed_kernel.save(path) and not seed_kernel.save(path)
    assert path.read_text(encoding="utf-8") == seed_kernel.source
