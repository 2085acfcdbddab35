"""The question for a mistake: a derivation in which exactly one line is wrong; the others may build on it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from sympy import MatrixSymbol

from pushforward.exercises.draft import WRONG_STEP, Draft
from pushforward.exercises.mistakes import mistakes
from pushforward.exercises.model import Blocks, Exercise
from pushforward.exercises.telling import derivation, rules_needed, seeds, shown, statements_carried
from pushforward.exercises.wanted import Wanted
from pushforward.grading.grade import mark
from pushforward.grading.marks import Mistake, Status
from pushforward.lesson.model import Bullets, Chain, Formula, Paragraph, Prose, Strong
from symbolic.closed_form import substitute
from symbolic.differential import Differential
from symbolic.errors import NotSupported
from symbolic.language.names import split_mark, unicode_name
from symbolic.language.printer import print_expression
from symbolic.language.styles import style_named
from symbolic.nodes import Node
from symbolic.statements import Let
from symbolic.structure import structure_of
from symbolic.walks import subexpressions

INSTRUCTIVE = (
    "sign of a term", "coefficient lost", "transpose lost", "transpose added", "product transposed", "factors swapped",
    "product for ⊙", "⊙ for product", "f for f'", "another argument of f", "term lost", "factor lost from a product",
    "factor lost from ⊙", "inverse lost", "sin for cos", "exponent off by one", "quotient upside down", "δ of another",
)  # fmt: skip
"""Mistakes that can be found by thinking; a number that is off by a little cannot."""
LONGEST = 100
"""How many characters a line may have."""


@dataclass(frozen=True)
class Worked:
    """A derivation with a mistake: its lines as equations, the number of the wrong one, and what the grader says."""

    lines: tuple[Let, ...]
    wrong: int
    text: str
    mistake: Mistake


def wrong_step_wanted(draft: Draft, differential: Differential, level: int, seed: int) -> Exercise:
    """Raises NotSupported where no mistake stays in its line."""
    program = differential.primal
    worked = _worked(differential, random.Random(f"mistake {level} {seed} {draft.text}"))
    output = differential.tangent.symbols[differential.name(program.outputs[-1])]
    asked = Paragraph((
        "Somebody looks for ", Formula.of(output), " in terms of ", *seeds(differential), ", and writes the lines "
        "below. One line has a mistake; the lines under it may build on what it says. Which line is it? Answer with "
        "its number, and if you like with the line as it should be.",
    ))  # fmt: skip
    numbered = Bullets(tuple(_numbered(k, let) for k, let in enumerate(worked.lines, 1)))
    line = worked.lines[worked.wrong - 1]
    latex = style_named("latex").name
    wanted = Wanted(
        program,
        program.outputs[-1],
        differential.wrt,
        subjects=(line.symbol,),
        subject=(f"{unicode_name(line.name)} = ", f"{latex(line.name)} = "),
        seeds=frozenset(_above(differential, worked.wrong - 1)),
        said="the line as it should be is wanted, in terms of what stands above it",
        derivation=worked.text,
        line=worked.wrong,
    )
    return Exercise(
        level, seed, WRONG_STEP, program, differential.wrt,
        question=(*shown(program, draft.text), asked, numbered),
        hints=tuple(_hints(differential, worked)),
        solution=_solution(differential, worked),
        answer=f"{worked.wrong}: {_right_line(differential, worked)}",
        answered=(f"line ({worked.wrong})",),
        wanted=wanted,
    )  # fmt: skip


def _numbered(number: int, let: Let) -> Prose:
    return (Strong(f"({number})"), " ", Formula.of(let.symbol, let.expr))


def _worked(differential: Differential, random_: random.Random) -> Worked:
    """The lines with a mistake that the grader finds in its line and in no other, drawn until there is one."""
    candidates = [
        (number, label, node)
        for number, let in enumerate(differential.tangents)
        for label, node in mistakes(let.expr, differential.primal)
        if label in INSTRUCTIVE and node.shape == let.expr.shape and _is_known_by_then(differential, number, node)
    ]
    labels = sorted({label for _, label, _ in candidates})
    random_.shuffle(labels)
    for label in labels:
        fitting = [(number, node) for number, its, node in candidates if its == label]
        number, node = random_.choice(fitting)
        found = _with_mistake(differential, number, node)
        if found is not None:
            return found
    raise NotSupported("no mistake stays in its line")


def _is_known_by_then(differential: Differential, number: int, node: Node) -> bool:
    """Whether every δ in a line is one that moves, and stands above it."""
    names = {part.name for part in subexpressions(node) if type(part) is MatrixSymbol}
    return {name for name in names if split_mark(name)[0]} <= _above(differential, number)


def _above(differential: Differential, number: int) -> set[str]:
    return {name for _, name in differential.seeds} | {let.name for let in differential.tangents[:number]}


def _with_mistake(differential: Differential, number: int, node: Node) -> Worked | None:
    """The derivation with one line replaced, put together as somebody would who does not see it."""
    tangents = differential.tangents
    lines = [Let(let.name, node if k == number else let.expr) for k, let in enumerate(tangents)]
    structure = structure_of(differential.tangent.inputs, differential.tangent.lets)
    last = substitute(lines, lines[-1].symbol, structure)
    if last.expr not in (line.expr for line in lines):
        lines.append(Let(lines[-1].name, last.expr))
    written = [f"{unicode_name(line.name)} = {print_expression(line.expr)}" for line in lines]
    if max(map(len, written)) > LONGEST:
        return None
    verdict = mark(differential.primal, "\n".join(written), differential.wrt)
    wrong = [k for k, equality in enumerate(verdict.equalities) if equality.status is Status.WRONG]
    allowed = {Status.RIGHT, Status.FOLLOWS, Status.WRONG}
    first = verdict.first_wrong
    if wrong != [number] or first is None or first.mistake is None or not first.mistake.repaired:
        return None
    if first.witness is None:
        return None  # shapes that do not fit are seen at once
    if any(equality.status not in allowed for equality in verdict.equalities):
        return None
    return Worked(tuple(lines), number + 1, "\n".join(written), first.mistake)


def _right_line(differential: Differential, worked: Worked) -> str:
    let = differential.tangents[worked.wrong - 1]
    return f"{unicode_name(let.name)} = {print_expression(let.expr)}"


def _hints(differential: Differential, worked: Worked) -> Iterator[Blocks]:
    yield (
        Paragraph((
            "Take one line after the other: does it follow from the statement of the program and the lines above, "
            "shapes included? A line that only uses what an earlier line says is not the mistake.",
        )),
    )  # fmt: skip
    rules = rules_needed(differential)
    if rules:
        yield rules
    mistake = worked.mistake
    yield (Paragraph((f"What is wrong is of this kind. {mistake.hint}",)),)
    before = worked.wrong - 1
    if before:
        said = (
            "Line (1) is right."
            if before == 1
            else f"Lines (1){' and' if before == 2 else ' to'} ({before}) are right."
        )
        yield (Paragraph((said,)),)
    yield (
        Paragraph(("Compare this with what is written there:",)),
        list(statements_carried(differential))[before],
    )  # fmt: skip


def _solution(differential: Differential, worked: Worked) -> Blocks:
    mistake = worked.mistake
    let = differential.tangents[worked.wrong - 1]
    said = Paragraph((
        Strong(f"Line ({worked.wrong})"), f": {mistake.explanation}. It should read:",
    ))  # fmt: skip
    whole = (Paragraph(("The derivation without the mistake:",)), *derivation(differential))
    return (said, Chain(Formula.of(let.symbol, let.expr)), *whole)
