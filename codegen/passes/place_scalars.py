"""Multiply by a scalar where the matrix is smallest: c (A B) as (c A) B where A has fewer entries than A B."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from codegen.operations import INVERSES
from codegen.schedule import Arg, Instr, Literal, Schedule
from symbolic.nodes import is_one_entry


@dataclass(frozen=True)
class _Move:
    """Scale `factor` of the product `into` instead of `whole`, which then is `result`."""

    scalar: Arg
    factor: str
    into: str
    whole: str
    result: str


def place_scalars(schedule: Schedule) -> Schedule:
    """Move scalars from a product that is used only there to its smallest factor."""
    moves = _moves(schedule)
    if not moves:
        return schedule
    scaled = {move.into: move for move in moves}
    renamed: dict[Arg, str] = {move.whole: move.result for move in moves}
    dropped = {move.result for move in moves}
    shapes, fresh = dict(schedule.shapes), schedule.fresh_names()
    kept: list[Instr] = []
    for instr in schedule.instrs:
        if instr.out in dropped:
            continue
        args = tuple(renamed.get(arg, arg) for arg in instr.args)
        if instr.out in scaled:
            move, name = scaled[instr.out], next(fresh)
            shapes[name] = shapes[move.factor]
            kept.append(Instr(name, "multiply", (renamed.get(move.factor, move.factor), move.scalar)))
            position = instr.args.index(move.factor)
            args = (*args[:position], name, *args[position + 1 :])
        kept.append(replace(instr, out=renamed.get(instr.out, instr.out), args=args))
    return schedule.with_instrs(kept, shapes)


def _moves(schedule: Schedule) -> list[_Move]:
    products = {instr.out: instr for instr in schedule.instrs if instr.op == "matmul"}
    multiples = [i for i in schedule.instrs if any(whole in products for _, whole in _as_multiple(i, schedule))]
    if not multiples:
        return []
    uses = schedule.uses()
    apart = _kept_apart(schedule)
    grams = {name for name, instr in products.items() if ("gram", 1) in instr.attrs}
    position = {instr.out: k for k, instr in enumerate(schedule.instrs)}
    moves, scaled = [], set[str]()
    for instr in multiples:
        for scalar, whole in _as_multiple(instr, schedule):
            if whole not in products or not _used_once(whole, uses, schedule):
                continue
            factor, into = _smallest_factor(whole, products, uses, schedule, apart)
            ready = isinstance(scalar, Literal) or position.get(scalar, -1) < position[into]
            if ready and into not in scaled | grams and schedule.entries(factor) < schedule.entries(whole):
                scaled.add(into)
                moves.append(_Move(scalar, factor, into, whole, instr.out))
                break
    return moves


def _as_multiple(instr: Instr, schedule: Schedule) -> list[tuple[Arg, str]]:
    """The ways to read an instruction as scalar times matrix."""
    if instr.op != "multiply":
        return []
    left, right = instr.args
    return [
        (scalar, matrix)
        for scalar, matrix in ((right, left), (left, right))
        if isinstance(matrix, str) and (isinstance(scalar, Literal) or is_one_entry(schedule.shapes[scalar]))
    ]


def _used_once(name: str, uses: Counter[str], schedule: Schedule) -> bool:
    return uses[name] == 1 and name not in schedule.outputs


def _kept_apart(schedule: Schedule) -> set[str]:
    """What no product multiplies with while nothing is done to it: ones repeat, inverses solve, diagonals scale."""
    apart: set[str] = set()
    for instr in schedule.instrs:
        if instr.op in ("ones", "diag", *INVERSES) or (instr.op == "transpose" and instr.names[0] in apart):
            apart.add(instr.out)
    return apart


def _smallest_factor(
    whole: str, products: dict[str, Instr], uses: Counter[str], schedule: Schedule, apart: set[str]
) -> tuple[str, str]:
    """The factor with the fewest entries, through products used only here, and the product it is a factor of."""
    found = []
    stack = [whole]
    while stack:
        product = stack.pop()
        for factor in products[product].names:
            if factor in products and _used_once(factor, uses, schedule):
                stack.append(factor)
            else:
                found.append((factor in apart, schedule.entries(factor), factor, product))
    *_, factor, into = min(found)
    return factor, into
