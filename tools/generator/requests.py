"""What is asked of an expression, and a plan to make it: the operands it needs, and how they are put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from random import Random
from typing import Any, TypeVar

from sympy import Expr, Integer

from symbolic.nodes import SCALAR, Node, Shape, expand_size

ONE = Integer(1)

Item = TypeVar("Item")


class Need(Enum):
    """What has to hold of the entries or of the matrix, at the points that are drawn."""

    ANY = auto()
    DISTINCT = auto()
    """In general position: no entry is zero, no two are equal, full rank, singular values apart."""
    REGULAR = auto()
    """Full rank; of a square matrix, invertible."""
    POSITIVE = auto()
    """Every entry is positive."""
    UNIT = auto()
    """Every entry is between -1 and 1."""
    SPECTRUM = auto()
    """Every eigenvalue has a positive real part."""
    SYMMETRIC = auto()
    """Known to be symmetric, eigenvalues apart."""
    SPD = auto()
    """Known to be symmetric, and positive definite."""


ANY, DISTINCT, REGULAR, POSITIVE, UNIT, SPECTRUM, SYMMETRIC, SPD = Need
OF_ENTRIES = (POSITIVE, UNIT)
OF_SYMMETRIC = (SYMMETRIC, SPD)
ANYWHERE = (ANY, DISTINCT, *OF_ENTRIES)
"""The needs that entries have wherever they stand."""


@dataclass(frozen=True)
class Request:
    """An expression of a shape. Of a 1×1 matrix, whatever is needed of a matrix follows from a positive entry."""

    shape: Shape
    need: Need = ANY

    @property
    def rows(self) -> Any:
        return self.shape[0]

    @property
    def cols(self) -> Any:
        return self.shape[1]

    @property
    def is_square(self) -> bool:
        return bool(self.rows == self.cols)

    @property
    def is_scalar(self) -> bool:
        return self.shape == SCALAR

    @property
    def flipped(self) -> Shape:
        return self.cols, self.rows

    def but(self, need: Need) -> Request:
        """The same shape with another need."""
        return ask(self.rows, self.cols, need)


def ask(rows: Any, cols: Any, need: Need = ANY) -> Request:
    shape = (expand_size(rows), expand_size(cols))
    if shape == SCALAR and need in (REGULAR, SPECTRUM, SYMMETRIC, SPD):
        need = POSITIVE
    return Request(shape, need)


@dataclass(frozen=True)
class Plan:
    """Operands to be asked for, and the expression that is built of them."""

    requests: tuple[Request, ...]
    build: Callable[..., Node]


class Chooser:
    """Random choices, and the sizes that a program is made of."""

    def __init__(self, random: Random, sizes: tuple[Expr, ...], hopeful: bool = False) -> None:
        self.random = random
        self.sizes = sizes
        self.hopeful = hopeful

    def size(self) -> Any:
        return self.random.choice(self.sizes)

    def pick(self, items: Sequence[Item]) -> Item:
        return self.random.choice(items)

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability


Production = Callable[[Chooser, Request], Plan | None]
"""A plan for an expression whose outermost operation is a certain one, or None where it cannot be that one."""
