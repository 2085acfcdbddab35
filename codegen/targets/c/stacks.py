"""Several of some matrices, directions or problems, each of which is computed by itself: dX4[k] from dX0[k].

X1 = X0 W1; C = cos(X1); dX2[k] = C ⊙ (dX0[k] W1)   →   of each block of rows X1 and C, then dX2[k] for every k
X2[k] = sin(X0[k] W1)   →   X2 = sin(X0 W1) with the rows of all k below each other
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sympy import S

from codegen.blocks.kinds import FREE
from codegen.blocks.phases import cut
from codegen.schedule import Instr, Schedule, moving


@dataclass(frozen=True)
class Stack:
    """`number`: how many there are. `names`: of what there are so many, by the names of a schedule.

    `rows`: how many rows each has, where all of a stack are as one matrix of all their rows, computed at once.
    """

    number: Any
    names: frozenset[str]
    rows: Any = None

    @property
    def repeated(self) -> frozenset[str]:
        """What is computed for one after the other."""
        return self.names if self.rows is None else frozenset()


ALONE = Stack(S.One, frozenset())
"""Of nothing more than one."""


def stacked(schedule: Schedule, given: Iterable[str], results: Iterable[str], number: Any) -> tuple[Schedule, Stack]:
    """The stack of some inputs, and of all that depends on them. A result that does not is copied for each of them."""
    names = moving(schedule.instrs, given)
    same = [name for name in results if name not in names]
    fresh = schedule.fresh_names()
    renamed = {name: next(fresh) for name in same}
    instrs = [
        replace(
            instr,
            out=renamed.get(instr.out, instr.out),
            args=tuple(renamed.get(arg, arg) if isinstance(arg, str) else arg for arg in instr.args),
        )
        for instr in schedule.instrs
    ]
    instrs += [Instr(name, "copy", (renamed[name],)) for name in same]
    shapes = {**schedule.shapes, **{new: schedule.shapes[name] for name, new in renamed.items()}}
    return schedule.with_instrs(instrs, shapes), Stack(number, frozenset({*names, *same}))


def below_each_other(schedule: Schedule, stack: Stack) -> Stack:
    """The same stack, as one matrix where that is possible.

    Row i of every result comes from rows i alone of what is stacked, and from what is the same for all: then nothing
    tells to which of a stack a row belongs.
    """
    given = [name for name in schedule.inputs if name in stack.names]
    results = tuple(name for name in schedule.outputs if name in stack.names)
    rows = schedule.shapes[given[0]][0] if given else S.One
    if not rows.is_Symbol:
        return stack
    blocks = cut(schedule, rows)
    shared = {*schedule.inputs, *schedule.outputs} - stack.names
    before = {instr.out for phase in blocks.phases if not phase.blocked for instr in phase.instrs}
    possible = (
        blocks.are_all((*given, *results))
        and all(blocks.kinds[name] == FREE for name in shared)
        and not before & stack.names
    )
    return replace(stack, rows=rows) if possible else stack
