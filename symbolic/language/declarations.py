"""Names that are bound, and declarations: X : n x m symmetric, X \\in \\mathbb{R}^{n \\times m}."""

from __future__ import annotations

import re
from fractions import Fraction

from symbolic.errors import NameError_, ReadError
from symbolic.facts import FACTS
from symbolic.language.expressions import Expressions
from symbolic.language.names import ascii_name, split_mark
from symbolic.language.syntax import Call, Declaration, Name, Number, Power, Product, Sum, Syntax
from symbolic.language.tokens import Kind, Token
from symbolic.language.words import WORDS, is_operation, never_a_matrix

_GLUED = re.compile(r"([A-Za-z]|\d+)x([A-Za-z]|\d+)")
_SHAPES = "shapes are written `n x 2`, `h` for a column, or `scalar`"


class Declarations(Expressions):
    """Reads what binds names."""

    def bound_name(self) -> Token:
        token = self.expect(Kind.NAME, "a name")
        if token.text in WORDS:
            raise NameError_(f"{token.text!r} is a word of the language and cannot be a name", token.span, self.source)
        return token

    def matrix_name(self) -> Token:
        token = self.bound_name()
        if never_a_matrix(token.text):
            what = "an operation" if is_operation(token.text) else "a function"
            message = f"{token.text!r} is the name of {what} and cannot be the name of a matrix"
            raise NameError_(message, token.span, self.source)
        return token

    def declaration(self) -> Declaration:
        name = self.matrix_name()
        rows, cols = self.real_space() if self.advance().text == "in" else self.shape()
        facts = []
        while self.here.kind is Kind.NAME:
            if self.here.text not in FACTS:
                raise self.unexpected(f"a fact ({', '.join(FACTS)}) or the end of the line")
            facts.append(self.advance().text)
        return Declaration(name.text, rows, cols, tuple(facts), self.since(name))

    def shape(self) -> tuple[Syntax, Syntax]:
        """`n x 2`, `n × 2`, `(n, 2)`, `h` for a column, `scalar`."""
        start = self.here
        one = Number(Fraction(1), start.span)
        if self.at_word("scalar"):
            self.advance()
            return one, one
        if self.at_pair():
            self.advance()
            rows = self.size()
            self.expect_operator(",")
            cols = self.size()
            self.expect(Kind.CLOSE, "')'")
            return rows, cols
        rows = self.size()
        if self.at("x") or self.at_word("x"):
            self.advance()
            return rows, self.size()
        glued = self.here
        if glued.kind is Kind.NAME and glued.text[0] == "x" and glued.text[1:].isdigit():
            self.advance()
            return rows, Number(Fraction(int(glued.text[1:])), glued.span)
        return rows, one

    def at_pair(self) -> bool:
        """(n, m), and not (n + 1) x m"""
        depth, offset = 0, 0
        while (token := self.peek(offset)).kind not in (Kind.NEWLINE, Kind.END):
            depth += (token.kind is Kind.OPEN) - (token.kind is Kind.CLOSE)
            if depth == 0:
                return False
            if depth == 1 and token.text == ",":
                return True
            offset += 1
        return False

    def real_space(self) -> tuple[Syntax, Syntax]:
        r"""X \in \mathbb{R}^{n \times m}"""
        if not self.at_word("R"):
            raise self.unexpected(r"\mathbb{R}")
        self.advance()
        self.expect_operator("^")
        braces = self.here.text == "{"
        if braces:
            self.advance()
        rows = self.size()
        cols: Syntax = Number(Fraction(1), self.here.span)
        if self.at("x"):
            self.advance()
            cols = self.size()
        if braces:
            self.expect(Kind.CLOSE, "'}'")
        return rows, cols

    # Sizes

    def size(self) -> Syntax:
        """n, 2, n + 1, 2*n*m, min(n, m)"""
        start = self.here
        terms = [(1, self.size_product())]
        while self.at("+", "-"):
            terms.append((self.sign(), self.size_product()))
        return terms[0][1] if len(terms) == 1 else Sum(tuple(terms), self.since(start))

    def size_product(self) -> Syntax:
        start = self.here
        first = self.size_power()
        rest: list[tuple[str, Syntax]] = []
        while self.at("*"):
            self.advance()
            rest.append(("*", self.size_power()))
        return Product(first, tuple(rest), self.since(start)) if rest else first

    def size_power(self) -> Syntax:
        start, base = self.here, self.size_atom()
        if not self.at("^"):
            return base
        self.advance()
        return Power(base, self.exponent(), False, self.since(start))

    def size_atom(self) -> Syntax:
        token = self.here
        if token.kind is Kind.NUMBER and token.number is not None:
            self.advance()
            return Number(token.number, token.span)
        if token.text in ("(", "{"):
            self.advance()
            with self.nested(token.span):
                value = self.size()
            self.expect(Kind.CLOSE, "')'")
            return value
        if self.at_word("min") and self.peek().text == "(":
            return self.smaller_size()
        if token.kind is not Kind.NAME or token.text in WORDS or token.text == "scalar":
            raise self.unexpected("a size, a number or a name", _SHAPES)
        return self.size_name()

    def smaller_size(self) -> Call:
        """min(n, m)"""
        start = self.advance()
        opening = self.advance()
        with self.nested(opening.span):
            sizes = [self.size()]
            while self.at(","):
                self.advance()
                sizes.append(self.size())
        self.expect(Kind.CLOSE, "')'")
        return Call("min", 0, tuple(sizes), self.since(start))

    def size_name(self) -> Name:
        token = self.advance()
        if split_mark(token.text)[0]:
            written = ascii_name(token.text)
            message = f"{written!r} is the differential of a matrix here and cannot be the name of a size"
            raise NameError_(message, token.span, self.source)
        if _GLUED.fullmatch(token.text):
            raise ReadError(f"{token.text!r} is one name", token.span, self.source, "leave spaces: n x 2")
        return Name(token.text, token.span)
