"""Say of a product what makes half of it needless: a triangular factor, or that it comes out symmetric.

The attributes `side` and `lower` tell which factor is triangular (0 is the left one) and which triangle is not zero;
`symmetric`, that one triangle of the result is enough, and `gram` besides, that it is A'A of one matrix. Targets may
use that, and costs count it.
"""

from __future__ import annotations

from dataclasses import replace

from codegen.schedule import Instr, Schedule
from codegen.structure import Structure


def halve_products(schedule: Schedule) -> Schedule:
    if not schedule.facts and all(instr.op not in ("transpose", "diag") for instr in schedule.instrs):
        return schedule
    structure = Structure(schedule)
    return schedule.with_instrs([_told(instr, structure) for instr in schedule.instrs])


def _told(instr: Instr, structure: Structure) -> Instr:
    if instr.op != "matmul" or len(instr.names) != 2:
        return instr
    if any(1 in structure.shapes[name] for name in instr.names):
        return instr
    attrs = _triangle(instr, structure)
    if structure.has(instr.out, "symmetric"):
        attrs["symmetric"] = 1
        if _are_transposes(*instr.names, structure):
            attrs["gram"] = 1
    return replace(instr, attrs=tuple(sorted(attrs.items()))) if attrs else instr


def _are_transposes(left: str, right: str, structure: Structure) -> bool:
    return structure.chain((left,)) == structure.flipped(structure.chain((right,)))


def _triangle(instr: Instr, structure: Structure) -> dict[str, int]:
    """The first triangular factor; a diagonal one scales, and is no matrix by then."""
    for side, name in enumerate(instr.names):
        lower, upper = (structure.has(name, fact) for fact in ("lower", "upper"))
        if lower != upper:
            return {"side": side, "lower": int(lower)}
    return {}
