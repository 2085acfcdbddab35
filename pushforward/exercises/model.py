"""What an exercise is made of: a question, hints and a solution as blocks of a lesson, and how answers are marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pushforward.exercises.marking import Marked, mark_answer
from pushforward.exercises.wanted import Wanted
from pushforward.lesson.model import Block, Chain, Lesson, Prose, Section
from pushforward.lesson.render import in_terminal
from symbolic.notebook import Bundle
from symbolic.program import Program

Blocks = tuple[Block, ...]
TITLES = {
    "differential": "a differential",
    "gradient": "a gradient",
    "numerator": "a gradient in numerator layout",
    "rows": "the Jacobian of one row",
    "vec": "a Jacobian, column by column",
    "vec-row-major": "a Jacobian, row by row",
    "wrong step": "the wrong line",
}
"""What is looked for, by the kind of a question."""


@dataclass(frozen=True)
class Exercise:
    """A question drawn by `level` and `seed`.

    `kind`: what is asked for. `program`: what is differentiated, for one row that of the row. `answer`: the model
    answer, in text; `answered`: the same as it is set.
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
    answered: Prose
    wanted: Wanted

    @property
    def title(self) -> str:
        return f"Level {self.level}, seed {self.seed}: {TITLES[self.kind]}"

    def mark(self, answer: str) -> Marked:
        """Mark an answer, in text or LaTeX. Raises ProgramError, with line, column, caret, where it cannot be read."""
        return mark_answer(self.wanted, answer)

    def hint(self, number: int) -> str:
        """A hint in words, counted from 1. Raises IndexError where there is none."""
        if not 1 <= number <= len(self.hints):
            raise IndexError(f"there are {len(self.hints)} hints, counted from 1; there is no hint {number}")
        return f"Hint {number} of {len(self.hints)}\n\n{in_terminal(self.hints[number - 1])}"

    def solved(self) -> str:
        """The model answer, and how it comes about."""
        return f"{self.answer}\n\n{in_terminal(self.solution)}"

    def __str__(self) -> str:
        return f"{self.title}\n\n{in_terminal(self.question)}"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return {"text/plain": str(self)}

    def to_dict(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "seed": self.seed,
            "kind": self.kind,
            "program": self.program.text("text"),
            "wrt": list(self.wrt),
            "question": in_terminal(self.question),
            "hints": list(map(in_terminal, self.hints)),
            "answer": self.answer,
        }

    def chains(self) -> tuple[Chain, ...]:
        """Every equality that hints and solution set apart."""
        blocks = (*(block for hint in self.hints for block in hint), *self.solution)
        return tuple(Lesson("", self.wrt, "full", (Section("", blocks),)).chains())
