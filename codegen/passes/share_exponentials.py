"""expm(A) comes with its derivative in a direction: one evaluation gives both.

    Y = expm A, …, dY = expm_frechet A E  →  F = factor_expm A E, Y = part F, dY = part F

What stands between the two and does not need Y goes before, the rest after; where E itself needs Y, both stay.
"""

from __future__ import annotations

from codegen.schedule import Instr, Schedule


def share_exponentials(schedule: Schedule) -> Schedule:
    shapes, fresh = dict(schedule.shapes), schedule.fresh_names()
    instrs = list(schedule.instrs)
    for value in [instr for instr in instrs if instr.op == "expm"]:
        moved = next((i for i in instrs if i.op == "expm_frechet" and i.args[0] == value.args[0]), None)
        if moved is not None:
            factor = next(fresh)
            shapes[factor] = shapes[value.out]
            instrs = _paired(instrs, value, moved, factor)
    return schedule.with_instrs(instrs, shapes)


def _paired(instrs: list[Instr], value: Instr, moved: Instr, factor: str) -> list[Instr]:
    first, last = sorted((instrs.index(value), instrs.index(moved)))
    if last == instrs.index(value):
        return instrs
    before: list[Instr] = []
    after: list[Instr] = []
    needing = {value.out}
    for instr in instrs[first + 1 : last]:
        later = not needing.isdisjoint(instr.names)
        (after if later else before).append(instr)
        needing |= {instr.out} if later else set()
    if not needing.isdisjoint(moved.names):
        return instrs
    pair = [
        Instr(factor, "factor_expm", moved.args),
        Instr(value.out, "part", (factor,), (("part", 0),)),
        Instr(moved.out, "part", (factor,), (("part", 1),)),
    ]
    return [*instrs[:first], *before, *pair, *after, *instrs[last + 1 :]]
