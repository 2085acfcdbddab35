"""What stands in brackets: groups, blocks [A, B; C, D], indices X[1:2, :], norms."""

from __future__ import annotations

from abc import abstractmethod
from itertools import pairwise

from symbolic.errors import NotSupported, ReadError, Source, Span
from symbolic.language.binding import names_of, statements, touches
from symbolic.language.cursor import Cursor
from symbolic.language.syntax import Block, Call, Extent, Index, Name, Number, Sum, Syntax
from symbolic.language.tokens import ENDS, STARTS, Kind, Token

_CLOSING = {"(": ")", ".(": ")", "[": "]", "{": "}", "⟦": "⟧", "‖": "‖"}
_NORMS = {"": ("norm", 0), "F": ("norm", 0), "1": ("norm", 1), "2": ("norm", 2), "*": ("nucnorm", 0), "op": ("opnorm", 0)}
_SQUARED = {("norm", 0): ("sqnorm", 0), ("norm", 2): ("sqnorm", 2)}
"""‖X‖, ‖X‖_F, …: each norm by its subscript, as the operation and its last argument, and its square."""


class Brackets(Cursor):
    """Reads what brackets enclose."""

    def __init__(self, tokens: list[Token], source: Source) -> None:
        super().__init__(tokens, source)
        self.names = names_of(statements(tokens))

    @abstractmethod
    def expression(self) -> Syntax:
        """One expression."""

    @abstractmethod
    def product(self) -> Syntax:
        """One term of a sum."""

    def since(self, start: Token) -> Span:
        """From a token to the last one read."""
        return start.span.to(self.tokens[self.index - 1].span)

    # Groups and blocks

    def bracketed(self) -> Syntax:
        position, opening = self.index, self.advance()
        with self.nested(opening.span):
            value = self.expression()
            if opening.text in ("[", "⟦") and self.at(",", ";"):
                value = self.block(value, position)
        self.close(opening)
        if opening.text == "‖":
            return self.norm(value, opening)
        return Block(value.rows, self.since(opening)) if isinstance(value, _Rows) else value

    def block(self, first: Syntax, opening: int) -> Block:
        """[A, B; C, D], from its second matrix on."""
        rows: list[list[Syntax]] = [[first]]
        while self.at(",", ";"):
            if self.advance().text == ";":
                if self.here.kind is Kind.CLOSE:
                    break
                rows.append([])
            rows[-1].append(self.expression())
            self.check_length()
        if len(rows) > 1 and self.tokens[opening].text == "[":
            self.refuse_spaces(opening)
        return Block(tuple(map(tuple, rows)), self.since(self.tokens[opening]))
