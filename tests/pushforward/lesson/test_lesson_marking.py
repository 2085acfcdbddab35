"""Every equality that a lesson shows is marked right by the grader, in each notation that it reads."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

import pushforward as pf
from pushforward.grading.grade import mark
from pushforward.grading.marks import Status
from pushforward.lesson.build import LEVELS, lesson
from pushforward.lesson.marking import marked
from pushforward.lesson.model import Chain, Formula, Lines, Side, Written
from pushforward.lesson.notations.latex import Latex
from pushforward.lesson.notations.markdown import Markdown
from pushforward.lesson.notations.text import Text
from symbolic.nodes import negative
from tools.regenerate import EXAMPLES, Entry, entries

SHOWN = (*((level, Text()) for level in LEVELS), ("full", Latex()), ("full", Markdown()))
SHOWN_UNDECIDED = (("full", Text()), ("full", Latex()))
"""Fifty digits take their time."""
UNDECIDED = {("gaussian", "mu"), ("gaussian", "S"), ("matrix_exponential", "t"), ("matrix_exponential", "A")}
"""Programs with a Cholesky factor and with a matrix exponential, which have no value in a prime field."""
SMALLER = {"500": "5", "800": "7"}
"""The lengths in the chain of five, which matter for its cost and not for its equalities."""


def of(entry: Entry) -> pf.Differential:
    text = (EXAMPLES / f"{entry.program}.pf").read_text("utf-8")
    if entry.program == "chain":
        text = re.sub("|".join(SMALLER), lambda found: SMALLER[found[0]], text)
    return pf.differential(pf.parse(text, entry.program), entry.wrt)


@pytest.mark.parametrize("entry", list(entries()), ids=lambda entry: f"{entry.program}-{'-'.join(entry.wrt)}")
def test_every_equality_is_marked_right(entry: Entry) -> None:
    differential = of(entry)
    is_exact = (entry.program, "-".join(entry.wrt)) not in UNDECIDED
    for level, notation in SHOWN if is_exact else SHOWN_UNDECIDED:
        for verdict in marked(lesson(differential, level), differential, notation):
            statuses = {equality.status for equality in verdict.equalities} - {Status.DEFINITION}
            assert statuses == {Status.RIGHT if is_exact else Status.UNDECIDED}, verdict.report()
            assert all(not e.reason or "in 50 digits they agree at" in e.reason for e in verdict.equalities)


def layouts(differential: pf.Differential) -> list[Written]:
    """Jacobians and gradients that a lesson shows as matrices, without indices and without permutations."""
    shown = lesson(differential)
    lines = [line for s in shown.sections for block in s.blocks if isinstance(block, Lines) for line in block.lines]
    return [line for line in lines if line.unicode.startswith("∂") and not re.search(r"[\[ᵢ]|K_", line.unicode)]


@pytest.mark.parametrize("entry", list(entries()), ids=lambda entry: f"{entry.program}-{'-'.join(entry.wrt)}")
def test_every_jacobian_that_is_a_matrix_is_marked_right(entry: Entry) -> None:
    differential = of(entry)
    is_exact = (entry.program, "-".join(entry.wrt)) not in UNDECIDED
    for line in layouts(differential):
        for written, dialect in ((line.unicode, "text"), (line.latex, "latex")):
            verdict = mark(differential.primal, written, differential.wrt, dialect=dialect)
            statuses = [equality.status for equality in verdict.equalities]
            assert statuses == [Status.RIGHT if is_exact else Status.UNDECIDED], verdict.report()


def test_there_are_jacobians_to_mark() -> None:
    assert sum(len(layouts(of(entry))) for entry in list(entries())[:8]) >= 8


def test_all_of_the_lesson_is_marked() -> None:
    differential = pf.differential(pf.parse("X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)"), "X0")
    shown = lesson(differential)
    verdicts = marked(shown, differential, Text())
    assert sum(len(v.equalities) for v in verdicts) == sum(len(c.formula.sides) - 1 for c in shown.chains())
    assert len(verdicts) == 2


def test_a_wrong_side_is_marked_wrong() -> None:
    differential = pf.differential(pf.parse("Y = tanh(A*B)"), "A")
    shown = lesson(differential, "brief")
    section = shown.sections[1]
    chain = next(block for block in section.blocks if isinstance(block, Chain))
    *sides, last = chain.formula.sides
    wrong = replace(chain, formula=Formula((*sides, Side(negative(last.node), last.remainder))))
    blocks = tuple(wrong if block is chain else block for block in section.blocks)
    sections = tuple(replace(section, blocks=blocks) if s is section else s for s in shown.sections)
    (verdict,) = marked(replace(shown, sections=sections), differential, Text())
    assert verdict.count(Status.WRONG) == 1
