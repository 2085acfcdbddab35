"""Lessons."""

from __future__ import annotations

from pushforward.api.derivatives import Names
from pushforward.lesson.build import lesson
from pushforward.lesson.render import render
from symbolic.differential import Differential, differentiate
from symbolic.errors import DifferentiationError
from symbolic.program import Program


def explain(
    what: Differential | Program,
    format: str = "text",
    level: str = "full",
    wrt: Names = None,
) -> str:
    """How a differential comes about: the program as a graph, every step, numbers and the check.

    what: a differential, or a program, which is differentiated with respect to `wrt`, by default to everything.
    format: "text" for a terminal, "markdown", "latex" (a whole document) or "html" (one page, without scripts).
    level: "brief", "full" or "beginner".
    Raises NotSupported for another format or level and for a differential of higher order, ProgramError as
    `differential` does.
    """
    if isinstance(what, Program):
        what = differentiate(what, wrt)
    elif wrt is not None:
        raise DifferentiationError("this is a differential already; `wrt` chooses the inputs of a program")
    return render(lesson(what, level), format)
