"""A matrix of ones in a product is a column of ones times a row: X 1 of n×k sums each row of X once, not k times.

Y = matmul X O, with O = ones of m×k  →  Y = matmul X o p, with o = ones of m×1 and p = ones of 1×k
"""

from __future__ import annotations

from sympy import S

from codegen.passes.rewriting import Rewriting, filled_with_ones
from codegen.schedule import Arg, Instr, Schedule
from symbolic.nodes import Shape


def split_ones(schedule: Schedule) -> Schedule:
    """Where the product has another factor; what is chosen for the chain's order then repeats a vector."""
    if "ones" not in schedule.operations:
        return schedule
    wide = {name for name in filled_with_ones(schedule) if _is_wide(schedule.shapes[name])}
    if not wide:
        return schedule
    new = Rewriting(schedule)
    halves: dict[Arg, tuple[Arg, Arg]] = {}
    for instr in schedule.instrs:
        if instr.op == "matmul" and not wide.isdisjoint(instr.names):
            for name in dict.fromkeys(n for n in instr.names if n in wide and n not in halves):
                rows, cols = schedule.shapes[name]
                halves[name] = new.emit("ones", (), (rows, S.One)), new.emit("ones", (), (S.One, cols))
            links = tuple(link for arg in instr.args for link in halves.get(arg, (arg,)))
            instr = Instr(instr.out, "matmul", links)
        new.keep(instr)
    return new.done()


def _is_wide(shape: Shape) -> bool:
    return bool(shape[0] != 1 and shape[1] != 1)
