"""An answer to an exercise, marked: the grader's verdict, and whether it is what was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pushforward.exercises.finished import Last, is_finished, last_side
from pushforward.exercises.model import Exercise, Marking
from pushforward.grading.grade import mark
from pushforward.grading.marks import Status
from pushforward.grading.verdict import Verdict
from symbolic.errors import ReadError
from symbolic.language.dialects import dialect_of

_NUMBER = re.compile(r"\s*(?:the\s+)?(?:line|step|no\.?)?\s*\(?\s*(\d{1,3})\s*[).:]*\s*(?:[,;]\s*)?(.*)", re.I | re.S)


@dataclass(frozen=True)
class Marked:
    """`passed`: whether the answer is right, and the one asked for. `said`: in a sentence. `verdict`: of the grader."""

    passed: bool
    said: str
    verdict: Verdict | None

    def report(self, reveal: bool = False) -> str:
        """The sentence, and every equality with its mark; `reveal`: mistakes with their repair."""
        if self.verdict is None:
            return self.said
        return f"{self.said}\n\n{self.verdict.report(reveal)}"

    def __str__(self) -> str:
        return self.report()

    def to_dict(self, reveal: bool = False) -> dict[str, Any]:
        verdict = self.verdict.to_dict(reveal) if self.verdict is not None else None
        return {"passed": self.passed, "said": self.said, "verdict": verdict}


def mark_answer(exercise: Exercise, answer: str) -> Marked:
    """Mark an answer. Raises ProgramError, with line, column and caret, where it cannot be read."""
    if exercise.asks_for_a_line:
        return _mark_line(exercise.marking, answer)
    text, last = _read(answer.removeprefix("\ufeff"), exercise.marking)
    marking = exercise.marking
    verdict = mark(marking.program, text, marking.wrt, "<answer>")
    if not verdict.passed:
        wrong = verdict.first_wrong is not None
        said = "Not yet; have a look at what is marked." if wrong else "This could not be decided."
        return Marked(False, said, verdict)
    if not is_finished(last, marking):
        return Marked(False, f"What you wrote is right, and not yet the answer: {marking.wanted}.", verdict)
    if marking.strict and not _is_in_layout(text, last, marking):
        return Marked(False, f"This is the gradient, in the other layout: {marking.wanted}.", verdict)
    return Marked(True, "Right.", verdict)


def _read(answer: str, marking: Marking) -> tuple[str, Last]:
    """The answer with its last side; an expression alone is given the left side that is asked for."""
    last = last_side(answer, marking)
    if last.first is not None:
        return answer, last
    return answer[: last.start] + marking.subject[_is_latex(answer)] + answer[last.start :], last


def _is_in_layout(text: str, last: Last, marking: Marking) -> bool:
    """Whether a gradient is in the layout that is asked for: one line more, with ∇, which has the shape of the input."""
    latex = _is_latex(text)
    before, behind = marking.strict[latex]
    line_end = " \\\\\n" if latex else "\n"
    return mark(marking.program, f"{text}{line_end}{before}{last.text}{behind}", marking.wrt).passed


def _is_latex(text: str) -> bool:
    return dialect_of(text) == "latex"


def _mark_line(marking: Marking, answer: str) -> Marked:
    """A number, and behind it the line as it should be, if one is given."""
    lines = marking.derivation.split("\n")
    found = _NUMBER.fullmatch(answer.strip())
    if found is None:
        raise ReadError("the answer begins with the number of a line", hint=f"answer with a number from 1 to {len(lines)}")
    number, repair = int(found[1]), found[2].strip()
    if not 1 <= number <= len(lines):
        raise ReadError(f"there is no line {number}", hint=f"answer with a number from 1 to {len(lines)}")
    if number != marking.line:
        verdict = mark(marking.program, marking.derivation, marking.wrt)
        follows = verdict.equalities[number - 1].status is Status.FOLLOWS
        why = "it only goes on from an earlier mistake" if follows else "it is right"
        return Marked(False, f"It is not line ({number}): {why}.", None)
    if not repair:
        return Marked(True, f"Right, it is line ({number}).", None)
    verdict = mark(marking.program, repair, marking.wrt, "<answer>")
    left = lines[number - 1].partition("=")[0].strip()
    same = verdict.passed and repair.replace(" ", "").startswith(left.replace(" ", ""))
    said = f"Right, it is line ({number})" + (", and so it should read." if verdict.passed else ", but it is not right yet so.")
    return Marked(verdict.passed, said, verdict)
