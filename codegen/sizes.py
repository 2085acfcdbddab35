"""Sizes, and numbers that depend on them, as Python expressions: 2 * n, n - 1, 1.0 / (m * n); and sizes found again.

A size that is the length of no argument, such as n where A is 2 n × m, follows from those lengths that it is a part of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from heapq import heappop, heappush
from typing import Any

from sympy import Min, Mul, Pow, S, expand

from symbolic.errors import NotSupported

Literal = Callable[[Any], str]


def size_code(size: Any, names: Mapping[Any, str]) -> str:
    """A size as an expression in whole numbers; `names` are those of its symbols."""
    return _code(size, names, str)


def size_text(size: Any, names: Mapping[Any, str]) -> str:
    """A size for the reader: without parentheses around all of it."""
    text = size_code(size, names)
    return text[1:-1] if size.is_Add else text


def number_code(value: Any, names: Mapping[Any, str]) -> str:
    """A number as an expression in double precision."""
    if not value.free_symbols:
        return _float(value)
    return f"({_code(value, names, lambda number: repr(float(number)))})"


@lru_cache(maxsize=4096)
def _float(value: Any) -> str:
    text = repr(float(value))
    return f"({text})" if text.startswith("-") else text


def _code(value: Any, names: Mapping[Any, str], literal: Literal) -> str:
    if value.is_Symbol:
        return names[value]
    if value.is_number:
        text = literal(value)
        return f"({text})" if text.startswith("-") else text
    if value.is_Add:
        return _sum(value, names, literal)
    if isinstance(value, Min):
        return f"min({', '.join(_code(part, names, literal) for part in value.args)})"
    if isinstance(value, Mul | Pow):
        return _fraction(value, names, literal)
    raise AssertionError(f"{value} has no place in a size")


def _sum(value: Any, names: Mapping[Any, str], literal: Literal) -> str:
    """(n + m - 1): numbers and negative terms last, these with a minus."""
    terms = sorted(value.args, key=lambda term: (term.is_number, bool(term.as_coeff_Mul()[0].is_negative)))
    text = _code(terms[0], names, literal)
    for term in terms[1:]:
        negative = term.as_coeff_Mul()[0].is_negative
        text += f" - {_code(-term, names, literal)}" if negative else f" + {_code(term, names, literal)}"
    return f"({text})"


def _fraction(value: Any, names: Mapping[Any, str], literal: Literal) -> str:
    """2.0 * n / (m * k ** 0.5)"""
    above: list[str] = []
    below: list[str] = []
    factors = Mul.make_args(value)
    number = Mul(*(factor for factor in factors if factor.is_number))
    if number is not S.One:
        above.append(_code(number, names, literal))
    for factor in (factor for factor in factors if not factor.is_number):
        base, exponent = factor.as_base_exp()
        inverted = exponent.is_negative
        power = -exponent if inverted else exponent
        text = _code(base, names, literal)
        (below if inverted else above).append(text if power == 1 else f"{text} ** {literal(power)}")
    numerator = " * ".join(above) or literal(S.One)
    if not below:
        return numerator
    return f"{numerator} / {below[0]}" if len(below) == 1 else f"{numerator} / ({' * '.join(below)})"


@dataclass(frozen=True)
class DerivedSize:
    """`symbol` = (`of` - `less`) / `times`, where `of` is the length of an argument."""

    symbol: Any
    of: Any
    times: Any
    less: Any

    def code(self, length: str, names: Mapping[Any, str]) -> str:
        """As an expression, from the code of that length; 0 where a factor of the length is 0."""
        rest = length if self.less == 0 else f"({length} - {size_code(self.less, names)})"
        times = size_code(self.times, names)
        return f"{rest} // {times if self.times.is_Integer else f'max({times}, 1)'}"

    def value(self, length: int, lengths: Mapping[Any, int]) -> int:
        less, times = (int(size.xreplace(dict(lengths))) for size in (self.less, self.times))
        return (length - less) // max(times, 1)


def derived_sizes(sizes: Iterable[Any]) -> list[DerivedSize]:
    """The symbols that are no length themselves, in an order in which each follows from those before.

    `sizes`: the lengths of all arguments. Raises NotSupported where a symbol does not follow.
    """
    sizes = list(dict.fromkeys(sizes))
    known = {size for size in sizes if size.is_Symbol}
    compound = [size for size in sizes if not size.is_Atom]
    places: defaultdict[Any, list[int]] = defaultdict(list)
    for place, size in enumerate(compound):
        for symbol in size.free_symbols:
            places[symbol].append(place)
    found: list[DerivedSize] = []
    waiting = list(range(len(compound)))
    while waiting:
        derived = _derived(compound[heappop(waiting)], known)
        if derived is not None:
            found.append(derived)
            known.add(derived.symbol)
            for place in places[derived.symbol]:
                heappush(waiting, place)
    unknown = {symbol.name for symbol in places if symbol not in known}
    if unknown:
        names = " or ".join(sorted(unknown))
        raise NotSupported(f"the length {names} does not follow from the shapes of the inputs")
    return found


def _derived(size: Any, known: set[Any]) -> DerivedSize | None:
    """From a length that is linear in its one unknown symbol."""
    symbols = size.free_symbols - known
    if len(symbols) != 1:
        return None
    symbol, size_written_out = next(iter(symbols)), expand(size)
    times, less = size_written_out.coeff(symbol, 1), size_written_out.coeff(symbol, 0)
    return DerivedSize(symbol, size, times, less) if expand(times * symbol + less - size_written_out) == 0 else None
