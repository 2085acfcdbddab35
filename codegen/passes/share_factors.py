"""One factorisation of a matrix serves all its solves, inverses and determinants, and those of its transpose.

    solve A B, logdet A, solve A' C  →  F = factor_lu A, solve_lu F B, logdet_lu F, solve_lu F C (transposed)

A positive definite matrix is always factored by Cholesky, and a Cholesky factor that the program asks for itself is
taken. A general matrix used once is left to the one routine that does it all.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from codegen.schedule import Instr, Schedule

_FACTORED = ("solve", "inv", "det", "logdet")


@dataclass(frozen=True)
class _Use:
    """One instruction that needs a factor of `matrix`, or of its transpose."""

    instr: Instr
    matrix: str
    transposed: bool

    @property
    def spd(self) -> bool:
        return bool(self.instr.attrs)


def share_factors(schedule: Schedule) -> Schedule:
    flipped = {instr.out: instr.names[0] for instr in schedule.instrs if instr.op == "transpose"}
    uses = {
        instr.out: _Use(instr, flipped.get(instr.names[0], instr.names[0]), instr.names[0] in flipped)
        for instr in schedule.instrs
        if instr.op in _FACTORED
    }
    count: defaultdict[str, int] = defaultdict(int)
    spd = {use.matrix for use in uses.values() if use.spd}
    for use in uses.values():
        count[use.matrix] += 1
    factors = _cholesky_factors(schedule, spd)
    shapes, fresh = dict(schedule.shapes), schedule.fresh_names()
    kept: list[Instr] = []
    done: set[str] = set()
    for instr in schedule.instrs:
        found = uses.get(instr.out)
        if found is None or (count[found.matrix] < 2 and found.matrix not in spd):
            kept.append(instr)
        else:
            kind = "spd" if found.matrix in spd else "lu"
            factor = factors.get(found.matrix)
            if factor is None or (factor not in done and factor not in {k.out for k in kept}):
                factor = factors[found.matrix] = next(fresh)
                shapes[factor] = shapes[found.matrix]
                kept.append(Instr(factor, f"factor_{kind}", (found.matrix,)))
                done.add(factor)
            kept.append(_with_factor(found, factor, kind))
    return schedule.with_instrs(kept, shapes)


def _cholesky_factors(schedule: Schedule, spd: set[str]) -> dict[str, str]:
    """The Cholesky factors that the program computes for itself, by their matrix."""
    return {instr.names[0]: instr.out for instr in schedule.instrs if instr.op == "chol" and instr.names[0] in spd}


def _with_factor(use: _Use, factor: str, kind: str) -> Instr:
    instr = use.instr
    suffix = "cho" if kind == "spd" else "lu"
    attrs = (("trans", int(use.transposed)),) if kind == "lu" and instr.op in ("solve", "inv") else ()
    return Instr(instr.out, f"{instr.op}_{suffix}", (factor, *instr.args[1:]), attrs)
