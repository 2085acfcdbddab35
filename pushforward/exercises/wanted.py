"""What is wanted of an answer, as data: what is asked for, in which terms, in which layout."""

from __future__ import annotations

from dataclasses import dataclass

from symbolic.nodes import Node
from symbolic.program import Program


@dataclass(frozen=True)
class Wanted:
    """What an answer has to be, and how it is read.

    `program`: the one that answers are read against. `of`, `wrt`: what is differentiated, and by what. `subjects`: what
    may stand to the left of the answer; `subject`: that, in text and in LaTeX, put in front of an expression alone.
    `seeds`: the perturbations that may be in it.
    `said`: what is said of an answer that is right and not the one asked for. `strict`: where there are several
    layouts, what a side is put between, in text and in LaTeX, to be compared in the one that is asked for.
    `derivation`, `line`: for a wrong step, the text and where it is wrong.
    """

    program: Program
    of: str
    wrt: tuple[str, ...]
    subjects: tuple[Node, ...] = ()
    subject: tuple[str, str] = ("", "")
    seeds: frozenset[str] = frozenset()
    said: str = ""
    strict: tuple[tuple[str, str], ...] = ()
    derivation: str = ""
    line: int = 0
