"""Sizes, and numbers that depend on them, as Python expressions: 2 * n, n - 1, 1.0 / (m * n)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Min, Pow


def size_code(size: Any, names: Mapping[Any, str]) -> str:
    """A size as an expression in whole numbers; `names` are those of its symbols."""
    return _code(size, names, str)


def number_code(value: Any, names: Mapping[Any, str]) -> str:
    """A number as an expression in double precision."""
    if not value.free_symbols:
        text = repr(float(value))
        return f"({text})" if text.startswith("-") else text
    return f"({_code(value, names, lambda number: repr(float(number)))})"


def _code(value: Any, names: Mapping[Any, str], literal: Any) -> str:
    if value.is_Symbol:
        return names[value]
    if value.is_number:
        text: str = literal(value)
        return f"({text})" if text.startswith("-") else text
    parts = [_code(part, names, literal) for part in value.args]
    if value.is_Add:
        return f"({' + '.join(parts)})".replace(" + (-1) * ", " - ")
    if value.is_Mul:
        return " * ".join(parts)
    if isinstance(value, Min):
        return f"min({', '.join(parts)})"
    if isinstance(value, Pow):
        return f"{parts[0]} ** {parts[1]}" if value.args[0].is_Atom else f"({parts[0]}) ** {parts[1]}"
    raise AssertionError(f"{value} has no place in a size")
