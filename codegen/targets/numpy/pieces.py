"""A schedule in blocks as the pieces of a NumPy kernel: statements that run once, and functions of a block of rows.

A loop in which everything is kept or returned saves nothing: its statements run once, on whole matrices. So does a
whole schedule if, at the sample sizes, what is only ever there for a block is less than what is read in blocks, or than
what is made whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from codegen.blocks.kinds import CUT
from codegen.blocks.phases import Blocks, Phase
from codegen.passes import MEMORY, optimize
from codegen.schedule import Instr, Schedule


@dataclass(frozen=True)
class Piece:
    """Instructions `place` of the whole: from `inputs`, made before, come `outputs`, needed later.

    `width`: of a function of a block, how many entries it computes for a row; else None.
    """

    place: slice
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    width: Any = None


@dataclass(frozen=True)
class Pieces:
    """`joined`: the instructions of all pieces, with their memory; each piece uses only memory of its own."""

    joined: Schedule
    pieces: tuple[Piece, ...]
    blocks: Blocks

    @property
    def functions(self) -> tuple[Piece, ...]:
        return tuple(piece for piece in self.pieces if piece.width is not None)


def in_pieces(blocks: Blocks) -> Pieces | None:
    """The pieces; None where loops save too little."""
    if not _saves(blocks):
        return None
    parts = list(_parts(blocks))
    instrs: list[Instr] = []
    pieces = []
    needed = [set(blocks.schedule.outputs)]
    for part, _ in reversed(parts[1:]):
        needed.append(needed[-1].union(*(instr.names for instr in part)))
    for (part, width), later in zip(parts, reversed(needed), strict=True):
        schedule = _alone(blocks.schedule, part, later)
        place = slice(len(instrs), len(instrs) + len(schedule.instrs))
        pieces.append(Piece(place, schedule.inputs, schedule.outputs, width))
        instrs += schedule.instrs
    return Pieces(replace(blocks.schedule, instrs=tuple(instrs)), tuple(pieces), blocks)


def _parts(blocks: Blocks) -> Iterator[tuple[list[Instr], Any]]:
    """The instructions of each loop with its width; of all that stands between two loops together."""

    def number_of_loop(numbered: tuple[int, Phase]) -> int:
        return numbered[0] if _is_loop(numbered[1], blocks) else -1

    for number, group in groupby(enumerate(blocks.phases), number_of_loop):
        instrs = [instr for _, phase in group for instr in phase.instrs]
        yield instrs, None if number < 0 else blocks.width(blocks.phases[number])


def _is_loop(phase: Phase, blocks: Blocks) -> bool:
    """Whether it takes blocks of something, and makes something that is then needed no more."""
    own = {instr.out for instr in phase.instrs}
    taken = (name for instr in phase.instrs for name in instr.names if name not in own)
    return phase.blocked and bool(blocks.inner(phase)) and any(blocks.kinds[name] in CUT for name in taken)


def _saves(blocks: Blocks) -> bool:
    """Whether most of what there is is never whole, the results apart."""
    schedule = blocks.schedule
    inner = {name for phase in blocks.phases if _is_loop(phase, blocks) for name in blocks.inner(phase)}
    made = schedule.made - {instr.out for instr in schedule.instrs if instr.kind == "constant"}
    read = (name for name in schedule.inputs if blocks.kinds[name] in CUT)
    saved, *others = (
        sum(map(schedule.entries, names)) for names in (inner, read, made - inner - set(schedule.outputs))
    )
    return 0 < saved >= max(others)


def _alone(whole: Schedule, instrs: list[Instr], later: set[str]) -> Schedule:
    """Some of the instructions as a schedule, which takes what they need and gives what is needed `later`."""
    own = {instr.out for instr in instrs}
    inputs = dict.fromkeys(name for instr in instrs for name in instr.names if name not in own)
    outputs = tuple(dict.fromkeys(instr.out for instr in instrs if instr.out in later))
    alone = replace(whole, inputs=tuple(inputs), instrs=tuple(instrs), outputs=outputs, requirements=())
    return optimize(alone, MEMORY)
