"""exp(A - logsumexp(A)) takes no second exponential: it is the first one, over its sum.

L = logsumexp A, D = subtract A L, P = exp D  →  F = softmax A, L = part F, P = part F
"""

from __future__ import annotations

from codegen.operations import TOGETHER
from codegen.passes.rewriting import Rewriting
from codegen.schedule import Instr, Schedule

_WHOLE = {parts[0]: whole for whole, parts in TOGETHER.items() if whole.startswith("softmax")}


def share_softmax(schedule: Schedule) -> Schedule:
    if schedule.operations.isdisjoint(_WHOLE):
        return schedule
    exponentials = _exponentials(schedule)
    if not exponentials:
        return schedule
    shared = set(exponentials.values())
    new = Rewriting(schedule)
    factors: dict[str, str] = {}
    for instr in schedule.instrs:
        if instr.out in shared:
            factors[instr.out] = new.emit(_WHOLE[instr.op], instr.args, new.shapes[instr.names[0]])
            instr = Instr(instr.out, "part", (factors[instr.out],), (("part", 0),))
        elif instr.out in exponentials:
            instr = Instr(instr.out, "part", (factors[exponentials[instr.out]],), (("part", 1),))
        new.keep(instr)
    return new.done()


def _exponentials(schedule: Schedule) -> dict[str, str]:
    """Each exp(A - logsumexp(A)), and the logsumexp in it."""
    operand: dict[str, str] = {}
    differences: dict[str, str] = {}
    found: dict[str, str] = {}
    for instr in schedule.instrs:
        if instr.op in _WHOLE:
            operand[instr.out] = instr.names[0]
        elif instr.op == "subtract" and len(instr.names) == 2 and operand.get(instr.names[1]) == instr.names[0]:
            differences[instr.out] = instr.names[1]
        elif instr.op == "exp" and instr.names[0] in differences:
            found[instr.out] = differences[instr.names[0]]
    return found
