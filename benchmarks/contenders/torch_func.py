"""PyTorch: torch.func as it is, and through torch.compile where that works."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from grid import DIRECTIONS, GRADIENT, JVP, NUMBER, Cell

NAME, COMPILED = "torch.func", "torch.compile"
DENSE = "torch jacfwd, dense"


class Torch:
    """What a program needs of a library."""

    def __init__(self, torch: Any, f: str) -> None:
        self.torch = torch
        self.f = getattr(torch, f or "tanh")
        self.tanh, self.sum = torch.tanh, torch.sum

    def softmax(self, X: Any) -> Any:
        return self.torch.softmax(X, dim=1)

    def logsumexp(self, X: Any) -> Any:
        return self.torch.logsumexp(X, dim=1, keepdim=True)

    def logdet(self, X: Any) -> Any:
        return self.torch.linalg.slogdet(X)[1]


def load() -> Any:
    """PyTorch, or None where it is not installed."""
    try:
        return importlib.import_module("torch")
    except ImportError:
        return None


def contenders(cell: Cell) -> dict[str, Callable[[], Any]]:
    torch = load()
    if torch is None:
        return {}
    called = _InTorch(cell, torch)
    found = {NAME: called.of(called.function())}
    if cell.dense:
        found[DENSE] = called.of(called.dense)
    compiled = called.of(torch.compile(called.function(), dynamic=False))
    try:
        compiled()
    except Exception:  # whatever its compiler raises: then there is no such contender
        return found
    return {**found, COMPILED: compiled}


class _InTorch:
    def __init__(self, cell: Cell, torch: Any) -> None:
        self.cell, self.torch, self.problem = cell, torch, cell.problem
        self.library = Torch(torch, cell.f)
        inputs = self.problem.inputs(cell.sizes, cell.precision)
        self.order = tuple(inputs)
        self.moved = tuple(torch.from_numpy(inputs[name]) for name in self.problem.moves)
        self.fixed = {n: torch.from_numpy(value) for n, value in inputs.items() if n not in self.problem.moves}
        number = NUMBER if cell.question == DIRECTIONS else None
        directions = self.problem.directions(cell.sizes, cell.precision, number)
        self.directions = tuple(torch.from_numpy(directions[name]) for name in self.problem.moves)

    def of(self, function: Any) -> Callable[[], Any]:
        def call() -> Any:
            with self.torch.no_grad():
                return function(self.moved, self.directions)

        return call

    def value(self, *moved: Any) -> Any:
        named = {**self.fixed, **dict(zip(self.problem.moves, moved, strict=True))}
        return self.problem.value(self.library, *(named[name] for name in self.order))

    def function(self) -> Any:
        return {JVP: self.tangent, DIRECTIONS: self.tangents, GRADIENT: self.gradient}.get(
            self.cell.question, self.rows
        )

    def tangent(self, moved: Any, directions: Any) -> Any:
        return self.torch.func.jvp(self.value, moved, directions)

    def tangents(self, moved: Any, directions: Any) -> Any:
        func = self.torch.func
        values, tangents = func.vmap(lambda *along: func.jvp(self.value, moved, along), out_dims=(None, 0))(*directions)
        return values, tangents

    def gradient(self, moved: Any, _: Any) -> Any:
        func = self.torch.func
        found, value = func.grad_and_value(lambda *given: self.value(*given).sum(), tuple(range(len(moved))))(*moved)
        return value, *found

    def rows(self, moved: Any, _: Any) -> Any:
        func = self.torch.func
        return (func.vmap(func.jacrev(lambda row: self.value(row[None])[0]))(moved[0]),)

    def dense(self, moved: Any, _: Any) -> Any:
        return (self.torch.func.jacfwd(self.value)(moved[0]),)
