"""Exact numbers, scalar formulas and sizes to words."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import Add, Expr, Integer, Min, Mul, Pow, Rational, S, Symbol

from symbolic import scalars
from symbolic.language.styles import ATOM, POSTFIX, PRODUCT, SUM, Style
from symbolic.language.tokens import MAX_EXPONENT, MAX_LITERAL
from symbolic.scalars import has_minus

Printed = tuple[str, int]
"""A text and how tightly its outermost operation binds."""


class NumberPrinter:
    """Prints what has no matrix in it, in one notation; numbers printed once are remembered."""

    def __init__(self, style: Style) -> None:
        self.style = style
        self.numbers: dict[Expr, Printed] = {}

    def bracket(self, text: str) -> str:
        opening, closing = self.style.brackets
        return f"{opening}{text}{closing}"

    def signed(self, terms: list[tuple[bool, str]]) -> str:
        """-A + B - C, from every term's sign and print."""
        (negative, first), *rest = terms
        signs = self.style.plus, self.style.minus
        others = "".join(signs[is_subtracted] + text for is_subtracted, text in rest)
        return (self.style.negative if negative else "") + first + others

    def declared_size(self, size: Expr) -> str:
        return self.bracket(self.size(size)) if size.is_Add else self.size(size)

    def size(self, size: Expr) -> str:
        """2, n, n*m, n - 1, min(n, m)"""
        if size.is_Symbol or size.is_Integer:
            return self.style.digits(str(size)) if size.is_Integer else self.style.name(size.name)
        return self.signed(self.terms(size.as_ordered_terms()))

    def number(self, value: Expr) -> Printed:
        """An exact number, or a formula in x: decimals where they end soon, else fractions; roots and π stay."""
        found = self.numbers.get(value)
        if found is None:
            found = self.numbers[value] = self._number(value)
        return found

    def _number(self, value: Expr) -> Printed:
        if value is S.Pi:
            return self.style.pi, ATOM
        if value is S.Exp1:
            return self.call("exp", S.One), ATOM
        if isinstance(value, Symbol):
            return self.style.name(value.name), ATOM
        if isinstance(value, Rational):
            return self.rational(value)
        if isinstance(value, Add):
            return self.signed(self.terms(value.args)), SUM
        if has_minus(value):
            return self.style.negative + self.at_least_number(-value, PRODUCT), SUM
        if isinstance(value, Mul) or is_reciprocal(value):
            return self.number_product(_in_order(value)), PRODUCT
        if isinstance(value, Min):
            return self.least(value.args), ATOM
        if isinstance(value, Pow):
            base, exponent = value.args
            if exponent == S.Half:
                return self.call("sqrt", base), ATOM
            text = self.style.scalar_power.format(self.at_least_number(exponent, ATOM))
            return self.style.raised(self.at_least_number(base, ATOM), text), POSTFIX
        return self.call(scalars.name_of(value), value.args[0]), ATOM

    def terms(self, terms: Iterable[Expr]) -> list[tuple[bool, str]]:
        """Whether each term is subtracted, and what is; the others come first."""
        ordered = sorted(((has_minus(term), term) for term in terms), key=lambda pair: pair[0])
        return [(minus, self.at_least_number(-term if minus else term, PRODUCT)) for minus, term in ordered]

    def call(self, function: str, argument: Expr) -> str:
        return self.style.function(function) + self.bracket(self.number(argument)[0])

    def least(self, sizes: Iterable[Expr]) -> str:
        """min(n, m)"""
        return self.style.operation("min") + self.bracket(self.style.comma.join(sorted(map(self.size, sizes))))

    def number_product(self, factors: list[Expr]) -> str:
        """2*x/(1 + x)"""
        text = self.style.digits("1") if is_reciprocal(factors[0]) else ""
        for factor in factors:
            if is_reciprocal(factor):
                text += self.style.over + self.at_least_number(1 / factor, POSTFIX)
            else:
                text += (self.style.times if text else "") + self.at_least_number(factor, POSTFIX)
        return text

    def rational(self, value: Rational) -> Printed:
        if value < 0:
            return self.style.negative + self.at_least_number(-value, PRODUCT), SUM
        if value.is_Integer:
            return self.integer(int(value))
        decimal = _decimal(value)
        if decimal is not None:
            return self.style.digits(decimal), ATOM
        above, below = (self.at_least_number(Integer(part), ATOM) for part in (value.p, value.q))
        return self.style.fraction(above, below), PRODUCT

    def integer(self, value: int) -> Printed:
        """One literal, or in two parts, a*1e300 + b, where that would be longer than the reader allows."""
        digits = str(value)
        significant = digits.rstrip("0")
        zeros = len(digits) - len(significant)
        if len(digits) <= MAX_LITERAL:
            return self.style.digits(digits), ATOM
        if len(significant) <= MAX_LITERAL and zeros <= MAX_EXPONENT:
            return self.style.digits(f"{significant}e{zeros}"), ATOM
        cut = min(zeros or len(digits) // 2, MAX_EXPONENT)
        above, below = divmod(value, 10**cut)
        power = self.style.digits(f"1e{cut}")
        text = f"{self.at_least_number(Integer(above), POSTFIX)}{self.style.times}{power}"
        if not below:
            return text, PRODUCT
        return f"{text}{self.style.plus}{self.at_least_number(Integer(below), PRODUCT)}", SUM

    def at_least_number(self, value: Expr, level: int) -> str:
        text, binds = self.number(value)
        return text if binds >= level else self.bracket(text)


def _decimal(value: Rational) -> str | None:
    """1/8 as 0.125; None where the expansion does not end within twelve digits."""
    for digits in range(1, 13):
        scaled = value * 10**digits
        if scaled.is_Integer:
            whole = str(int(scaled)).rjust(digits + 1, "0")
            decimal = f"{whole[:-digits]}.{whole[-digits:]}"
            return decimal if len(decimal) <= MAX_LITERAL else None
    return None


def is_reciprocal(factor: Expr) -> bool:
    return isinstance(factor, Pow) and has_minus(factor.args[1])


def _in_order(product: Expr) -> list[Expr]:
    """The factors in an order in which no number multiplies a sum alone: SymPy would distribute it."""
    factors = Mul.make_args(product)
    if any(factor.is_Add for factor in factors):
        return sorted(factors, key=lambda factor: (factor.is_Rational, not factor.is_Add, is_reciprocal(factor)))
    return sorted(factors, key=is_reciprocal)
