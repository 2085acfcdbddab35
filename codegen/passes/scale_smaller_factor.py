"""Scale the smaller factor of a product: (A ⊙ r) B is A (r' ⊙ B) for a row r, and B (A ⊙ c) is (B ⊙ c') A for a column.

Where r is a direction and A is not, nothing of the size of A is left that depends on the direction but the product.
"""

from __future__ import annotations

from dataclasses import replace

from codegen.passes.rewriting import Rewriting
from codegen.schedule import Instr, Schedule


def scale_smaller_factor(schedule: Schedule) -> Schedule:
    """Move a row, or a column, of factors from a matrix that is used only there to a smaller one."""
    uses = schedule.uses()
    scaled = {
        instr.out: found
        for instr in schedule.instrs
        if instr.op == "multiply" and uses[instr.out] == 1 and (found := _scaled(instr, schedule))
    }
    if not scaled:
        return schedule
    new = Rewriting(schedule)
    for instr in schedule.instrs:
        if instr.op == "matmul" and len(instr.names) == 2:
            instr = _moved(instr, scaled, schedule, new)
        new.keep(instr)
    return new.done()


def _scaled(instr: Instr, schedule: Schedule) -> tuple[str, str] | None:
    """A matrix and the row or the column that it is multiplied by."""
    if len(instr.names) != 2 or instr.out in schedule.outputs:
        return None
    rows, cols = schedule.shapes[instr.out]
    for matrix, vector in (instr.names, instr.names[::-1]):
        shape = schedule.shapes[vector]
        if schedule.shapes[matrix] == (rows, cols) != shape and shape in ((1, cols), (rows, 1)) and shape != (1, 1):
            return matrix, vector
    return None


def _moved(instr: Instr, scaled: dict[str, tuple[str, str]], schedule: Schedule, new: Rewriting) -> Instr:
    left, right = instr.names
    told = tuple((name, value) for name, value in instr.attrs if name == "symmetric")
    if left in scaled:
        matrix, vector = scaled[left]
        if schedule.shapes[vector][0] == 1 and schedule.entries(right) <= schedule.entries(matrix):
            factors = new.emit("multiply", (right, new.transposed(vector)), schedule.shapes[right])
            return replace(instr, args=(matrix, factors), attrs=told)
    if right in scaled:
        matrix, vector = scaled[right]
        if schedule.shapes[vector][1] == 1 and schedule.entries(left) <= schedule.entries(matrix):
            factors = new.emit("multiply", (left, new.transposed(vector)), schedule.shapes[left])
            return replace(instr, args=(factors, matrix), attrs=told)
    return instr
