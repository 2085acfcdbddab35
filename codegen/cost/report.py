"""What a kernel costs, statement by statement and in all: formulas in the sizes of its program, and numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from sympy import Expr, S

from codegen.cost.counts import by_kind
from codegen.cost.memory import moved, moved_by, peak, temporaries
from codegen.cost.text import count_text
from codegen.lower import lower
from codegen.passes import optimize
from codegen.schedule import Instr, Schedule
from symbolic.program import Program
from symbolic.shapes import length

BYTES = 8
"""Of a number in double precision."""


@dataclass(frozen=True)
class StatementCost:
    """`text`: the statement; `flops`, and `moved`, numbers read and written, of all that it is the first to need."""

    name: str
    text: str
    flops: Expr
    moved: Expr


@dataclass(frozen=True)
class Cost:
    """What one call of a kernel costs.

    `kinds`: flops by kind of operation; `moved`: numbers read and written, by each instruction; `temporaries`: matrices
    allocated that are no results; `peak`: numbers kept at once, results included and arguments not; all formulas in the
    symbolic sizes. `sizes`: their lengths, for the numbers, of which each has `BYTES` bytes.
    """

    name: str
    sizes: Mapping[str, int]
    kinds: Mapping[str, Expr]
    moved: Expr
    temporaries: int
    peak: Expr
    statements: tuple[StatementCost, ...]

    @property
    def flops(self) -> Expr:
        return sum(self.kinds.values(), S.Zero)

    @property
    def intensity(self) -> float:
        """Flops for each byte that is read or written."""
        return self.number(self.flops) / max(self.bytes(self.moved), 1)

    def number(self, count: Expr) -> int:
        """A formula as a number, by the sizes."""
        return length(count, self.sizes)

    def text(self, count: Expr) -> str:
        """A formula for the reader."""
        return count_text(count, self.sizes)

    def bytes(self, count: Expr) -> int:
        """How many bytes so many numbers are, in double precision."""
        return BYTES * self.number(count)

    def __str__(self) -> str:
        return "\n".join(
            [
                f"flops: {self.text(self.flops)} = {self.number(self.flops):,}",
                f"moved: {self.text(self.moved)} numbers = {self.bytes(self.moved):,} bytes",
                f"peak memory: {self.text(self.peak)} numbers = {self.bytes(self.peak):,} bytes",
                f"temporaries: {self.temporaries}; flops for each byte moved: {self.intensity:.2g}",
            ]
        )


def cost_of(program: Program, sizes: Mapping[str, int] | None = None) -> Cost:
    """What the kernel of a program costs. Raises what `lower` raises."""
    schedule = optimize(lower(program, sizes))
    return Cost(
        program.name,
        schedule.sizes,
        by_kind(schedule.instrs, schedule.shapes),
        moved(schedule),
        temporaries(schedule),
        peak(schedule),
        tuple(_statements(program, schedule)),
    )


def _statements(program: Program, schedule: Schedule) -> list[StatementCost]:
    """An intermediate result counts for the first statement that needs it."""
    before = len(program.inputs) + len(program.functions)
    lines = islice(program.iterate_lines(), before, before + len(program.lets))
    found: dict[str, list[Instr]] = {let.name: [] for let in program.lets}
    statement: dict[str, str] = {}
    for instr in reversed(schedule.instrs):
        name = instr.out if instr.out in found else statement[instr.out]
        found[name].append(instr)
        statement.update(dict.fromkeys(instr.names, name))
    return [
        StatementCost(name, line, _work(instrs, schedule), moved_by(instrs, schedule.shapes))
        for (name, instrs), line in zip(found.items(), lines, strict=True)
    ]


def _work(instrs: list[Instr], schedule: Schedule) -> Expr:
    return sum(by_kind(instrs, schedule.shapes).values(), S.Zero)
