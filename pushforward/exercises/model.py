"""What an exercise is made of: a question, hints and a solution as blocks of a lesson, and how answers are marked."""

from __future__ import annotations

from dataclasses import dataclass

from pushforward.exercises.draft import WRONG_STEP
from pushforward.lesson.model import Block, Chain, Lesson, Section
from symbolic.nodes import Node
from symbolic.program import Program

Blocks = tuple[Block, ...]


@dataclass(frozen=True)
class Marking:
    """How an answer is marked.

    `program`: the one that answers are read against. `subjects`: what may stand to the left of the answer; `subject`
    in text and in LaTeX, put in front of an expression alone. `seeds`: the perturbations that the answer may have in
    it. `wanted`: what is said of an answer that is right and not the one asked for. `strict`: for a gradient, what a
    side is put between, in text and in LaTeX, to be compared in the one layout that is asked for. `derivation`,
    `line`: for a wrong step, the text and where it is wrong.
    """

    program: Program
    wrt: tuple[str, ...]
    subjects: tuple[Node, ...] = ()
    subject: tuple[str, str] = ("", "")
    seeds: frozenset[str] = frozenset()
    wanted: str = ""
    strict: tuple[tuple[str, str], ...] = ()
    derivation: str = ""
    line: int = 0


@dataclass(frozen=True)
class Exercise:
    """A question drawn by `level` and `seed`.

    `kind`: what is asked for. `program`: what is differentiated, for one row that of the row. `answer`: the model
    answer, in text.
    """

    level: int
    seed: int
    kind: str
    program: Program
    wrt: tuple[str, ...]
    question: Blocks
    hints: tuple[Blocks, ...]
    solution: Blocks
    answer: str
    marking: Marking

    @property
    def label(self) -> str:
        return f"level {self.level}, seed {self.seed}"

    @property
    def asks_for_a_line(self) -> bool:
        return self.kind == WRONG_STEP

    def chains(self) -> tuple[Chain, ...]:
        """Every equality that hints and solution set apart."""
        blocks = (*(block for hint in self.hints for block in hint), *self.solution)
        return tuple(Lesson("", self.wrt, "full", (Section("", blocks),)).chains())
