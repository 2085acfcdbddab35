"""What marking a derivation gives: the equalities with their marks, in words and as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pushforward.grading.marks import Equality, Mistake, Status, Witness
from pushforward.grading.page import html
from pushforward.grading.report import report
from symbolic.errors import Source, Span


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

    def report(self, reveal: bool = False) -> str:
        """Every equality with its mark; `reveal`: the first mistake with its repair and not only a hint."""
        return report(self, reveal)

    def __str__(self) -> str:
        return self.report()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What notebooks show."""
        return {"text/plain": self.report(), "text/html": html(self)}

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
