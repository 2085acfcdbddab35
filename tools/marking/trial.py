"""One derivation marked, and whether its marks are what they should be."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np

import pushforward as pf
from codegen.reference import Evaluation, Functions
from codegen.sampling import numbers_for, sample
from pushforward.exercises.mistakes import mistakes
from pushforward.grading.marks import Status
from symbolic.errors import PushforwardError
from symbolic.nodes import Node
from tools.marking.corpus import Case, derivation, draw, equation
from tools.marking.naming import NAMED
from tools.marking.rewriting import rewritten

STYLES = ("text", "unicode", "latex")
SAME = 3e-14
"""A smaller difference, relative to the largest entry, is rounding; a factor 1 + 1e-12 is not."""


@dataclass(frozen=True)
class Outcome:
    """`label`: the mistake that was made, or nothing. `accepted`: called right; `wrong`: called wrong.

    `located`: the wrong line, and no other, is called wrong; `named`: the mistake is called by one of its names.
    `changed`: whether the mistake changes anything, as numbers say.
    """

    label: str
    text: str
    program: str
    accepted: bool = False
    wrong: bool = False
    undecided: bool = False
    located: bool = False
    named: bool = False
    changed: bool = True
    kind: str = ""
    refused: str = ""


def right_one(seed: int) -> Outcome:
    """A right derivation, every line rewritten some times."""
    random_ = random.Random(f"right {seed}")
    case, style = draw(random_), random_.choice(STYLES)
    lines = []
    for name, expression in case.lines:
        sides = [expression]
        for _ in range(random_.randint(0, 2)):
            sides.append(rewritten(sides[-1], case.differential.primal, random_, random_.randint(1, 3)))
        lines.append(equation(name, sides, style, random_.random() < 0.3))
    return _marked(case, derivation(lines, style), "")


def wrong_one(seed: int) -> Outcome:
    """A derivation with one mistake in one line."""
    random_ = random.Random(f"wrong {seed}")
    case, style = draw(random_), random_.choice(STYLES)
    position = random_.randrange(len(case.lines))
    _, expression = case.lines[position]
    by_label: dict[str, list[Node]] = {}
    for label, node in mistakes(expression, case.differential.primal):
        by_label.setdefault(label, []).append(node)
    label = random_.choice(sorted(by_label))
    node = random_.choice(by_label[label])
    expanded = random_.random() < 0.3
    lines = [
        equation(other, [node if k == position else right], style, expanded)
        for k, (other, right) in enumerate(case.lines)
    ]
    return _marked(case, derivation(lines, style), label, position, changes(case, expression, node))


def changes(case: Case, right: Node, wrong: Node) -> bool:
    """Whether two expressions differ at a random point or another, by numbers alone; shapes that do not fit differ."""
    return any(_differ(case, right, wrong, seed) for seed in (7, 8))


def _differ(case: Case, right: Node, wrong: Node, seed: int) -> bool:
    tangent = case.differential.tangent
    try:
        point = sample(case.differential.primal, case.differential.wrt, numbers_for(tangent, (3, 2, 4, 5)), seed)
        directions = {moved: point.directions[name] for name, moved in case.differential.seeds}
        evaluation = Evaluation(tangent, {**point.inputs, **directions}, _functions(point.functions))
        evaluation.values()
        with np.errstate(all="ignore"):
            a, b = (np.asarray(evaluation.value(node)) for node in (right, wrong))
    except (PushforwardError, np.linalg.LinAlgError, ValueError, KeyError):
        return True
    if a.shape != b.shape or not np.isfinite(b).all():
        return True
    return bool(np.abs(a - b).max(initial=0.0) > SAME * np.abs(a).max(initial=0.0))


def _functions(known: Functions) -> Functions:
    """Tables of unknown functions with one derivative more than the program has."""
    more = dict(known)
    for name, order in known:
        more.setdefault((name, order + 1), lambda x: np.cos(3 * x + 1))
    return more


def _marked(case: Case, text: str, label: str, position: int = 0, changed: bool = False) -> Outcome:
    try:
        verdict = pf.grade(pf.parse(case.program_text), text, case.differential.wrt)
    except PushforwardError as error:
        return Outcome(label, text, case.program_text, changed=changed, refused=str(error))
    statuses = [equality.status for equality in verdict.equalities]
    wrong = [k for k, status in enumerate(statuses) if status is Status.WRONG]
    mistake = verdict.first_wrong.mistake if verdict.first_wrong else None
    kind = mistake.kind if mistake else ""
    return Outcome(
        label, text, case.program_text,
        accepted=all(status is Status.RIGHT for status in statuses),
        wrong=bool(wrong),
        undecided=Status.UNDECIDED in statuses,
        located=wrong == [position],
        named=kind in NAMED.get(label, ()),
        changed=changed,
        kind=kind,
    )  # fmt: skip
