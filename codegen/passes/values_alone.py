"""Values without their vectors, and the largest entry without its place, are computed alone, which is quicker."""

from __future__ import annotations

from collections import defaultdict

from codegen.operations import FACTORISATIONS, OPERATIONS
from codegen.schedule import Instr, Schedule


def values_alone(schedule: Schedule) -> Schedule:
    """A factorisation of which one part is used becomes that part, where there is an operation for it."""
    if schedule.operations.isdisjoint(FACTORISATIONS):
        return schedule
    factors = {instr.out: instr for instr in schedule.instrs if instr.op in FACTORISATIONS}
    parts: defaultdict[str, set[str]] = defaultdict(set)
    for instr in schedule.instrs:
        if instr.op == "part" and instr.names[0] in factors:
            parts[instr.names[0]].add(FACTORISATIONS[factors[instr.names[0]].op][instr.attr("part")])
    alone = {name: next(iter(used)) for name, used in parts.items() if len(used) == 1 and used <= OPERATIONS.keys()}
    if not alone:
        return schedule
    kept = []
    for instr in schedule.instrs:
        if instr.op == "part" and instr.names[0] in alone:
            instr = Instr(instr.out, alone[instr.names[0]], factors[instr.names[0]].args)
        if instr.out not in alone:
            kept.append(instr)
    return schedule.with_instrs(kept)
