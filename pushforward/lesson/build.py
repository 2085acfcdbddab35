"""A differential → a lesson: the sections, one after the other. Everything in it comes from the differential."""

from __future__ import annotations

from collections.abc import Iterator

from pushforward.lesson.carrying import carried_through
from pushforward.lesson.example import example
from pushforward.lesson.glossary import signs
from pushforward.lesson.graph import diagram
from pushforward.lesson.model import Block, Bullets, Definition, Formula, Lesson, Paragraph, Part, Section
from pushforward.lesson.remainder import checked
from pushforward.lesson.reverse import forward_beside_reverse
from pushforward.lesson.shortening import Shortener
from pushforward.lesson.substitution import substituted
from pushforward.lesson.views import meanings
from pushforward.lesson.with_numbers import with_numbers
from symbolic.differential import Differential
from symbolic.errors import NotSupported

LEVELS = ("brief", "full", "beginner")


def lesson(differential: Differential, level: str = "full") -> Lesson:
    """Raises NotSupported for another level, and for a differential of higher order."""
    if level not in LEVELS:
        raise NotSupported(f"there is no level {level!r}; there are {', '.join(LEVELS)}")
    if differential.order > 1:
        raise NotSupported(
            "a lesson is of a first differential",
            hint="differentiate the tangent program instead: explain(differential(d.program, …))",
        )
    shorten = Shortener(differential.tangent.symbols)
    sections = (
        Section("The program", tuple(_program(differential, level))),
        Section("The perturbation, carried through", tuple(_carried(differential, level, shorten))),
        Section("Put together: the closed form", tuple(_together(differential, level, shorten))),
        Section("With numbers", () if level == "brief" else tuple(_numbers(differential))),
        Section("What the derivative can mean", tuple(_meanings(differential, level))),
        Section("Forward beside reverse", tuple(_reverse(differential, level, shorten))),
        Section("The check", tuple(checked(differential)) if differential.moving_outputs else ()),
    )
    kept = tuple(section for section in sections if section.blocks)
    return Lesson(differential.primal.name, differential.wrt, level, kept)


def _program(differential: Differential, level: str) -> Iterator[Block]:
    program = differential.primal
    moved = _listed([Formula.of(program.symbols[name]) for name in differential.wrt])
    yield Paragraph((
        "What moves is ", *moved, ". The path from there to the result is marked; what is off the path stays as it is.",
    ))  # fmt: skip
    yield diagram(differential)
    for function in program.functions:
        given, derivative = (Definition(function.name, function.body, order) for order in (0, 1))
        yield Paragraph((given, ", and so ", derivative))
    if program.unknown_functions:
        names = ", ".join(sorted(program.unknown_functions))
        yield Paragraph((f"Any differentiable function of each entry may stand for {names}.",))
    if level == "beginner":
        yield Paragraph(("The signs:",))
        yield Bullets(tuple(signs(differential)))


def _carried(differential: Differential, level: str, shorten: Shortener) -> Iterator[Block]:
    seeds = [Formula.of(differential.tangent.symbols[seed]) for _, seed in differential.seeds]
    yield Paragraph((
        "Add ", *_listed(seeds), " and follow it through the statements, keeping what is of first order. "
        "O(δ²) stands for what is of second order or higher and is left out.",
    ))  # fmt: skip
    yield from carried_through(differential, level, shorten)


def _together(differential: Differential, level: str, shorten: Shortener) -> Iterator[Block]:
    if not differential.moving_outputs:
        return
    if level != "brief":
        yield Paragraph(("Each change is put into the next, from the result back to the perturbation:",))
    yield from substituted(differential, level, shorten)
    yield Paragraph(("It is linear in the perturbation: twice the perturbation gives twice the change.",))


def _numbers(differential: Differential) -> Iterator[Block]:
    found = example(differential)
    if found is None:
        yield Paragraph(("The matrices are too large to follow by eye, or no small point was found; see the check.",))
        return
    yield from with_numbers(differential, found)


def _meanings(differential: Differential, level: str) -> Iterator[Block]:
    if level != "brief" and differential.moving_outputs:
        yield from meanings(differential)


def _reverse(differential: Differential, level: str, shorten: Shortener) -> Iterator[Block]:
    if level != "brief" and differential.moving_outputs:
        yield from forward_beside_reverse(differential, shorten)


def _listed(formulas: list[Formula]) -> list[Part]:
    """A, B and C"""
    parts: list[Part] = []
    for k, formula in enumerate(formulas):
        parts += [" and " if k == len(formulas) - 1 else ", ", formula] if k else [formula]
    return parts
