"""The instructions of a phase as steps: loops over entries that do several operations at once, and all else.

An instruction becomes ready when its operands are there. What is no loop is done first, in order; then all loops over
matrices of one shape that are ready, or become so by each other, are one. Only what repeats a row or a column does not
stand in a loop with functions: that loop would start anew in each row, and for short rows take longer than it saves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from codegen.schedule import Instr, Schedule
from codegen.targets.c import EXPRESSIONS
from symbolic.nodes import SCALAR, Shape

Step = tuple[Instr, ...]
"""Instructions that are done at once: those of one loop, sin and cos of one matrix, or a single one."""

_TURNED = ("sin", "cos")
BY_ROWS, OVER_ALL, EITHER = "by rows", "over all", "either"
QUICK = {
    "add",
    "subtract",
    "multiply",
    "divide",
    "negative",
    "larger",
    "smaller",
    "choose",
    "relu",
    "leaky_relu",
    "step",
}
QUICK |= {"sign", "abs", "sqrt"}
"""Operations that take no longer than reading and writing."""


def is_entrywise(instr: Instr) -> bool:
    return instr.op in EXPRESSIONS


def steps(instrs: Iterable[Instr], schedule: Schedule) -> list[Step]:
    """All instructions of a phase, each in one step, after its operands."""
    return list(_Ordering(tuple(instrs), schedule).steps())


class _Ordering:
    """Instructions by number, of which those in the heaps are ready."""

    def __init__(self, instrs: tuple[Instr, ...], schedule: Schedule) -> None:
        self.instrs, self.schedule = instrs, schedule
        number = {instr.out: index for index, instr in enumerate(instrs)}
        self.missing = [len({name for name in instr.names if name in number}) for instr in instrs]
        self.users: defaultdict[str, list[int]] = defaultdict(list)
        for index, instr in enumerate(instrs):
            for name in dict.fromkeys(instr.names):
                self.users[name].append(index)
        self.single: list[int] = []
        self.loops: defaultdict[tuple[Shape, str], list[int]] = defaultdict(list)
        self.done: set[int] = set()
        for index, count in enumerate(self.missing):
            if not count:
                self.is_ready(index)

    def is_ready(self, index: int) -> None:
        instr = self.instrs[index]
        shape = self.schedule.shapes[instr.out]
        heappush(self.loops[shape, self.mode(instr)] if is_entrywise(instr) else self.single, index)

    def mode(self, instr: Instr) -> str:
        """How a loop of this instruction runs: by rows, or over all entries, or either way."""
        shapes = {self.schedule.shapes[name] for name in instr.names} - {self.schedule.shapes[instr.out], SCALAR}
        return BY_ROWS if shapes else EITHER if instr.op in QUICK else OVER_ALL

    def finish(self, index: int) -> Instr:
        self.done.add(index)
        for user in self.users[self.instrs[index].out]:
            self.missing[user] -= 1
            if not self.missing[user]:
                self.is_ready(user)
        return self.instrs[index]

    def steps(self) -> Iterator[Step]:
        while self.single or self.loops:
            if self.single:
                index = heappop(self.single)
                if index not in self.done:
                    yield self.with_its_pair(index)
                continue
            yield self.loop()

    def loop(self) -> Step:
        """What is ready of the shape that comes first, or becomes so, of one mode."""
        shape, _ = min(self.loops, key=lambda key: self.loops[key][0])
        modes = [EITHER, BY_ROWS, OVER_ALL]
        found = []
        while ready := [(self.loops[shape, mode][0], mode) for mode in modes if (shape, mode) in self.loops]:
            _, mode = min(ready)
            if mode != EITHER:
                modes = [EITHER, mode]
            index = heappop(self.loops[shape, mode])
            if not self.loops[shape, mode]:
                del self.loops[shape, mode]
            found.append(self.finish(index))
        return tuple(found)

    def with_its_pair(self, index: int) -> Step:
        """sin and cos of one matrix are done together."""
        instr = self.instrs[index]
        if instr.op in _TURNED:
            for other in self.users[instr.names[0]]:
                if other not in self.done and self.instrs[other].op in _TURNED and self.instrs[other].op != instr.op:
                    pair = sorted((index, other), key=lambda i: _TURNED.index(self.instrs[i].op))
                    return tuple(self.finish(i) for i in pair)
        return (self.finish(index),)
