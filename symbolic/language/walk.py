"""Walks through a syntax tree: its parts, the names that stand for matrices, and those that stand for sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symbolic.errors import NotSupported
from symbolic.language.calls import resolve
from symbolic.language.syntax import (
    Block,
    Call,
    Filled,
    Index,
    Least,
    Name,
    Number,
    Power,
    Product,
    Sum,
    Syntax,
    Transposed,
)  # fmt: skip
from symbolic.language.words import RESHAPING, is_operation


def matrix_names(syntax: Syntax) -> Iterator[Name]:
    """The names that stand for matrices, from left to right: not those in sizes."""
    for part in parts(syntax):
        if type(part) is Name and part.name != "pi":
            yield part


def size_names(syntax: Syntax) -> Iterator[Name]:
    """The names in sizes: n in ones(n, 1), X[1:n, :] and reshape(X, n, 2)."""
    for part in parts(syntax):
        if type(part) in (Filled, Least, Index, Call):
            for size in _sizes(part):
                yield from names_in_size(size)


def check_scalar(body: Syntax) -> None:
    """Raise NotSupported where the body of f(x) = … has what is of matrices only."""
    for part in parts(body):
        if type(part) is Call and is_operation(part.function):
            hint = "f(x) is a function of a number, applied to each entry"
            raise NotSupported(f"{part.function} is an operation on matrices", part.span, hint=hint)
        if type(part) is Least:
            raise NotSupported("min is of sizes here, not of numbers", part.span)
        if type(part) is Product and any(operator in ("\\", "⊗") for operator, _ in part.rest):
            operator = next(operator for operator, _ in part.rest if operator in ("\\", "⊗"))
            raise NotSupported(f"{operator} stands between matrices only", part.span)


def names_in_size(size: Syntax) -> Iterator[Name]:
    """n and m in 2*n + min(n, m)"""
    if type(size) is Name and size.name != "end":
        yield size
    for part in size.sizes if type(size) is Least else _OPERANDS[type(size)](size):
        yield from names_in_size(part)


def parts(syntax: Syntax) -> Iterator[Syntax]:
    """The expression and everything in it but what stands in sizes, from left to right."""
    stack = [syntax]
    while stack:
        part = stack.pop()
        yield part
        stack.extend(reversed(_OPERANDS[type(part)](part)))


def _sizes(part: Any) -> list[Syntax]:
    """The parts of an expression that are sizes."""
    if type(part) in (Filled, Least):
        return list(part.sizes)
    if type(part) is Index:
        return [place for extent in part.extents for place in (extent.first, extent.last) if place is not None]
    return list(resolve(part).parameters) if part.function in RESHAPING else []


def _arguments(call: Call) -> list[Syntax]:
    return list(resolve(call).operands if is_operation(call.function) else call.arguments)


_OPERANDS: dict[type, Callable[[Any], list[Syntax]]] = {
    Number: lambda part: [],
    Name: lambda part: [],
    Filled: lambda part: [],
    Least: lambda part: [],
    Call: _arguments,
    Index: lambda part: [part.base],
    Block: lambda part: [matrix for row in part.rows for matrix in row],
    Sum: lambda part: [term for _, term in part.terms],
    Product: lambda part: [part.first, *(factor for _, factor in part.rest)],
    Power: lambda part: [part.base, part.exponent],
    Transposed: lambda part: [part.argument],
}
