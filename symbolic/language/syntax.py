"""The syntax tree: what was written, with the place of every part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Union

from symbolic.errors import Span


@dataclass(frozen=True, slots=True)
class Number:
    value: Fraction
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    """`order` counts the primes: f''(X) has order 2."""

    function: str
    order: int
    arguments: tuple[Syntax, ...]
    span: Span

    @property
    def argument(self) -> Syntax:
        """The first argument, which is the only one of a function of each entry."""
        return self.arguments[0]


@dataclass(frozen=True, slots=True)
class Filled:
    """ones(n,m), zeros(n,m), eye(n); the sizes are expressions such as 2*n."""

    function: str
    sizes: tuple[Syntax, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Least:
    """min(n, m), the smallest of some sizes."""

    sizes: tuple[Syntax, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Extent:
    """One place i, places i:j, or, both None, all of them."""

    first: Syntax | None
    last: Syntax | None
    span: Span


@dataclass(frozen=True, slots=True)
class Index:
    """X[1:2, :], X[i, j], or x[i] of a column."""

    base: Syntax
    extents: tuple[Extent, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """[A, B; C, D]: rows of matrices."""

    rows: tuple[tuple[Syntax, ...], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms with their signs, +1 or -1; a negation is a sum of one term. `dotted`: which ones follow .+ or .-"""

    terms: tuple[tuple[int, Syntax], ...]
    span: Span
    dotted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Product:
    """Read from left to right; the operators are * .* / ./"""

    first: Syntax
    rest: tuple[tuple[str, Syntax], ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Power:
    """`^` or, elementwise, `.^`."""

    base: Syntax
    exponent: Syntax
    elementwise: bool
    span: Span


@dataclass(frozen=True, slots=True)
class Transposed:
    argument: Syntax
    span: Span


Syntax = Union[Number, Name, Call, Filled, Least, Index, Block, Sum, Product, Power, Transposed]


@dataclass(frozen=True, slots=True)
class Declaration:
    """`rows` and `cols` are sizes: numbers, names, and expressions of these."""

    name: str
    rows: Syntax
    cols: Syntax
    facts: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Definition:
    """f(x) = body: a scalar function, applied elementwise."""

    function: str
    parameter: str
    body: Syntax
    span: Span


@dataclass(frozen=True, slots=True)
class Assignment:
    name: str
    value: Syntax
    span: Span
    name_span: Span


@dataclass(frozen=True, slots=True)
class Return:
    values: tuple[Syntax, ...]
    span: Span


Statement = Union[Declaration, Definition, Assignment, Return]


@dataclass(frozen=True, slots=True)
class Script:
    """A whole text. `parameters` is the argument list of a Julia function, or empty.

    `called`: the functions that are not known by name, each with the place of its first call.
    """

    name: str
    parameters: tuple[Name, ...]
    statements: tuple[Statement, ...]
    called: Mapping[str, Span]
