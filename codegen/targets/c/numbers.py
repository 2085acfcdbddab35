"""Sizes, and numbers that depend on them, as C: 2 * n + m, and 1.0 / ((double)m * (double)n)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sympy import Min, Mul, Pow


def size_code(size: Any, names: Mapping[Any, str]) -> str:
    """A size as an expression of type size_t, with parentheses where it is a sum."""
    if size.is_Symbol:
        return names[size]
    if size.is_Integer:
        return str(size) if size >= 0 else f"(size_t){size}"
    if size.is_Add:
        return f"({_sum(size, names)})"
    if isinstance(size, Min):
        first, *rest = (size_code(part, names) for part in size.args)
        for part in rest:
            first = f"least({first}, {part})"
        return first
    numerator, denominator = size.as_numer_denom()
    if denominator != 1:
        return f"({size_code(numerator, names)} / {size_code(denominator, names)})"
    if isinstance(size, Mul):
        return " * ".join(size_code(factor, names) for factor in size.args)
    if isinstance(size, Pow) and size.exp.is_Integer:
        return " * ".join([size_code(size.base, names)] * int(size.exp))
    raise AssertionError(f"{size} has no place in a size")


def _sum(size: Any, names: Mapping[Any, str]) -> str:
    """n + m - 1: what is subtracted comes last."""
    terms = sorted(size.args, key=lambda term: bool(term.as_coeff_Mul()[0].is_negative))
    text = size_code(terms[0], names)
    for term in terms[1:]:
        negative = term.as_coeff_Mul()[0].is_negative
        text += f" - {size_code(-term, names)}" if negative else f" + {size_code(term, names)}"
    return text


def number_code(value: Any, names: Mapping[Any, str]) -> str:
    """A number for both precisions; one that depends on sizes is worked out in double precision."""
    if not value.free_symbols:
        text = repr(float(value))
        return f"(@({text}))" if text.startswith("-") else f"@({text})"
    return f"(@real)({_double(value, names)})"


def _double(value: Any, names: Mapping[Any, str]) -> str:
    if value.is_Symbol:
        return f"(double){names[value]}"
    if value.is_number:
        text = repr(float(value))
        return f"({text})" if text.startswith("-") else text
    if value.is_Add:
        return f"({' + '.join(_double(term, names) for term in value.args)})"
    if isinstance(value, Min):
        return f"(double){size_code(value, names)}"
    if isinstance(value, Mul):
        return f"({' * '.join(_double(factor, names) for factor in value.args)})"
    if value.exp == -1:
        return f"(1.0 / {_double(value.base, names)})"
    return f"pow({_double(value.base, names)}, {_double(value.exp, names)})"
