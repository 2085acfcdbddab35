"""The step of X is the sign of relu X where that is there: NumPy's sign is vectorised, its heaviside is not.

R = relu X, D = step X  →  R = relu X, D = sign R
"""

from __future__ import annotations

from dataclasses import replace

from codegen.schedule import Arg, Instr, Schedule


def steps_by_sign(schedule: Schedule) -> Schedule:
    if not schedule.operations.issuperset(("relu", "step")):
        return schedule
    relu: dict[Arg, str] = {}
    instrs: list[Instr] = []
    for instr in schedule.instrs:
        if instr.op == "relu":
            relu[instr.args[0]] = instr.out
        elif instr.op == "step" and instr.args[0] in relu:
            instr = replace(instr, op="sign", args=(relu[instr.args[0]],))
        instrs.append(instr)
    return schedule.with_instrs(instrs)
