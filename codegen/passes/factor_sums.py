"""A B + A C is A (B + C), and B A + C A is (B + C) A, where that takes less work: one product instead of two.

What the terms of a sum have in common may be a product itself, A X B + A X C = A X (B + C).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from codegen.cost.counts import product_flops
from codegen.passes.rewriting import Rewriting
from codegen.passes.terms import Term, Terms, add_up, add_up_as, has_products_in_sums
from codegen.schedule import Arg, Schedule
from symbolic.nodes import Shape


def factor_sums(schedule: Schedule) -> Schedule:
    if not has_products_in_sums(schedule):
        return schedule
    terms = Terms(schedule)
    roots = {root.out for root in terms.roots()}
    new = Rewriting(schedule)
    for instr in schedule.instrs:
        found = terms.of(instr) if instr.out in roots else []
        factored = found
        for from_left in (True, False):
            factored = _factored(factored, schedule.shapes[instr.out], from_left, terms, new)
        if factored != found:
            add_up_as(instr.out, factored, new)
        else:
            new.keep(instr)
    return new.done() if len(new.shapes) > len(schedule.shapes) else schedule


def _factored(found: list[Term], shape: Shape, from_left: bool, terms: Terms, new: Rewriting) -> list[Term]:
    """The terms, where those that begin (or end) with the same factors are one."""
    groups: defaultdict[Arg, list[Term]] = defaultdict(list)
    for term in found:
        if len(term.links) > 1 and new.schedule.shapes.keys() >= set(term.links):
            groups[term.links[0 if from_left else -1]].append(term)
    for members in groups.values():
        if len(members) > 1 and (group := _Group(members, shape, from_left, terms)).pays():
            rest = add_up(group.rests, group.rest_shape, new)
            joined = Term((*group.common, rest) if from_left else (rest, *group.common))
            found = [*(term for term in found if term not in members), joined]
    return found


class _Group:
    """Terms that begin (or end) with the `common` factors, and the `rests` of them, each a factor at least."""

    def __init__(self, members: list[Term], shape: Shape, from_left: bool, terms: Terms) -> None:
        self.members, self.shape, self.terms = members, shape, terms
        chains = [term.links if from_left else term.links[::-1] for term in members]
        count = 1
        while min(map(len, chains)) > count + 1 and len({chain[count] for chain in chains}) == 1:
            count += 1
        first = members[0].links
        self.common = first[:count] if from_left else first[-count:]
        self.rests = [replace(t, links=t.links[count:] if from_left else t.links[:-count]) for t in members]
        shapes = terms.schedule.shapes
        self.middle = shapes[str(self.common[-1])][1] if from_left else shapes[str(self.common[0])][0]
        self.rest_shape = (self.middle, shape[1]) if from_left else (shape[0], self.middle)

    def pays(self) -> bool:
        """Whether the sum of what is left, times the common factors once, takes less work."""
        terms, times = self.terms, self.terms.times
        rows, middle, cols = map(terms.schedule.size, (self.shape[0], self.middle, self.shape[1]))
        moving = times(name for term in self.members for name in term.links)
        once = terms.product(self.common) + product_flops(rows, middle, cols) * moving
        added = terms.entries(self.rest_shape) * times(name for rest in self.rests for name in rest.links)
        kept = terms.entries(self.shape) * moving
        sums = len(self.members) - 1
        apart = sum(terms.product(term.links) for term in self.members) + kept * sums
        together = sum(terms.product(rest.links) for rest in self.rests) + added * sums + once
        return bool(together < apart)
