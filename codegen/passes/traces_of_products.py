"""Only the diagonal of a product that is used for nothing else: tr(A B C) multiplies A B, and sums it times C'.

The factors inside a trace may be rotated, tr(A B C) = tr(B C A); the cheapest way is taken, by the sample sizes. An
inverse never stands alone on one side, since a product with it is a solve.
"""

from __future__ import annotations

from collections.abc import Iterator

from codegen.passes.order_chains import chain_cost
from codegen.schedule import Arg, Instr, Schedule
from symbolic.nodes import Shape

_PRODUCT_OF = {"tr": "trace_product", "diagonal": "diagonal_product"}
Split = tuple[tuple[Arg, ...], tuple[Arg, ...]]


def traces_of_products(schedule: Schedule) -> Schedule:
    uses = schedule.uses()
    chains = {
        i.out: i for i in schedule.instrs if i.op == "matmul" and uses[i.out] == 1 and i.out not in schedule.outputs
    }
    inverses = {i.out for i in schedule.instrs if i.op == "inv"}
    shapes, fresh = dict(schedule.shapes), schedule.fresh_names()
    kept: list[Instr] = []
    gone: set[str] = set()
    for instr in schedule.instrs:
        chain = chains.get(instr.names[0]) if instr.op in _PRODUCT_OF else None
        split = chain and _best_split(instr.op, chain.args, inverses, schedule)
        if not chain or not split:
            kept.append(instr)
            continue
        gone.add(chain.out)
        sides = [_side(links, shapes, fresh, kept) for links in split]
        kept.append(Instr(instr.out, _PRODUCT_OF[instr.op], tuple(sides)))
    return schedule.with_instrs([instr for instr in kept if instr.out not in gone], shapes)


def _side(links: tuple[Arg, ...], shapes: dict[str, Shape], fresh: Iterator[str], kept: list[Instr]) -> Arg:
    """The name of a product of links, with the instruction that computes it where there are several."""
    if len(links) == 1:
        return links[0]
    name = next(fresh)
    shapes[name] = shapes[str(links[0])][0], shapes[str(links[-1])][1]
    kept.append(Instr(name, "matmul", links))
    return name


def _best_split(op: str, links: tuple[Arg, ...], inverses: set[str], schedule: Schedule) -> Split | None:
    """The two sides that cost least to multiply out; None where one would be an inverse."""
    rotations = range(len(links)) if op == "tr" else (0,)
    splits = [
        (rotated[:k], rotated[k:])
        for start in rotations
        for rotated in [(*links[start:], *links[:start])]
        for k in ((len(links) - 1,) if op == "tr" else range(1, len(links)))
    ]
    allowed = [sides for sides in splits if not any(len(side) == 1 and side[0] in inverses for side in sides)]
    return min(allowed, key=lambda sides: sum(chain_cost(side, schedule) for side in sides), default=None)
