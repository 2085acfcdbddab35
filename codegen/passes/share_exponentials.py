"""expm(A), and so sinm(A) and cosm(A), come with their derivative in a direction: one evaluation gives both.

    Y = expm A, …, dY = expm_frechet A E  →  F = expm_pair A E, Y = part F, dY = part F

What stands between the two and does not need Y goes before, the rest after; where E itself needs Y, both stay.
"""

from __future__ import annotations

from codegen.operations import TOGETHER
from codegen.schedule import Instr, Schedule

_PAIRS = {parts[0]: (parts[1], whole) for whole, parts in TOGETHER.items() if whole.endswith("_pair")}


def share_exponentials(schedule: Schedule) -> Schedule:
    moved = {(i.op, i.args[0]): i.out for i in reversed(schedule.instrs) if i.op.endswith("_frechet")}
    if not moved:
        return schedule
    shapes, fresh = dict(schedule.shapes), schedule.fresh_names()
    instrs = list(schedule.instrs)
    place = 0
    while place < len(instrs):
        value = instrs[place]
        partner = moved.get((_PAIRS[value.op][0], value.args[0])) if value.op in _PAIRS else None
        if partner is not None:
            end = next((k for k in range(place, len(instrs)) if instrs[k].out == partner), place)
            factor = next(fresh)
            shapes[factor] = shapes[value.out]
            instrs[place : end + 1] = _paired(instrs[place : end + 1], factor)
        place += 1
    return schedule.with_instrs(instrs, shapes)


def _paired(between: list[Instr], factor: str) -> list[Instr]:
    """The instructions from the first of a pair to the second, which may be the first itself: then there is none."""
    value, *others, moved = [*between, between[0]] if len(between) == 1 else between
    before: list[Instr] = []
    after: list[Instr] = []
    needing = {value.out}
    for instr in others:
        later = not needing.isdisjoint(instr.names)
        (after if later else before).append(instr)
        needing |= {instr.out} if later else set()
    if moved is value or not needing.isdisjoint(moved.names):
        return between
    pair = [
        Instr(factor, _PAIRS[value.op][1], moved.args),
        Instr(value.out, "part", (factor,), (("part", 0),)),
        Instr(moved.out, "part", (factor,), (("part", 1),)),
    ]
    return [*before, *pair, *after]
