"""Compute equal things once: X∘X and X∘X, A + B and B + A, in value and differential alike; A'' is A."""

from __future__ import annotations

from codegen.operations import OPERATIONS
from codegen.schedule import Arg, Instr, Schedule


def share_common(schedule: Schedule) -> Schedule:
    """Later instructions equal to an earlier one disappear; an output keeps its name, as a copy."""
    seen: dict[object, str] = {}
    renamed: dict[Arg, str] = {}
    transpose_of: dict[Arg, str] = {}
    kept: list[Instr] = []
    for instr in schedule.instrs:
        args = tuple([renamed.get(arg, arg) for arg in instr.args]) if renamed else instr.args
        instr = Instr(instr.out, instr.op, args, instr.attrs) if args != instr.args else instr
        key = _key(instr, schedule)
        same = args[0] if instr.op == "copy" else seen.get(key)
        if same is None and instr.op == "transpose":
            same = transpose_of.get(args[0])
            transpose_of[instr.out] = instr.names[0]
        if same is None:
            seen[key] = instr.out
            kept.append(instr)
            continue
        assert isinstance(same, str)
        if instr.out in schedule.outputs:
            kept.append(Instr(instr.out, "copy", (same,)))
        renamed[instr.out] = same
    return schedule.with_instrs(kept) if renamed else schedule


_COMMUTES = frozenset(operation.name for operation in OPERATIONS.values() if operation.commutes)
"""Operations of two operands."""


def _key(instr: Instr, schedule: Schedule) -> object:
    args = frozenset(instr.args) if instr.op in _COMMUTES else instr.args
    return instr.op, args, instr.attrs, schedule.shapes[instr.out]
