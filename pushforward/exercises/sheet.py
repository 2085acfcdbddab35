"""Exercises for paper: a sheet of questions with room to write, and the solutions apart from it."""

from __future__ import annotations

from collections.abc import Sequence

from pushforward.exercises.build import exercise
from pushforward.exercises.model import Exercise
from pushforward.lesson.model import Block, Code, Folded, Paragraph, Prose, Room, Section, Strong
from pushforward.lesson.render import render_document
from symbolic.errors import NotSupported

MOST = 100
"""How many exercises a sheet may have."""


def sheet(level: int, seed: int, count: int, format: str, solutions: bool = False) -> str:
    """The questions of `count` seeds from `seed` on, or their solutions, as one document.

    Raises NotSupported for another level, format or count.
    """
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST:
        raise NotSupported(f"a sheet has from 1 to {MOST} exercises, not {count!r}")
    return page([exercise(level, each) for each in range(seed, seed + count)], format, solutions)


def page(exercises: Sequence[Exercise], format: str, solutions: bool = False) -> str:
    """Some exercises of one level, or their solutions, as one document. Raises NotSupported for another format."""
    level = exercises[0].level
    titled = _solved if solutions else _asked
    sections = tuple(Section(f"{each.title[0].upper()}{each.title[1:]}", titled(each)) for each in exercises)
    title = f"{'Solutions' if solutions else 'Exercises'}, level {level}"
    return render_document(title, sections, format, _lead(exercises, solutions))


def _lead(exercises: Sequence[Exercise], solutions: bool) -> Prose:
    level, first = exercises[0].level, exercises[0].seed
    command = Code(f"pushforward exercise --level {level} --seed {first}")
    if solutions:
        return ("There is more than one way to write an answer; ", command, " marks the one that you have.")
    return ("Each of these has hints, and is marked, by its level and its seed: ", command, " asks the first one.")


def _asked(exercise: Exercise) -> tuple[Block, ...]:
    """The question; hints, where a page can fold them; and room."""
    count = len(exercise.hints)
    hints = (Folded((f"Hint {k} of {count}",), hint) for k, hint in enumerate(exercise.hints, 1))
    return (*exercise.question, *hints, Room())


def _solved(exercise: Exercise) -> tuple[Block, ...]:
    """The question once more, so that the solutions can be read alone, and what leads to the answer."""
    answer = Paragraph((Strong("Answer"), ": ", *exercise.answered, "."))
    return (*exercise.question, answer, *exercise.solution)
