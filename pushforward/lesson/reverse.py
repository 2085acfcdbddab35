"""Forward beside reverse: the same linear map carried from its two ends, in statements, in numbers and in cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from codegen.modes import compare_modes
from codegen.reference import evaluate
from pushforward.lesson.example import example
from pushforward.lesson.model import Beside, Block, Bullets, Chain, Column, Formula, Paragraph, Part, Side
from pushforward.lesson.shortening import Shortener
from pushforward.lesson.with_numbers import all_entries
from pushforward.wording import mode_lines
from symbolic.differential import Differential
from symbolic.errors import ProgramError
from symbolic.reverse.adjoint import Adjoint, adjoint
from symbolic.statements import Let

ROUNDING = 1e-10


def forward_beside_reverse(differential: Differential, shorten: Shortener) -> Iterator[Block]:
    """The statements of both, the identity that makes them one, and what each costs."""
    try:
        back = adjoint(differential)
    except ProgramError as error:
        yield Paragraph((f"Reverse mode is left out: {error.message}.",))
        return
    if not back.seeds:
        yield Paragraph(("Nothing that is returned moves; there is nothing to carry back.",))
        return
    symbols = {**differential.tangent.symbols, **back.program.symbols}
    ends = [Formula.of(symbols[name]) for name in (back.seeds[-1][1], back.results[0][1])]
    yield Paragraph((
        "Forward mode is what was done above: a perturbation of the input is carried from the first statement to the "
        "last. Reverse mode takes the same linear statements, transposes each, and goes from the last to the first: "
        "what is carried is how much a change of each entry counts, from ", ends[0], ", which is given, back to ",
        ends[1], ".",
    ))  # fmt: skip
    forward = Column("Forward, in this order", tuple(_statements(differential.tangents, shorten)))
    yield Beside((forward, Column("Reverse, in this order", tuple(_statements(back.reversed, shorten)))))
    yield from _closed_forms(back, shorten)
    yield from _in_numbers(differential, back)
    yield Paragraph(("Forward needs nothing but the statement at hand; reverse keeps the values until it comes back.",))
    yield Bullets(tuple((f"{line[0].upper()}{line[1:]}.",) for line in mode_lines(compare_modes(back), back)))


def _statements(lets: Iterable[Let], shorten: Shortener) -> Iterator[Chain]:
    for let in lets:
        yield shorten.chain([Side(let.symbol), Side(let.expr)])


def _closed_forms(back: Adjoint, shorten: Shortener) -> Iterator[Block]:
    yield Paragraph(("Put together, as above:",))
    for name in back.wrt:
        closed = back.closed_form(name)
        yield shorten.chain([Side(back.program.symbols[closed.name]), Side(closed.expr)])


def _in_numbers(differential: Differential, back: Adjoint) -> Iterator[Block]:
    """⟨Ȳ, δY⟩ and ⟨X̄, δX⟩ at the point of the example, where every given cotangent is 1 in all entries."""
    found = example(differential)
    if found is None:
        return
    directions = all_entries(differential, found)
    changes = found.along(differential, directions)
    given = {bar: np.ones_like(changes[of]) for of, bar in back.seeds}
    values = evaluate(back.program, {**found.inputs, **given}, found.functions)
    left = sum(float(np.sum(given[bar] * changes[differential.name(of)])) for of, bar in back.seeds)
    right = sum(float(np.sum(values[bar] * directions[name])) for name, bar in back.results)
    agree = abs(left - right) <= ROUNDING * max(abs(left), abs(right), 1.0)
    yield Paragraph((
        "Both are one map: the sum of products of ", *_pairs(differential, back, back.seeds),
        " is that of ", *_pairs(differential, back, back.results),
        f". With the numbers above, all entries moved, and 1 for every entry of what is given: {left:.10g} and "
        f"{right:.10g}{', the same' if agree else ', which is NOT the same'}.",
    ))  # fmt: skip


def _pairs(differential: Differential, back: Adjoint, pairs: tuple[tuple[str, str], ...]) -> list[Part]:
    """X̄4 with δX4, and so on."""
    parts: list[Part] = []
    for name, bar in pairs:
        change = differential.tangent.symbols[differential.name(name)]
        parts += [" and " if parts else "", Formula.of(back.program.symbols[bar]), " with ", Formula.of(change)]
    return parts
