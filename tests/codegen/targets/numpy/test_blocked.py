"""Kernels in blocks: what they give is what they give in one block, to rounding; memory, threads, errors."""

import random
import threading
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest
from oracles import random_program

from codegen.kernel import compile_kernel, emit_kernel
from codegen.rounding import rounding_bounds
from codegen.sampling import numbers_for, sample
from codegen.targets.numpy import blocked, pieces
from codegen.targets.numpy.carried import HELPERS
from symbolic.differential import differentiate
from symbolic.errors import DifferentiationError, NotSupported, PushforwardError
from symbolic.language.read import read_program
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.reverse.adjoint import adjoint
from symbolic.reverse.gradients import gradient

ROUNDOFF = np.finfo(float).eps / 2
LARGEST = 8
SEED = "X1 = X0*W1; X2 = {f}(X1); X3 = X2*W2; X4 = {f}(X3)"


@pytest.fixture(autouse=True)
def _always_in_blocks(monkeypatch):
    """However few the rows, and however little it saves."""
    monkeypatch.setattr(blocked, "FEW", 0)
    monkeypatch.setattr(pieces, "_saves", lambda blocks: any(pieces._is_loop(phase, blocks) for phase in blocks.phases))


def is_blocked(kernel):
    return "def _in_blocks" in kernel.source or "def _in_threads" in kernel.source


def in_blocks_of(height, kernel):
    """A kernel's function, from now on in blocks of that many rows."""
    kernel.function.__globals__["_height"] = lambda rows, *_: min(rows, height)
    return kernel.function


def given_to(kernel, sizes, seed=1):
    """Arguments, functions, and the bound on the rounding of each result."""
    point = sample(kernel.program, (), sizes, seed)
    functions = {keyword: point.functions[name, order] for keyword, name, order in kernel.signature.functions}
    bounds = rounding_bounds(kernel.program, point.inputs, point.functions)
    return [point.inputs[each.name] for each in kernel.program.inputs], functions, bounds


def errors(derived, lengths=(7, 3, 5, 4, 2), heights=(1, 3), threads=1):
    """Of each result, the largest difference between one block and blocks of a few rows, over u B."""
    kernel = compile_kernel(derived, threads=threads)
    if not is_blocked(kernel):
        return []
    given, functions, bounds = given_to(kernel, numbers_for(kernel.program, lengths))
    expected = kernel.named_results(in_blocks_of(1000, kernel)(*given, **functions))
    found = []
    for height in heights:
        results = kernel.named_results(in_blocks_of(height, kernel)(*given, **functions))
        found += differences(results, expected, bounds)
    return found


def differences(results, expected, bounds):
    """Of each result, the largest, over u B."""
    found = []
    for name, value in expected.items():
        assert results[name].shape == value.shape and results[name].dtype == value.dtype
        difference = np.nan_to_num(np.abs(results[name] - value), nan=np.inf).max(initial=0.0)
        found.append(difference / (ROUNDOFF * bounds[name]) if difference else 0.0)
    return found


def derivations(program):
    """The tangent program, and where there is one, the adjoint."""
    differential = differentiate(program)
    yield differential
    try:
        yield adjoint(differential)
    except (DifferentiationError, NotSupported):
        return


# Values


def test_every_example_of_an_operation_is_the_same_in_blocks():
    found = 0
    for record in (*OPERATIONS.values(), *DEFINITIONS.values()):
        for derived in derivations(read_program(record.example)):
            try:
                differences = errors(derived)
            except PushforwardError as error:
                assert "no point was found" in str(error)
                continue
            assert max(differences, default=0.0) <= LARGEST, record.name
            found += bool(differences)
    assert found > 55


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_random_programs_are_the_same_in_blocks(first):
    """With numbers for sizes, of which many are equal by chance."""
    for number in range(first, first + 20):
        program = random_program(random.Random(number))
        for derived in derivations(program):
            try:
                assert max(errors(derived, heights=(1, 2)), default=0.0) <= LARGEST, number
            except PushforwardError as error:
                assert "no point was found" in str(error)


SUMS = "X : n x m; Y = tanh(X*W); y = sum(Y .* Y); Z = cos(sin(X))'; return Y, y, Z"
HELPER_FAULTS = [
    ("_in_blocks", "    _further_blocks", "    len"),
    ("_in_threads", "range(0, len", "range(1, len"),
    ("_in_threads", "+= part", "-= part"),
    ("_in_threads", "zeros_like(R) if axis is None else R", "zeros_like(R)"),
    ("_first_block", "range(first, rows, height)", "range(first + height, rows, height)"),
    ("_first_block", "joined, 0, first", "joined, 1, first + 1"),
    ("_first_block", "(rows - 1) % height + 1", "height"),
    ("_further_blocks", "firsts.step if length is None", "1 + firsts.step if length is None"),
    ("_further_blocks", "joined, first, last", "joined, 0, firsts.step"),
    ("_whole", "axis == 0", "axis != 0"),
    ("_block", "_place(axis, first, last)", "_place(axis, first + 1, last + 1)"),
    ("_join", "result += part", "result -= part"),
    ("_join", "_place(axis, first, last)", "_place(axis, 0, last - first)"),
    ("_place", "axis == 0", "axis != 0"),
]


@pytest.mark.parametrize(("name", "old", "new"), HELPER_FAULTS)
def test_a_wrong_helper_is_seen(name, old, new, monkeypatch):
    program, threads = read_program(SUMS), 2 if name == "_in_threads" else 1
    assert max(errors(program, (40, 3, 4, 2), threads=threads)) <= LARGEST
    helper = HELPERS[name]
    assert old in helper.source
    monkeypatch.setitem(HELPERS, name, replace(helper, source=helper.source.replace(old, new)))
    try:
        assert max(errors(program, (40, 3, 4, 2), threads=threads)) > LARGEST
    except (ValueError, TypeError, IndexError):
        return


def test_sums_over_rows_and_columns_of_a_gradient():
    loss = read_program("X : n x m; w : m; t : n; r = sigmoid(X*w) - t; y = r'*r/n")
    kernel = compile_kernel(gradient(loss, "w"))
    assert is_blocked(kernel)
    rng = np.random.default_rng(0)
    X, w, t = rng.standard_normal((50, 3)), rng.standard_normal((3, 1)), rng.standard_normal((50, 1))
    s = 1 / (1 + np.exp(-X @ w))
    y, w_bar = in_blocks_of(7, kernel)(X, w, t)
    assert np.allclose(y, ((s - t) ** 2).mean(), rtol=1e-14)
    assert np.allclose(w_bar, X.T @ (2 * (s - t) * s * (1 - s)) / 50, rtol=1e-13)


def test_any_memory_order_and_both_precisions():
    kernel = compile_kernel(differentiate(read_program(SEED.format(f="tanh")), "X0"))
    given, _, _ = given_to(kernel, {"n": 50, "m": 2, "h": 3, "p": 2})
    expected = in_blocks_of(1000, kernel)(*given)
    for dtype, order in ((float, "F"), (np.float32, "C"), (np.float32, "F")):
        found = in_blocks_of(7, kernel)(*(np.asarray(each, dtype, order) for each in given))
        for result, value in zip(found, expected, strict=True):
            assert result.dtype == dtype and np.abs(result - value).max() < 50 * np.finfo(dtype).eps


def test_results_are_new_and_arguments_are_left_alone():
    kernel = compile_kernel(read_program("X : n x m; Y = sin(X); Z = cos(Y)'; W = X; return Z, W, Y"))
    X = np.random.default_rng(0).standard_normal((9, 2))
    kept = X.copy()
    for height in (2, 100):
        for result in in_blocks_of(height, kernel)(X):
            assert result.base is None and not np.shares_memory(result, X)
    assert np.array_equal(X, kept)


# Sizes


def test_all_blocks_have_about_as_many_rows(monkeypatch):
    monkeypatch.undo()
    kernel = compile_kernel(differentiate(read_program(SEED.format(f="tanh")), "X0"))
    height = kernel.function.__globals__["_height"]
    assert height(1000, 325, 8) == 1000
    assert height(4000, 325, 8) == 800
    assert height(4000, 325, 4) == 1334
    assert height(10, 10, 8) == 10
    assert height(1_000_000, 1, 8) <= 262144
    assert height(3000, 10_000, 8) == 1000
    assert height(0, 5, 8) == height(5, 0, 8) - 5 == 0


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("n", "h"), [(100_000, 64), (1_000_000, 32)])
@pytest.mark.parametrize(("f", "threads"), [("tanh", 1), ("sin", 1), ("sin", 2)])
def test_many_rows_take_the_memory_of_their_results_and_of_a_block(monkeypatch, dtype, n, h, f, threads):
    monkeypatch.undo()
    kernel = compile_kernel(differentiate(read_program(SEED.format(f=f)), "X0"), threads=threads)
    given = [np.full(shape, 0.3, dtype) for shape in ((n, 2), (2, h), (h, 1), (n, 2))]
    tracemalloc.start()
    results = kernel(*given)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak <= sum(result.nbytes for result in results) + threads * 2**21


@pytest.mark.parametrize("layers", [4, 12])
def test_a_few_matrices_of_a_block_have_memory_made_once_and_many_are_new(layers):
    text = "\n".join(f"X{k + 1} = tanh(X{k}*W{k})" for k in range(layers))
    derived = differentiate(read_program(text, "chain"), "X0")
    kernel = compile_kernel(derived)
    assert is_blocked(kernel)
    assert ("=None" in kernel.source) == (layers == 4)
    assert max(errors(derived, heights=(3,))) <= LARGEST


def test_few_rows_known_beforehand_are_not_cut(monkeypatch):
    monkeypatch.undo()
    texts = (f"X : {rows} x 3; Y = tanh(sin(X)*W)*V" for rows in (256, 257))
    assert [is_blocked(compile_kernel(read_program(text))) for text in texts] == [False, True]


def test_what_saves_nothing_is_not_cut(monkeypatch):
    monkeypatch.undo()
    texts = ("Y = X*W", "Y = sin(X*W)*V", "X : n x n; y = logdet(X*X)", "A : n x n; Y = inv(A)*X")
    assert [is_blocked(compile_kernel(read_program(text))) for text in texts] == [False, True, False, False]


# Functions that the user passes


def test_functions_are_called_block_by_block_by_one_thread():
    kernel = compile_kernel(differentiate(read_program(SEED.format(f="f")), "X0"), threads=2)
    given, functions, _ = given_to(kernel, {"n": 64, "m": 2, "h": 3, "p": 1})
    shapes, callers = [], set()

    def f(X):
        shapes.append(X.shape)
        callers.add(threading.get_ident())
        return functions["f"](X)

    in_blocks_of(16, kernel)(*given, f=f, df=functions["df"])
    assert sorted(set(shapes)) == [(16, 1), (16, 3)] and len(shapes) == 8
    assert callers == {threading.get_ident()}


# Threads


def test_threads_give_the_same_rows_and_the_same_sums_every_time():
    program = read_program("X : n x m; Y = tanh(X*W); y = sum(Y .* Y); return Y, y")
    one, two = compile_kernel(program), compile_kernel(program, threads=2)
    given, _, _ = given_to(one, {"n": 100, "m": 3, "h": 4})
    Y, y = in_blocks_of(5, one)(*given)
    results = [in_blocks_of(5, two)(*given) for _ in range(5)]
    assert all(np.array_equal(found[0], Y) for found in results)
    assert all(np.array_equal(found[1], results[0][1]) for found in results)
    assert np.abs(results[0][1] - y).max() < 1e-13


def test_every_block_is_computed_once_by_some_thread():
    kernel = compile_kernel(read_program("X : n x m; Y = tanh(sin(X))"), threads=3)
    names = kernel.function.__globals__
    compute, seen = names["_rows"], []
    names["_rows"] = lambda X, *memory: seen.append((threading.get_ident(), X[0, 0])) or compute(X, *memory)
    in_blocks_of(1, kernel)(np.arange(25.0).reshape(25, 1))
    assert sorted(first for _, first in seen) == list(range(25))
    assert len({thread for thread, _ in seen}) > 1


@pytest.mark.parametrize(("m", "threads"), [(32, 2), (33, 1)])
def test_products_that_blas_shares_out_are_left_to_one_thread(m, threads):
    """Of a row, m² multiplications; of a block, blocks being at least of 256 rows, more or less than 2**18."""
    kernel = compile_kernel(read_program("X : n x m; W : m x m; Y = tanh(X*W)"), threads=2)
    names = kernel.function.__globals__
    compute, seen = names["_rows"], {}
    names["_height"] = lambda *_: 256
    X, W = np.ones((256 * 12, m)), np.ones((m, m))
    names["_rows"] = lambda *given: seen.setdefault(threading.get_ident()) or compute(*given)
    kernel(X, W)
    assert len(seen) == threads


@pytest.mark.parametrize("place", [0, 60, 99])
def test_an_error_in_a_thread_is_raised(place):
    kernel = compile_kernel(differentiate(read_program("X : n x m; Y = sqrt(sin(X))"), "X"), threads=2)
    X = np.ones((100, 2))
    X[place] = 0.0
    with pytest.raises(FloatingPointError):
        in_blocks_of(5, kernel)(X, X)


def test_the_callers_handling_of_floating_point_errors_holds_in_threads():
    kernel = compile_kernel(read_program("X : n x m; Y = exp(exp(X))"), threads=2)
    X = np.full((100, 2), 100.0)
    with np.errstate(over="raise"), pytest.raises(FloatingPointError):
        in_blocks_of(5, kernel)(X)
    with np.errstate(over="ignore"):
        assert np.isinf(in_blocks_of(5, kernel)(X)).all()


@pytest.mark.parametrize("threads", [0, -1])
def test_a_number_of_threads_that_makes_no_sense(threads):
    with pytest.raises(NotSupported, match="threads"):
        compile_kernel(read_program("Y = sin(X)"), threads=threads)


def test_threads_are_for_numpy():
    with pytest.raises(NotSupported, match="OMP_NUM_THREADS"):
        emit_kernel(read_program("Y = sin(X)"), "c", threads=2)


def test_the_width_of_many_sizes_is_no_deep_sum():
    """What adds a thousand times nests a thousand deep, which Python does not compile."""
    few, many = (
        "; ".join(f"X{k + 1} = tanh(X{k}*W{k})" for k in range(layers)) for layers in (3, 2 * blocked.MOST_TERMS)
    )
    assert "sum((" not in emit_kernel(read_program(few)).source
    kernel = compile_kernel(read_program(many))
    assert is_blocked(kernel) and "sum((" in kernel.source
    sizes = {str(size): 2 + number % 3 for number, size in enumerate(kernel.program.sizes)}
    given, functions, _ = given_to(kernel, sizes)
    assert np.allclose(in_blocks_of(1, kernel)(*given, **functions), in_blocks_of(1000, kernel)(*given, **functions))


# Memory


def test_memory_is_made_once_and_every_block_is_computed_in_it(monkeypatch):
    monkeypatch.undo()
    kernel = compile_kernel(differentiate(read_program(SEED.format(f="sin")), "X0"))
    names = kernel.function.__globals__
    compute, seen = names["_rows"], []

    def rows(*given):
        seen.append([id(each) for each in given[4:]])
        return compute(*given)

    names["_rows"] = rows
    given, _, bounds = given_to(kernel, {"n": 9000, "m": 2, "h": 300, "p": 2})
    expected, results = (kernel.named_results(run(*given)) for run in (compute, kernel))
    assert len(seen) > 3 and seen[0] == [] and len(seen[1]) == 6 and all(each == seen[1] for each in seen[1:])
    assert max(differences(results, expected, bounds)) <= LARGEST


@pytest.mark.parametrize("m", [8, 24, 32])
def test_blocks_of_several_threads_stay_below_what_blas_shares_out(monkeypatch, m):
    """Of a row, the product takes m² multiplications."""
    monkeypatch.undo()
    kernel = compile_kernel(read_program("X : n x m; W : m x m; Y = tanh(tanh(X*W))"), threads=2)
    names = kernel.function.__globals__
    compute, rows = names["_rows"], []
    names["_rows"] = lambda X, *others: rows.append(len(X)) or compute(X, *others)
    kernel(np.ones((30_000, m)), np.ones((m, m)))
    assert len(rows) > 1 and max(rows) * m * m <= 2**18
