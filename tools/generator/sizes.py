"""Sizes taken apart: into sums, into products, and as parts of larger ones."""

from __future__ import annotations

from functools import cache
from typing import Any

from sympy import Add, Expr, Integer, Min, Mul, Pow

from symbolic.nodes import expand_size
from tools.generator.requests import ONE, Chooser

Pair = tuple[Any, Any]


def sums(size: Expr) -> list[Pair]:
    """a and b with a + b = size, neither of them nothing."""
    if size.is_Integer:
        return [(Integer(a), size - a) for a in range(1, int(size))]
    if isinstance(size, Add):
        first, *rest = size.args
        return [(Add(*rest), first), (first, Add(*rest))] if not _takes_away(size) else []
    number, rest = size.as_coeff_Mul()
    if number == 1:
        return [(size - 1, ONE), (ONE, size - 1)] if size.is_Symbol else []
    return [(expand_size((number - 1) * rest), rest)]


def products(size: Expr) -> list[Pair]:
    """a and b with a*b = size."""
    if size.is_Integer:
        return [(Integer(a), size // a) for a in range(1, int(size) + 1) if size % a == 0]
    found: list[Pair] = [(ONE, size), (size, ONE)]
    factors = Mul.make_args(size)
    if isinstance(size, Pow) or len(factors) > 1:
        first = factors[0].args[0] if isinstance(factors[0], Pow) else factors[0]
        found += [(first, size / first), (size / first, first)]
    return found


def inside(size: Expr, chooser: Chooser) -> tuple[Any, Any, Any]:
    """A size, and the first and last place of `size` places in it, counted from 1."""
    symbols = [other for other in chooser.sizes if other.is_Symbol]
    found: list[tuple[Any, Any, Any]] = [(size, ONE, size)]
    if size.is_Integer:
        found += [(size + 1, ONE, size), (size + 1, Integer(2), size + 1)]
    else:
        found += [(2 * size, ONE, size), (2 * size, size + 1, 2 * size)]
        found += [(size + other, ONE, size) for other in symbols]
    if size == 1:
        found += [(other, place, place) for other in symbols for place in (ONE, other)]
    found += [(other, ONE, other - 1) for other in symbols if size == other - 1]
    found += [(other, Integer(2), other) for other in symbols if size == other - 1]
    return chooser.pick(found)


def reshapes(rows: Expr, cols: Expr) -> list[Pair]:
    """The shapes with as many entries, this one too."""
    entries = expand_size(rows * cols)
    found: list[Pair] = [(cols, rows), (entries, ONE), (ONE, entries)]
    if entries.is_Integer:
        found += products(entries)
    else:
        found += [(expand_size(rows * a), b) for a, b in products(cols)]
        found += [(a, expand_size(b * cols)) for a, b in products(rows)]
    return list(dict.fromkeys(found))


def is_plain(size: Expr) -> bool:
    """Whether an input can be declared with this size."""
    return bool(size.is_Integer or size.is_Symbol)


def is_at_least(size: Expr, other: Expr) -> bool:
    """Whether a size is certainly not the smaller one, no size being zero."""
    if other == 1:
        return not _takes_away(size)
    return bool((size - other).is_nonnegative)


def of_minimum(size: Expr) -> Pair | None:
    """n and m of min(n, m)."""
    return (size.args[0], size.args[1]) if isinstance(size, Min) else None


@cache
def smaller(size: Expr, other: Expr) -> Any:
    """min(n, m); n where that is certainly the smaller one."""
    return Min(size, other)


def _takes_away(size: Expr) -> bool:
    """n - 1 may be nothing."""
    return any(term.as_coeff_Mul()[0] < 0 for term in Add.make_args(size))
