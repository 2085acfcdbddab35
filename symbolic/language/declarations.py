"""Names that are bound, and declarations: X : n x m symmetric, X \\in \\mathbb{R}^{n \\times m}."""

from __future__ import annotations

from fractions import Fraction

from symbolic.errors import NameError_
from symbolic.facts import FACTS
from symbolic.language.expressions import Expressions
from symbolic.language.syntax import Declaration, Number, Syntax
from symbolic.language.tokens import Kind, Token
from symbolic.language.words import WORDS, is_operation, never_a_matrix


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
            opening = self.advance()
            rows = self.size()
            self.expect_operator(",")
            cols = self.size()
            self.close(opening)
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
        opening = self.advance() if self.here.text == "{" else None
        rows = self.size()
        cols: Syntax = Number(Fraction(1), self.here.span)
        if self.at("x"):
            self.advance()
            cols = self.size()
        if opening:
            self.close(opening)
        return rows, cols
