"""A schedule with a stack in two: what is the same for all of it, and what is computed for each, from the first.

X1 = X0 W1; C = cos(X1); dX2[k] = C ⊙ (dX0[k] W1)   →   C from X0, W1   and   dX2 from W1, C, dX0
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from codegen.naming import Names, wish_for
from codegen.schedule import Instr, Schedule
from codegen.targets.c.layout import PRODUCTS
from codegen.targets.c.stacks import Stack


@dataclass(frozen=True)
class Halves:
    """`state`: what the second takes of what the first makes; `factored`: of this, what is as P A = L U."""

    values: Schedule
    along: Schedule
    state: tuple[str, ...]
    factored: frozenset[str]


def halves(schedule: Schedule, stack: Stack) -> Halves:
    """Of a schedule with names; both are as VALUES leave them. What products read as a transpose is no state."""
    same = [instr for instr in schedule.instrs if instr.out not in stack.names]
    again = [instr for instr in schedule.instrs if instr.out in stack.names]
    read = {name for instr in again if instr.op in PRODUCTS for name in instr.names}
    read -= {name for instr in again if instr.op not in PRODUCTS for name in instr.names}
    again = [*(instr for instr in same if instr.op == "transpose" and instr.out in read), *again]
    made, given = {instr.out for instr in same}, _needed(again, schedule, stack)
    state = tuple(name for name in given if name in made)
    outputs = tuple(name for name in schedule.outputs if name not in stack.names)
    needed = {name for instr in again for name in instr.names}
    values = replace(
        schedule,
        inputs=tuple(name for name in schedule.inputs if name not in stack.names),
        instrs=tuple(same),
        outputs=tuple(dict.fromkeys((*outputs, *state))),
    )
    along = replace(
        schedule,
        inputs=given,
        instrs=tuple(again),
        outputs=tuple(name for name in schedule.outputs if name in stack.names),
    )
    return Halves(values, along, state, frozenset(i.out for i in same if i.op == "factor_lu" and i.out in needed))


def _needed(instrs: list[Instr], schedule: Schedule, stack: Stack) -> tuple[str, ...]:
    """What some instructions take, and outputs that nothing makes: inputs, then values, and seeds last."""
    made = {instr.out for instr in instrs}
    outputs = (name for name in schedule.outputs if name in stack.names)
    names = dict.fromkeys([*(name for instr in instrs for name in instr.names), *outputs])
    given = (name for name in names if name not in made)
    return tuple(sorted(given, key=lambda name: (name in stack.names, name not in schedule.inputs)))


def with_names(schedule: Schedule, stack: Stack) -> Schedule:
    """Intermediate values under names by which a C function can take them: cos_X1."""
    names = Names(set())
    for name in (*schedule.inputs, *(i.out for i in schedule.instrs if not i.out.startswith("."))):
        names.choose(name, name)
    renamed: dict[str, str] = {}
    for instr in schedule.instrs:
        if instr.out.startswith(".") and instr.out not in stack.names:
            renamed[instr.out] = names.choose(instr.out, wish_for(instr, names))

    def new(arg: Any) -> Any:
        return renamed.get(arg, arg) if isinstance(arg, str) else arg

    instrs = [replace(i, out=new(i.out), args=tuple(map(new, i.args))) for i in schedule.instrs]
    return schedule.with_instrs(instrs, {new(name): shape for name, shape in schedule.shapes.items()})
