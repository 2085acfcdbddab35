"""JAX, compiled: jvp, vmap of the linear map for several directions, vmap of jacrev for rows, value_and_grad."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cached_property
from typing import Any

from grid import DIRECTIONS, GRADIENT, JVP, NUMBER, Cell

NAME = "JAX jit"
UNCOMPILED_ROWS, DENSE = "JAX vmap(jacrev), not compiled", "JAX jit(jacfwd), dense"


class Jax:
    """What a program needs of a library."""

    def __init__(self, jax: Any, f: str) -> None:
        self.jax, self.np = jax, jax.numpy
        named = {"relu": jax.nn.relu, "sigmoid": jax.nn.sigmoid}
        self.f = named.get(f) or getattr(self.np, f or "tanh")
        self.tanh = self.np.tanh

    def softmax(self, X: Any) -> Any:
        return self.jax.nn.softmax(X, axis=1)

    def logsumexp(self, X: Any) -> Any:
        return self.jax.nn.logsumexp(X, axis=1, keepdims=True)

    def logdet(self, X: Any) -> Any:
        return self.np.linalg.slogdet(X)[1]

    def sum(self, X: Any) -> Any:
        return self.np.sum(X)


def load() -> Any:
    """JAX in double precision, or None where it is not installed."""
    try:
        jax = importlib.import_module("jax")
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    return jax


def contenders(cell: Cell) -> dict[str, Callable[[], Any]]:
    jax = load()
    return _InJax(cell, jax).contenders() if jax is not None else {}


class _InJax:
    def __init__(self, cell: Cell, jax: Any) -> None:
        self.cell, self.jax, self.problem = cell, jax, cell.problem
        self.library = Jax(jax, cell.f)
        inputs = self.problem.inputs(cell.sizes, cell.precision)
        self.moved = [jax.numpy.asarray(inputs[name]) for name in self.problem.moves]
        self.fixed = {name: jax.numpy.asarray(value) for name, value in inputs.items()
                      if name not in self.problem.moves}  # fmt: skip

    def value(self, fixed: Any, *moved: Any) -> Any:
        named = {**fixed, **dict(zip(self.problem.moves, moved, strict=True))}
        order = self.problem.shapes(*self.cell.sizes)
        return self.problem.value(self.library, *(named[name] for name in order))

    @cached_property
    def directions(self) -> list[Any]:
        number = NUMBER if self.cell.question == DIRECTIONS else None
        found = self.problem.directions(self.cell.sizes, self.cell.precision, number)
        return [self.jax.numpy.asarray(found[name]) for name in self.problem.moves]

    def contenders(self) -> dict[str, Callable[[], Any]]:
        if self.cell.question == JVP:
            return {NAME: self.called(self.jax.jit(self.tangent), self.directions)}
        if self.cell.question == DIRECTIONS:
            return {NAME: self.called(self.jax.jit(self.tangents), self.directions)}
        if self.cell.question == GRADIENT:
            return {NAME: self.called(self.jax.jit(self.gradient), None)}
        return self.rows()

    def called(self, function: Any, more: Any) -> Callable[[], Any]:
        return lambda: self.jax.block_until_ready(function(self.fixed, self.moved, more))

    def tangent(self, fixed: Any, moved: Any, directions: Any) -> Any:
        return self.jax.jvp(lambda *given: self.value(fixed, *given), tuple(moved), tuple(directions))

    def tangents(self, fixed: Any, moved: Any, directions: Any) -> Any:
        value, linear = self.jax.linearize(lambda *given: self.value(fixed, *given), *moved)
        return value, self.jax.vmap(linear)(*directions)

    def gradient(self, fixed: Any, moved: Any, _: Any) -> Any:
        scalar = self.library.sum
        both = self.jax.value_and_grad(lambda *given: scalar(self.value(fixed, *given)), tuple(range(len(moved))))
        value, found = both(*moved)
        return value, *found

    def rows(self) -> dict[str, Callable[[], Any]]:
        jax = self.jax

        def of_rows(fixed: Any, moved: Any, _: Any) -> Any:
            return (jax.vmap(jax.jacrev(lambda row: self.value(fixed, row)))(moved[0]),)

        found = {
            NAME: self.called(jax.jit(of_rows), None),
            UNCOMPILED_ROWS: self.called(of_rows, None),
        }
        if self.cell.dense:
            dense = jax.jit(lambda fixed, moved, _: (jax.jacfwd(lambda X: self.value(fixed, X))(moved[0]),))
            found[DENSE] = self.called(dense, None)
        return found
