"""Products with a column or row of ones repeat a vector; elementwise operations do that by broadcasting.

X + ones(n,1) b'  →  X + b', with b' a 1×m operand; X - c ones(n,m)  →  X - c, with c 1×1
"""

from __future__ import annotations

from dataclasses import replace

from codegen.schedule import Instr, Schedule


def broadcast_ones(schedule: Schedule) -> Schedule:
    """An elementwise operation takes the vector itself wherever another operand has the full shape."""
    vectors: dict[str, str] = {}
    ones = {instr.out for instr in schedule.instrs if instr.op == "ones"}
    instrs = []
    for instr in schedule.instrs:
        vector = _repeated_vector(instr, ones, schedule)
        if vector is not None:
            vectors[instr.out] = vector
            instr = Instr(instr.out, "broadcast", (vector,))
        elif instr.op == "broadcast":
            vectors[instr.out] = instr.names[0]
        elif instr.kind == "elementwise" and len(instr.names) == 2:
            instr = _with_vectors(instr, vectors, schedule)
        instrs.append(instr)
    return schedule.with_instrs(instrs)


def _repeated_vector(instr: Instr, ones: set[str], schedule: Schedule) -> str | None:
    """b' in ones(n,1) b', and b in b ones(1,m)."""
    if instr.op != "matmul" or len(instr.args) != 2:
        return None
    left, right = instr.names
    if left in ones and schedule.shapes[left][1] == 1:
        return right
    if right in ones and schedule.shapes[right][0] == 1:
        return left
    return None


def _with_vectors(instr: Instr, vectors: dict[str, str], schedule: Schedule) -> Instr:
    """Replace one operand by its vector, as long as the other one gives the shape."""
    left, right = instr.names
    if right in vectors and schedule.shapes[left] == schedule.shapes[instr.out]:
        return replace(instr, args=(left, vectors[right]))
    if left in vectors and schedule.shapes[right] == schedule.shapes[instr.out]:
        return replace(instr, args=(vectors[left], right))
    return instr
