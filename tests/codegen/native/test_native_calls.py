"""Calling compiled kernels: both ways to call them, what they accept, leave alone, refuse, and at the same time."""

from __future__ import annotations

import inspect
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from c_samples import inverse, layer, needs_compiler, unknown
from oracles import relative_error

from codegen.native import caller
from codegen.native.emit import NativeKernel
from codegen.native.threads import THREADS

pytestmark = needs_compiler
RANDOM = np.random.default_rng(21)
QUICK, SLOW = "quick", "slow"


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PUSHFORWARD_CACHE", str(tmp_path_factory.mktemp("native") / "cache"))
        yield


@pytest.fixture(scope="module", params=[QUICK, SLOW])
def kernel(request: pytest.FixtureRequest, folder: Any) -> Callable[..., Any]:
    """The layer, with quick calls and without: both have to be the same."""
    quick = layer().load()
    return quick if request.param == QUICK else inspect.unwrap(quick)


def arguments(n: int = 3, m: int = 2, p: int = 4, dtype: Any = np.float64) -> list[Any]:
    return [RANDOM.standard_normal(shape).astype(dtype) for shape in ((n, m), (m, p), (n, m))]


def assert_right(kernel: Callable[..., Any], given: list[Any], tolerance: float = 1e-14) -> None:
    X, W, dX = (np.asarray(value, dtype=float) for value in given)
    wanted = np.sin(X @ W), np.cos(X @ W) * (dX @ W)
    for found, expected in zip(kernel(*given), wanted, strict=True):
        assert relative_error(found, expected) < tolerance


def test_the_usual_call_is_quick() -> None:
    assert type(layer().load()).__name__ == "Caller"
    assert type(unknown().load()).__name__ == "function"


@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-14), (np.float32, 1e-6)])
def test_precision_is_kept(kernel: Callable[..., Any], dtype: Any, tolerance: float) -> None:
    given = arguments(dtype=dtype)
    assert all(result.dtype == dtype for result in kernel(*given))
    assert_right(kernel, given, tolerance)


@pytest.mark.parametrize(
    "change",
    [
        lambda M: np.rint(M * 3).astype(int),
        lambda M: M > 0,
        lambda M: M.astype(np.float16),
        lambda M: M.astype(np.longdouble),
        lambda M: M.astype(">f8"),
        lambda M: M.tolist(),
        np.asfortranarray,
        lambda M: np.repeat(M, 2, axis=0)[::2],
        lambda M: M[::-1, ::-1],
        lambda M: np.broadcast_to(M[:1], M.shape),
        lambda M: M.view(type("Sub", (np.ndarray,), {})),
        lambda M: np.frombuffer(b"\0" + M.tobytes(), np.uint8)[1:].view(M.dtype).reshape(M.shape),
    ],
    ids=["int", "bool", "half", "long double", "big-endian", "lists", "F order", "strided", "reversed", "broadcast",
         "subclass", "not aligned"],
)  # fmt: skip
def test_other_kinds_of_matrices(kernel: Callable[..., Any], change: Callable[[Any], Any]) -> None:
    given = [change(matrix) for matrix in arguments()]
    assert_right(kernel, given)
    for result in kernel(*given):
        assert type(result) is np.ndarray and result.dtype == np.float64 and result.flags.writeable


def test_mixed_types_take_the_wider_one(kernel: Callable[..., Any]) -> None:
    X, W, dX = arguments()
    given = [X.astype(np.float32), W, dX.tolist()]
    assert all(result.dtype == np.float64 for result in kernel(*given))
    assert_right(kernel, given)


@pytest.mark.parametrize("sizes", [(0, 2, 3), (1, 1, 1), (3, 0, 2), (2, 3, 0), (0, 0, 0), (70, 3, 50)])
def test_unusual_sizes(kernel: Callable[..., Any], sizes: tuple[int, int, int]) -> None:
    given = arguments(*sizes)
    assert all(result.shape == (sizes[0], sizes[2]) for result in kernel(*given))
    assert_right(kernel, given)


def test_arguments_are_left_alone_and_results_are_new(kernel: Callable[..., Any]) -> None:
    given = arguments()
    for matrix in given:
        matrix.flags.writeable = False
    before = [matrix.tobytes() for matrix in given]
    results = kernel(*given)
    assert [matrix.tobytes() for matrix in given] == before
    for k, result in enumerate(results):
        assert result.flags.writeable and result.flags.owndata
        assert not any(np.may_share_memory(result, other) for other in (*results[k + 1 :], *given))


def test_one_array_may_be_given_twice(kernel: Callable[..., Any]) -> None:
    X, W, _ = arguments()
    assert_right(kernel, [X, W, X])


def test_keywords_and_help_are_those_of_the_python_function(kernel: Callable[..., Any]) -> None:
    X, W, dX = arguments()
    assert (kernel(dX=dX, W=W, X=X)[0] == kernel(X, W, dX)[0]).all()
    assert list(inspect.signature(kernel).parameters) == ["X", "W", "dX"]
    assert kernel.__name__ == "k" and "dX: n x m, the" not in (kernel.__doc__ or "")
    assert "Return (Y, dY)." in (kernel.__doc__ or "")


@pytest.mark.parametrize(
    "spoil, error, text",
    [
        (lambda X, W, dX: (X[:, :1], W, dX), ValueError, r"W has shape \(2, 4\), expected m x p with m = 1 from X"),
        (
            lambda X, W, dX: (X, W, dX[1:]),
            ValueError,
            r"dX has shape \(2, 2\), expected n x m with n = 3 from X, m = 2",
        ),
        (lambda X, W, dX: (X[0], W, dX), ValueError, r"X has shape \(2,\), expected n x m"),
        (lambda X, W, dX: (X * 1j, W, dX), TypeError, "X has entries of type complex128; real numbers are expected"),
        (lambda X, W, dX: (X, W), TypeError, "missing 1 required positional argument: 'dX'"),
        (lambda X, W, dX: (X, W, dX, X), TypeError, "takes 3 positional arguments but 4 were given"),
        (lambda X, W, dX: (X, W, None), TypeError, "dX has entries of type object"),
    ],
)
def test_what_is_refused(kernel: Callable[..., Any], spoil: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error, match=text):
        kernel(*spoil(*arguments()))


# Errors that C reports


@pytest.mark.parametrize("way", [QUICK, SLOW])
def test_what_c_reports_is_raised(way: str) -> None:
    kernel = inverse().load() if way == QUICK else inspect.unwrap(inverse().load())
    assert kernel(4.0) == kernel(np.full((1, 1), 4.0)) == 0.25
    for zero in (0, np.zeros((1, 1)), np.zeros((1, 1), np.float32)):
        with pytest.raises(np.linalg.LinAlgError, match="singular matrix"):
            kernel(zero)
    assert "Raises LinAlgError or FloatingPointError where" in (kernel.__doc__ or "")


# Functions of the caller


@pytest.fixture(scope="module")
def applying(folder: Any) -> Callable[..., Any]:
    return unknown().load()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_functions_of_the_caller(applying: Callable[..., Any], dtype: Any) -> None:
    A = RANDOM.standard_normal((3, 2)).astype(dtype)
    found = applying(A, f=np.sin)
    assert found.dtype == dtype and (found == np.sin(A)).all()
    assert (applying(A, f=lambda x: x) == A).all()
    assert applying(A[:0], f=np.sin).shape == (0, 2)


def test_what_a_function_raises_comes_through(applying: Callable[..., Any]) -> None:
    seen = []

    def fails(x: Any) -> Any:
        seen.append(len(x))
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        applying(np.ones((3, 2)), f=fails)
    assert seen == [2]


@pytest.mark.parametrize(
    "function, error, text",
    [
        (lambda x: x[:1], ValueError, r"f returned shape \(1,\) for an argument of shape \(2,\)"),
        (lambda x: x.fill(0.0), ValueError, "read-only"),
        (lambda x: "text", ValueError, "could not convert"),
        (None, TypeError, "not callable"),
    ],
)
def test_functions_that_do_not_fit(
    applying: Callable[..., Any], function: Any, error: type[Exception], text: str
) -> None:
    with pytest.raises(error, match=text):
        applying(np.ones((3, 2)), f=function)


def test_a_missing_function(applying: Callable[..., Any]) -> None:
    with pytest.raises(TypeError, match="missing 1 required keyword-only argument: 'f'"):
        applying(np.ones((3, 2)))


# At the same time


def test_the_lock_is_released(kernel: Callable[..., Any]) -> None:
    """While a long call runs in one thread, this one goes on, though Python never takes the lock away by itself."""
    given = arguments(400, 400, 400)
    before, passed = sys.getswitchinterval(), []
    started, done = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        for _ in range(20):
            kernel(*given)
        done.set()

    sys.setswitchinterval(1000.0)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        started.wait()
        while not done.is_set() and len(passed) < 3:
            passed.append(done.wait(0.001))
        thread.join()
    finally:
        sys.setswitchinterval(before)
    assert passed.count(False) >= 3


def test_several_threads_agree(kernel: Callable[..., Any]) -> None:
    given = [arguments(40, 30, 20) for _ in range(4)]
    wanted = [kernel(*each)[1].tobytes() for each in given]
    found: list[list[bytes]] = [[] for _ in given]
    threads = [
        threading.Thread(target=lambda k=k: found[k].extend(kernel(*given[k])[1].tobytes() for _ in range(50)))
        for k in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[each] * 50 for each in wanted]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore:os.fork")  # other tests may have started threads
def test_a_forked_process_uses_one_thread(kernel: Callable[..., Any]) -> None:
    given = arguments()
    kernel(*given)
    child = os.fork()
    if not child:
        os._exit(0 if THREADS.value == 1 and np.isfinite(kernel(*given)[0]).all() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


# Without the headers of Python


def test_without_the_headers_of_python_the_python_function_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(*arguments: Any) -> str:
        return "/nowhere"

    monkeypatch.setattr(caller.sysconfig, "get_path", without)
    caller._caller_type.cache_clear()
    try:
        kernel = layer().load()
        assert type(kernel).__name__ == "function"
        assert_right(kernel, arguments())
    finally:
        caller._caller_type.cache_clear()


def test_more_arrays_than_a_quick_call_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller, "MOST", 4)
    kernel = layer().load()
    assert type(kernel).__name__ == "function"
    assert_right(kernel, arguments())


def test_a_kernel_is_known_by_its_texts() -> None:
    kernel: NativeKernel = layer()
    assert kernel.signature.arguments == ("X", "W", "dX") and kernel.signature.function == "k"
    assert "sin(y)" in kernel.source and kernel.header.startswith("/* Generated by Pushforward")
