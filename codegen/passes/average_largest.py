"""The differential of a maximum is the mean of the perturbations where it is attained: no weights, no product.

F = largest A, y = part F, W = part F, P = multiply W B, z = sum P  →  y = max A, z = average_largest A y B
"""

from __future__ import annotations

from codegen.passes.rewriting import Rewriting
from codegen.schedule import Instr, Schedule

_SUM_OF = {f"largest{suffix}": f"sum{suffix}" for suffix in ("", "_1", "_2")}


def average_largest(schedule: Schedule) -> Schedule:
    if schedule.operations.isdisjoint(_SUM_OF):
        return schedule
    uses = schedule.uses()
    factors = {instr.out: instr for instr in schedule.instrs if instr.op in _SUM_OF}
    weights = {i.out: factors[i.names[0]] for i in schedule.instrs if _is_part(i, 1) and i.names[0] in factors}
    products = {i.out: i for i in schedule.instrs if i.op == "multiply" and uses[i.out] == 1}
    new = Rewriting(schedule)
    largest: dict[str, str] = {}
    for instr in schedule.instrs:
        product = products.get(instr.names[0]) if instr.op in _SUM_OF.values() else None
        found = product and _weighted(product, weights, schedule)
        if found and _SUM_OF[found[0].op] == instr.op:
            factor, moved = found
            if factor.out not in largest:
                largest[factor.out] = new.emit("part", (factor.out,), new.shapes[instr.out], part=0)
            args = (factor.names[0], largest[factor.out], moved)
            instr = Instr(instr.out, instr.op.replace("sum", "average_largest"), args)
        elif _is_part(instr, 0):
            largest.setdefault(instr.names[0], instr.out)
        new.keep(instr)
    return new.done()


def _is_part(instr: Instr, place: int) -> bool:
    return instr.op == "part" and instr.attr("part") == place


def _weighted(product: Instr, weights: dict[str, Instr], schedule: Schedule) -> tuple[Instr, str] | None:
    """The factor whose weights are a factor of a product, and the other factor, of the same shape."""
    if len(product.names) != 2 or len({schedule.shapes[name] for name in product.names}) != 1:
        return None
    left, right = product.names
    if left in weights:
        return weights[left], right
    return (weights[right], left) if right in weights else None
