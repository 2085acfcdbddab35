"""An answer to an exercise, marked: the grader's verdict, and whether it is what was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from pushforward.exercises.finished import Last, is_finished, last_chain
from pushforward.exercises.wanted import Wanted
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


def mark_answer(wanted: Wanted, answer: str) -> Marked:
    """Mark an answer. Raises ProgramError, with line, column and caret, where it cannot be read."""
    answer = answer.removeprefix("\ufeff")
    return _mark_line(wanted, answer) if wanted.derivation else _mark_formula(wanted, answer)


def _mark_formula(wanted: Wanted, answer: str) -> Marked:
    text, last = _read(answer, wanted)
    verdict = replace(mark(wanted.program, text, wanted.wrt, "<answer>"), answer="")
    if not verdict.passed:
        wrong = verdict.first_wrong is not None
        said = "Not yet; have a look at what is marked." if wrong else "This could not be decided."
        return Marked(False, said, verdict)
    if not is_finished(last, wanted):
        return Marked(False, f"What you wrote is right, and not yet the answer: {wanted.said}.", verdict)
    if wanted.strict and not _is_in_layout(text, last, wanted):
        return Marked(False, f"This is right, in another layout: {wanted.said}.", verdict)
    return Marked(True, "Right.", verdict)


def _read(answer: str, wanted: Wanted) -> tuple[str, Last]:
    """The answer with its last side; an expression alone is given the left side that is asked for."""
    last = last_chain(answer, wanted)
    if not last.stands_alone:
        return answer, last
    return answer[: last.start] + wanted.subject[_is_latex(answer)] + answer[last.start :], last


def _is_in_layout(text: str, last: Last, wanted: Wanted) -> bool:
    """Whether a derivative is in the layout that is asked for: marked once more, against what has that layout alone."""
    latex = _is_latex(text)
    before, behind = wanted.strict[latex]
    line_end = " \\\\\n" if latex else "\n"
    return mark(wanted.program, f"{text}{line_end}{before}{last.text}{behind}", wanted.wrt).passed


def _is_latex(text: str) -> bool:
    return dialect_of(text) == "latex"


def _mark_line(wanted: Wanted, answer: str) -> Marked:
    """A number, and behind it the line as it should be, if one is given."""
    count = wanted.derivation.count("\n") + 1
    found = _NUMBER.fullmatch(answer.strip())
    if found is None or not 1 <= int(found[1]) <= count:
        problem = "the answer begins with the number of a line" if found is None else f"there is no line {found[1]}"
        raise ReadError(problem, hint=f"answer with a number from 1 to {count}")
    number, repair = int(found[1]), found[2].strip()
    if number != wanted.line:
        verdict = mark(wanted.program, wanted.derivation, wanted.wrt)
        follows = verdict.equalities[number - 1].status is Status.FOLLOWS
        why = "it only goes on from an earlier mistake" if follows else "it is right"
        return Marked(False, f"It is not line ({number}): {why}.", None)
    if not repair:
        return Marked(True, f"Right, it is line ({number}).", None)
    marked = _mark_formula(wanted, repair)
    put = "and so it should read" if marked.passed else "but this is not yet how it should read"
    return replace(marked, said=f"Right, it is line ({number}), {put}.")
