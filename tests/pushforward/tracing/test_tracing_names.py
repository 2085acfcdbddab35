"""The statements of a traced program: they have the names of the function's own variables."""

from __future__ import annotations

import functools
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import pushforward as pf
from pushforward.tracing import softmax

EXAMPLES = Path(__file__).parents[3] / "examples"
LAYERS = {"X0": ("n", "m"), "W1": ("m", "h"), "W2": ("h", "p")}


def seed(X0, W1, W2):
    X1 = X0 @ W1
    X2 = np.sin(X1)
    X3 = X2 @ W2
    X4 = np.sin(X3)
    return X4


def lines(function, shapes=None, **options):
    return pf.trace(function, shapes, **options).lines("text")


def statements(function, shapes=None, **options):
    return [line for line in lines(function, shapes, **options) if "=" in line or line.startswith("return")]


def test_the_seed_is_the_example():
    assert pf.trace(seed, LAYERS) == pf.read(EXAMPLES / "seed_sin.pf")
    assert pf.trace(seed, LAYERS).name == "seed"
    assert pf.trace(seed, LAYERS, "other").name == "other"


def test_what_has_no_name_is_one_statement():
    program = pf.trace(lambda X0, W1, W2: np.sin(np.sin(X0 @ W1) @ W2), LAYERS)
    assert program == pf.parse("Y = sin(sin(X0*W1)*W2)")
    assert program.name == "program"


def test_the_source_of_a_statement_is_its_line():
    assert [let.source for let in pf.trace(seed, LAYERS).lets] == [
        "X1 = X0 @ W1", "X2 = np.sin(X1)", "X3 = X2 @ W2", "X4 = np.sin(X3)",
    ]  # fmt: skip


def test_a_variable_that_is_assigned_again_keeps_its_last_value():
    def network(X, A, B, C):
        H = X
        for W in (A, B, C):
            H = np.tanh(H @ W)
        return H

    shapes = dict.fromkeys("XABC", ("n", "n"))
    assert statements(network, shapes) == ["H1 = tanh(X*A)", "H2 = tanh(H1*B)", "H = tanh(H2*C)"]


def test_names_with_digits_are_numbered_with_an_underscore():
    def function(X):
        X1 = np.sin(X)
        X1 = np.cos(X1)
        return X1

    assert statements(function, X="n") == ["X1_1 = sin(X)", "X1 = cos(X1_1)"]


def test_numbers_do_not_take_the_names_of_others():
    def function(X):
        H = np.sin(X)
        H = np.cos(H)
        H1 = np.exp(H)
        return H1

    assert statements(function, X="n") == ["H2 = sin(X)", "H = cos(H2)", "H1 = exp(H)"]


def test_a_parameter_that_is_assigned_again_stays_the_input():
    def function(X):
        X = np.sin(X)
        X = np.cos(X)
        return X

    assert lines(function, X="n") == ["X : n x 1", "X1 = sin(X)", "X2 = cos(X1)"]


def test_names_that_the_language_has_not_are_changed():
    def function(x_1, _y, λ):
        exp = np.exp(x_1)
        __hidden__value = exp * _y
        tr = __hidden__value + λ
        end = tr * 2
        été = end + 1
        return np.sin(été)

    program = pf.trace(function, x_1="n", _y="n", λ="n")
    assert [given.name for given in program.inputs] == ["x1", "y", "lambda"]
    assert [let.name for let in program.lets] == ["exp1", "hidden_value", "tr1", "end1", "t", "Y"]


def test_nothing_is_called_as_a_size_that_is_a_number():
    def function(X):
        n = np.sin(X)
        m = n * X.shape[0]
        return m

    assert statements(function, X=("n", "m")) == ["n1 = sin(X)", "m = n*n1"]
    assert [given.name for given in pf.trace(lambda n: n.mean(), n="n").inputs] == ["n1"]


def test_tuples_are_taken_apart():
    def function(A):
        Q, R = np.linalg.qr(A)
        w, V = np.linalg.eigh(R @ R.T)
        return Q, V, w

    assert statements(function, A=(5, 3)) == [
        "Q = qr_q(A)", "R = qr_r(A)", "Z1 = R*R'", "w = eigvalsh(Z1)", "V = eigvecsh(Z1)", "return Q, V, w",
    ]  # fmt: skip


def test_what_nothing_uses_is_left_out():
    def function(S):
        _sign, logdet = np.linalg.slogdet(S)
        assert isinstance(np.linalg.inv(S).ndim, int)
        return logdet

    assert statements(function, S=("n", "n", "spd")) == ["logdet1 = logdet(S)"]


def test_what_is_used_twice_gets_a_name():
    def layer(X, W):
        return np.tanh(X @ W)

    def function(X, W):
        return layer(X, W) * np.exp(layer(X, W)), softmax(X @ W, axis=1)

    assert statements(function, X=("n", "m"), W=("m", "m")) == [
        "Y = tanh(X*W) .* exp(tanh(X*W))",
        "Z1 = X*W",
        "Y1 = exp(Z1 - logsumexp(Z1, 2)*ones(1, m))",
        "return Y, Y1",
    ]


def test_transposes_are_written_where_they_stand():
    def function(A, B):
        T = A.T
        return (T @ B) + (B.T @ A).T + A.T

    assert statements(function, A=("n", "n"), B=("n", "n")) == ["T = A'", "Y = T*B + (B'*A)' + A'"]


def test_equal_constants_are_one_statement():
    C = np.array([[1.0, 2.0], [3.0, 4.0]])
    program = pf.trace(lambda X: X @ C @ C, X=("n", 2))
    assert [let.name for let in program.lets] == ["Z1", "Y"]


def test_deep_expressions_are_cut():
    def function(X, W):
        def step(H, count):
            return step(np.tanh(W @ H), count - 1) if count else H

        return step(X, 200)

    program = pf.trace(function, X=("n", "m"), W=("n", "n"))
    assert 8 <= len(program.lets) <= 40
    assert pf.parse(str(program)) == program


def test_long_loops_are_linear():
    def function(X, W):
        for _ in range(1500):
            X = np.sin(W @ X)
        return X

    program = pf.trace(function, X=("n", 1), W=("n", "n"))
    assert len(program.lets) == 1500
    assert program.outputs == ("X1500",)


def test_a_differential_among_the_variables_has_its_mark():
    def tangent(X, dX):
        dY = np.cos(X) * dX
        Y = np.sin(X)
        return Y, dY

    program = pf.trace(tangent, X=("n", "m"), dX=("n", "m"))
    assert program == pf.parse("X : n x m\ndX : n x m\ndY = cos(X) .* dX\nY = sin(X)\nreturn Y, dY")


# What is returned


def test_results_in_order():
    def function(A, B):
        C = A @ B
        return A, C, C, np.sin(C), 1, C

    program = pf.trace(function, A=("n", "n"), B=("n", "n"))
    assert program.outputs == ("A", "C", "Y", "Y1", "Y2", "Y3")
    assert statements(function, A=("n", "n"), B=("n", "n"))[:5] == [
        "C = A*B",
        "Y1 = sin(C)",
        "Y = C",
        "Y2 = 1",
        "Y3 = C",
    ]


def test_results_of_a_mapping_have_its_keys():
    program = pf.trace(lambda X: {"loss": X.sum(), "grad": 2 * X}, X=("n", "m"))
    assert program.outputs == ("loss", "grad")


def test_a_result_that_is_an_input():
    assert pf.trace(lambda X: X, X=("n", "m")).lines("text") == ["X : n x m", "Y = X"]
    assert pf.trace(lambda X, A: (A, X), X=("n", "m"), A=("m", "n")).lines("text")[2:] == ["Y = A", "return Y, X"]


# Where the variables are found


def test_names_under_decorators():
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            X9 = function(*args, **kwargs)
            return X9

        return wrapper

    assert pf.trace(decorate(decorate(seed)), LAYERS) == pf.trace(seed, LAYERS)


def test_names_in_methods_and_partials():
    class Model:
        def __init__(self, slope):
            self.slope = slope

        def forward(self, X, W):
            H = self.slope * (X @ W)
            return H

        __call__ = forward

    expected = ["H = 2*X*W"]
    shapes = {"X": ("n", "m"), "W": ("m", "k")}
    assert statements(Model(2).forward, shapes) == expected
    assert statements(Model(2), shapes) == expected
    assert statements(functools.partial(Model.forward, Model(2)), shapes) == expected
    assert statements(functools.partial(functools.partial(Model(2).forward)), shapes) == expected


def test_names_in_closures_and_nested_functions():
    def make(W):
        def function(X):
            def inner(Z):
                hidden = Z @ X
                return hidden

            outer = inner(W * X)
            return outer

        return function

    assert statements(make(2.0), X=("n", "n")) == ["outer = 2*X*X"]


def test_names_without_source():
    names = {"np": np}
    exec("def function(X, W):\n    H = X @ W\n    return np.sin(H)", names)
    assert statements(names["function"], X=("n", "m"), W=("m", "k")) == ["H = X*W", "Y = sin(H)"]


def test_the_variables_of_comprehensions_give_no_names():
    def function(X, A, B):
        layers = [np.sin(X @ W) for W in (A, B)]
        H = layers[0]
        parts = [np.exp(H) for H in layers]
        return sum(parts) + np.cos(H)

    assert statements(function, dict.fromkeys("XAB", ("n", "n"))) == [
        "H = sin(X*A)",
        "Y = exp(H) + exp(sin(X*B)) + cos(H)",
    ]


def test_recursion_has_the_names_of_the_first_call():
    def function(X, depth=3):
        H = np.sin(X)
        return function(H, depth - 1) if depth else H

    assert statements(function, X="n") == ["H = sin(X)", "Y = sin(sin(sin(H)))"]


def test_a_trace_within_a_trace():
    def inner(X):
        A = X @ X
        return A

    def outer(X):
        B = np.sin(X)
        assert statements(inner, X=("n", "n")) == ["A = X*X"]
        C = inner(B)
        return C

    assert statements(outer, X=("n", "n")) == ["B = sin(X)", "C = B*B"]

    def itself(X, again=True):
        D = np.sin(X)
        if again:
            inside = statements(functools.partial(itself, again=False), X=("k",))
            assert inside == ["D = sin(X)", "E = cos(D)"]
        E = np.cos(D)
        return E

    assert statements(itself, X=("n",)) == ["D = sin(X)", "E = cos(D)"]


def test_hooks_of_others_stay():
    events = []

    def hook(frame, event, argument):
        events.append(event)
        return hook

    before = sys.gettrace(), sys.getprofile()
    sys.settrace(hook)
    sys.setprofile(lambda *event: None)
    try:
        found = statements(seed, LAYERS)
        assert sys.gettrace() is hook
    finally:
        sys.settrace(before[0])
        sys.setprofile(before[1])
    assert found[0] == "X1 = X0*W1"
    assert "line" in events


def test_threads_trace_on_their_own():
    found = {}

    def work(number):
        found[number] = statements(seed, LAYERS)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [statements(seed, LAYERS)] * 4


def test_in_place_changes_are_seen_under_all_names():
    def function(X):
        H = X @ X
        G = H
        H += 1
        return np.sin(G)

    assert statements(function, X=("n", "n")) == ["H1 = X*X", "H = H1 + 1", "Y = sin(H)"]


def test_the_first_of_two_variables_gives_the_name():
    def function(X):
        G = np.sin(X)
        H = G
        return H

    assert statements(function, X="n") == ["G = sin(X)"]


@pytest.mark.parametrize("style", ["text", "unicode", "latex"])
def test_programs_read_back(style):
    program = pf.trace(seed, LAYERS)
    assert pf.parse(program.text(style)) == program
