"""Shapes: the rule of every operation, the unification that infers them, and shapes in words.

A size is a SymPy integer, a symbol (n), or, while a text is read, an unknown to be inferred. The rules are
written once, over `same(a, b)`: unification when a text is read, equality when a program is verified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from sympy import Expr, HadamardPower, HadamardProduct, Integer, MatAdd, MatMul, MatrixExpr, Rational, Transpose

from symbolic.errors import NotSupported, ShapeError
from symbolic.functions import CATALOGUE
from symbolic.nodes import LEAVES, Elementwise, Node, Quotient, Scale, Shape, dimension

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
    clause = CHECKS.get(type(node))
    if clause is None:
        raise NotSupported(
            f"{type(node).__name__} is not a node of Pushforward",
            hint="build expressions with symbolic.nodes, or add the node there and its clause in symbolic/shapes.py",
        )
    clause(node)


def _sound(node: Node) -> None:
    """Any operand will do."""


def _check_entrywise(node: Node) -> None:
    first, *rest = node.args
    for operand in rest:
        entrywise(_ENTRYWISE[type(node)], first.shape, operand.shape, _equal)


def _check_product(node: Node) -> None:
    shape = node.args[0].shape
    for factor in node.args[1:]:
        shape = product(shape, factor.shape, _equal)


def _check_scale(node: Node) -> None:
    coefficient = node.coefficient
    if isinstance(coefficient, MatrixExpr):
        if coefficient.shape != (1, 1):
            raise ShapeError(f"a coefficient is 1×1, this one is {words(coefficient.shape)}")
    else:
        _check_number(coefficient, "a coefficient")


def _check_power(node: Node) -> None:
    _check_number(node.args[1], "an exponent")


def _check_function(node: Node) -> None:
    if node.function in CATALOGUE and node.order:
        message = f"{node.function} with primes is not a node: its derivative is known"
        raise NotSupported(message, hint="write the derivative out, as symbolic.scalars.spread does")


def _check_number(value: Any, what: str) -> None:
    """A number that moves with nothing: whatever could depend on an input has to be a matrix."""
    if isinstance(value, Rational):
        return
    if not (isinstance(value, Expr) and value.is_number and value.is_extended_real and value.is_finite is not False):
        raise NotSupported(f"{what} is a real number or a 1×1 matrix, not {value}")


def _equal(left: Any, right: Any) -> bool:
    return bool(left == right)


_ENTRYWISE = {MatAdd: "plus", HadamardProduct: "times elementwise", Quotient: "divided elementwise by"}

CHECKS: dict[type, Callable[[Node], None]] = {
    **dict.fromkeys((*LEAVES, Transpose), _sound),
    **dict.fromkeys(_ENTRYWISE, _check_entrywise),
    MatMul: _check_product,
    Scale: _check_scale,
    HadamardPower: _check_power,
    Elementwise: _check_function,
}


def as_size(value: int | str) -> Any:
    """A size as written, 2 or `n`, as SymPy's integer or symbol."""
    return Integer(value) if isinstance(value, int) else dimension(value)


def length(size: Any, lengths: Mapping[str, int]) -> int:
    """A size as a number, given those of the symbolic ones."""
    return int(size) if size.is_Integer else lengths[size.name]
