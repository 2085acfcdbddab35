"""What a program is made of: inputs, lets, and scalar functions of one's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from sympy import Expr

from symbolic import nodes
from symbolic.nodes import Node, Shape
from symbolic.walks import subexpressions


@dataclass(frozen=True)
class Input:
    """A matrix that is given. `facts`: symmetric, spd, orthogonal, diagonal, lower, upper, positive."""

    name: str
    shape: Shape
    facts: tuple[str, ...] = ()

    @cached_property
    def symbol(self) -> Node:
        return nodes.symbol(self.name, *self.shape)


@dataclass(frozen=True)
class Let:
    """`name = expr`; `source` is the text it was read from, kept for teaching."""

    name: str
    expr: Node
    source: str = field(default="", compare=False)
    symbol: Node = field(init=False, compare=False, repr=False)
    parts: tuple[Node, ...] = field(init=False, compare=False, repr=False)
    """Every distinct subexpression, each after its own operands."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "symbol", nodes.symbol(self.name, *self.expr.shape))
        object.__setattr__(self, "parts", tuple(subexpressions(self.expr)))


@dataclass(frozen=True)
class ScalarFunction:
    """f(x) = body, where `body` is a SymPy expression of `scalars.ARGUMENT`."""

    name: str
    body: Expr
