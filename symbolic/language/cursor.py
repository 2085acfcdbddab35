"""A place in a list of tokens, and the errors of not finding there what is expected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from symbolic.errors import LimitError, ReadError, Source, Span
from symbolic.language.tokens import Kind, Token

MAX_NESTING = 80
MAX_TOKENS = 20_000
_CLOSING = {"(": ")", ".(": ")", "[": "]", "{": "}", "⟦": "⟧", "‖": "‖"}


class Cursor:
    """Looks at the tokens of a text, joined to logical lines, one by one."""

    def __init__(self, tokens: list[Token], source: Source) -> None:
        self.source = source
        self.tokens = tokens
        self.index = 0
        self.here = tokens[0]
        self.start = 0
        self.nesting = 0
        self.depth = 0

    def peek(self, offset: int = 1) -> Token:
        return self.tokens[min(self.index + offset, len(self.tokens) - 1)]

    def advance(self) -> Token:
        token = self.here
        if self.index + 1 < len(self.tokens):
            self.index += 1
            self.here = self.tokens[self.index]
        return token

    def at(self, *operators: str) -> bool:
        here = self.here
        return here.kind is Kind.OPERATOR and here.text in operators

    def at_end(self) -> bool:
        return self.here.kind is Kind.END

    def at_word(self, word: str) -> bool:
        return self.here.kind is Kind.NAME and self.here.text == word

    def expect(self, kind: Kind, wanted: str) -> Token:
        if self.here.kind is not kind:
            raise self.unexpected(wanted)
        return self.advance()

    def expect_operator(self, operator: str) -> Token:
        if not self.at(operator):
            raise self.unexpected(repr(operator))
        return self.advance()

    def unexpected(self, wanted: str, hint: str = "") -> ReadError:
        return ReadError(f"expected {wanted}, found {self.found()}", self.here.span, self.source, hint)

    def found(self) -> str:
        """The token here in words, as it was written."""
        if self.here.kind in (Kind.NEWLINE, Kind.END):
            return str(self.here.kind.value)
        return f"{'a name ' if self.here.kind is Kind.NAME else ''}'{self.written(self.here)}'"

    def written(self, token: Token) -> str:
        return self.source.text[token.span.start : token.span.end]

    def expect_end_of_statement(self) -> None:
        if self.here.kind is Kind.CLOSE:
            raise ReadError(f"this '{self.written(self.here)}' closes nothing", self.here.span, self.source)
        if self.here.kind not in (Kind.NEWLINE, Kind.END):
            raise self.unexpected("an operator or the end of the line")

    def check_length(self) -> None:
        """Raise LimitError once the statement has grown too long."""
        if self.index - self.start > MAX_TOKENS:
            message = f"the statement has more than {MAX_TOKENS:,} parts"
            raise LimitError(message, self.tokens[self.start].span, self.source, "name a part of it")

    @contextmanager
    def nested(self, span: Span) -> Iterator[None]:
        """One bracket deeper; `depth` is how deep what has been read here goes."""
        outer, self.depth = self.depth, 0
        self.nesting += 1
        self.check_depth(span)
        yield
        self.nesting -= 1
        self.depth = max(outer, self.depth + 1)

    def check_depth(self, span: Span) -> None:
        if self.nesting + self.depth > MAX_NESTING:
            hint = "give the inner expression a name of its own"
            raise LimitError(f"nested more than {MAX_NESTING} deep", span, self.source, hint)

    def since(self, start: Token) -> Span:
        """From a token to the last one read."""
        return start.span.to(self.tokens[self.index - 1].span)

    def close(self, opening: Token) -> None:
        """The bracket that ends what `opening` began. Raises ReadError."""
        opened, wanted = self.written(opening), _CLOSING[opening.text]
        if self.here.kind is Kind.CLOSE and self.here.text == wanted:
            self.advance()
            return
        if self.at(","):
            raise ReadError("one argument is expected here", self.here.span, self.source)
        if self.here.kind is Kind.CLOSE:
            hint = f"the bracket opened in column {self.column(opening)} is '{opened}'"
            raise self.unexpected(_closing(opened, wanted), hint)
        if self.here.kind is Kind.END or self.at(";") or self.is_next_line(opening):
            raise ReadError(f"this '{opened}' is never closed", opening.span, self.source)
        raise self.unexpected(f"an operator or {_closing(opened, wanted)}")

    def is_next_line(self, opening: Token) -> bool:
        return "\n" in self.source.text[opening.span.start : self.here.span.start] or self.here.kind is Kind.NEWLINE

    def column(self, token: Token) -> int:
        return token.span.start - self.source.text.rfind("\n", 0, token.span.start)


def _closing(opened: str, wanted: str) -> str:
    """')', or \\end{bmatrix} as the text writes it"""
    if wanted == "⟧":
        wanted = opened.replace("begin", "end")
    elif wanted == "‖":
        wanted = opened.replace("left", "right").replace("lVert", "rVert")
    return f"'{wanted}'"


_OPENING = (":", "in")
"""Operators after which a statement does not go on in the next line."""

_JOINING = ("+", "-", ".+", ".-", "*", ".*", "/", "./", "\\", "⊗")
"""Operators that begin no statement: a line that begins with one goes on from the line before."""


def join_lines(tokens: list[Token]) -> list[Token]:
    """Without the line ends inside brackets, after an operator and before one: those lines go on.

    A semicolon inside brackets ends no statement but, for one, a row of a block matrix, [A; B].
    """
    depth = 0
    joined: list[Token] = []
    for token in tokens:
        if token.kind is Kind.OPEN:
            depth += 1
        elif token.kind is Kind.CLOSE:
            depth = max(0, depth - 1)
        elif token.text == ";" and depth:
            token = token._replace(kind=Kind.OPERATOR)
        elif token.kind is Kind.NEWLINE and token.text != ";":
            if depth or (joined and joined[-1].kind is Kind.OPERATOR and joined[-1].text not in _OPENING):
                continue
        elif token.kind is Kind.OPERATOR and token.text in _JOINING:
            while joined and joined[-1].kind is Kind.NEWLINE and joined[-1].text != ";":
                joined.pop()
        joined.append(token)
    return joined
