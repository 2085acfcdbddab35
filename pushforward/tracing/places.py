"""Where in a person's own code something happened: the file, the line, the characters."""

from __future__ import annotations

import linecache
import re
import sys
from collections.abc import Iterator
from itertools import islice
from types import CodeType, FrameType, TracebackType
from typing import Any

from symbolic.errors import ProgramError, Source, Span

_LIBRARIES = {"pushforward", "symbolic", "codegen", "numpy", "scipy", "sympy"} | sys.stdlib_module_names
_TRACER = "pushforward.tracing.trace"
_CALL = re.compile(r"[\w.]*?(\w+)\s*\(")

Place = tuple[Source, Span]


def add_place(error: ProgramError) -> None:
    """Say in an error which line of a person's own code raised it, unless it is of a text that was read there."""
    if error.source is None:
        error.span = None
        place = _innermost_place(error.__traceback__)
        if place is not None:
            error.at(place[1], place[0])


def place_of_definition(code: CodeType) -> Place:
    """The line where a function begins."""
    return _place_in(code.co_filename, {}, (code.co_firstlineno, None, None, None))


def called_name(frame: FrameType | None) -> str:
    """The name of the function that the innermost line of a person's own code is calling, or "" """
    while frame is not None and not _is_own(frame):
        frame = frame.f_back if frame.f_globals.get("__name__") != _TRACER else None
    if frame is None:
        return ""
    source, span = _place(frame, frame.f_lasti, frame.f_lineno)
    call = _CALL.match(source.text[span.start : span.end])
    return call[1] if call else ""


def _innermost_place(traceback: TracebackType | None) -> Place | None:
    own = [step for step in _steps(traceback) if _is_own(step.tb_frame)]
    return _place(own[-1].tb_frame, own[-1].tb_lasti, own[-1].tb_lineno) if own else None


def _steps(traceback: TracebackType | None) -> Iterator[TracebackType]:
    while traceback is not None:
        yield traceback
        traceback = traceback.tb_next


def _is_own(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] not in _LIBRARIES


def _place(frame: FrameType, instruction: int, line: int) -> Place:
    found = next(islice(frame.f_code.co_positions(), instruction // 2, None), (None,) * 4)
    positions = (line, None, None, None) if found[0] is None else found
    return _place_in(frame.f_code.co_filename, frame.f_globals, positions)


def _place_in(file: str, names: dict[str, Any], positions: tuple[int | None, ...]) -> Place:
    """The characters of a file from line and column to line and column; of a whole line where no columns are known.

    A function without a source, as one made by exec, has a line all the same.
    """
    first, last, begin, end = positions
    assert first is not None
    lines = linecache.getlines(file, names)
    if first > len(lines):
        text = "\n" * (first - 1) + "…"
        return Source(text, file), Span(len(text) - 1, len(text))
    if last is None or last > len(lines) or begin is None or end is None:
        line = lines[first - 1].rstrip()
        start = _offset(lines, first) + len(line) - len(line.lstrip())
        return Source("".join(lines), file), Span(start, _offset(lines, first) + len(line))
    start = _offset(lines, first) + _characters(lines[first - 1], begin)
    return Source("".join(lines), file), Span(start, _offset(lines, last) + _characters(lines[last - 1], end))


def _offset(lines: list[str], line: int) -> int:
    return sum(map(len, lines[: line - 1]))


def _characters(line: str, octets: int) -> int:
    """Python counts columns in bytes."""
    return len(line.encode("utf-8")[:octets].decode("utf-8", "ignore"))
