"""What marking a derivation gives: a verdict for every equality, and for a wrong one what and where the mistake is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from symbolic.errors import Source, Span


class Status(Enum):
    RIGHT = "right"
    WRONG = "wrong"
    FOLLOWS = "follows from an earlier mistake"
    UNDECIDED = "undecided"
    DEFINITION = "definition"


@dataclass(frozen=True)
class Witness:
    """A point at which two sides differ: the inputs, and one entry of each side.

    `part`: "value", or "perturbation" where the entries are coefficients of the δ's. `functions`: what the unknown
    functions are at this point.
    """

    inputs: tuple[tuple[str, tuple[tuple[float, ...], ...]], ...]
    functions: tuple[tuple[str, str], ...]
    part: str
    entry: tuple[int, int]
    left: float
    right: float


@dataclass(frozen=True)
class Mistake:
    """`term`: the term with the mistake in it; `span`: the characters that a repair changes; `repaired`: the side then."""

    kind: str
    hint: str
    term: Span
    span: Span
    replacement: str
    repaired: str
    explanation: str


@dataclass(frozen=True)
class Equality:
    """Two sides and what is to be said of them. `chance`: a bound on the probability that this `right` is wrong.

    `stands_on_mistake`: right in itself, but what stands to its left is not what it was said to be.
    """

    left: Span
    right: Span
    status: Status
    chance: float = 0.0
    reason: str = ""
    witness: Witness | None = None
    mistake: Mistake | None = None
    stands_on_mistake: bool = False


@dataclass(frozen=True)
class Verdict:
    """A marked derivation. `answer`: what is said of whether the differential asked for is reached."""

    source: Source
    wrt: tuple[str, ...]
    equalities: tuple[Equality, ...]
    answer: str = ""

    @property
    def passed(self) -> bool:
        """Whether there is something to mark, and all of it is right."""
        marked = [equality.status for equality in self.equalities if equality.status is not Status.DEFINITION]
        return bool(marked) and all(status is Status.RIGHT for status in marked)

    @property
    def first_wrong(self) -> Equality | None:
        return next((equality for equality in self.equalities if equality.status is Status.WRONG), None)

    def count(self, status: Status) -> int:
        return sum(equality.status is status for equality in self.equalities)

    def text(self, span: Span) -> str:
        """What was written at a place, on one line."""
        return " ".join(self.source.text[span.start : span.end].split())

    def line(self, span: Span) -> int:
        return self.source.text.count("\n", 0, span.start) + 1

    def to_dict(self, reveal: bool = False) -> dict[str, Any]:
        return {
            "passed": self.passed,
            "wrt": list(self.wrt),
            "equalities": [self._equality(equality, reveal) for equality in self.equalities],
            "answer": self.answer,
        }

    def _equality(self, equality: Equality, reveal: bool) -> dict[str, Any]:
        found: dict[str, Any] = {
            "line": self.line(equality.right),
            "left": self.text(equality.left),
            "right": self.text(equality.right),
            "verdict": equality.status.value,
            "reason": equality.reason,
        }
        if equality.status is Status.RIGHT:
            found["chance_of_error_below"] = equality.chance
            found["stands_on_mistake"] = equality.stands_on_mistake
        if equality.witness is not None:
            found["witness"] = _witness(equality.witness)
        if equality.mistake is not None:
            found["mistake"] = self._mistake(equality.mistake, reveal)
        return found

    def _mistake(self, mistake: Mistake, reveal: bool) -> dict[str, Any]:
        shown: dict[str, Any] = {"kind": mistake.kind, "hint": mistake.hint, "term": self._place(mistake.term)}
        if reveal:
            shown |= {
                "explanation": mistake.explanation,
                "place": self._place(mistake.span),
                "replacement": mistake.replacement,
                "repaired": mistake.repaired,
            }
        return shown

    def _place(self, span: Span) -> dict[str, Any]:
        return {"start": span.start, "end": span.end, "text": self.source.text[span.start : span.end]}


def _witness(witness: Witness) -> dict[str, Any]:
    return {
        "inputs": {name: [list(row) for row in rows] for name, rows in witness.inputs},
        "functions": dict(witness.functions),
        "part": witness.part,
        "entry": list(witness.entry),
        "left": witness.left,
        "right": witness.right,
    }
