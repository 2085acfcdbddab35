"""A product with a diagonal matrix scales rows or columns: diag(x) A is A ⊙ x, A diag(x) is A ⊙ x'.

diag(x) diag(y) is diag(x ⊙ y), and scales what it is multiplied with in turn.
"""

from __future__ import annotations

from codegen.passes.rewriting import Rewriting
from codegen.schedule import Instr, Schedule


def scale_by_diagonals(schedule: Schedule) -> Schedule:
    if "diag" not in schedule.operations:
        return schedule
    columns = {instr.out: instr.names[0] for instr in schedule.instrs if instr.op == "diag"}
    new = Rewriting(schedule)
    for instr in schedule.instrs:
        if instr.op == "matmul" and len(instr.names) == 2:
            left, right = instr.names
            if left in columns and right in columns:
                x, y = columns[left], columns[right]
                columns[instr.out] = new.emit("multiply", (x, y), new.shapes[x])
                instr = Instr(instr.out, "diag", (columns[instr.out],))
            elif left in columns:
                instr = Instr(instr.out, "multiply", (right, columns[left]))
            elif right in columns:
                instr = Instr(instr.out, "multiply", (left, new.transposed(columns[right])))
        new.keep(instr)
    return new.done()
