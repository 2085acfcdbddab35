"""Multiply chains of matrices in the cheapest order, by dynamic programming over the sample sizes.

A product that an earlier chain already computed costs nothing, so the chains A B C, dA B C, A dB C and A B dC
share what they can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

from codegen.schedule import Arg, Instr, Schedule
from symbolic.nodes import Shape

MAX_CHAIN = 24
"""Longer chains are multiplied from left to right in pieces of this length: the search is cubic."""


def order_chains(schedule: Schedule) -> Schedule:
    shapes = dict(schedule.shapes)
    fresh = schedule.fresh_names()
    computed: dict[tuple[Arg, ...], str] = {}
    kept: list[Instr] = []
    for instr in schedule.instrs:
        if instr.op == "matmul":
            kept += _Chain(instr, schedule, shapes, fresh, computed).instructions()
        else:
            kept.append(instr)
    return schedule.with_instrs(kept, shapes)


class _Chain:
    """One chain, its cheapest order and the two-factor products that follow from it."""

    def __init__(
        self,
        instr: Instr,
        schedule: Schedule,
        shapes: dict[str, Shape],
        fresh: Iterator[str],
        computed: dict[tuple[Arg, ...], str],
    ) -> None:
        self.instr, self.schedule, self.shapes = instr, schedule, shapes
        self.fresh, self.computed = fresh, computed
        self.products: list[Instr] = []

    def instructions(self) -> list[Instr]:
        links = self.instr.args
        while len(links) > MAX_CHAIN:
            links = (self.multiply(links[:MAX_CHAIN], None), *links[MAX_CHAIN:])
        known = self.computed.get(links)
        if known is not None:
            return [*self.products, Instr(self.instr.out, "copy", (known,))]
        self.multiply(links, self.instr.out)
        return self.products

    def multiply(self, links: tuple[Arg, ...], out: str | None) -> Arg:
        splits = self.best_splits(links)

        def product(first: int, last: int, name: str | None) -> Arg:
            part = links[first : last + 1]
            if len(part) == 1:
                return part[0]
            if part in self.computed:
                return self.computed[part]
            split = splits[first, last]
            left, right = product(first, split, None), product(split + 1, last, None)
            name = name or next(self.fresh)
            self.shapes[name] = (self.shape(part[0])[0], self.shape(part[-1])[1])
            self.products.append(Instr(name, "matmul", (left, right)))
            self.computed[part] = name
            return name

        return product(0, len(links) - 1, out)

    def best_splits(self, links: tuple[Arg, ...]) -> dict[tuple[int, int], int]:
        """Where to split each part of the chain so that the multiplications are fewest; first split on a tie."""
        sizes = [self.schedule.size(self.shape(link)[0]) for link in links]
        sizes.append(self.schedule.size(self.shape(links[-1])[1]))
        return _cheapest(sizes, lambda first, last: links[first : last + 1] in self.computed)[1]

    def shape(self, link: Arg) -> Shape:
        assert isinstance(link, str)
        return self.shapes[link]


def chain_cost(links: tuple[Arg, ...], schedule: Schedule) -> int:
    """The fewest multiplications for a chain, by the sample sizes; of a long chain, those from left to right."""
    shapes = [schedule.shapes[str(link)] for link in links]
    sizes = [schedule.size(rows) for rows, _ in shapes] + [schedule.size(shapes[-1][1])]
    if len(links) > MAX_CHAIN:
        return sum(sizes[0] * inner * outer for inner, outer in pairwise(sizes[1:]))
    return _cheapest(sizes, lambda first, last: False)[0][0, len(links) - 1]


def _cheapest(
    sizes: list[int], known: Callable[[int, int], bool]
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """For each part of a chain, its cost and where it is split; parts already known cost nothing."""
    count = len(sizes) - 1
    cost: dict[tuple[int, int], int] = {(k, k): 0 for k in range(count)}
    splits: dict[tuple[int, int], int] = {}
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            best = min(
                (cost[first, k] + cost[k + 1, last] + sizes[first] * sizes[k + 1] * sizes[last + 1], -k)
                for k in range(first, last)
            )
            cost[first, last], splits[first, last] = 0 if known(first, last) else best[0], -best[1]
    return cost, splits
