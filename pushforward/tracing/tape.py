"""The operations of one run of a function, in order, each with a symbol of its own for its value."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any

from pushforward.tracing.errors import TracingError
from pushforward.tracing.variables import Variables
from symbolic import nodes, shapes
from symbolic.nodes import Dim, Node
from symbolic.walks import subexpressions


class Recorded:
    """A value that stands for a matrix: `node` is its symbol on the `tape`, or a constant."""

    node: Node
    tape: Tape


@dataclass(frozen=True)
class Dispatch:
    """What a tape does when NumPy is called on its arrays."""

    ufunc: Callable[..., Any]
    function: Callable[..., Any]
    index: Callable[..., Any]


@dataclass(frozen=True)
class Entry:
    """One operation. `expression` is over the symbols of others, None for an input; `line` is where it was made."""

    symbol: Node
    expression: Node | None
    line: int


class Tape:
    """What a function does to its arrays. `code`: the function's own, whose variables give the names."""

    def __init__(self, code: CodeType | None, dispatch: Dispatch) -> None:
        self.dispatch = dispatch
        self.entries: dict[Node, Entry] = {}
        self.constants: dict[Node, Node] = {}
        self.variables = Variables(code, lambda value: value.node if isinstance(value, Recorded) else None)
        self.is_open = True

    def input(self, rows: Dim, cols: Dim) -> Node:
        return self._add(None, (rows, cols))

    def record(self, expression: Node) -> Node:
        """The symbol of a new operation; constants stay as they are. Raises ShapeError, NotSupported.

        `expression`: over the symbols of this tape.
        """
        if not self.is_open:
            raise TracingError("an array of a traced function is used after the function has returned")
        self.variables.look(sys._getframe())
        if expression in self.entries or not self._moves(expression):
            return expression
        return self._add(expression, expression.shape)

    def constant(self, expression: Node) -> Node:
        """The symbol of a matrix of numbers; one and the same for equal ones."""
        if expression not in self.constants:
            self.constants[expression] = self._add(expression, expression.shape)
        return self.constants[expression]

    def close(self) -> None:
        """The function has returned, or raised: its arrays are of no more use."""
        self.variables.finish()
        self.is_open = False

    def _moves(self, expression: Node) -> bool:
        """Whether anything in it is not constant; every part of it is checked."""
        found = False
        for part in subexpressions(expression):
            found = found or part in self.entries
            shapes.check(part)
        return found

    def _add(self, expression: Node | None, shape: nodes.Shape) -> Node:
        symbol = nodes.symbol(f".{len(self.entries)}", *shape)
        self.entries[symbol] = Entry(symbol, expression, self.variables.line)
        return symbol
