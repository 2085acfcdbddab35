"""Errors a person can act on: what is wrong, where, what was expected, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Source:
    """A text and the name it goes by in messages."""

    text: str
    name: str = "<program>"


class Span(NamedTuple):
    """The characters `start` to `end` (exclusive) of a source text."""

    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The smallest span that covers both."""
        return Span(min(self.start, other.start), max(self.end, other.end))


class PushforwardError(Exception):
    """The base of every error that Pushforward raises on purpose."""


class ProgramError(PushforwardError):
    """Something is wrong with a matrix program, at a known place where there is one.

    Attributes: `message`, `hint` (what to do; may be empty), `line` and `column` (1-based, or None).
    """

    def __init__(self, message: str, span: Span | None = None, source: Source | None = None, hint: str = "") -> None:
        self.message, self.hint, self.span, self.source = message, hint, span, source
        super().__init__(message)

    def at(self, span: Span | None, source: Source) -> ProgramError:
        """The same error at a place, unless it already has one."""
        self.span = self.span or span
        self.source = self.source or source
        return self

    @property
    def line(self) -> int | None:
        if self.span is None or self.source is None:
            return None
        return self.source.text.count("\n", 0, self.span.start) + 1

    @property
    def column(self) -> int | None:
        if self.span is None or self.source is None:
            return None
        return self.span.start - self.source.text.rfind("\n", 0, self.span.start)

    def __str__(self) -> str:
        lines = [self.message]
        if self.span is not None and self.source is not None:
            lines = [
                f"{printable(self.source.name)}:{self.line}:{self.column}: {self.message}",
                *excerpt(self.source, self.span),
            ]
        if self.hint:
            lines.append(f"  help: {self.hint}")
        return "\n".join(lines)


def excerpt(source: Source, span: Span) -> list[str]:
    """The line of a place with a caret under the exact characters; a long line is cut around them."""
    text, width = source.text, 100
    begin = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", begin)
    end = len(text) if end < 0 else end
    left = max(begin, span.start - width // 2)
    shown = printable(text[left : min(end, left + width)])
    carets = max(1, min(span.end, end, left + width) - span.start)
    number = str(text.count("\n", 0, span.start) + 1)
    margin = " " * len(number)
    return [
        f"  {number} | {shown}",
        f"  {margin} | {' ' * (span.start - left)}{'^' * carets}",
    ]


class ReadError(ProgramError):
    """The text is not in the language."""


class NameError_(ProgramError):
    """A name is unknown, bound twice, used too early or cannot be a name."""


class ShapeError(ProgramError):
    """Shapes do not fit."""


class LimitError(ProgramError):
    """The program is larger than the stated limits."""


class NotSupported(ProgramError):
    """Meaningful, but not something Pushforward can do; the message says what."""


class DifferentiationError(ProgramError):
    """The differential cannot be derived."""


def printable(text: str) -> str:
    """One visible character for each character: control and direction marks become `?`."""
    return "".join(c if c.isprintable() or c == " " else " " if c == "\t" else "?" for c in text)
