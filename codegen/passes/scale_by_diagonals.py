"""A product with a diagonal matrix scales rows or columns: diag(x) A is x ⊙ A with x repeated, A diag(x) is A ⊙ x'."""

from __future__ import annotations

from codegen.schedule import Instr, Schedule


def scale_by_diagonals(schedule: Schedule) -> Schedule:
    columns = {instr.out: instr.names[0] for instr in schedule.instrs if instr.op == "diag"}
    shapes, fresh = dict(schedule.shapes), schedule.fresh_names()
    kept: list[Instr] = []
    for instr in schedule.instrs:
        if instr.op == "matmul" and instr.names[0] in columns:
            instr = Instr(instr.out, "multiply", (instr.names[1], columns[instr.names[0]]))
        elif instr.op == "matmul" and instr.names[1] in columns:
            row, column = next(fresh), columns[instr.names[1]]
            shapes[row] = shapes[column][::-1]
            kept.append(Instr(row, "transpose", (column,)))
            instr = Instr(instr.out, "multiply", (instr.names[0], row))
        kept.append(instr)
    return schedule.with_instrs(kept, shapes)
