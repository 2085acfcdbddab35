"""(A B) C with A B used nowhere else becomes the chain A B C, whose order is then free; (A B)' C becomes B' A' C."""

from __future__ import annotations

from dataclasses import replace

from codegen.passes.rewriting import Rewriting
from codegen.schedule import Arg, Instr, Schedule


def join_chains(schedule: Schedule) -> Schedule:
    products = {instr.out for instr in schedule.instrs if instr.op == "matmul"}
    joined = (instr.names for instr in schedule.instrs if instr.op in ("matmul", "transpose"))
    if all(map(products.isdisjoint, joined)):
        return schedule
    uses = schedule.uses()
    new = Rewriting(schedule)
    chains: dict[Arg, tuple[Arg, ...]] = {}
    for instr in schedule.instrs:
        if instr.op == "transpose" and instr.names[0] in chains:
            flipped = tuple(map(new.transposed, reversed(chains.pop(instr.names[0]))))
            instr = Instr(instr.out, "matmul", flipped)
        elif instr.op == "matmul":
            links = tuple(link for arg in instr.args for link in chains.pop(arg, (arg,)))
            instr = replace(instr, args=links) if links != instr.args else instr
        if instr.op == "matmul" and uses[instr.out] == 1 and instr.out not in schedule.outputs:
            chains[instr.out] = instr.args
        new.keep(instr)
    return new.done()
