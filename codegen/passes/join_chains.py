"""(A B) C with A B used nowhere else becomes the chain A B C, whose order is then free."""

from __future__ import annotations

from dataclasses import replace

from codegen.schedule import Arg, Instr, Schedule


def join_chains(schedule: Schedule) -> Schedule:
    uses = schedule.uses()
    chains: dict[Arg, tuple[Arg, ...]] = {}
    kept: list[Instr] = []
    for instr in schedule.instrs:
        if instr.op == "matmul":
            links = tuple(link for arg in instr.args for link in chains.pop(arg, (arg,)))
            instr = replace(instr, args=links) if links != instr.args else instr
            if uses[instr.out] == 1 and instr.out not in schedule.outputs:
                chains[instr.out] = links
        kept.append(instr)
    return schedule.with_instrs(kept)
