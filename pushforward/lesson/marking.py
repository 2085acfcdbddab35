"""A lesson marked like a derivation that is handed in: its equalities, as they are written, are read by the grader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sympy import MatrixSymbol

from pushforward.grading.grade import mark
from pushforward.grading.verdict import Verdict
from pushforward.lesson.model import Formula, Lesson
from pushforward.lesson.notations.base import Notation
from symbolic.differential import Differential
from symbolic.errors import NotSupported
from symbolic.reverse.adjoint import adjoint
from symbolic.walks import subexpressions

SEPARATOR = ";\n"
"""Between equalities: a line that begins with a minus would go on from the one before."""


def marked(lesson: Lesson, differential: Differential, notation: Notation) -> list[Verdict]:
    """The verdicts on what is carried forward, and on what is carried back, in the characters of a notation.

    The lesson is of this differential. What is said with cotangents is marked over the program of the pullback.
    """
    forward, back = _sorted(lesson, _cotangents(differential))
    named = [formula for formula in forward if _is_name(formula, differential)]
    found = [mark(differential.primal, _written(forward, notation), differential.wrt)]
    if back:
        found.append(mark(adjoint(differential).program, _written([*named, *back], notation)))
    return found


def _cotangents(differential: Differential) -> set[str]:
    try:
        return adjoint(differential).program.symbols.keys() - differential.tangent.symbols.keys()
    except NotSupported:
        return set()


def _sorted(lesson: Lesson, cotangents: set[str]) -> tuple[list[Formula], list[Formula]]:
    """What has no cotangent in it, nor a name that stands for something with one, and what has."""
    backward = set(cotangents)
    found: tuple[list[Formula], list[Formula]] = ([], [])
    for formula in _formulas(lesson):
        is_back = not backward.isdisjoint(_names(formula))
        if is_back:
            backward |= {side.node.name for side in formula.sides if type(side.node) is MatrixSymbol}
        found[is_back].append(formula)
    return found


def _formulas(lesson: Lesson) -> Iterator[Formula]:
    """Every equality, behind the names that are introduced for its parts."""
    for chain in lesson.chains():
        yield from chain.where
        yield chain.formula


def _names(formula: Formula) -> set[str]:
    return {part.name for side in formula.sides for part in subexpressions(side.node) if type(part) is MatrixSymbol}


def _is_name(formula: Formula, differential: Differential) -> bool:
    """Whether a formula says what a name stands for that the program has not."""
    first = formula.sides[0].node
    return type(first) is MatrixSymbol and first.name not in differential.tangent.symbols


def _written(formulas: Iterable[Formula], notation: Notation) -> str:
    return SEPARATOR.join(notation.equality(formula) for formula in formulas)
