"""sin X and cos X come at once: one reduction and one polynomial give both.

S = sin X, …, C = cos X  →  F = sin_cos X, S = part F, …, C = part F
"""

from __future__ import annotations

from collections import defaultdict

from codegen.operations import TOGETHER
from codegen.passes.rewriting import Rewriting
from codegen.schedule import Arg, Instr, Schedule

_PARTS = TOGETHER["sin_cos"]


def share_sines(schedule: Schedule) -> Schedule:
    if not schedule.operations.issuperset(_PARTS):
        return schedule
    found: defaultdict[Arg, list[str]] = defaultdict(list)
    for instr in schedule.instrs:
        if instr.op in _PARTS:
            found[instr.args[0]].append(instr.op)
    both = {operand for operand, ops in found.items() if sorted(ops) == sorted(_PARTS)}
    new = Rewriting(schedule)
    factors: dict[Arg, str] = {}
    for instr in schedule.instrs:
        if instr.op in _PARTS and instr.args[0] in both:
            operand = instr.args[0]
            if operand not in factors:
                factors[operand] = new.emit("sin_cos", instr.args, new.shapes[instr.out])
            instr = Instr(instr.out, "part", (factors[operand],), (("part", _PARTS.index(instr.op)),))
        new.keep(instr)
    return new.done()
