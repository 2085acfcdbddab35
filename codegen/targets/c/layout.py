"""What a C file computes: phases of steps, without the transposes that products read as they are.

T = Xᵀ; G = T Y   →   G = Xᵀ Y, of which the first factor is read by columns
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
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

    `repeated`: those steps that are done for each of a stack, after the others. `blocked`: whether it runs in a loop,
    over blocks of rows where they are `cut`; else what it makes is one block. `hoisted`: right factors of products that
    are the same for every block, each with whether it and the left factor are transposed: they are packed once, before
    the loop.
    """

    blocked: bool
    cut: bool
    sums: tuple[str, ...]
    steps: tuple[Step, ...]
    repeated: tuple[Step, ...]
    made: tuple[str, ...]
    needs: tuple[str, ...]
    hoisted: tuple[tuple[str, bool, bool], ...]


def blocks_of(schedule: Schedule) -> Blocks:
    """A schedule, as VALUES leave it, in blocks where that is possible, else as one phase that runs once."""
    blocks = in_blocks(schedule)
    if blocks is not None:
        return blocks
    kinds = dict.fromkeys(schedule.shapes, "free")
    return Blocks(schedule, None, kinds, (Phase(schedule.instrs, False),), ())


def parts_of(blocks: Blocks, stacked: Set[str] = frozenset()) -> tuple[Part, ...]:
    """The phases in steps. `stacked`: the names of what there is for each of a stack."""
    whole = _written_out(blocks)
    return tuple(part for phase in blocks.phases for part in _parts(phase, blocks, whole, stacked))


def is_in_one_loop(parts: tuple[Part, ...]) -> bool:
    """Whether all that is repeated is computed in one phase, and nothing of it is summed over blocks."""
    repeating = [part for part in parts if part.repeated]
    made = {instr.out for part in repeating for step in part.repeated for instr in step}
    return len(repeating) <= 1 and not any(made.intersection(part.sums) for part in repeating)


def _written_out(blocks: Blocks) -> set[str]:
    """The transposes that somebody else than a product needs."""
    instrs = [instr for phase in blocks.phases for instr in phase.instrs]
    transposes = {instr.out for instr in instrs if instr.op == "transpose"}
    needed = {*blocks.schedule.outputs, *blocks.kept}
    for instr in instrs:
        if instr.op not in (*PRODUCTS, "transpose"):
            needed.update(instr.names)
    return transposes & needed


def _parts(phase: Phase, blocks: Blocks, whole: Set[str], stacked: Set[str]) -> Iterator[Part]:
    """A phase that runs once is two where it computes something for a stack: what is the same for all comes first."""
    plain = _without_transposes(phase.instrs, blocks, whole)
    same = [instr for instr in plain if instr.out not in stacked]
    repeated = [instr for instr in plain if instr.out in stacked]
    constant = {n for n in blocks.kinds if n not in stacked and not (phase.blocked and blocks.kinds[n] in CUT)}
    if phase.blocked or not repeated:
        yield _part(phase, blocks, same, repeated, constant)
        return
    if same:
        yield _part(phase, blocks, same, [], constant)
    yield _part(phase, blocks, [], repeated, constant)


def _part(phase: Phase, blocks: Blocks, same: list[Instr], repeated: list[Instr], constant: Set[str]) -> Part:
    """`constant`: the names of what is the same for every block, and each of a stack."""
    plain = [*same, *repeated]
    made = tuple(instr.out for instr in plain)
    used = dict.fromkeys(name for instr in plain for name in instr.names)
    blocked = phase.blocked or bool(repeated)
    hoisted = dict.fromkeys(
        (instr.names[1], *reversed(instr.attr("flipped")))
        for instr in plain
        if blocked and instr.op == "matmul" and instr.names[1] in constant
    )
    needs = tuple(name for name in used if name not in set(made))
    done, again = (tuple(steps(instrs, blocks.schedule)) for instrs in (same, repeated))
    return Part(blocked, phase.blocked, phase.sums, done, again, made, needs, tuple(hoisted))


def _without_transposes(instrs: Iterable[Instr], blocks: Blocks, whole: Set[str]) -> list[Instr]:
    every = {i.out: i.names[0] for phase in blocks.phases for i in phase.instrs if i.op == "transpose"}
    found = []
    for instr in instrs:
        if instr.op in PRODUCTS:
            sources = [_source(name, every) for name in instr.names]
            flipped = tuple(odd for _, odd in sources)
            instr = replace(instr, args=tuple(name for name, _ in sources), attrs=(*instr.attrs, ("flipped", flipped)))
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
