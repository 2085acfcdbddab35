"""(A B + c C) v is A (B v) + c (C v) where that takes less work: to multiply by X'X + c I, that is not formed.

A sum is distributed over all products that it is a factor of, or over none; what else uses it needs it in full.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from codegen.passes.rewriting import Rewriting
from codegen.passes.terms import SUMS, Term, Terms, add_up_as, has_products_in_sums
from codegen.schedule import Arg, Instr, Schedule


def distribute_sums(schedule: Schedule) -> Schedule:
    if not has_products_in_sums(schedule):
        return schedule
    apart = _transposed_apart(schedule, _products(schedule))
    spread = _spread(apart, _products(apart))
    return _distributed(apart, spread) if spread else schedule


Products = Mapping[str, list[Instr]]
"""By the factor, as often as it is one."""


def _products(schedule: Schedule) -> Products:
    found: defaultdict[str, list[Instr]] = defaultdict(list)
    for instr in schedule.instrs:
        if instr.op == "matmul":
            for name in instr.names:
                found[name].append(instr)
    return found


def _transposed_apart(schedule: Schedule, products: Products) -> Schedule:
    """(A B + C)' as B' A' + C' where only products use it."""
    terms = Terms(schedule)
    new = Rewriting(schedule)
    for instr in schedule.instrs:
        users = products.get(instr.out, [])
        total = terms.computed.get(instr.names[0]) if instr.op == "transpose" else None
        if total is not None and total.op in SUMS and terms.is_sum(total) and len(users) == terms.uses[instr.out]:
            found = [replace(t, links=tuple(map(new.transposed, reversed(t.links)))) for t in terms.of(total)]
            add_up_as(instr.out, found, new)
        else:
            new.keep(instr)
    return new.done() if len(new.shapes) > len(schedule.shapes) else schedule


def _spread(schedule: Schedule, products: Products) -> dict[str, tuple[str, list[Term]]]:
    """By the product that a sum is distributed over, the sum and its terms."""
    terms = Terms(schedule)
    spread: dict[str, tuple[str, list[Term]]] = {}
    for instr in schedule.instrs:
        users = products.get(instr.out, [])
        if instr.op in SUMS and users and len(users) == terms.uses[instr.out] and terms.is_sum(instr):
            found = terms.of(instr)
            free = len({user.out for user in users} - spread.keys()) == len(users)
            if free and _pays(instr, found, users, terms):
                spread |= {user.out: (instr.out, found) for user in users}
    return spread


def _pays(total: Instr, found: list[Term], users: list[Instr], terms: Terms) -> bool:
    """Whether distributing takes less work than adding up and multiplying."""
    if all(len(term.links) == 1 for term in found):
        return False
    kept = _work([term.links for term in found], found, total, terms) + sum(terms.product(u.args) for u in users)
    return kept > sum(_work([_put_in(u, total.out, term) for term in found], found, u, terms) for u in users)


def _work(chains: list[tuple[Arg, ...]], found: list[Term], of: Instr, terms: Terms) -> int:
    """Of multiplying out the terms, and adding them up to what an instruction gives."""
    entries = terms.entries(terms.schedule.shapes[of.out]) * terms.times([of.out])
    return sum(map(terms.product, chains)) + entries * sum(1 + len(term.scalars) for term in found) - entries


def _put_in(user: Instr, name: str, term: Term) -> tuple[Arg, ...]:
    """The factors of a product with those of a term in the place of the sum."""
    place = user.args.index(name)
    return (*user.args[:place], *term.links, *user.args[place + 1 :])


def _distributed(schedule: Schedule, spread: dict[str, tuple[str, list[Term]]]) -> Schedule:
    new = Rewriting(schedule)
    for instr in schedule.instrs:
        if instr.out in spread:
            name, found = spread[instr.out]
            add_up_as(instr.out, (replace(term, links=_put_in(instr, name, term)) for term in found), new)
        else:
            new.keep(instr)
    return new.done()
