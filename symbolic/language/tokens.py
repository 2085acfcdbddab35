"""What the lexers give to the parser, and the limits they keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from symbolic.errors import LimitError, ReadError, Source, Span
from symbolic.language.names import refused_character

MAX_CHARACTERS = 400_000
MAX_LITERAL = 40
MAX_EXPONENT = 300
MAX_NAME = 60


class Kind(Enum):
    NUMBER = "a number"
    NAME = "a name"
    OPERATOR = "an operator"
    PRIME = "'"
    TRANSPOSE = "ᵀ"
    OPEN = "("
    CLOSE = ")"
    NEWLINE = "the end of the line"
    END = "the end of the text"


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is canonical: the name, the operator in ASCII; `span` is where it was read."""

    kind: Kind
    text: str
    span: Span
    number: Fraction | None = field(default=None, compare=False)

    def __str__(self) -> str:
        if self.kind in (Kind.NEWLINE, Kind.END):
            return str(self.kind.value)
        return f"{self.kind.value} {self.text!r}" if self.kind is Kind.NAME else repr(self.text)


def check_size(source: Source) -> None:
    """Refuse what is too long to read at once. Raises LimitError."""
    if len(source.text) > MAX_CHARACTERS:
        raise LimitError(
            f"the text has {len(source.text):,} characters; at most {MAX_CHARACTERS:,} are read",
            hint="split the program, or build it with the Python interface",
        )


def refuse(source: Source, position: int) -> ReadError:
    """The error for a character that starts no token."""
    return ReadError(refused_character(source.text[position]), Span(position, position + 1), source)


def number_token(text: str, span: Span, source: Source) -> Token:
    """A literal as an exact fraction: 0.1 is 1/10. Raises LimitError on an unreasonable one."""
    mantissa, _, exponent = text.lower().partition("e")
    if len(mantissa) > MAX_LITERAL or len(exponent) > 5 or abs(int(exponent or 0)) > MAX_EXPONENT:
        raise LimitError(
            f"the number has too many digits; at most {MAX_LITERAL}, and an exponent up to {MAX_EXPONENT}", span, source
        )
    return Token(Kind.NUMBER, text, span, Fraction(text))


def name_token(name: str, span: Span, source: Source) -> Token:
    if len(name) > MAX_NAME:
        raise LimitError(f"the name has {len(name)} characters; at most {MAX_NAME} are allowed", span, source)
    return Token(Kind.NAME, name, span)
