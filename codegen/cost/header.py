"""What a kernel file says of its cost: two short lines, the same for the same program."""

from __future__ import annotations

from collections.abc import Iterable

from sympy import S

from codegen.cost.counts import formula
from codegen.cost.memory import peak
from codegen.cost.text import count_text
from codegen.schedule import Schedule

MOST_TERMS, MOST_SIZES = 6, 12
"""Of a program with more sizes a formula says nothing."""


def flops_lines(schedule: Schedule) -> tuple[str, ...]:
    """Flops: 4 n m h + …"""
    return (f"Flops: {_work([schedule])}.",) if len(schedule.sizes) <= MOST_SIZES else ()


def cost_lines(schedule: Schedule) -> tuple[str, ...]:
    """The same, and of a schedule with its memory the peak of that."""
    lines = flops_lines(schedule)
    memory = count_text(peak(schedule), schedule.sizes, MOST_TERMS) if lines else ""
    return (*lines, f"Peak memory: {memory} numbers at most, results included.") if lines else ()


def blocked_cost_lines(schedule: Schedule, whole: Iterable[str]) -> tuple[str, ...]:
    """The same of a schedule that runs block by block where there are many rows: then only `whole` is kept of all."""
    lines = cost_lines(schedule)
    kept = sum((rows * cols for rows, cols in (schedule.shapes[name] for name in whole)), S.Zero)
    text = count_text(kept, schedule.sizes, MOST_TERMS)
    return (*lines, f"Of many rows, block by block, {text} numbers and those of a block.") if lines else ()


def linear_cost_lines(once: Iterable[Schedule], along: Schedule) -> tuple[str, ...]:
    """Of what is computed once, and of each direction."""
    if len(along.sizes) > MOST_SIZES:
        return ()
    return (f"Flops: {_work(once)}; each direction {_work([along])}.",)


def _work(schedules: Iterable[Schedule]) -> str:
    parts = list(schedules)
    return count_text(sum(map(formula, parts), S.Zero), parts[0].sizes, MOST_TERMS)
