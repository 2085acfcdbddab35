"""A⁻¹ B is a solve, which costs less than the inverse and rounds less; B A⁻¹ is (A'⁻¹ B')'.

An inverse that is needed in full, because it is returned or stands in something else than a product, stays.
"""

from __future__ import annotations

from collections.abc import Iterator

from codegen.schedule import Instr, Schedule
from symbolic.nodes import Shape


def solve_with_inverses(schedule: Schedule) -> Schedule:
    inverses = {instr.out: instr for instr in schedule.instrs if instr.op == "inv"}
    needed = set(schedule.outputs)
    for instr in schedule.instrs:
        if instr.op != "matmul":
            needed.update(instr.names)
        elif all(name in inverses for name in instr.names):
            needed.add(instr.names[1])
    solved = {name: instr for name, instr in inverses.items() if name not in needed}
    shapes, fresh = dict(schedule.shapes), schedule.fresh_names()
    kept: list[Instr] = []
    for instr in schedule.instrs:
        if instr.op == "matmul" and instr.names[0] in solved:
            inverse = solved[instr.names[0]]
            instr = Instr(instr.out, "solve", (inverse.names[0], instr.names[1]), inverse.attrs)
        elif instr.op == "matmul" and instr.names[1] in solved:
            *before, instr = _from_the_right(instr, solved[instr.names[1]], shapes, fresh)
            kept += before
        if instr.out not in solved:
            kept.append(instr)
    return schedule.with_instrs(kept, shapes)


def _from_the_right(product: Instr, inverse: Instr, shapes: dict[str, Shape], fresh: Iterator[str]) -> list[Instr]:
    """B A⁻¹ = (A' \\ B')'; a symmetric A is its own transpose."""
    instrs = []

    def emit(op: str, args: tuple[str, ...], shape: Shape, attrs: tuple[tuple[str, object], ...] = ()) -> str:
        name = next(fresh)
        shapes[name] = shape
        instrs.append(Instr(name, op, args, attrs))
        return name

    left, matrix = product.names[0], inverse.names[0]
    flipped = matrix if inverse.attrs else emit("transpose", (matrix,), shapes[matrix][::-1])
    right = emit("transpose", (left,), shapes[left][::-1])
    solution = emit("solve", (flipped, right), shapes[right], inverse.attrs)
    return [*instrs, Instr(product.out, "transpose", (solution,))]
