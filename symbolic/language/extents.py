"""Sizes and places as they are written: n, 2*n + 1, min(n, m); 1:n, i, end - 1."""

from __future__ import annotations

import re
from fractions import Fraction

from symbolic.errors import NameError_, NotSupported, ReadError
from symbolic.language.cursor import Cursor
from symbolic.language.names import ascii_name, split_mark
from symbolic.language.syntax import Extent, Least, Name, Number, Power, Product, Sum, Syntax
from symbolic.language.tokens import Kind, Token, touches
from symbolic.language.words import WORDS

_GLUED = re.compile(r"([A-Za-z]|\d+)x([A-Za-z]|\d+)")
_SHAPES = "shapes are written `n x 2`, `h` for a column, or `scalar`"
_PLACES = "indices are written i, i:j or :"


class Extents(Cursor):
    """Reads sizes, of which every name is one, and places in a matrix, where `end` is the last one."""

    in_index = False

    def size(self) -> Syntax:
        """n, 2, n + 1, 2*n*m, min(n, m)"""
        start = self.here
        terms = [(self.sign() if self.at("-") and self.in_index else 1, self.size_product())]
        while self.at("+", "-"):
            terms.append((self.sign(), self.size_product()))
        return terms[0][1] if len(terms) == 1 and terms[0][0] > 0 else Sum(tuple(terms), self.since(start))

    def sign(self) -> int:
        return -1 if self.at("+", "-", ".+", ".-") and self.advance().text.endswith("-") else 1

    def size_product(self) -> Syntax:
        start = self.here
        first = self.size_power()
        rest: list[tuple[str, Syntax]] = []
        while self.at("*") or self.at_multiple():
            if self.at("*"):
                self.advance()
            rest.append(("*", self.size_power()))
        return Product(first, tuple(rest), self.since(start)) if rest else first

    def at_multiple(self) -> bool:
        """2n; but 2x3 is a shape"""
        number = self.tokens[self.index - 1]
        is_multiple = number.kind is Kind.NUMBER and self.here.kind is Kind.NAME and touches(number, self.here)
        return is_multiple and not self.here.text.startswith("x")

    def size_power(self) -> Syntax:
        start, base = self.here, self.size_atom()
        if not self.at("^"):
            return base
        self.advance()
        opening = self.advance() if self.here.text == "{" else None
        exponent = self.expect(Kind.NUMBER, "a number")
        if opening:
            self.close(opening)
        return Power(base, Number(exponent.number or Fraction(0), exponent.span), False, self.since(start))

    def size_atom(self) -> Syntax:
        token = self.here
        if token.kind is Kind.NUMBER and token.number is not None:
            self.advance()
            return Number(token.number, token.span)
        if token.text in ("(", "{"):
            self.advance()
            with self.nested(token.span):
                value = self.size()
            self.close(token)
            return value
        if self.at_word("min") and self.peek().text == "(":
            return self.least(self.advance())
        if self.in_index and self.at_word("end"):
            return Name("end", self.advance().span)
        if token.kind is not Kind.NAME or token.text in WORDS or token.text == "scalar":
            raise self.unexpected("a size, a number or a name", _PLACES if self.in_index else _SHAPES)
        return self.size_name()

    def least(self, start: Token) -> Least:
        """min(n, m)"""
        opening = self.advance()
        with self.nested(opening.span):
            sizes = [self.size()]
            while self.at(","):
                self.advance()
                sizes.append(self.size())
        self.close(opening)
        return Least(tuple(sizes), self.since(start))

    def size_name(self) -> Name:
        token = self.advance()
        if split_mark(token.text)[0]:
            written = ascii_name(token.text)
            message = f"{written!r} is the differential of a matrix here and cannot be the name of a size"
            raise NameError_(message, token.span, self.source)
        if _GLUED.fullmatch(token.text):
            raise ReadError(f"{token.text!r} is one name", token.span, self.source, "leave spaces: n x 2")
        return Name(token.text, token.span)

    # Places

    def extents(self) -> list[Extent]:
        """1:2, : of X[1:2, :]"""
        self.in_index = True
        extents = [self.extent()]
        while self.at(","):
            self.advance()
            extents.append(self.extent())
        self.in_index = False
        return extents

    def extent(self) -> Extent:
        """`:`, `i` or `i:j`"""
        start = self.here
        if self.at(":"):
            self.advance()
            return Extent(None, None, start.span)
        first = self.size()
        if not self.at(":"):
            return Extent(first, first, first.span)
        self.advance()
        last = self.size()
        if self.at(":"):
            raise NotSupported("places with a step are not supported", self.here.span, self.source, _PLACES)
        return Extent(first, last, self.since(start))
