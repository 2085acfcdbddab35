"""Multiply chains of matrices in the cheapest order, by dynamic programming over the sample sizes.

A product that an earlier chain already computed, or its transpose, costs nothing, so the chains A B C, dA B C, A dB C,
A B dC and C' B' A' share what they can; of orders that cost the same, that which others can share is taken. What would
be dearer for one chain can be cheaper for all of them together: a second plan shares the cost of a part among the
chains that it occurs in, and the plan that takes less work in all is the one. A product that does not depend on the
seeds is computed once for many directions: (A B) dX rather than A (B dX) where that pays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from codegen.cost.counts import product_flops, work
from codegen.passes.rewriting import Rewriting
from codegen.schedule import Arg, Instr, Schedule
from symbolic.nodes import Shape

MAX_CHAIN = 24
"""Longer chains are multiplied from left to right in pieces of this length: the search is cubic."""

Links = tuple[Arg, ...]
Weight = Fraction | int
Splits = dict[tuple[int, int], int]


@dataclass(frozen=True)
class _Part:
    """What a part of a chain is worth. `weight`: how often it is computed, over how many chains share the cost."""

    weight: Weight
    shared: bool


def order_chains(schedule: Schedule) -> Schedule:
    products = [instr.args for instr in schedule.instrs if instr.op == "matmul"]
    chains = sum(len(links) > 2 for links in products)
    if not chains and len(set(products)) == len(products) and "transpose" not in schedule.operations:
        return schedule
    alone = _ordered(schedule, together=False)
    if chains < 2:
        return alone
    return min(alone, _ordered(schedule, together=True), key=work)


def _ordered(schedule: Schedule, together: bool) -> Schedule:
    chains = _Chains(schedule, together)
    for instr in schedule.instrs:
        if instr.op == "matmul":
            chains.multiply_out(instr)
        else:
            chains.new.keep(instr)
    return chains.new.done()


class _Chains:
    """The products so far. `together`: whether chains share the cost of what occurs in several of them."""

    def __init__(self, schedule: Schedule, together: bool) -> None:
        self.schedule, self.new, self.together = schedule, Rewriting(schedule), together
        self.moving = schedule.moving()
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

        def worth(first: int, last: int) -> _Part | None:
            part = links[first : last + 1]
            if self.known(part) is not None:
                return None
            times = self.schedule.directions if not self.moving.isdisjoint(part) else 1
            occurrences = self.occurrences[part]
            shared = occurrences > 1
            return _Part(Fraction(times, occurrences) if shared and self.together else times, shared)

        return _cheapest(_sizes(links, self.new.shapes, self.schedule), worth)[1]

    def flipped(self, links: Links) -> Links | None:
        """The factors of the transpose, where all of them have names."""
        found = tuple(self.transpose_of[link] for link in reversed(links) if link in self.transpose_of)
        return found if len(found) == len(links) else None

    def both_ways(self, links: Links) -> set[Links]:
        return {links, self.flipped(links) or links}


def _transposes(schedule: Schedule) -> dict[Arg, str]:
    found: dict[Arg, str] = {name: name for name, facts in schedule.facts.items() if "symmetric" in facts}
    for instr in schedule.instrs:
        if instr.op == "transpose":
            found[instr.out] = instr.names[0]
            found.setdefault(instr.names[0], instr.out)
    return found


def _sizes(links: Links, shapes: Mapping[str, Shape], schedule: Schedule) -> list[int]:
    """The lengths along a chain: rows of the first, and columns of each."""
    found = [shapes[str(link)] for link in links]
    return [schedule.size(size) for size in (found[0][0], *(cols for _, cols in found))]


def chain_flops(links: Links, schedule: Schedule) -> int:
    """The fewest flops for a chain, by the sample sizes; of a long chain, those from left to right."""
    sizes = _sizes(links, schedule.shapes, schedule)
    if len(links) > MAX_CHAIN:
        return sum(product_flops(sizes[0], inner, outer) for inner, outer in pairwise(sizes[1:]))
    return int(_cheapest(sizes, lambda first, last: _ALONE)[0])


_ALONE = _Part(1, False)


def _cheapest(sizes: list[int], worth: Callable[[int, int], _Part | None]) -> tuple[Weight, Splits]:
    """The cost of a chain, and where each part of it is split. `worth`: None for a part that is known and so is free.

    A cost is the flops, and on a tie how many parts are not shared.
    """
    count = len(sizes) - 1
    cost: dict[tuple[int, int], tuple[Weight, int]] = {(k, k): (0, 0) for k in range(count)}
    splits: Splits = {}
    for length in range(1, count):
        for first in range(count - length):
            last = first + length
            part = worth(first, last)
            if part is None:
                cost[first, last] = 0, 0
                continue
            cost[first, last], split = min(
                (_joined(cost[first, k], cost[k + 1, last], part, sizes[first], sizes[k + 1], sizes[last + 1]), -k)
                for k in range(first, last)
            )
            splits[first, last] = -split
    return cost[0, count - 1][0], splits


def _joined(left: tuple[Weight, int], right: tuple[Weight, int], part: _Part, *sizes: int) -> tuple[Weight, int]:
    return left[0] + right[0] + part.weight * product_flops(*sizes), left[1] + right[1] + (not part.shared)
