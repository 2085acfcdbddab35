"""What the lexers give to the parser, and the limits they keep."""

from __future__ import annotations

from collections.abc import Container
from enum import Enum
from fractions import Fraction
from typing import NamedTuple

from symbolic.errors import LimitError, ReadError, Source, Span
from symbolic.language.names import refused_character, resolve_mark

MAX_CHARACTERS = 400_000
MAX_PARTS = 200_000
MAX_LITERAL = 40
MAX_EXPONENT = 300
MAX_NAME = 60


class Kind(Enum):
    NUMBER = "a number"
    NAME = "a name"
    OPERATOR = "an operator"
    PRIME = "'"
    TRANSPOSE = "ᵀ"
    SUBSCRIPT = "a subscript"
    OPEN = "("
    CLOSE = ")"
    NEWLINE = "the end of the line"
    END = "the end of the text"


ENDS = (Kind.NAME, Kind.NUMBER, Kind.CLOSE, Kind.PRIME, Kind.TRANSPOSE, Kind.SUBSCRIPT)
"""What an operand may end with."""
STARTS = (Kind.NAME, Kind.NUMBER, Kind.OPEN)
"""What an operand may begin with."""


class Token(NamedTuple):
    """`text` is canonical: the name, the operator in ASCII; `span` is where it was read."""

    kind: Kind
    text: str
    span: Span
    number: Fraction | None = None


def touches(left: Token, right: Token) -> bool:
    """Whether nothing stands between an operand and what follows: X[i], but not X [i]."""
    return left.kind in ENDS and left.span.end == right.span.start


def check_size(source: Source) -> None:
    """Refuse what is too long to read at once. Raises LimitError."""
    if len(source.text) > MAX_CHARACTERS:
        raise LimitError(
            f"the text has {len(source.text):,} characters; at most {MAX_CHARACTERS:,} are read",
            hint="split the program, or build it with the Python interface",
        )


def check_count(tokens: list[Token], source: Source) -> None:
    """Raise LimitError where a text has too many tokens."""
    if len(tokens) > MAX_PARTS:
        place = tokens[MAX_PARTS].span
        raise LimitError(f"the text has more than {MAX_PARTS:,} parts", place, source, "split the program")


def refuse(source: Source, position: int) -> ReadError:
    """The error for a character that starts no token."""
    return ReadError(refused_character(source.text[position]), Span(position, position + 1), source)


def check_comment(text: str, start: int, source: Source) -> None:
    """Refuse what cannot be seen, in comments too: it could make a text look like another."""
    for offset, character in enumerate(text):
        if not character.isprintable() and character != "\t":
            raise refuse(source, start + offset)


def number_token(text: str, span: Span, source: Source) -> Token:
    """A literal as an exact fraction: 0.1 is 1/10. Raises LimitError on an unreasonable one."""
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MAX_LITERAL or len(exponent) > 5 or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise LimitError(
            f"the number has too many digits; at most {MAX_LITERAL}, and an exponent up to {MAX_EXPONENT}", span, source
        )
    return Token(Kind.NUMBER, text, span, Fraction(text))


def inverse_transpose(span: Span, source: Source) -> list[Token]:
    """X^{-T} as X^-1, transposed."""
    minus = [Token(Kind.OPERATOR, "^", span), Token(Kind.OPERATOR, "-", span)]
    return [*minus, number_token("1", span, source), Token(Kind.TRANSPOSE, "ᵀ", span)]


def check_name(text: str, span: Span, source: Source) -> None:
    """Raise LimitError for a name as written that is too long."""
    if len(text) > MAX_NAME:
        raise LimitError(f"the name has {len(text)} characters; at most {MAX_NAME} are allowed", span, source)


def resolve_marks(tokens: list[Token], known: Container[str]) -> list[Token]:
    """dX0 is δX0 where X0 is one of the `known` matrices."""
    return [_resolved(token, known) if token.kind is Kind.NAME else token for token in tokens]


def _resolved(name: Token, known: Container[str]) -> Token:
    text = resolve_mark(name.text, known)
    return name if text == name.text else name._replace(text=text)
