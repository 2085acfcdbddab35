"""Every equality of a page is read by the grader, from the page as it is written: formulas between dollar signs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pushforward.grading.grade import mark
from pushforward.grading.marks import Status
from pushforward.grading.verdict import Verdict
from symbolic.differential import Differential
from symbolic.reverse.adjoint import adjoint
from tools.course.source import CourseError

_DISPLAYED = re.compile(r"^\$\$\n(.*?)\n\$\$$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"\$([^$\n]+)\$")
_COTANGENT = r"\bar{"
SEPARATOR = ";\n"


def formulas(markdown: str) -> Iterator[str]:
    """What stands between dollar signs and says that two things are equal, in order."""
    rest = _DISPLAYED.sub(lambda found: f"${' '.join(found[1].split())}$", markdown)
    yield from (found[1] for found in _INLINE.finditer(rest) if "=" in found[1])


def marked(markdown: str, differential: Differential) -> list[Verdict]:
    """The verdicts on the equalities of a text about one program; those with cotangents over its pullback.

    Raises CourseError where one is not right.
    """
    found = list(formulas(markdown))
    forward = [formula for formula in found if _COTANGENT not in formula]
    back = [formula for formula in found if _COTANGENT in formula]
    verdicts = []
    if forward:
        verdicts.append(mark(differential.primal, SEPARATOR.join(forward), differential.wrt, dialect="latex"))
    if back:
        verdicts.append(mark(adjoint(differential).program, SEPARATOR.join(back), differential.wrt, dialect="latex"))
    for verdict in verdicts:
        if any(equality.status not in (Status.RIGHT, Status.DEFINITION) for equality in verdict.equalities):
            raise CourseError(f"not all equalities are right:\n{verdict.report(reveal=True)}")
    return verdicts
