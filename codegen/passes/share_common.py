"""Compute equal things once: X∘X and X∘X, and A + B and B + A, in value and differential alike."""

from __future__ import annotations

from codegen.operations import OPERATIONS
from codegen.schedule import Arg, Instr, Schedule


def share_common(schedule: Schedule) -> Schedule:
    """Later instructions equal to an earlier one disappear; an output keeps its name, as a copy."""
    seen: dict[object, str] = {}
    renamed: dict[Arg, str] = {}
    kept: list[Instr] = []
    for instr in schedule.instrs:
        args = tuple(renamed.get(arg, arg) for arg in instr.args)
        instr = Instr(instr.out, instr.op, args, instr.attrs) if args != instr.args else instr
        same = args[0] if instr.op == "copy" else seen.get(_key(instr, schedule))
        if same is None:
            seen[_key(instr, schedule)] = instr.out
            kept.append(instr)
            continue
        assert isinstance(same, str)
        if instr.out in schedule.outputs:
            kept.append(Instr(instr.out, "copy", (same,)))
        renamed[instr.out] = same
    return schedule.with_instrs(kept)


def _key(instr: Instr, schedule: Schedule) -> object:
    args = tuple(sorted(instr.args, key=repr)) if OPERATIONS[instr.op].commutes else instr.args
    return instr.op, args, instr.attrs, schedule.shapes[instr.out]
