"""Eigenvalues or singular values without their vectors are computed alone, in a fraction of the time."""

from __future__ import annotations

from codegen.schedule import Instr, Schedule

_ALONE = {("eigh", 0): "eigvalsh", ("svd", 1): "svdvals"}


def values_alone(schedule: Schedule) -> Schedule:
    factors = {instr.out: instr for instr in schedule.instrs if instr.kind == "factor"}
    parts: dict[str, set[int]] = {}
    for instr in schedule.instrs:
        if instr.op == "part":
            parts.setdefault(instr.names[0], set()).add(instr.attr("part"))
    alone = {
        name: _ALONE[factor.op, next(iter(parts[name]))]
        for name, factor in factors.items()
        if len(parts.get(name, ())) == 1 and (factor.op, next(iter(parts[name]))) in _ALONE
    }
    kept = []
    for instr in schedule.instrs:
        if instr.op == "part" and instr.names[0] in alone:
            instr = Instr(instr.out, alone[instr.names[0]], factors[instr.names[0]].args)
        if instr.out not in alone:
            kept.append(instr)
    return schedule.with_instrs(kept)
