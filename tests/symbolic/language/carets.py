"""Texts that are refused, with « and » around the characters that the caret must underline."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import pytest

from symbolic.errors import ProgramError
from symbolic.language.read import read_program

SECONDS = 1.0


@contextmanager
def quickly() -> Iterator[None]:
    """Fail what takes longer than a second of processor time."""

    def stop(*_: object) -> NoReturn:
        pytest.fail(f"took longer than {SECONDS} s", pytrace=False)

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def underlined(error: ProgramError) -> str:
    """The characters above the carets in the message."""
    lines = str(error).split("\n")
    below = next(number for number, line in enumerate(lines) if re.fullmatch(r" +\| +\^+", line))
    return lines[below - 1][lines[below].index("^") : len(lines[below])]


def visible(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


def refused(expected: type[ProgramError], marked: str) -> ProgramError:
    """The error of a text, once its kind and its place are checked."""
    before, wrong, after = marked.replace("»", "«").split("«")
    text = before + wrong + after
    with quickly(), pytest.raises(ProgramError) as caught:
        read_program(text)
    error = caught.value
    assert type(error) is expected
    assert (error.line, error.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert error.span is not None
    assert text[error.span.start : error.span.end] == wrong
    assert underlined(error)[:40] == visible(wrong.split("\n")[0])[:40]
    return error
