"""The sum of all entries of A ⊙ B is tr(A'B), which NumPy takes without A ⊙ B.

P = multiply A B, y = sum P  →  T = transpose A, y = trace_product T B
"""

from __future__ import annotations

from codegen.passes.rewriting import Rewriting
from codegen.schedule import Instr, Schedule


def sums_of_products(schedule: Schedule) -> Schedule:
    if not schedule.operations.issuperset(("sum", "multiply")):
        return schedule
    summed = _summed(schedule)
    if not summed:
        return schedule
    new = Rewriting(schedule)
    for instr in schedule.instrs:
        if instr.op == "sum" and instr.names[0] in summed:
            left, right = summed[instr.names[0]].names
            instr = Instr(instr.out, "trace_product", (new.transposed(left), right))
        if instr.out not in summed:
            new.keep(instr)
    return new.done()


def _summed(schedule: Schedule) -> dict[str, Instr]:
    """The products of two matrices, entry by entry, of which nothing but the sum is needed."""
    uses, shapes = schedule.uses(), schedule.shapes
    sums = {instr.names[0] for instr in schedule.instrs if instr.op == "sum"}
    return {
        instr.out: instr
        for instr in schedule.instrs
        if instr.op == "multiply"
        and instr.out in sums
        and uses[instr.out] == 1
        and len(instr.names) == 2
        and all(shapes[name] == shapes[instr.out] for name in instr.names)
    }
