"""The instructions of a phase as steps: loops over entries that do several operations at once, and all else.

An instruction becomes ready when its operands are there. What is no loop is done first, in order; then all loops over
matrices of one shape that are ready, or become so by each other, are one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import heappop, heappush

from codegen.schedule import Instr, Schedule
from codegen.targets.c import EXPRESSIONS
from symbolic.nodes import Shape

Step = tuple[Instr, ...]
"""Instructions that are done at once: those of one loop, sin and cos of one matrix, or a single one."""

_TURNED = ("sin", "cos")


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
        self.loops: dict[Shape, list[int]] = {}
        self.done: set[int] = set()
        for index, count in enumerate(self.missing):
            if not count:
                self.is_ready(index)

    def is_ready(self, index: int) -> None:
        instr = self.instrs[index]
        heap = self.loops.setdefault(self.schedule.shapes[instr.out], []) if is_entrywise(instr) else self.single
        heappush(heap, index)

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
            shape = min(self.loops, key=lambda shape: self.loops[shape][0])
            heap = self.loops[shape]
            loop = []
            while heap:
                loop.append(self.finish(heappop(heap)))
            del self.loops[shape]
            yield tuple(loop)

    def with_its_pair(self, index: int) -> Step:
        """sin and cos of one matrix are done together."""
        instr = self.instrs[index]
        if instr.op in _TURNED:
            for other in self.users[instr.names[0]]:
                if other not in self.done and self.instrs[other].op in _TURNED and self.instrs[other].op != instr.op:
                    pair = sorted((index, other), key=lambda i: _TURNED.index(self.instrs[i].op))
                    return tuple(self.finish(i) for i in pair)
        return (self.finish(index),)
