"""A schedule as phases: what runs once, and loops over blocks of rows.

    X1 = X W; g = Xᵀ cos(X1); Y = X1 exp(g)   →   loop: X1 = X W; C = cos(X1); g = Σ Xᵀ C
                                                  once: h = exp(g)
                                                  loop: Y = X1 h

Each instruction stands in the earliest phase in which its operands are there: what a loop sums only after it. What
cannot be computed from blocks runs once, on whole matrices, and its result can be cut again. Views, constants and
repeated vectors cost nothing and are made anew in each phase that uses them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from heapq import nlargest
from typing import Any

from sympy import Add

from codegen.blocks.kinds import CUT, FREE, ROWS, SUMMED, kind_in_block, kind_of_shape
from codegen.cost.counts import cost, what_costs
from codegen.schedule import Arg, Instr, Literal, Schedule

TRIED = 3
"""So many sizes are tried: those that most of the work has to do with."""


@dataclass(frozen=True)
class Phase:
    """Instructions that run once or, where `blocked`, for each block; `sums`: of these, what adds up over blocks."""

    instrs: tuple[Instr, ...]
    blocked: bool
    sums: tuple[str, ...] = ()


@dataclass(frozen=True)
class Blocks:
    """A schedule whose `rows`, a size, are cut into blocks. `kinds`: of every name. `phases`: run one after the other.

    `kept`: what a loop computes block by block that a later phase needs, and is no output: it exists as a whole matrix,
    as does whatever can be cut and is computed outside of a loop. The schedule's instructions are those of the phases.
    """

    schedule: Schedule
    rows: Any
    kinds: Mapping[str, str]
    phases: tuple[Phase, ...]
    kept: tuple[str, ...]

    @property
    def loops(self) -> tuple[Phase, ...]:
        return tuple(phase for phase in self.phases if phase.blocked)

    def made(self, phase: Phase) -> list[str]:
        """What a loop computes block by block; views apart, and what is written in place."""
        return [
            instr.out
            for instr in phase.instrs
            if self.kinds[instr.out] in CUT and instr.out in self.schedule.made and instr.into is None
        ]

    def inner(self, phase: Phase) -> list[str]:
        """Of this, what no later phase and no caller sees, and so no whole matrix is made of: what loops save."""
        seen = {*self.kept, *self.schedule.outputs}
        seen.update(i.names[0] for i in phase.instrs if i.op == "part" and i.out in seen)
        return [name for name in self.made(phase) if name not in seen]

    def width(self, phase: Phase) -> Any:
        """How many entries a row of all that is made has."""
        found = Counter(self.schedule.shapes[name][self.kinds[name] == ROWS] for name in self.made(phase))
        return Add(*(times * size for size, times in found.items()))

    def are_all(self, results: tuple[str, ...]) -> bool:
        """Whether blocks of arguments give blocks of all results in one loop, and nothing needs to know how many rows
        there are."""
        *before, last = self.phases or (Phase((), False),)
        whole = [instr.out for phase in before for instr in phase.instrs]
        whole += [name for name, kind in self.kinds.items() if kind not in CUT]
        sizes = [size for name in whole for size in self.schedule.shapes[name]]
        sizes += [arg.value for instr in self.schedule.instrs for arg in instr.args if isinstance(arg, Literal)]
        return (
            [phase.blocked for phase in self.phases] in ([True], [False, True])
            and not last.sums
            and all(self.kinds[name] == ROWS for name in results)
            and not any(self.rows in size.free_symbols for size in sizes)
        )


def in_blocks(schedule: Schedule) -> Blocks | None:
    """A schedule, as VALUES leave it, in blocks of the size that puts most of the work in loops; None without any."""
    work = _work(schedule)
    shares: dict[Any, int] = defaultdict(int)
    for instr in schedule.instrs:
        shape, much = schedule.shapes[instr.out], work[instr.out]
        others = [other for name in instr.names if (other := schedule.shapes[name]) != shape]
        for size in dict.fromkeys([size for each in (shape, *others) for size in each]):
            shares[size] += much
    sizes = [size for size in shares if size.is_Symbol or (size.is_Integer and size > 1)]
    best, most, total = None, (0, 0, 0, 0), sum(work.values())
    for size in nlargest(TRIED, sizes, key=shares.__getitem__):
        found = cut(schedule, size)
        score = _score(found, work)
        if score > most:
            best, most = found, score
        if score[0] == total and not score[2] and score[3]:
            break
    return best if most[1] else None


def _score(blocks: Blocks, work: Mapping[str, int]) -> tuple[int, int, int, int]:
    """The work of the loops that save something; of all; then few sums; then rows, which lie in one piece."""
    loops = [(sum(work.get(i.out, 0) for i in loop.instrs), bool(blocks.inner(loop))) for loop in blocks.loops]
    found = [blocks.kinds[instr.out] for loop in blocks.loops for instr in loop.instrs]
    saving = sum(much for much, saves in loops if saves)
    return saving, sum(much for much, _ in loops), -found.count(SUMMED), found.count(ROWS)


def _work(schedule: Schedule) -> dict[str, int]:
    """Of each instruction, by the sample sizes: operations, and entries written."""
    shapes, found = schedule.lengths, {}
    costs: dict[object, int] = {}
    for instr in schedule.instrs:
        alike = what_costs(instr, shapes)
        if alike not in costs:
            rows, cols = shapes[instr.out]
            costs[alike] = int(cost(instr, shapes)) + (0 if instr.kind == "view" else rows * cols)
        found[instr.out] = costs[alike]
    return found


def cut(schedule: Schedule, rows: Any) -> Blocks:
    """A schedule in blocks of `rows`, a size; without loops where nothing can be computed from blocks."""
    return _Phasing(schedule, rows).blocks()


class _Phasing:
    """Instructions on their way into phases: number 0, 2, … run once, 1, 3, … are loops."""

    def __init__(self, schedule: Schedule, rows: Any) -> None:
        self.schedule, self.rows = schedule, rows
        self.kinds = {name: kind_of_shape(schedule.shapes[name], rows) for name in schedule.inputs}
        self.there = dict.fromkeys(schedule.inputs, 0)
        """The first phase in which a name can be used as a block, or is whole."""
        self.phases: defaultdict[int, list[Instr]] = defaultdict(list)
        self.place: dict[str, int] = {}
        self.costless: dict[str, Instr] = {}
        self.copies: dict[tuple[str, int], str] = {}
        self.shapes = dict(schedule.shapes)
        self.fresh = schedule.fresh_names()

    def blocks(self) -> Blocks:
        for instr in self.schedule.instrs:
            self.add(instr)
        phases = tuple(self.phase(number) for number in sorted(self.phases))
        instrs = tuple(instr for phase in phases for instr in phase.instrs)
        schedule = replace(self.schedule, instrs=instrs, shapes=self.shapes)
        return Blocks(schedule, self.rows, self.kinds, phases, self.kept())

    def add(self, instr: Instr) -> None:
        kind = kind_in_block(instr, self.schedule, self.rows, self.kinds)
        ready = max([self.there[name] for name in instr.names], default=0)
        if kind is None:
            shape = self.schedule.shapes[instr.out]
            self.kinds[instr.out] = FREE if instr.kind == "factor" else kind_of_shape(shape, self.rows)
            self.put(instr, ready + ready % 2)
            return
        self.kinds[instr.out] = kind
        if kind in CUT and (instr.kind in ("view", "constant") or instr.op == "broadcast"):
            self.costless[instr.out] = instr
            self.there[instr.out] = ready
            if instr.out in self.schedule.outputs:
                self.at(instr.out, ready + 1 - ready % 2)
            return
        self.put(instr, ready + 1 - ready % 2)
        self.there[instr.out] += kind == SUMMED

    def put(self, instr: Instr, number: int) -> None:
        if not self.costless.keys().isdisjoint(instr.names):
            args: tuple[Arg, ...] = tuple(self.at(arg, number) if isinstance(arg, str) else arg for arg in instr.args)
            instr = replace(instr, args=args)
        self.phases[number].append(instr)
        self.place[instr.out] = self.there[instr.out] = number

    def at(self, name: str, number: int) -> str:
        """The name by which a phase uses a value: of what costs nothing, its own."""
        if name not in self.costless:
            return name
        if (name, number) not in self.copies:
            own = next(self.fresh) if name in self.place else name
            self.shapes[own], self.kinds[own] = self.shapes[name], self.kinds[name]
            self.copies[name, number] = own
            self.put(replace(self.costless[name], out=own), number)
        return self.copies[name, number]

    def phase(self, number: int) -> Phase:
        instrs = tuple(self.phases[number])
        sums = tuple(instr.out for instr in instrs if self.kinds[instr.out] == SUMMED)
        return Phase(instrs, number % 2 == 1, sums)

    def kept(self) -> tuple[str, ...]:
        later = {
            name: None
            for number, instrs in self.phases.items()
            for instr in instrs
            for name in instr.names
            if self.kinds[name] in CUT and self.place.get(name, 0) % 2 and self.place[name] != number
        }
        return tuple(name for name in later if name not in self.schedule.outputs)
