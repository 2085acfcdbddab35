"""Derivations made by hand, marked."""

from __future__ import annotations

from collections.abc import Iterable

from pushforward.grading.grade import mark
from pushforward.grading.verdict import Verdict
from symbolic.program import Program


def grade(
    program: Program, derivation: str, wrt: str | Iterable[str] | None = None, name: str = "<derivation>"
) -> Verdict:
    """Mark a derivation made by hand, in text or LaTeX, equality by equality.

    Every equality is right, wrong or undecided; `str()` says which, `.first_wrong.mistake` what the first mistake is
    and how it is repaired. wrt: the inputs that move; by default those whose δ the derivation names, or all.
    Raises ProgramError, with line, column and caret, where the derivation cannot be read.
    """
    return mark(program, derivation, wrt, name)
