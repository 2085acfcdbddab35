"""The check of a lesson: how the remainder F(X + hδX) - F(X) - hδF falls with the step, and where rounding stops it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

import numpy as np

from codegen.reference import Array
from codegen.sampling import NoPoint, sample
from pushforward.lesson.example import Example, sizes_for
from pushforward.lesson.model import Block, Formula, Ladder, Paragraph
from symbolic.differential import Differential
from symbolic.errors import PushforwardError
from symbolic.exact import differential_holds, is_checkable
from symbolic.field import Singular

STEPS = tuple(10.0 ** (-k / 2) for k in range(2, 19))
"""From 0.1 to 1e-9, two for each factor of ten."""
ROUNDOFF = float(np.finfo(float).eps) / 2
CLEAR = 100
"""A remainder so many times the rounding errors shows its slope."""
NEARLY_TWO = (1.9, 2.1)
LAST = 5


def checked(differential: Differential) -> Iterator[Block]:
    """Numbers and a picture of one output; then what exact arithmetic says, where the program is rational."""
    yield from _in_numbers(differential)
    said = _exactly(differential)
    if said:
        yield Paragraph((said,))


def _in_numbers(differential: Differential) -> Iterator[Block]:
    output = differential.moving_outputs[-1]
    symbol = Formula.of(differential.tangent.symbols[differential.name(output)])
    ladder = measured(differential, output)
    if ladder is None:
        yield Paragraph(("No small point was found at which everything is defined; there is nothing to measure.",))
        return
    if max(ladder.errors) <= CLEAR * ladder.floor:
        yield Paragraph((
            "At a random point, in a random direction, the remainder is nothing but rounding at every step: along this "
            "direction the program is linear, and ", symbol, " is all of the change.",
        ))  # fmt: skip
        return
    yield Paragraph((
        "The output is evaluated at a random point, and again h times a random direction away. From its change, "
        "h times ", symbol, " is taken away; what is left is the remainder. If ", symbol, " is right, it is of second "
        "order: a step ten times smaller makes it a hundred times smaller, which is a slope of 2 in the picture. "
        "A wrong differential would leave a slope of 1.",
    ))  # fmt: skip
    yield ladder
    yield Paragraph((f"The slope measured is {ladder.slope:.2f}, {_verdict(ladder.slope)}.",))
    yield Paragraph((
        "Below the dotted line lies what rounding does: numbers are kept to about 16 digits, the difference of two "
        "nearly equal values has lost most of them, and the remainder cannot fall further. That floor is of the "
        "arithmetic, not of the derivative.",
    ))  # fmt: skip


def _verdict(slope: float) -> str:
    low, high = NEARLY_TWO
    if low <= slope <= high:
        return "as it should be"
    if slope > high:
        return "steeper than 2: along this direction what is of second order is small too"
    return "which is not 2: a kink is near, the steps are too large here, or the differential is wrong"


def measured(differential: Differential, output: str) -> Ladder | None:
    """The largest entry of the remainder at every step, relative to that of the differential."""
    program = differential.primal
    sizes = sizes_for(program)
    if sizes is None:
        return None
    try:
        point = sample(program, differential.wrt, sizes, seed=2)
    except NoPoint:
        return None
    there = Example(sizes, point.inputs, {}, point.functions)
    values = there.along(differential, point.directions)
    change, here = values[differential.name(output)], values[output]
    scale = _largest(change) or _largest(here) or 1.0
    errors = [_remainder(there, differential, point.directions, output, change, step) / scale for step in STEPS]
    floor = ROUNDOFF * max(_largest(here), _largest(change)) / scale
    return Ladder(STEPS, tuple(errors), floor, _slope(errors, floor))


def _remainder(
    there: Example, differential: Differential, directions: Mapping[str, Array], output: str, change: Array, step: float
) -> float:
    moved = there.moved(differential.primal, directions, step)[output]
    return _largest(moved - there.moved(differential.primal, directions, 0.0)[output] - step * change)


def _slope(errors: list[float], floor: float) -> float:
    """The median over the last steps that stand clear of rounding, where terms of third order are smallest."""
    clear = [k for k, error in enumerate(errors) if error > CLEAR * floor and np.isfinite(error)]
    pairs = [(a, b) for a, b in pairwise(clear) if b == a + 1]
    slopes = [np.log(errors[a] / errors[b]) / np.log(STEPS[a] / STEPS[b]) for a, b in pairs]
    return float(np.median(slopes[-LAST:])) if slopes else float("nan")


def _largest(matrix: Array) -> float:
    return float(np.abs(matrix).max(initial=0.0))


def _exactly(differential: Differential) -> str:
    """What the dual numbers over a prime field say, where everything is rational."""
    sizes = sizes_for(differential.primal)
    if sizes is None or not is_checkable(differential):
        return ""
    try:
        holds = differential_holds(differential, sizes, seed=1)
    except (Singular, PushforwardError):
        return ""
    agreement = "agrees exactly" if holds else "DOES NOT agree"
    return (
        "Without rounding: in numbers a + bε with ε² = 0 over a prime field, where the program is evaluated at X + εδX "
        f"and nothing is differentiated, the differential {agreement} at a random point."
    )
