"""A verdict as HTML for notebooks: the marks, and the mistake underlined in what was written. Everything is escaped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import TYPE_CHECKING

from pushforward.grading.marks import Equality, Status
from pushforward.grading.report import SIGNS, explain, summary
from symbolic.errors import Span, printable

if TYPE_CHECKING:
    from pushforward.grading.verdict import Verdict


def html(verdict: Verdict) -> str:
    """A list of the equalities; no script, no style sheet, no address."""
    items = "".join(f"<li>{_equality(verdict, equality)}</li>" for equality in verdict.equalities)
    end = "<br>".join(map(_text, summary(verdict, reveal=True)))
    return f"<div><ol>{items}</ol><p>{end}</p></div>"


def _equality(verdict: Verdict, equality: Equality) -> str:
    underlined = equality.mistake.term if equality.mistake is not None else None
    sides = (
        _side(verdict.source.text, span, underlined) for span in (equality.left, equality.right) if _is_written(span)
    )
    written = " = ".join(sides)
    said = "".join(f"<br>{_text(line.strip())}" for line in _said(verdict, equality))
    mark = f"{SIGNS[equality.status]} {equality.status.value}"
    return f'<code style="white-space: pre-wrap">{written}</code> <strong>{_text(mark)}</strong>{said}'


def _said(verdict: Verdict, equality: Equality) -> Iterator[str]:
    if equality.status is not Status.RIGHT or equality.stands_on_mistake or equality.reason:
        yield from explain(equality)
    if equality.mistake is not None:
        yield f"hint: {equality.mistake.hint}"


def _is_written(span: Span) -> bool:
    return span.end > span.start


def _side(text: str, span: Span, underlined: Span | None) -> str:
    """A side with the part of it underlined that a mistake is in."""
    if underlined is None or not span.start <= underlined.start < underlined.end <= span.end:
        return _text(text[span.start : span.end])
    before, marked, after = (
        _text(text[start:end])
        for start, end in (
            (span.start, underlined.start),
            (underlined.start, underlined.end),
            (underlined.end, span.end),
        )
    )
    return f"{before}<u>{marked}</u>{after}"


def _text(text: str) -> str:
    return escape(printable(re.sub(r"\s", " ", text)))
