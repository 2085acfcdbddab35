"""Leave out what no output needs."""

from __future__ import annotations

from codegen.schedule import Schedule


def remove_dead(schedule: Schedule) -> Schedule:
    needed = set(schedule.outputs)
    kept = []
    for instr in reversed(schedule.instrs):
        if instr.out in needed:
            kept.append(instr)
            needed.update(instr.names)
    return schedule if len(kept) == len(schedule.instrs) else schedule.with_instrs(kept[::-1])
