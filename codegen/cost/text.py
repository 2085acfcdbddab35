"""A count as a formula for the reader: 4 n m h + 20 n h + 2/3 n³, in the order of the program's sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sympy import Add, Expr, Min, Mul, S

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def count_text(count: Expr, sizes: Iterable[str], most: int | None = None) -> str:
    """Terms of the highest degree first; of more than `most`, the first of them and an ellipsis."""
    place = {name: k for k, name in enumerate(sizes)}
    terms = sorted(_terms(count), key=lambda term: _order(term, place))
    shown = [_term(term, place) for term in terms[:most]]
    if len(shown) < len(terms):
        shown.append("…")
    return " + ".join(shown).replace("+ -", "- ")


def _terms(count: Expr) -> list[Any]:
    return list(Add.make_args(count.expand()))


def _order(term: Any, place: Mapping[str, int]) -> tuple[int, list[int], str]:
    """By degree, then by which sizes are in it."""
    factors = _factors(term)
    degree = sum(int(power) for _, power in factors)
    return -degree, sorted(_place(base, place) for base, power in factors for _ in range(int(power))), str(term)


def _term(term: Any, place: Mapping[str, int]) -> str:
    number = term.as_coeff_Mul()[0]
    factors = sorted(_factors(term), key=lambda factor: (_place(factor[0], place), str(factor[0])))
    words = [_base(base) + (str(power).translate(_SUPERSCRIPTS) if power != 1 else "") for base, power in factors]
    return " ".join([*([_number(number)] if number != 1 or not words else []), *words])


def _number(number: Any) -> str:
    return f"{int(number):,}" if number.is_Integer else str(number)


def _factors(term: Any) -> list[tuple[Any, Any]]:
    rest = term.as_coeff_Mul()[1]
    return [factor.as_base_exp() for factor in Mul.make_args(rest) if factor is not S.One]


def _place(base: Any, place: Mapping[str, int]) -> int:
    """That of a size; a least one of several comes after all."""
    return place.get(str(base), len(place))


def _base(base: Any) -> str:
    return f"min({', '.join(map(str, base.args))})" if isinstance(base, Min) else str(base)
