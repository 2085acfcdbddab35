"""PyTensor through Numba: pushforward and gradient. For several directions or rows it would loop, and is left out."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from grid import GRADIENT, JVP, Cell
from problems import PROBLEMS

NAME = "PyTensor numba"


class PyTensor:
    """What a program needs of a library."""

    def __init__(self, tensor: Any, f: str) -> None:
        self.tensor = tensor
        self.f = (lambda X: tensor.maximum(X, 0)) if f == "relu" else getattr(tensor, f or "tanh")
        self.tanh, self.sum = tensor.tanh, tensor.sum

    def softmax(self, X: Any) -> Any:
        return self.tensor.special.softmax(X, axis=1)

    def logsumexp(self, X: Any) -> Any:
        return self.tensor.logsumexp(X, axis=1, keepdims=True)

    def logdet(self, X: Any) -> Any:
        return self.tensor.linalg.slogdet(X)[1]


def load() -> Any:
    """PyTensor, or None where it or Numba is not installed."""
    try:
        importlib.import_module("numba")
        importlib.import_module("pytensor.tensor.special")
        return importlib.import_module("pytensor")
    except ImportError:
        return None


def contenders(cell: Cell) -> dict[str, Callable[[], Any]]:
    if cell.question not in (JVP, GRADIENT) or load() is None:
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            function = _compiled(cell.problem.name, cell.question, cell.f, cell.precision)
        except NotImplementedError:  # no Rop of an operation
            return {}
    given = cell.problem.inputs(cell.sizes, cell.precision)
    arguments = list(given.values())
    if cell.question == JVP:
        arguments += cell.problem.directions(cell.sizes, cell.precision).values()
    return {NAME: lambda: function(*arguments)}


@lru_cache(maxsize=64)
def _compiled(problem: str, question: str, f: str, precision: str) -> Any:
    """Its arguments are taken as they come, without a test: its fastest way."""
    pytensor = load()
    tensor, stated = pytensor.tensor, PROBLEMS[problem]
    names = list(stated.inputs((1,) * len(stated.sizes.split(", ")), precision))
    inputs = {name: _matrix(tensor, name, precision) for name in names}
    value = stated.value(PyTensor(tensor, f), *inputs.values())
    moved = [inputs[name] for name in stated.moves]
    if question == JVP:
        along = [_matrix(tensor, name, precision) for name in stated.moves]
        arguments, results = [*inputs.values(), *along], [value, pytensor.gradient.Rop(value, moved, along)]
    else:
        scalar = value.sum()
        arguments, results = [*inputs.values()], [scalar, *pytensor.gradient.grad(scalar, moved)]
    function = pytensor.function(arguments, results, mode="NUMBA")
    function.trust_input = True
    return function


def _matrix(tensor: Any, name: str, precision: str) -> Any:
    """A bias is known to be a column, which is why it may be added to every row."""
    return tensor.tensor(name, dtype=precision, shape=(None, 1 if name.startswith("b") else None))
