"""No pass ever raises the cost: on all examples and on random programs, values, tangents and pullbacks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codegen.cost import flops, peak
from codegen.lower import lower
from codegen.passes import MEMORY, VALUES, advance, optimize
from codegen.schedule import Schedule
from symbolic.differential import differentiate
from symbolic.errors import PushforwardError
from symbolic.language.read import read_program
from symbolic.program import Program
from symbolic.reverse.adjoint import adjoint
from tools.generator import draw

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.pf"))
LENGTHS = {"n": 24, "m": 16, "h": 12, "p": 10, "batch": 30, "k1": 7}
AT_RANDOM, EACH = 300, 30
FEW = 90
"""More of them take minutes."""
LUCK = 1.01
"""Choices are made one after the other: on matrices of four entries one may cost the next a flop in some hundreds."""
ORDER = 1.25
"""Instructions are put in order by a greedy rule, so that with fewer of them the peak may be higher for once."""


def schedules(program: Program) -> Iterator[Schedule]:
    sizes = {str(size): LENGTHS.get(str(size), 9) for size in program.sizes}
    yield lower(program, sizes)
    try:
        differential = differentiate(program)
        yield lower(differential.tangent, sizes)
        yield lower(adjoint(differential).program, sizes)
    except PushforwardError:
        return


def assert_nothing_costs_more(schedule: Schedule) -> int:
    """How many passes lowered the work, each judged by what comes of it after those that follow."""
    lowered = 0
    for place, run in enumerate(VALUES):
        rest = VALUES[place + 1 :]
        changed = advance(schedule, run, rest)
        if changed.instrs != schedule.instrs:
            without, after = optimize(schedule, rest), optimize(changed, rest)
            assert flops(after) <= LUCK * flops(without), f"{run.__name__}\n{schedule}"
            if flops(after) >= flops(without):
                kept, new = (schedule.size(peak(optimize(each, MEMORY))) for each in (without, after))
                assert new <= ORDER * kept + 8, f"{run.__name__}\n{schedule}"
            lowered += flops(after) < flops(without)
        schedule = changed
    return lowered


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_of_the_examples(path):
    program = read_program(path.read_text(encoding="utf-8"))
    assert all(assert_nothing_costs_more(schedule) >= 0 for schedule in schedules(program))


@pytest.mark.parametrize(
    "first",
    [pytest.param(k, marks=pytest.mark.long if k >= FEW else ()) for k in range(0, AT_RANDOM, EACH)],
)
def test_of_random_programs(first):
    programs = (draw(7, index).program for index in range(first, first + EACH))
    assert sum(assert_nothing_costs_more(schedule) for program in programs for schedule in schedules(program)) > EACH
