"""A B + A C is A (B + C), and B A + C A is (B + C) A, where that takes less work: one product instead of two."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from codegen.cost.counts import product_flops
from codegen.passes.rewriting import Rewriting
from codegen.passes.terms import SUMS, Term, Terms, add_up, add_up_as
from codegen.schedule import Arg, Schedule
from symbolic.nodes import Shape


def factor_sums(schedule: Schedule) -> Schedule:
    terms = Terms(schedule)
    inside = {name for instr in schedule.instrs if terms.is_sum(instr) for name in instr.names if terms.uses[name] == 1}
    new = Rewriting(schedule)
    for instr in schedule.instrs:
        found = terms.of(instr) if instr.op in SUMS and instr.out not in inside and terms.is_sum(instr) else []
        factored = found
        for from_left in (True, False):
            factored = _factored(factored, schedule.shapes[instr.out], from_left, terms, new)
        if factored != found:
            add_up_as(instr.out, factored, new)
        else:
            new.keep(instr)
    return new.done() if len(new.shapes) > len(schedule.shapes) else schedule


def _factored(found: list[Term], shape: Shape, from_left: bool, terms: Terms, new: Rewriting) -> list[Term]:
    """The terms, where those that begin (or end) with the same factor are one."""
    groups: defaultdict[Arg, list[Term]] = defaultdict(list)
    for term in found:
        if len(term.links) > 1 and new.schedule.shapes.keys() >= set(term.links):
            groups[term.links[0 if from_left else -1]].append(term)
    for common, group in groups.items():
        rows, cols = new.shapes[str(common)]
        rest_shape = (cols, shape[1]) if from_left else (shape[0], rows)
        if len(group) > 1 and _pays(group, shape, rest_shape, from_left, terms):
            rest = add_up((replace(term, links=_rest(term, from_left)) for term in group), rest_shape, new)
            joined = Term((common, rest) if from_left else (rest, common))
            found = [*(term for term in found if term not in group), joined]
    return found


def _rest(term: Term, from_left: bool) -> tuple[Arg, ...]:
    return term.links[1:] if from_left else term.links[:-1]


def _pays(group: list[Term], shape: Shape, rest_shape: Shape, from_left: bool, terms: Terms) -> bool:
    """Whether the sum of what is left, times the common factor once, takes less work."""
    (rows, cols), (inner, outer) = (tuple(map(terms.schedule.size, of)) for of in (shape, rest_shape))
    rests = [_rest(term, from_left) for term in group]
    once = product_flops(rows, inner if from_left else outer, cols) * terms.times(n for t in group for n in t.links)
    added = inner * outer * terms.times(name for rest in rests for name in rest)
    kept = rows * cols * terms.times(name for term in group for name in term.links)
    apart = sum(terms.product(term.links) for term in group) + kept * (len(group) - 1)
    together = sum(map(terms.product, rests)) + added * (len(group) - 1) + once
    return bool(together < apart)
