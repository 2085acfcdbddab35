"""What passes that add instructions have in common: the instructions so far, and names and shapes for new ones."""

from __future__ import annotations

from codegen.schedule import Arg, Instr, Schedule
from symbolic.nodes import Shape


def filled_with_ones(schedule: Schedule) -> set[str]:
    """The matrices of ones, and the transposes of them."""
    found: set[str] = set()
    for instr in schedule.instrs:
        if instr.op == "ones" or (instr.op == "transpose" and instr.names[0] in found):
            found.add(instr.out)
    return found


class Rewriting:
    """A schedule that is being written anew from another."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.shapes: dict[str, Shape] = dict(schedule.shapes)
        self.kept: list[Instr] = []
        self.transpose_of: dict[Arg, str] = {}
        self._fresh = schedule.fresh_names()

    def keep(self, instr: Instr) -> None:
        self.kept.append(instr)
        if instr.op == "transpose":
            self.transpose_of[instr.out] = instr.names[0]
            self.transpose_of.setdefault(instr.names[0], instr.out)

    def emit(self, op: str, args: tuple[Arg, ...], shape: Shape, **attrs: object) -> str:
        """A new instruction, and the name of its result."""
        name = next(self._fresh)
        self.shapes[name] = shape
        self.keep(Instr(name, op, args, tuple(sorted(attrs.items()))))
        return name

    def transposed(self, name: Arg) -> str:
        """The transpose of a matrix, the one that is there already if there is one."""
        assert isinstance(name, str)
        if name not in self.transpose_of:
            self.emit("transpose", (name,), self.shapes[name][::-1])
        return self.transpose_of[name]

    def product(self, factors: tuple[Arg, ...]) -> Arg:
        """A product; of one factor, that itself."""
        if len(factors) == 1:
            return factors[0]
        return self.emit("matmul", factors, (self.shapes[str(factors[0])][0], self.shapes[str(factors[-1])][1]))

    def done(self) -> Schedule:
        return self.schedule.with_instrs(self.kept, self.shapes)
