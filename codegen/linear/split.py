"""The schedule of a linear program in two: what does not depend on the seeds, once, and what does, as often as asked.

    X1 = X0 W1; X2 = f(X1); δX2 = f'(X1) ⊙ (δX0 W1)   →   X1, X2, f'(X1)   and   δX2 = f'(X1) ⊙ (δX0 W1)

Each half is an ordinary schedule, with memory of its own; the second reads results of the first and never writes over
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from codegen.blocks.kinds import CUT
from codegen.blocks.phases import cut
from codegen.cost import flops
from codegen.linear.program import LinearProgram
from codegen.lower import lower
from codegen.passes import FUNCTIONS, MEMORY, VALUES, optimize
from codegen.passes.scale_by_diagonals import scale_by_diagonals
from codegen.passes.scale_smaller_factor import scale_smaller_factor
from codegen.passes.share_exponentials import share_exponentials
from codegen.schedule import Instr, Schedule

_SCALED = VALUES.index(scale_by_diagonals) + 1
APART = tuple(
    run for run in (*VALUES[:_SCALED], scale_smaller_factor, *VALUES[_SCALED:]) if run is not share_exponentials
)
"""A value and a derivative computed by one routine could not be told apart; and directions are small factors."""


@dataclass(frozen=True)
class Split:
    """`values` computes the values and what `along` takes besides the seeds; `along`, the results along one direction.

    A result that is zero along every direction is one of those values, and an input of `along`.

    `once` is what `values` takes that is the same for every block of rows; without blocks there is nothing in it.
    `width`: in blocks of rows, how many entries a row of everything has, else None.
    """

    once: Schedule
    values: Schedule
    along: Schedule
    joined: Schedule
    """All three, one after the other."""
    whole: Schedule
    """What they compute, in one, before anything is done for NumPy alone."""
    width: Any = None
    kinds: Mapping[str, str] = field(default_factory=dict)
    """In blocks of rows, the kind of every value."""

    def flops(self, directions: int = 1) -> int:
        return flops(self.once) + flops(self.values) + directions * flops(self.along)


DIRECTIONS = 16
"""How many are thought of where nobody says: what pays only for hundreds is not worth the memory."""


def split(
    linear: LinearProgram, sizes: Mapping[str, int] | None = None, rows: Any = None, directions: int = DIRECTIONS
) -> Split:
    """The halves of a linear program; in blocks of rows where `rows`, their number, is given and that is possible.

    `directions`: how many are thought of, by which the order of products is chosen. Raises what `lower` raises.
    """
    lowered = replace(lower(linear.program, sizes), seeds=linear.seeds, directions=directions)
    plain = optimize(lowered, APART)
    whole = optimize(plain, FUNCTIONS)
    blocks = cut(whole, rows) if rows is not None and rows.is_Symbol else None
    if blocks is not None and not blocks.are_all((*linear.values, *linear.results)):
        blocks = None
    whole = whole if blocks is None else blocks.schedule
    moved = whole.moving()
    parts: dict[str, list[Instr]] = {"once": [], "values": [], "along": []}
    for instr in whole.instrs:
        same = blocks is not None and blocks.kinds[instr.out] not in CUT
        parts["along" if instr.out in moved else "once" if same else "values"].append(instr)
    inputs = tuple(name for name in whole.inputs if name not in linear.seeds)
    still = (name for name in linear.results if name not in moved)
    along = _part(whole, parts["along"], (*linear.seeds, *still), linear.results)
    values = _part(whole, parts["values"], (), (*linear.values, *along.inputs))
    once = _part(whole, parts["once"], inputs, (*linear.values, *along.inputs, *values.inputs))
    joined = replace(
        whole,
        instrs=(*once.instrs, *values.instrs, *along.instrs),
        outputs=tuple(dict.fromkeys((*linear.values, *linear.results))),
    )
    if blocks is None:
        return Split(once, values, along, joined, plain)
    (loop,) = blocks.loops
    return Split(once, values, along, joined, plain, blocks.width(loop), blocks.kinds)


def _part(whole: Schedule, instrs: list[Instr], inputs: tuple[str, ...], wanted: tuple[str, ...]) -> Schedule:
    """Some instructions as a schedule that takes what they need, and gives of `wanted` what they compute."""
    own = {instr.out for instr in instrs}
    needed = dict.fromkeys(name for instr in instrs for name in instr.names if name not in own)
    passed = [name for name in wanted if name not in own] if not inputs else []
    outputs = tuple(dict.fromkeys(name for name in wanted if name in own))
    given = tuple(dict.fromkeys((*needed, *inputs, *passed)))
    part = replace(whole, inputs=given, instrs=tuple(instrs), outputs=outputs, requirements=(), seeds=(), directions=1)
    return optimize(part, MEMORY)
