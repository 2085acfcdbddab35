"""autograd, which differentiates NumPy as it runs."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from grid import GRADIENT, JVP, Cell

NAME = "autograd"


class Autograd:
    """What a program needs of a library."""

    def __init__(self, numpy: Any, f: str) -> None:
        self.np = numpy
        named = {"relu": lambda X: numpy.maximum(X, 0), "sigmoid": lambda X: 1 / (1 + numpy.exp(-X))}
        self.f = named.get(f) or getattr(numpy, f or "tanh")
        self.tanh, self.sum = numpy.tanh, numpy.sum

    def _exponentials(self, X: Any) -> tuple[Any, Any]:
        largest = self.np.max(X, axis=1, keepdims=True)
        return largest, self.np.exp(X - largest)

    def softmax(self, X: Any) -> Any:
        _, E = self._exponentials(X)
        return E / self.np.sum(E, axis=1, keepdims=True)

    def logsumexp(self, X: Any) -> Any:
        largest, E = self._exponentials(X)
        return largest + self.np.log(self.np.sum(E, axis=1, keepdims=True))

    def logdet(self, X: Any) -> Any:
        return self.np.linalg.slogdet(X)[1]


def load() -> Any:
    """autograd, or None where it is not installed."""
    try:
        importlib.import_module("autograd.numpy")
        return importlib.import_module("autograd")
    except ImportError:
        return None


def contenders(cell: Cell) -> dict[str, Callable[[], Any]]:
    autograd, problem = load(), cell.problem
    if autograd is None or cell.question not in (JVP, GRADIENT):
        return {}
    library = Autograd(autograd.numpy, cell.f)
    given = problem.inputs(cell.sizes, cell.precision)
    moved = tuple(given[name] for name in problem.moves)

    def value(moved: Any) -> Any:
        named = {**given, **dict(zip(problem.moves, moved, strict=True))}
        return problem.value(library, *named.values())

    if cell.question == JVP:
        directions = tuple(problem.directions(cell.sizes, cell.precision).values())
        run: Callable[[], Any] = lambda: autograd.make_jvp(value)(moved)(directions)  # noqa: E731
    else:
        both = autograd.value_and_grad(lambda moved: library.sum(value(moved)))

        def run() -> Any:
            found, gradients = both(moved)
            return found, *gradients

    try:
        run()
    except NotImplementedError:  # no jvp of an operation
        return {}
    return {NAME: run}
