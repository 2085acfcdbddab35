"""The schedule of a linear program in two: what does not depend on the seeds, once, and what does, as often as asked.

    X1 = X0 W1; X2 = f(X1); δX2 = f'(X1) ⊙ (δX0 W1)   →   X1, X2, f'(X1)   and   δX2 = f'(X1) ⊙ (δX0 W1)

Each half is an ordinary schedule, with memory of its own; the second reads results of the first and never writes over
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from codegen.cost import flops
from codegen.linear import LinearProgram
from codegen.lower import lower
from codegen.passes import MEMORY, VALUES, optimize
from codegen.passes.share_exponentials import share_exponentials
from codegen.schedule import Instr, Schedule

APART = tuple(run for run in VALUES if run is not share_exponentials)
"""A value and a derivative computed by one routine could not be told apart."""


@dataclass(frozen=True)
class Split:
    """`values` computes the values and what `along` takes besides the seeds; `along`, the results along one direction."""

    values: Schedule
    along: Schedule
    joined: Schedule
    """Both, one after the other."""

    def flops(self, directions: int = 1) -> int:
        return flops(self.values) + directions * flops(self.along)


def split(linear: LinearProgram, sizes: Mapping[str, int] | None = None) -> Split:
    """Raises what `lower` raises."""
    whole = optimize(lower(linear.program, sizes), APART)
    moving = _moving(whole.instrs, linear.seeds)
    fixed = [instr for instr in whole.instrs if instr.out not in moving]
    moved = [instr for instr in whole.instrs if instr.out in moving]
    needed = [name for instr in moved for name in instr.names] + list(linear.results)
    saved = tuple(dict.fromkeys(name for name in needed if name not in moving))
    computed = {instr.out for instr in fixed}
    inputs = tuple(name for name in whole.inputs if name not in linear.seeds)
    outputs = dict.fromkeys((*linear.values, *(name for name in saved if name in computed)))
    values = optimize(replace(whole, inputs=inputs, instrs=tuple(fixed), outputs=tuple(outputs)), MEMORY)
    along = replace(whole, inputs=(*saved, *linear.seeds), instrs=tuple(moved), outputs=linear.results)
    along = optimize(along, MEMORY)
    joined = replace(
        whole, instrs=(*values.instrs, *along.instrs), outputs=(*linear.values, *linear.results)
    )  # fmt: skip
    return Split(values, along, joined)


def _moving(instrs: Iterable[Instr], seeds: Iterable[str]) -> set[str]:
    """The names that depend on the seeds, these included."""
    moving = set(seeds)
    for instr in instrs:
        if not moving.isdisjoint(instr.names):
            moving.add(instr.out)
    return moving
