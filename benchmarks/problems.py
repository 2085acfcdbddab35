"""The programs that are timed, each as text for Pushforward and as one function for every other library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Sizes = tuple[int, ...]
Shapes = dict[str, tuple[int, ...]]


class Library(Protocol):
    """What a program needs of a library beside +, *, @ and .T: functions of an entry, of a row, of a matrix."""

    def f(self, X: Any) -> Any: ...  # sin, tanh, relu, sigmoid or exp
    def tanh(self, X: Any) -> Any: ...
    def softmax(self, X: Any) -> Any: ...  # of each row
    def logsumexp(self, X: Any) -> Any: ...  # of each row, as a column
    def logdet(self, X: Any) -> Any: ...
    def sum(self, X: Any) -> Any: ...


@dataclass(frozen=True)
class Problem:
    """`text`: with {f} for the function. `shapes`: of the inputs, by the names of the text. `moves`: those perturbed.

    `value`: of a library and the inputs. `scalar`: turns the result into the number whose gradient is asked for, both
    here and at the end of the text; empty where it is a number already.
    """

    name: str
    text: str
    sizes: str
    shapes: Callable[..., Shapes]
    moves: tuple[str, ...]
    value: Callable[..., Any]
    output: str
    scalar: str = ""

    def program(self, f: str, gradient: bool) -> str:
        text = self.text.format(f=f)
        return f"{text}; y = {self.scalar}" if gradient and self.scalar else text

    def inputs(self, sizes: Sizes, precision: str) -> dict[str, Array]:
        """Random entries, scaled so that products stay near one."""
        normal = np.random.default_rng(0).standard_normal
        return {
            name: (normal(shape) / np.sqrt(_summed(name, shape))).astype(precision)
            for name, shape in self.shapes(*sizes).items()
        }

    def directions(self, sizes: Sizes, precision: str, number: int | None = None) -> dict[str, Array]:
        """A perturbation of each input that moves, or that many stacked."""
        normal = np.random.default_rng(1).standard_normal
        front = () if number is None else (number,)
        shapes = self.shapes(*sizes)
        return {name: normal((*front, *shapes[name])).astype(precision) for name in self.moves}


def _summed(name: str, shape: tuple[int, ...]) -> int:
    """Over how many entries a product with this matrix sums: weights are on the right."""
    return shape[0] if name.startswith("W") else 1


def _seed(lib: Library, X0: Any, W1: Any, W2: Any) -> Any:
    return lib.f(lib.f(X0 @ W1) @ W2)


def _layers(lib: Library, X: Any, W1: Any, b1: Any, W2: Any, b2: Any, W3: Any, b3: Any) -> Any:
    return lib.tanh(lib.tanh(X @ W1 + b1.T) @ W2 + b2.T) @ W3 + b3.T


def _regression(lib: Library, X: Any, P: Any, W: Any, b: Any) -> Any:
    Z = X @ W + b.T
    return (lib.sum(lib.logsumexp(Z)) - lib.sum(P * Z)) / P.shape[0]


def _logdet(lib: Library, X: Any) -> Any:
    return lib.logdet(X.T @ X)


def _attention(lib: Library, X: Any, Wq: Any, Wk: Any, Wv: Any) -> Any:
    scores = (X @ Wq) @ (X @ Wk).T
    return lib.softmax(scores * (1 / Wq.shape[1] ** 0.5)) @ (X @ Wv)


def _layer_shapes(n: int, m: int, h: int, p: int) -> Shapes:
    return {"X": (n, m), "W1": (m, h), "b1": (h, 1), "W2": (h, h), "b2": (h, 1), "W3": (h, p), "b3": (p, 1)}


SEED = Problem(
    "two layers",
    "X0 : n x m; W1 : m x h; W2 : h x p; X1 = X0*W1; X2 = {f}(X1); X3 = X2*W2; X4 = {f}(X3)",
    "n, m, h, p",
    lambda n, m, h, p: {"X0": (n, m), "W1": (m, h), "W2": (h, p)},
    ("X0",),
    _seed,
    "X4",
    "sum(X4)",
)
LAYERS = Problem(
    "three layers with bias",
    "X : n x m; W1 : m x h; b1 : h; W2 : h x h; b2 : h; W3 : h x p; b3 : p; H1 = tanh(X*W1 + ones(n,1)*b1'); "
    "H2 = tanh(H1*W2 + ones(n,1)*b2'); Y = H2*W3 + ones(n,1)*b3'",
    "n, m, h, p",
    _layer_shapes,
    ("W1", "b1", "W2", "b2", "W3", "b3"),
    _layers,
    "Y",
    "sum(Y)",
)
REGRESSION = Problem(
    "softmax regression",
    "X : n x m; P : n x k; W : m x k; b : k; Z = X*W + ones(n,1)*b'; y = (sum(logsumexp(Z, 2)) - sum(P .* Z))/n",
    "n, m, k",
    lambda n, m, k: {"X": (n, m), "P": (n, k), "W": (m, k), "b": (k, 1)},
    ("W", "b"),
    _regression,
    "y",
)
LOGDET = Problem(
    "log det of XᵀX", "X : n x m; y = logdet(X'*X)", "n, m", lambda n, m: {"X": (n, m)}, ("X",), _logdet, "y"
)
ATTENTION = Problem(
    "attention",
    "X : n x m; Wq : m x k; Wk : m x k; Wv : m x k; Q = X*Wq; K = X*Wk; V = X*Wv; Y = attention(Q, K, V)",
    "n, m, k",
    lambda n, m, k: {"X": (n, m), "Wq": (m, k), "Wk": (m, k), "Wv": (m, k)},
    ("X",),
    _attention,
    "Y",
    "sum(Y)",
)
PROBLEMS: Mapping[str, Problem] = {each.name: each for each in (SEED, LAYERS, REGRESSION, LOGDET, ATTENTION)}
