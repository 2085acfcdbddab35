"""What cannot be read: the error says which line of the function it is, and what to write instead."""

from __future__ import annotations

import functools
import inspect
import math
import random
import statistics

import numpy as np
import pytest
import scipy.linalg
import scipy.special

import pushforward as pf
from pushforward.tracing import TracingError, expm

SHAPES = {"X": ("n", "m"), "v": ("n",), "A": (3, 3), "s": ()}
KEEP: list = []


def refused(function, shapes=SHAPES, kind=TracingError):
    with pytest.raises(kind) as caught:
        pf.trace(function, shapes)
    return caught.value


def line_of(function, mark="# here"):
    lines, first = inspect.getsourcelines(function)
    (at,) = [number for number, line in enumerate(lines) if mark in line]
    return first + at


# One line each: what is written, and a word of the hint or the message

REFUSED = {
    # branches and plain numbers
    "comparison": (lambda X, v, A, s: X if X.sum() > 0 else v, "np.heaviside"),
    "equality": (lambda X, v, A, s: X if s == 0 else v, "mask"),
    "bool": (lambda X, v, A, s: X if s else v, "one way"),
    "not": (lambda X, v, A, s: not X, "one way"),
    "and": (lambda X, v, A, s: s and X, "one way"),
    "max of Python": (lambda X, v, A, s: max(s, v), "np.maximum"),
    "in": (lambda X, v, A, s: s in X, "`in`"),
    "float": (lambda X, v, A, s: float(s), "NumPy's functions"),
    "int": (lambda X, v, A, s: int(s), "NumPy's functions"),
    "complex": (lambda X, v, A, s: complex(s), "NumPy's functions"),
    "item": (lambda X, v, A, s: s.item(), "item()"),
    "math": (lambda X, v, A, s: math.sin(s), "math"),
    "round": (lambda X, v, A, s: round(s), "derivative"),
    "range": (lambda X, v, A, s: sum(range(s)), "plain number"),
    "statistics": (lambda X, v, A, s: statistics.mean([s, s]), None),
    "mask": (lambda X, v, A, s: X[X > 0], "np.maximum"),
    "where": (lambda X, v, A, s: np.where(X > 0, X, 0), "np.maximum"),
    "where of a mask": (lambda X, v, A, s: np.where(np.ones(3) > 0, A, 0), "np.maximum"),
    "isnan": (lambda X, v, A, s: np.isnan(X), "np.maximum"),
    "sort": (lambda X, v, A, s: np.sort(v), "derivative"),
    "argmax": (lambda X, v, A, s: np.argmax(v), "derivative"),
    "argmax method": (lambda X, v, A, s: v.argmax(), "derivative"),
    "floor": (lambda X, v, A, s: np.floor(v), "derivative"),
    "floor division": (lambda X, v, A, s: v // 2, "floor_divide"),
    "modulo": (lambda X, v, A, s: v % 2, "remainder"),
    "bits": (lambda X, v, A, s: v & 1, "bitwise_and"),
    # sizes that are names
    "ones": (lambda X, v, A, s: np.ones((X.shape[0], 1)) + v, "np.ones_like(X, shape=(n, 1))"),
    "zeros": (lambda X, v, A, s: np.zeros(X.shape[0]), "np.ones_like"),
    "eye": (lambda X, v, A, s: np.eye(X.shape[0]), "np.eye(n, like=X)"),
    "arange": (lambda X, v, A, s: np.arange(X.shape[0]), ""),
    "linspace": (lambda X, v, A, s: np.linspace(0, 1, X.shape[0]), ""),
    "random": (lambda X, v, A, s: np.random.default_rng(0).normal(size=X.shape), "the size n"),
    "random old": (lambda X, v, A, s: np.random.randn(*X.shape), "the size n"),
    "range of a size": (lambda X, v, A, s: [v * i for i in range(X.shape[0])], "the size n"),
    "rows": (lambda X, v, A, s: list(X), "n rows"),
    "len": (lambda X, v, A, s: len(X), "n rows"),
    "unpacking": (lambda X, v, A, s: (lambda a, b: a)(*v), "n rows"),
    "math of a size": (lambda X, v, A, s: X / math.sqrt(X.shape[0]), "math"),
    "branch on a size": (lambda X, v, A, s: X if X.shape[0] > 2 else v, "depends on the sizes"),
    "sizes compared": (lambda X, v, A, s: X if X.shape[0] == X.shape[1] else v, "depends on the sizes"),
    "half a size": (lambda X, v, A, s: X[: X.shape[0] // 2], "divides"),
    # writing
    "item assignment": (lambda X, v, A, s: X.__setitem__(0, 1), "np.concatenate"),
    "deletion": (lambda X, v, A, s: X.__delitem__(0), "np.concatenate"),
    "fill_diagonal": (lambda X, v, A, s: np.fill_diagonal(A, 0), "np.fill_diagonal"),
    "out": (lambda X, v, A, s: np.add(X, 1, out=X), "X = X + Y"),
    "out of NumPy by a size": (lambda X, v, A, s: np.add(np.ones(3), X.shape[0], out=np.ones(3)), "X = X + Y"),
    "out of NumPy": (lambda X, v, A, s: np.add(A, 1, out=np.zeros((3, 3))), "X = X + Y"),
    # arrays of numbers
    "large constants": (lambda X, v, A, s: X @ np.arange(300).reshape(30, 10), "argument"),
    "random constants": (lambda X, v, A, s: A @ np.random.default_rng(0).normal(size=(3, 40)), "argument"),
    "nan": (lambda X, v, A, s: X + np.nan, "nan"),
    "infinity": (lambda X, v, A, s: X + np.array([np.inf, 1]), "inf"),
    "complex numbers": (lambda X, v, A, s: X * 1j, "complex"),
    "words": (lambda X, v, A, s: X + "a", "str"),
    "none": (lambda X, v, A, s: X + None, "NoneType"),
    "objects": (lambda X, v, A, s: X + object(), "object"),
    "array of three axes": (lambda X, v, A, s: A + np.arange(27).reshape(3, 3, 3), "3 axes"),
    "np.array": (lambda X, v, A, s: np.array([s, s]), "np.stack"),
    "np.asarray": (lambda X, v, A, s: np.asarray(X), "leave it out"),
    "np.sum of a list": (lambda X, v, A, s: np.sum([v, v]), "Python's sum"),
    "np.r_": (lambda X, v, A, s: np.r_[v, v], ""),
    "float64": (lambda X, v, A, s: np.float64(s), ""),
    "vectorize": (lambda X, v, A, s: np.vectorize(np.sin)(v), ""),
    "astype": (lambda X, v, A, s: X.astype(int), "int"),
    # functions that are not read
    "cumsum": (lambda X, v, A, s: np.cumsum(v), "np.tril"),
    "cumsum method": (lambda X, v, A, s: v.cumsum(), "np.tril"),
    "prod": (lambda X, v, A, s: np.prod(v), "np.log"),
    "eig": (lambda X, v, A, s: np.linalg.eig(A), "eigh"),
    "lstsq": (lambda X, v, A, s: np.linalg.lstsq(X, v), "pinv"),
    "fft": (lambda X, v, A, s: np.fft.fft(v), "np.fft.fft"),
    "hypot": (lambda X, v, A, s: np.hypot(v, v), "np.sqrt"),
    "interp": (lambda X, v, A, s: np.interp(v, [0, 1], [0, 1]), "np.interp"),
    "gamma": (lambda X, v, A, s: scipy.special.gamma(v), "np.gamma"),
    "accumulate": (lambda X, v, A, s: np.add.accumulate(v), "add.accumulate"),
    "weights": (lambda X, v, A, s: np.average(v, 0, v), "weights"),
    "type by place": (lambda X, v, A, s: np.sum(X, 0, float), "3 arguments"),
    "result by place": (lambda X, v, A, s: np.max(X, 0, np.zeros(3)), "3 arguments"),
    "initial": (lambda X, v, A, s: np.max(v, initial=0), "'initial'"),
    "where option": (lambda X, v, A, s: np.sum(v, where=[True]), "'where'"),
    "ufunc option": (lambda X, v, A, s: np.sin(v, where=np.array(True)), "'where'"),
    "integers asked": (lambda X, v, A, s: np.sum(v, dtype=int), "'dtype'"),
    "too many arguments": (lambda X, v, A, s: np.linalg.inv(A, A), None),
    "norm": (lambda X, v, A, s: np.linalg.norm(X, -2), "-2"),
    "norm of a vector": (lambda X, v, A, s: np.linalg.norm(v, 0), "0"),
    "qr": (lambda X, v, A, s: np.linalg.qr(A, mode="complete"), "mode"),
    "svd": (lambda X, v, A, s: np.linalg.svd(X), "full_matrices=False"),
    "eye with k": (lambda X, v, A, s: np.eye(3, k=1, like=A), "identity"),
    "heaviside": (lambda X, v, A, s: np.heaviside(v, 0.3), "np.heaviside(X, 0)"),
    "power of a negative": (lambda X, v, A, s: (-2.0) ** v, "-2"),
    "division by zero": (lambda X, v, A, s: v / 0, "zero"),
    "exponent": (lambda X, v, A, s: v**5000, "1000"),
    "exponent of a size": (lambda X, v, A, s: v ** X.shape[0], "exponent n"),
    "other diagonal": (lambda X, v, A, s: np.diag(A, k=1), "main diagonal"),
    "einsum axes": (lambda X, v, A, s: np.einsum("ij,kl->ijkl", X, A), "at most two"),
    "einsum between": (lambda X, v, A, s: np.einsum("ij,ik->ijk", X, X), "at most two"),
    "einsum batch": (lambda X, v, A, s: np.einsum("i,j,k->k", v, v, v) + np.einsum("ij,jk,ik->ij", A, A, A), "two"),
    # three axes
    "three axes": (lambda X, v, A, s: X[:, None, :] - X[None], "two axes"),
    "reshape": (lambda X, v, A, s: A.reshape(1, 3, 3), "two axes"),
    "stack": (lambda X, v, A, s: np.stack([X, X]), "np.concatenate"),
    "deep block": (lambda X, v, A, s: np.block([[[A]]]), "lists of lists"),
    # indexing
    "step": (lambda X, v, A, s: v[::2], "step"),
    "backwards": (lambda X, v, A, s: v[::-1], "step"),
    "list of places": (lambda X, v, A, s: v[[0, 2]], "slices"),
    "array of places": (lambda X, v, A, s: v[np.array([0, 2])], "slices"),
    "array as place": (lambda X, v, A, s: v[s], "slices"),
    "boolean place": (lambda X, v, A, s: v[True], "slices"),
    # SciPy
    "expm": (lambda X, v, A, s: scipy.linalg.expm(A), "pushforward.tracing.expm"),
    "logm": (lambda X, v, A, s: scipy.linalg.logm(A), "pushforward.tracing.logm"),
    "sylvester": (lambda X, v, A, s: scipy.linalg.solve_sylvester(A, A, A), "pushforward.tracing.solve_sylvester"),
    "scipy solve": (lambda X, v, A, s: scipy.linalg.solve(A, A), "np.linalg.solve"),
    "scipy inv": (lambda X, v, A, s: scipy.linalg.inv(A), "np.linalg.inv"),
    "scipy cholesky": (lambda X, v, A, s: scipy.linalg.cholesky(A, lower=True), "np.linalg.cholesky"),
    "solve_triangular": (lambda X, v, A, s: scipy.linalg.solve_triangular(A, A), "np.tril"),
    "logsumexp": (lambda X, v, A, s: scipy.special.logsumexp(X, axis=1), "pushforward.tracing.logsumexp"),
    "softmax": (lambda X, v, A, s: scipy.special.softmax(X, axis=1), "pushforward.tracing.softmax"),
    "block_diag": (lambda X, v, A, s: scipy.linalg.block_diag(A, A), "np.block"),
    "random choice": (lambda X, v, A, s: random.sample(v, 2), None),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_where_and_what_else(name):
    function, word = REFUSED[name]
    if word is None:
        with pytest.raises(TypeError):
            pf.trace(function, SHAPES)
        return
    error = refused(function)
    assert isinstance(error, pf.NotSupported)
    assert error.source.name == __file__
    assert error.line == function.__code__.co_firstlineno
    assert word in str(error), str(error)
    assert "symbolic" not in error.message


WRONG = {
    "product": lambda X, v, A, s: X @ X,
    "vectors": lambda X, v, A, s: v @ A,
    "numbers": lambda X, v, A, s: X @ s,
    "sum": lambda X, v, A, s: X + A,
    "rows": lambda X, v, A, s: X + v,
    "inverse": lambda X, v, A, s: np.linalg.inv(X),
    "determinant": lambda X, v, A, s: np.linalg.det(v),
    "system": lambda X, v, A, s: np.linalg.solve(A, v),
    "power": lambda X, v, A, s: np.linalg.matrix_power(X, 2),
    "trace": lambda X, v, A, s: np.trace(X),
    "place": lambda X, v, A, s: A[3],
    "negative place": lambda X, v, A, s: A[-4],
    "places": lambda X, v, A, s: v[0, 0],
    "place of a number": lambda X, v, A, s: s[0],
    "empty slice": lambda X, v, A, s: A[2:1],
    "axis": lambda X, v, A, s: X.sum(axis=2),
    "axes that are none": lambda X, v, A, s: X.sum(axis=()),
    "axes that are one": lambda X, v, A, s: X.sum(axis=(0, 0)),
    "axis of a vector": lambda X, v, A, s: v.max(axis=1),
    "reshape": lambda X, v, A, s: A.reshape(4, 2),
    "reshape with -1": lambda X, v, A, s: X.reshape(7, -1),
    "joined": lambda X, v, A, s: np.concatenate([X, v]),
    "side by side": lambda X, v, A, s: np.hstack([X, A]),
    "on top": lambda X, v, A, s: np.vstack([X, A]),
    "stacked": lambda X, v, A, s: np.stack([v, A[0]]),
    "einsum": lambda X, v, A, s: np.einsum("ij,jk->ik", X, A),
    "einsum axes": lambda X, v, A, s: np.einsum("i->", X),
    "squeeze": lambda X, v, A, s: X.squeeze(0),
    "transpose": lambda X, v, A, s: X.transpose(0, 0),
    "swapaxes": lambda X, v, A, s: v.swapaxes(0, 1),
    "broadcast_to": lambda X, v, A, s: np.broadcast_to(A, (3, 4)),
    "triangle": lambda X, v, A, s: np.tril(v),
    "len of a number": lambda X, v, A, s: len(s),
    "expm": lambda X, v, A, s: expm(X),
    "nothing to join": lambda X, v, A, s: np.block([[], [A]]),
}


@pytest.mark.parametrize("name", WRONG)
def test_shapes_that_do_not_fit(name):
    error = refused(WRONG[name], kind=pf.ShapeError)
    assert error.source.name == __file__
    assert error.line == WRONG[name].__code__.co_firstlineno


# Whole functions


def changes_an_input(X, v, A, s):
    Y = X.T
    X += 1  # here
    return X + Y.T


def changes_a_view(X, v, A, s):
    Y = X @ X.T
    Z = Y.T
    Y *= 2  # here
    return Z


def changes_a_diagonal(X, v, A, s):
    B = A @ A
    d = np.diag(B)
    B += 1  # here
    return d


def changes_a_row(X, v, A, s):
    B = A @ A
    for row in B:
        row *= 2  # here
    return B


def changes_a_part(X, v, A, s):
    Y = X * 2
    Y[0] += 1  # here
    return Y


def changes_the_shape(X, v, A, s):
    z = s * 2
    z += 1
    w = v * 1
    w += X[:, :1]  # here
    return w


def adds_to_numpy(X, v, A, s):
    total = np.zeros((3, 3))
    for k in range(3):
        total += A * k  # here
    return total


def branches(X, v, A, s):
    Y = np.sin(X)
    if Y.sum() > 0:  # here
        return Y
    return X


def loops(X, v, A, s):
    while s < 3:  # here
        s = s * 2
    return s


# fmt: off
def deep(X, v, A, s):
    def inner(Z):
        return [
            Z
            @ X  # not here
            for _ in range(2)
        ]

    return inner(
        X  # not here either
    )


def spread_over_lines(X, v, A, s):
    Y = (
        X
        @ X.T
        @ A  # the end
    )
    return Y
# fmt: on


def uses_a_string(X, v, A, s):
    label = "λ→" ; Y = np.cumsum(X)  # here  # fmt: skip  # noqa: E702
    return label, Y


def calls_a_helper(X, v, A, s):
    return _helper(X)


def _helper(X):
    Y = X.T
    return np.linalg.cond(Y)  # here


def unsupported_attribute(X, v, A, s):
    return X.flat  # here


@pytest.mark.parametrize(
    "function",
    [changes_an_input, changes_a_view, changes_a_diagonal, changes_a_row, changes_a_part, changes_the_shape,
     adds_to_numpy, branches, loops, uses_a_string, unsupported_attribute],
)  # fmt: skip
def test_the_line_is_named(function):
    error = refused(function, kind=pf.ProgramError)
    assert error.line == line_of(function)
    assert error.source.name == __file__


def test_the_line_of_a_helper_is_named():
    assert refused(calls_a_helper).line == line_of(_helper)


def test_expressions_of_several_lines():
    assert refused(deep, kind=pf.ShapeError).line == line_of(deep, "# not here\n") - 1
    error = refused(spread_over_lines, kind=pf.ShapeError)
    assert line_of(spread_over_lines, "# the end") - 2 == error.line
    assert str(error).count("^") == 1


def test_the_characters_are_marked():
    error = refused(uses_a_string)
    text = str(error)
    assert text.splitlines()[2].index("^") - text.splitlines()[1].index("np.cumsum") == 0
    assert "^" * len("np.cumsum(X)") in text
    assert error.column == 24


def test_two_functions_on_one_line():
    pair = (lambda X: np.cumsum(X), lambda X: np.cumprod(X))  # fmt: skip
    columns = [refused(function, {"X": "n"}).column for function in pair]
    assert columns[1] - columns[0] == len("np.cumsum(X), lambda X: ")


def test_functions_without_a_source_have_their_line():
    names = {"np": np}
    exec(compile("def function(X):\n    Y = X @ X.T\n    return np.cumsum(Y)\n", "<cell 7>", "exec"), names)
    error = refused(names["function"], {"X": ("n", "m")})
    assert (error.source.name, error.line) == ("<cell 7>", 3)
    assert "<cell 7>:3" in str(error)


def test_functions_of_numpy_alone_have_no_place():
    error = refused(np.cumsum, {"a": "n"})
    assert error.line is None
    assert str(error).startswith("np.cumsum of an array is not read")


# What functions may do all the same


class Problem(Exception):
    pass


def test_errors_of_the_function_pass():
    def function(X):
        Y = np.sin(X)
        raise Problem(Y)

    with pytest.raises(Problem):
        pf.trace(function, X="n")
    with pytest.raises(AttributeError, match="no attribute 'detach'"):
        pf.trace(lambda X: X.detach(), X="n")
    with pytest.raises(ZeroDivisionError):
        pf.trace(lambda X: X / (1 / 0), X="n")
    with pytest.raises(RecursionError):
        pf.trace(lambda X: (lambda f: f(f, X))(lambda f, Z: f(f, Z + 1)), X="n")
    with pytest.raises(SystemExit):
        pf.trace(lambda X: exit(3), X="n")


def test_errors_of_texts_keep_their_place():
    error = refused(lambda X: pf.parse("Y = ) + X"), {"X": "n"}, pf.ProgramError)
    assert error.source.name == "<program>"


def test_errors_that_the_function_catches():
    def function(X):
        try:
            return np.cumsum(X)
        except pf.NotSupported:
            return np.sin(X)

    assert pf.trace(function, X="n") == pf.parse("x : n\nY = sin(x)".replace("x", "X"))
    assert pf.trace(lambda X: getattr(X, "flat", X) * (2 if hasattr(X, "argmax") else 3), X="n") == pf.parse(
        "X : n\nY = 3*X"
    )


@pytest.mark.parametrize(
    "what", [None, "text", object(), [[1, None]], {"a": "b"}, ([1], 2), (), {}, [], np.zeros((2, 2, 2))]
)
def test_results_that_are_no_arrays(what):
    def function(X):
        return what

    error = refused(function, {"X": "n"})
    assert error.line == function.__code__.co_firstlineno
    assert "return" in str(error)


def test_generators_and_coroutines():
    def generator(X):
        yield np.sin(X)

    async def coroutine(X):
        return np.sin(X)

    assert "generator" in str(refused(generator, {"X": "n"}))
    assert "coroutine" in str(refused(coroutine, {"X": "n"}))


def test_arrays_are_of_one_trace():
    pf.trace(lambda X: KEEP.append(X) or np.sin(X), X="n")
    old = KEEP.pop()
    with pytest.raises(TracingError, match="after the function has returned"):
        np.sin(old)
    with pytest.raises(TracingError, match="after the function has returned"):
        old * old.shape[0]
    assert "another traced function" in str(refused(lambda X: X + old, {"X": "n"}))


def test_arrays_are_shown():
    texts = []
    pf.trace(
        lambda X, s: texts.extend([repr(X), f"{X:.3f}", str(X.shape), f"{X.shape[0]:>4}", repr(s)]) or X,
        X=("n", 3),
        s=(),
    )
    assert texts[0] == texts[1] == "<an array of shape (n, 3) while a function is traced>"
    assert texts[2:4] == ["(n, 3)", "n"]


def test_partial_application_hides_parameters():
    error = refused(functools.partial(lambda W, X: X @ W, np.eye(3)), {"X": ("n", "m")}, pf.ShapeError)
    assert error.line is not None


def test_sizes_answer_what_is_certain():
    def function(X, Y):
        n, m = X.shape
        assert X.shape[0] == Y.shape[0] and n >= 0 and not n < 0 and X.shape == (*Y.shape[:1], m)
        assert (n - n, n * 2 == n + n, bool(n * 0)) == (0, True, False)
        assert n * m // m == n and X.size == n * m and hash(n) == hash(Y.shape[0])
        assert isinstance(X.ndim, int) and X.dtype == float and np.ndim(X) == 2 and np.shape(X)[0] == n
        assert np.size(X) == X.size and np.size(X, 0) == n and not np.iscomplexobj(X)
        return X * np.sqrt(n) / np.float64(2.0) * n**2 / np.abs(-n) + (-n) * X + (+n) + 2**n

    program = pf.trace(function, X=("n", "m"), Y=("n", "k"))
    assert [str(size) for size in program.sizes] == ["n", "m", "k"]
