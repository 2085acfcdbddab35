"""A verdict in words, for the terminal: what is right, what is wrong and where, and on request how to repair it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pushforward.grading.marks import Equality, Mistake, Status, Witness
from symbolic.errors import excerpt, printable

if TYPE_CHECKING:
    from pushforward.grading.verdict import Verdict

SIGNS = {
    Status.RIGHT: "✓",
    Status.WRONG: "✗",
    Status.FOLLOWS: "↳",
    Status.UNDECIDED: "?",
    Status.DEFINITION: "·",
}
MAX_WIDTH = 110


def report(verdict: Verdict, reveal: bool = False) -> str:
    """One line an equality, then what is to be said of it."""
    lines: list[str] = []
    for equality in verdict.equalities:
        lines += _equality(verdict, equality, reveal)
    return "\n".join([*lines, "", *summary(verdict, reveal)])


def _equality(verdict: Verdict, equality: Equality, reveal: bool) -> Iterator[str]:
    left, right = printable(verdict.text(equality.left)), printable(verdict.text(equality.right))
    written = f"{left} = {right}" if left else right
    if len(written) > MAX_WIDTH:
        written = written[: MAX_WIDTH - 1] + "…"
    yield f"{SIGNS[equality.status]} line {verdict.line(equality.right)}: {written}   {equality.status.value}"
    yield from explain(equality)
    if equality.mistake is not None:
        yield from _mistake(verdict, equality.mistake, reveal)


def explain(equality: Equality) -> Iterator[str]:
    """Why an equality has its mark."""
    if equality.reason:
        yield f"    {printable(equality.reason)}"
    if equality.stands_on_mistake:
        yield "    right in itself, but it stands on the mistake to its left"
    if equality.witness is not None:
        yield from _witness(equality.witness)


def _mistake(verdict: Verdict, mistake: Mistake, reveal: bool) -> Iterator[str]:
    yield from excerpt(verdict.source, mistake.span if reveal else mistake.term)
    yield f"    hint: {mistake.hint}"
    if reveal:
        yield f"    {printable(mistake.explanation)}"
        if mistake.repaired:
            yield f"    it is right as: {printable(mistake.repaired)}"


def _witness(witness: Witness) -> Iterator[str]:
    given = [f"{name} = {_matrix(rows)}" for name, rows in witness.inputs]
    given += [f"{name}(x) = {text}" for name, text in witness.functions]
    yield f"    for example with {', '.join(given)}:"
    entry = (
        "" if witness.entry == (1, 1) and _is_scalar(witness) else f" in entry {witness.entry[0]}, {witness.entry[1]}"
    )
    what = "the values are" if witness.part == "value" else "to first order, the left and right sides change by"
    yield f"    {what} {_number(witness.left)} and {_number(witness.right)}{entry}"


def _is_scalar(witness: Witness) -> bool:
    return all(len(rows) == len(rows[0]) == 1 for _, rows in witness.inputs if rows)


def _matrix(rows: tuple[tuple[float, ...], ...]) -> str:
    if len(rows) == 1 and len(rows[0]) == 1:
        return _number(rows[0][0])
    return f"[{'; '.join(' '.join(map(_number, row)) for row in rows)}]"


def _number(value: float) -> str:
    """A whole number as such; digits enough to tell two sides apart."""
    return f"{value:.0f}" if value == round(value) and abs(value) < 1e15 else f"{value:.15g}"


def summary(verdict: Verdict, reveal: bool) -> Iterator[str]:
    counts = [f"{verdict.count(status)} {status.value}" for status in Status if verdict.count(status)]
    yield ", ".join(counts)
    worst = max((e.chance for e in verdict.equalities if e.status is Status.RIGHT), default=0.0)
    if worst:
        yield f"a wrong equality would be called right with a probability below {worst:.0e}"
    if verdict.answer:
        yield verdict.answer
    if verdict.first_wrong is not None and not reveal:
        yield "--reveal shows the repair"
