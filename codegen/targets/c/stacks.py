"""Several of some matrices, directions or problems, each of which is computed by itself: dX4[k] from dX0[k].

X1 = X0 W1; C = cos(X1); dX2[k] = C ⊙ (dX0[k] W1)   →   of each block of rows X1 and C, then dX2[k] for every k
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sympy import S

from codegen.schedule import Instr, Schedule, moving


@dataclass(frozen=True)
class Stack:
    """`number`: how many there are. `names`: of what there are so many, by the names of a schedule."""

    number: Any
    names: frozenset[str]


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
