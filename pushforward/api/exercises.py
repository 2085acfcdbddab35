"""Exercises, one by one or on a sheet."""

from __future__ import annotations

from pushforward.exercises.build import exercise as drawn
from pushforward.exercises.model import Exercise
from pushforward.exercises.sheet import sheet


def exercise(level: int = 1, seed: int = 0) -> Exercise:
    """A question about a program, the same for the same level and seed.

    level: 1 (sums and products) to 5 (attention, layouts, long derivations). `str()` is the question, `.hint(1)` the
    first hint, `.mark(text)` marks an answer, `.solved()` is the solution.
    Raises NotSupported for another level or seed.
    """
    return drawn(level, seed)


def exercise_sheet(
    level: int = 1, seed: int = 0, count: int = 10, format: str = "markdown", solutions: bool = False
) -> str:
    """The exercises of `count` seeds from `seed` on as one document to print, or with `solutions` their solutions.

    format: "text", "markdown", "latex" or "html". Raises NotSupported for another level, seed, count or format.
    """
    return sheet(level, seed, count, format, solutions)
