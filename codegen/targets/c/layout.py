"""What a C file computes: phases of steps, without the transposes that products read as they are.

T = Xᵀ; G = T Y   →   G = Xᵀ Y, of which the first factor is read by columns
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from codegen.blocks.kinds import CUT
from codegen.blocks.phases import Blocks, Phase, in_blocks
from codegen.schedule import Instr, Schedule
from codegen.targets.c.order import Step, steps

PRODUCTS = ("matmul", "trace_product", "diagonal_product")
"""They read each operand by rows or by columns; `flipped` says which are transposed."""


@dataclass(frozen=True)
class Part:
    """A phase in steps. `made`: the names of what it computes. `needs`: names that it takes from outside.

    `hoisted`: right factors of products that are the same for every block, each with whether it and the left factor
    are transposed: they are packed once, before the loop.
    """

    blocked: bool
    sums: tuple[str, ...]
    steps: tuple[Step, ...]
    made: tuple[str, ...]
    needs: tuple[str, ...]
    hoisted: tuple[tuple[str, bool, bool], ...]


def parts_of(schedule: Schedule) -> tuple[Blocks, tuple[Part, ...]]:
    """A schedule, as VALUES leave it, in blocks where that is possible, else as one phase that runs once."""
    blocks = in_blocks(schedule)
    if blocks is None:
        kinds = dict.fromkeys(schedule.shapes, "free")
        blocks = Blocks(schedule, None, kinds, (Phase(schedule.instrs, False),), ())
    whole = _written_out(blocks)
    return blocks, tuple(_part(phase, blocks, whole) for phase in blocks.phases)


def _written_out(blocks: Blocks) -> set[str]:
    """The transposes that somebody else than a product needs."""
    instrs = [instr for phase in blocks.phases for instr in phase.instrs]
    transposes = {instr.out for instr in instrs if instr.op == "transpose"}
    needed = {*blocks.schedule.outputs, *blocks.kept}
    for instr in instrs:
        if instr.op not in (*PRODUCTS, "transpose"):
            needed.update(instr.names)
    return transposes & needed


def _part(phase: Phase, blocks: Blocks, whole: set[str]) -> Part:
    plain = _without_transposes(phase.instrs, blocks, whole)
    made = tuple(instr.out for instr in plain)
    used = dict.fromkeys(name for instr in plain for name in instr.names)
    hoisted = dict.fromkeys(
        (instr.names[1], *reversed(instr.attr("flipped")))
        for instr in plain
        if phase.blocked and instr.op == "matmul" and blocks.kinds[instr.names[1]] not in CUT
    )
    found = steps(plain, blocks.schedule)
    needs = tuple(name for name in used if name not in set(made))
    return Part(phase.blocked, phase.sums, tuple(found), made, needs, tuple(hoisted))


def _without_transposes(instrs: Iterable[Instr], blocks: Blocks, whole: set[str]) -> list[Instr]:
    every = {i.out: i.names[0] for phase in blocks.phases for i in phase.instrs if i.op == "transpose"}
    found = []
    for instr in instrs:
        if instr.op in PRODUCTS:
            sources = [_source(name, every) for name in instr.names]
            flipped = tuple(odd for _, odd in sources)
            instr = replace(instr, args=tuple(name for name, _ in sources), attrs=(("flipped", flipped),))
        elif instr.op == "transpose":
            if instr.out not in whole:
                continue
            source, odd = _source(instr.names[0], every)
            instr = replace(instr, op="transpose" if not odd else "copy", args=(source,))
        found.append(instr)
    return found


def _source(name: str, transposes: dict[str, str]) -> tuple[str, bool]:
    """The matrix of which this one is the transpose, if so, and whether it is that."""
    odd = False
    while name in transposes:
        name, odd = transposes[name], not odd
    return name, odd
