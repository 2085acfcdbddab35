"""Let go of each matrix after its last use, by every name it has: memory returned early is used again warm."""

from __future__ import annotations

from codegen.schedule import Instr, Schedule


def release_memory(schedule: Schedule) -> Schedule:
    """Note on each instruction the names that nothing needs after it; outputs and arguments stay."""
    owner = {name: name for name in schedule.inputs}
    names: dict[str, list[str]] = {}
    last: dict[str, int] = {}
    for position, instr in enumerate(schedule.instrs):
        source = instr.into or (instr.names[0] if instr.kind == "view" else None)
        owner[instr.out] = owner[source] if source else instr.out
        names.setdefault(owner[instr.out], []).append(instr.out)
        for name in (instr.out, *instr.names):
            last[owner[name]] = position
    kept = {owner[name] for name in (*schedule.inputs, *schedule.outputs)}
    end = len(schedule.instrs) - 1
    released: dict[int, list[str]] = {}
    for memory, held in names.items():
        if memory not in kept and last[memory] < end:
            released.setdefault(last[memory], []).extend(held)
    instrs = list(schedule.instrs)
    for position, freed in released.items():
        instrs[position] = _freeing(instrs[position], tuple(freed))
    return schedule.with_instrs(instrs)


def _freeing(instr: Instr, names: tuple[str, ...]) -> Instr:
    return Instr(instr.out, instr.op, instr.args, instr.attrs, instr.into, names)
