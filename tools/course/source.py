"""The source of a page: Markdown, with fences ```kind words that say what the program is to put there."""

from __future__ import annotations

import re
from dataclasses import dataclass

FENCE = "```"


class CourseError(Exception):
    """A page says what is not so, or asks for what there is not. The message begins with the place."""


@dataclass(frozen=True)
class Fence:
    """What stands between ```kind words and ```; `line`: where it begins, from 1."""

    kind: str
    words: tuple[str, ...]
    text: str
    line: int


def read_source(source: str, kinds: frozenset[str]) -> list[str | Fence]:
    """Prose and fences in turn; a fence of another kind is prose. Raises CourseError where one stays open."""
    parts: list[str | Fence] = []
    prose: list[str] = []
    lines = source.splitlines()
    k = 0
    while k < len(lines):
        opened = re.fullmatch(rf"{FENCE}(\w+)((?: \S+)*)", lines[k])
        if opened is None or opened[1] not in kinds:
            prose.append(lines[k])
            k += 1
            continue
        end = next((j for j in range(k + 1, len(lines)) if lines[j] == FENCE), None)
        if end is None:
            raise CourseError(f"line {k + 1}: this {opened[1]} is never closed")
        parts += [
            "\n".join(prose).strip("\n"),
            Fence(opened[1], tuple(opened[2].split()), _inside(lines, k, end), k + 1),
        ]
        prose = []
        k = end + 1
    parts.append("\n".join(prose).strip("\n"))
    return [part for part in parts if part]


def _inside(lines: list[str], start: int, end: int) -> str:
    return "\n".join(lines[start + 1 : end])
