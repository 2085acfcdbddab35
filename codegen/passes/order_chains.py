"""Multiply chains of matrices in the cheapest order, by dynamic programming over the sample sizes.

A product that an earlier chain already computed, or its transpose, costs nothing, so the chains A B C, dA B C, A dB C,
A B dC and C' B' A' share what they can; of orders that cost the same, that which others can share is taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import cached_property
from itertools import pairwise

from codegen.passes.rewriting import Rewriting
from codegen.schedule import Arg, Instr, Schedule

MAX_CHAIN = 24
"""Longer chains are multiplied from left to right in pieces of this length: the search is cubic."""

Links = tuple[Arg, ...]
Costs = dict[tuple[int, int], tuple[int, int]]
Splits = dict[tuple[int, int], int]


def order_chains(schedule: Schedule) -> Schedule:
    chains = _Chains(schedule)
    for instr in schedule.instrs:
        if instr.op == "matmul":
            chains.multiply_out(instr)
        else:
            chains.new.keep(instr)
    return chains.new.done()


class _Chains:
    """The products so far."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule, self.new = schedule, Rewriting(schedule)
        self.transpose_of = _transposes(schedule)
        self.computed: dict[Links, str] = {}

    @cached_property
    def occurrences(self) -> Counter[Links]:
        """How often each part occurs; asked for only where there is a choice."""
        return Counter(
            part
            for instr in self.schedule.instrs
            if instr.op == "matmul"
            for first in range(len(instr.args) - 1)
            for last in range(first + 1, min(len(instr.args), first + MAX_CHAIN))
            for part in self.both_ways(instr.args[first : last + 1])
        )

    def multiply_out(self, instr: Instr) -> None:
        links = instr.args
        while len(links) > MAX_CHAIN:
            links = (self.product(links[:MAX_CHAIN], None), *links[MAX_CHAIN:])
        known = self.known(links)
        if known is None:
            self.product(links, instr.out)
        else:
            op, name = known
            self.new.keep(Instr(instr.out, op, (name,)))

    def product(self, links: Links, out: str | None) -> Arg:
        """The two-factor products of a chain in its best order, and the name of the last."""
        splits = self.best_splits(links)

        def part(first: int, last: int, name: str | None) -> Arg:
            factors = links[first : last + 1]
            if len(factors) == 1:
                return factors[0]
            known = self.known(factors)
            if known is not None:
                op, of = known
                return of if op == "copy" else self.new.transposed(of)
            split = splits[first, last]
            pair = (part(first, split, None), part(split + 1, last, None))
            self.computed[factors] = found = self.two_factors(pair, name)
            return found

        return part(0, len(links) - 1, out)

    def two_factors(self, pair: tuple[Arg, Arg], out: str | None) -> str:
        if out is None:
            return str(self.new.product(pair))
        self.new.keep(Instr(out, "matmul", pair))
        return out

    def known(self, links: Links) -> tuple[str, str] | None:
        """How a product is had from one that is computed: as its copy or its transpose."""
        if links in self.computed:
            return "copy", self.computed[links]
        flipped = self.flipped(links)
        return ("transpose", self.computed[flipped]) if flipped in self.computed else None

    def best_splits(self, links: Links) -> Splits:
        """Where to split each part of the chain; first split on a tie."""
        if len(links) == 2:
            return {(0, 1): 0}
        shapes = [self.new.shapes[str(link)] for link in links]
        sizes = [self.schedule.size(rows) for rows, _ in shapes] + [self.schedule.size(shapes[-1][1])]

        def worth(first: int, last: int) -> tuple[bool, bool]:
            part = links[first : last + 1]
            return self.known(part) is not None, self.occurrences[part] > 1

        return _cheapest(sizes, worth)[1]

    def flipped(self, links: Links) -> Links | None:
        """The factors of the transpose, where all of them have names."""
        found = tuple(self.transpose_of[link] for link in reversed(links) if link in self.transpose_of)
        return found if len(found) == len(links) else None

    def both_ways(self, links: Links) -> set[Links]:
        return {links, self.flipped(links) or links}


def _transposes(schedule: Schedule) -> dict[Arg, str]:
    found: dict[Arg, str] = {}
    for instr in schedule.instrs:
        if instr.op == "transpose":
            found[instr.out] = instr.names[0]
            found.setdefault(instr.names[0], instr.out)
    return found


def chain_cost(links: Links, schedule: Schedule) -> int:
    """The fewest multiplications for a chain, by the sample sizes; of a long chain, those from left to right."""
    shapes = [schedule.shapes[str(link)] for link in links]
    sizes = [schedule.size(rows) for rows, _ in shapes] + [schedule.size(shapes[-1][1])]
    if len(links) > MAX_CHAIN:
        return sum(sizes[0] * inner * outer for inner, outer in pairwise(sizes[1:]))
    return _cheapest(sizes, lambda first, last: (False, False))[0][0, len(links) - 1][0]


def _cheapest(sizes: list[int], worth: Callable[[int, int], tuple[bool, bool]]) -> tuple[Costs, Splits]:
    """For each part of a chain, its cost and where it is split.

    `worth`: whether a part is known and costs nothing, and whether it is shared. A cost is the number of
    multiplications, and on a tie how many parts are not shared.
    """
    count = len(sizes) - 1
    cost: Costs = {(k, k): (0, 0) for k in range(count)}
    splits: Splits = {}
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            (multiplications, alone), split = min(
                (_joined(cost[first, k], cost[k + 1, last], sizes[first] * sizes[k + 1] * sizes[last + 1]), -k)
                for k in range(first, last)
            )
            known, shared = worth(first, last)
            cost[first, last] = (0, 0) if known else (multiplications, alone + (not shared))
            splits[first, last] = -split
    return cost, splits


def _joined(left: tuple[int, int], right: tuple[int, int], product: int) -> tuple[int, int]:
    return left[0] + right[0] + product, left[1] + right[1]
