"""A' D + D' A is P + P' with P = A' D, and A' D - D' A is P - P': one product of each pair, added to its transpose.

Of several pairs the sums are one: A' D + D' A + A' B + B' A is P + P' with P = A' (D + B), if a later pass factors it.
What is symmetric by itself goes along, as half of it, where it begins as one of these products: A' S A as A' (S/2) A.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import replace

from sympy import S

from codegen.passes.rewriting import Rewriting
from codegen.passes.terms import Term, Terms, add_up, add_up_as, has_products_in_sums
from codegen.schedule import Literal, Schedule
from codegen.structure import Chain, Structure
from symbolic.nodes import SCALAR, Shape


def pair_transposes(schedule: Schedule) -> Schedule:
    if not has_products_in_sums(schedule):
        return schedule
    terms = Terms(schedule)
    roots = [root for root in terms.roots() if _is_square(schedule.shapes[root.out])]
    if not roots:
        return schedule
    structure, new = Structure(schedule), Rewriting(schedule)
    paired = {root.out: found for root in roots if (found := _Pairs(terms.of(root), structure)).kept}
    for instr in schedule.instrs:
        if instr.out in paired:
            add_up_as(instr.out, paired[instr.out].with_transposes(schedule.shapes[instr.out], new), new)
        else:
            new.keep(instr)
    return new.done() if paired else schedule


def _is_square(shape: Shape) -> bool:
    return shape == shape[::-1] and shape != SCALAR


class _Pairs:
    """The terms of a sum. `kept`: of each pair the one term, with what goes along; `rest`: what is in no pair."""

    def __init__(self, terms: list[Term], structure: Structure) -> None:
        self.structure = structure
        self.is_difference = False
        self.rest = terms
        self.kept: list[Term] = []
        for is_difference in (False, True):
            pairs, rest = self.paired(is_difference)
            if any(len(term.links) > 1 for term, _ in pairs):
                self.is_difference, self.rest = is_difference, rest
                self.keep(pairs)
                return

    def paired(self, is_difference: bool) -> tuple[list[tuple[Term, Term]], list[Term]]:
        """Each term with that which is its transpose, of the other sign in a difference; and the terms without one."""
        waiting: defaultdict[Hashable, list[int]] = defaultdict(list)
        pairs: dict[int, int] = {}
        for place, term in enumerate(self.rest):
            chain = self.structure.chain(term.links)
            flipped = self.structure.flipped(chain)
            others = waiting[_key(term, flipped, term.negative != is_difference)]
            if others:
                pairs[others.pop(0)] = place
            elif chain != flipped:
                waiting[_key(term, chain, term.negative)].append(place)
        alone = [term for place, term in enumerate(self.rest) if place not in {*pairs, *pairs.values()}]
        return [(self.rest[first], self.rest[second]) for first, second in pairs.items()], alone

    def keep(self, pairs: list[tuple[Term, Term]]) -> None:
        """Of each pair the term that begins as most do, so that what they begin with can be factored out."""
        starts = Counter(self.start(term) for pair in pairs for term in pair)
        if not self.is_difference:
            starts.update(self.start(term) for term in self.rest if self.is_symmetric(term))
        self.kept = [max(pair, key=lambda term: starts[self.start(term)]) for pair in pairs]
        if self.is_difference:
            return
        begun = {self.start(term) for term in self.kept if len(term.links) > 1}
        along = [term for term in self.rest if self.is_symmetric(term) and self.start(term) in begun]
        self.rest = [term for term in self.rest if term not in along]
        self.kept += map(_half, along)

    def start(self, term: Term) -> Chain:
        return self.structure.chain(term.links)[:1]

    def is_symmetric(self, term: Term) -> bool:
        chain = self.structure.chain(term.links)
        return len(chain) > 1 and self.structure.flipped(chain) == chain

    def with_transposes(self, shape: Shape, new: Rewriting) -> Iterable[Term]:
        """The sum of what is kept, its transpose, and the rest."""
        negative = all(term.negative for term in self.kept)
        kept = [replace(term, negative=term.negative != negative) for term in self.kept]
        total = add_up(kept, shape, new)
        flipped = Term((new.transposed(total),), negative=negative != self.is_difference)
        return [Term((total,), negative=negative), flipped, *self.rest]


def _key(term: Term, chain: Chain, negative: bool) -> Hashable:
    return chain, tuple(sorted(term.scalars, key=repr)), negative


def _half(term: Term) -> Term:
    """A number in front is halved, or is a half."""
    number = S.One
    scalars = []
    for scalar in term.scalars:
        if isinstance(scalar, Literal):
            number *= scalar.value
        else:
            scalars.append(scalar)
    return replace(term, scalars=(*scalars, *([Literal(number / 2)] if number != 2 else [])))
