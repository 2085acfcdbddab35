"""Products with a column or row of ones repeat a vector; elementwise operations do that by broadcasting.

X + ones(n,1) b'  →  X + b', with b' a 1×m operand; X - c ones(n,m)  →  X - c, with c 1×1;
sin(ones(n,1) b')  →  sin(b'), repeated
"""

from __future__ import annotations

from dataclasses import replace

from codegen.passes.rewriting import Rewriting, filled_with_ones
from codegen.schedule import Instr, Literal, Schedule
from symbolic.nodes import SCALAR


def broadcast_ones(schedule: Schedule) -> Schedule:
    """An elementwise operation takes the vector itself wherever another operand has the full shape."""
    if schedule.operations.isdisjoint(("ones", "broadcast")):
        return schedule
    vectors: dict[str, str] = {}
    ones = filled_with_ones(schedule)
    new = Rewriting(schedule)
    for instr in schedule.instrs:
        vector = _repeated_vector(instr, ones, schedule)
        if vector is None and instr.kind == "elementwise":
            vector = _on_vectors(instr, vectors, new)
        if vector is not None:
            vectors[instr.out] = vector
            instr = Instr(instr.out, "broadcast", (vector,))
        elif instr.kind == "elementwise" and len(instr.names) == 2:
            instr = _with_vectors(instr, vectors, schedule)
        new.keep(instr)
    return new.done()


def _repeated_vector(instr: Instr, ones: set[str], schedule: Schedule) -> str | None:
    """b' in ones(n,1) b', and b in b ones(1,m)."""
    if instr.op == "broadcast":
        return instr.names[0]
    if instr.op != "matmul" or len(instr.args) != 2:
        return None
    left, right = instr.names
    if left in ones and schedule.shapes[left][1] == 1:
        return right
    if right in ones and schedule.shapes[right][0] == 1:
        return left
    return None


def _on_vectors(instr: Instr, vectors: dict[str, str], new: Rewriting) -> str | None:
    """The operation on vectors alone, where all operands repeat vectors of one shape, or are scalars and numbers."""
    shapes = {new.shapes[vectors[name]] for name in instr.names if name in vectors}
    alone = all(
        isinstance(arg, Literal) or arg in vectors or new.shapes[arg] == SCALAR for arg in instr.args
    )  # fmt: skip
    if len(shapes) != 1 or not alone:
        return None
    args = tuple(arg if isinstance(arg, Literal) else vectors.get(arg, arg) for arg in instr.args)
    return new.emit(instr.op, args, shapes.pop(), **dict(instr.attrs))


def _with_vectors(instr: Instr, vectors: dict[str, str], schedule: Schedule) -> Instr:
    """Replace one operand by its vector, as long as the other one gives the shape."""
    left, right = instr.names
    if right in vectors and schedule.shapes[left] == schedule.shapes[instr.out]:
        return replace(instr, args=(left, vectors[right]))
    if left in vectors and schedule.shapes[right] == schedule.shapes[instr.out]:
        return replace(instr, args=(vectors[left], right))
    return instr
