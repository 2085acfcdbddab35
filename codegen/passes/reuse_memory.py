"""Write results into the memory of matrices no longer needed: in place, or over a dead one of the same shape.

Only memory that the kernel itself allocated is written: never an argument's, never an
output's. A transpose shares its operand's memory and keeps it alive. A product is written only over memory known
to lie row by row (C order), as BLAS wants it.
"""

from __future__ import annotations

from collections import defaultdict

from codegen.schedule import Instr, Schedule
from symbolic.nodes import Shape

FRESH = ("elementwise", "product", "constant", "copy", "call", "library")
"""The kinds of operation whose result is memory of the kernel's own."""


def reuse_memory(schedule: Schedule) -> Schedule:
    memory = _Memory(schedule)
    return schedule.with_instrs([memory.place(position, instr) for position, instr in enumerate(schedule.instrs)])


class _Memory:
    def __init__(self, schedule: Schedule) -> None:
        self.shapes = schedule.shapes
        self.owner = {name: name for name in schedule.inputs}
        for instr in schedule.instrs:
            self.owner[instr.out] = self.owner[instr.names[0]] if instr.kind == "view" else instr.out
        self.last_use = self._last_uses(schedule)
        self.writable = {i.out for i in schedule.instrs if i.kind in FRESH}.union(*schedule.pairs.values())
        """What is memory of its own, allocated here."""
        self.row_major: set[str] = set()
        self.free: defaultdict[Shape, list[str]] = defaultdict(list)

    def _last_uses(self, schedule: Schedule) -> dict[str, int]:
        """By the owner of the memory: where it is needed for the last time."""
        owner, last = self.owner, {}
        for position, instr in enumerate(schedule.instrs):
            last[owner[instr.out]] = position
            for name in instr.names:
                last[owner[name]] = position
        for name in schedule.outputs:
            last[owner[name]] = len(schedule.instrs)
        return last

    def place(self, position: int, instr: Instr) -> Instr:
        """Choose where the result goes, then free what this instruction used for the last time."""
        dying = [n for n in dict.fromkeys(instr.names) if n in self.writable and self.last_use[n] == position]
        target = self._operand_to_overwrite(dying, instr) or self._dead_matrix(instr)
        if instr.out in self.writable and self.last_use[instr.out] == position:
            dying.append(instr.out)
        for name in dying:
            if name != target:
                self.free[self.shapes[name]].append(name)
        if self._is_row_major(instr, target):
            self.row_major.add(instr.out)
        return Instr(instr.out, instr.op, instr.args, instr.attrs, target) if target else instr

    def _operand_to_overwrite(self, dying: list[str], instr: Instr) -> str | None:
        """An operand used for the last time, of the right shape, of which no other operand is a view."""
        if instr.kind != "elementwise":
            return None
        for name in dying:
            alone = all(other == name or self.owner[other] != name for other in instr.names)
            if alone and self.shapes[name] == self.shapes[instr.out]:
                return name
        return None

    def _dead_matrix(self, instr: Instr) -> str | None:
        """The first matrix of the right shape that is free; for a product, one that lies row by row."""
        if instr.kind not in ("elementwise", "product"):
            return None
        free = self.free[self.shapes[instr.out]]
        for index, name in enumerate(free):
            if instr.kind != "product" or name in self.row_major:
                return free.pop(index)
        return None

    def _is_row_major(self, instr: Instr, target: str | None) -> bool:
        """Products and constants are; an elementwise result is when its operands of full shape are."""
        if instr.kind in ("product", "constant"):
            return True
        if target is not None:
            return target in self.row_major
        if instr.kind != "elementwise":
            return False
        full = [name for name in instr.names if self.shapes[name] == self.shapes[instr.out]]
        return bool(full) and self.row_major.issuperset(full)
