"""Shapes: the rule of every operation, the unification that infers them, and shapes in words.

A size is a SymPy integer, a symbol (n), or, while a text is read, an unknown to be inferred. The rules are
written once, over `same(a, b)`: unification when a text is read, equality when a program is verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

from sympy import HadamardProduct, Integer, MatAdd, MatMul

from symbolic.errors import NotSupported, ShapeError
from symbolic.nodes import LEAVES, NODES, Node, Quotient, Scale, Shape, dimension, operands

Same = Callable[[Any, Any], bool]

LETTERS = "nmhpqrstklabcdegijuvwyz"


class Unknown:
    """A size still to be inferred."""

    __slots__ = ("value",)

    def __init__(self) -> None:
        self.value: Any = None


class Unification:
    """Which sizes are the same. Sizes named in the text are rigid: n and m stay two."""

    def __init__(self) -> None:
        self.unknowns: list[Unknown] = []

    def fresh(self) -> Unknown:
        self.unknowns.append(Unknown())
        return self.unknowns[-1]

    def find(self, size: Any) -> Any:
        """What is known of a size; chains of unknowns are shortened on the way."""
        path = []
        while isinstance(size, Unknown) and size.value is not None:
            path.append(size)
            size = size.value
        for unknown in path:
            unknown.value = size
        return size

    def same(self, left: Any, right: Any) -> bool:
        left, right = self.find(left), self.find(right)
        if left is right:
            return True
        if isinstance(left, Unknown):
            left.value = right
        elif isinstance(right, Unknown):
            right.value = left
        else:
            return bool(left == right)
        return True

    def shape(self, shape: Shape) -> Shape:
        return self.find(shape[0]), self.find(shape[1])

    def name_unknowns(self, shapes: Iterable[Shape], taken: set[str]) -> None:
        """Give the sizes that nothing determines a letter each: n, m, h, p, …, in order of appearance."""
        names = _fresh_letters(taken)
        for shape in shapes:
            for size in map(self.find, shape):
                if isinstance(size, Unknown):
                    size.value = dimension(next(names))


def _fresh_letters(taken: set[str]) -> Iterator[str]:
    for round_ in count():
        for letter in LETTERS:
            name = letter + (str(round_) if round_ else "")
            if name not in taken:
                yield name


def words(shape: Shape) -> str:
    """n×2; a size not yet known is `?`."""
    return "×".join("?" if isinstance(size, Unknown) else str(size) for size in shape)


# The rules


def product(left: Shape, right: Shape, same: Same) -> Shape:
    if not same(left[1], right[0]):
        raise ShapeError(f"{words(left)} times {words(right)}, the inner dimensions {left[1]} and {right[0]} differ")
    return left[0], right[1]


def entrywise(operation: str, left: Shape, right: Shape, same: Same) -> Shape:
    """Sum, difference, Hadamard product and quotient: the shapes are equal."""
    if not (same(left[0], right[0]) and same(left[1], right[1])):
        raise ShapeError(f"{words(left)} {operation} {words(right)}, the shapes differ")
    return left


def transposed(shape: Shape) -> Shape:
    return shape[1], shape[0]


# Verification


def check(node: Node) -> None:
    """Check one node, its operands being sound. Raises ShapeError, or NotSupported for a node not on the list."""
    operation = type(node)
    if operation not in NODES:
        raise NotSupported(
            f"{operation.__name__} is not a node of Pushforward",
            hint="build expressions with symbolic.nodes, or add the node there",
        )
    if operation in LEAVES:
        return
    shapes = [operand.shape for operand in operands(node)]
    if operation is Scale and len(shapes) == 2 and shapes[0] != (1, 1):
        raise ShapeError(f"a coefficient is 1×1, this one is {words(shapes[0])}")
    if operation in _ENTRYWISE:
        for shape in shapes[1:]:
            entrywise(_ENTRYWISE[operation], shapes[0], shape, _equal)
    if operation is MatMul:
        shape = shapes[0]
        for right in shapes[1:]:
            shape = product(shape, right, _equal)


def _equal(left: Any, right: Any) -> bool:
    return bool(left == right)


_ENTRYWISE = {MatAdd: "plus", HadamardProduct: "times elementwise", Quotient: "divided elementwise by"}


def as_size(value: int | str) -> Any:
    """A size as written, 2 or `n`, as SymPy's integer or symbol."""
    return Integer(value) if isinstance(value, int) else dimension(value)
