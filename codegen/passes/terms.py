"""Sums as passes see them: terms of products, each with a sign and scalars in front."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from codegen.passes.order_chains import chain_flops
from codegen.passes.rewriting import Rewriting
from codegen.schedule import Arg, Instr, Literal, Schedule
from symbolic.nodes import SCALAR, Shape, is_one_entry

SUMS = ("add", "subtract")
_PARTS_OF_SUMS = frozenset((*SUMS, "negative", "multiply"))


@dataclass(frozen=True)
class Term:
    """± c A B C; without factors, c times the identity."""

    links: tuple[Arg, ...]
    scalars: tuple[Arg, ...] = ()
    negative: bool = False


class Terms:
    """What the sums of a schedule are made of: they are read through what is used once, and returned nowhere."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule = schedule
        self.uses = schedule.uses()
        self.computed = {instr.out: instr for instr in schedule.instrs}
        self.moving = schedule.moving()

    def roots(self) -> list[Instr]:
        """The sums of matrices that are no terms of others."""
        sums = [instr for instr in self.schedule.instrs if self.is_sum(instr)]
        inside = {name for instr in sums for name in instr.names if self.uses[name] == 1}
        return [instr for instr in sums if instr.op in SUMS and instr.out not in inside]

    def of(self, root: Instr) -> list[Term]:
        """The terms of a sum, in order."""
        found: list[Term] = []
        waiting = [(arg, Term(())) for arg in reversed(self.signed(root))] if root.op in SUMS else []
        while waiting:
            (name, negative), term = waiting.pop()
            term = replace(term, negative=term.negative != negative)
            instr = self.computed.get(name) if self.uses[name] == 1 else None
            if instr is not None and self.is_sum(instr):
                waiting += [(arg, term) for arg in reversed(self.signed(instr))]
            elif instr is not None and (scaled := self.scaled(instr)) is not None:
                matrix, scalar = scaled
                waiting.append(((matrix, False), replace(term, scalars=(*term.scalars, scalar))))
            elif instr is not None and instr.op == "matmul":
                found.append(replace(term, links=instr.args))
            else:
                is_identity = name in self.computed and self.computed[name].op == "eye"
                found.append(term if is_identity else replace(term, links=(name,)))
        return found

    def signed(self, instr: Instr) -> list[tuple[str, bool]]:
        """The operands of a sum with their signs."""
        if instr.op == "negative":
            return [(instr.names[0], True)]
        return [(name, instr.op == "subtract" and k == 1) for k, name in enumerate(instr.names)]

    def is_sum(self, instr: Instr) -> bool:
        """Of matrices of its own shape: a vector would be repeated, a number fill it."""
        shape = self.schedule.shapes[instr.out]
        whole = len(instr.names) == len(instr.args) and all(self.schedule.shapes[n] == shape for n in instr.names)
        return whole and instr.op in (*SUMS, "negative")

    def scaled(self, instr: Instr) -> tuple[str, Arg] | None:
        """A matrix and the scalar in front of it."""
        if instr.op != "multiply":
            return None
        shapes = self.schedule.shapes
        for matrix, scalar in (instr.args, instr.args[::-1]):
            is_scalar = isinstance(scalar, Literal) or shapes[scalar] == SCALAR
            if isinstance(matrix, str) and is_scalar and shapes[matrix] == shapes[instr.out]:
                return matrix, scalar
        return None

    # Work, where what depends on the seeds counts as often as it is run

    def times(self, names: Iterable[Arg]) -> int:
        return 1 if self.moving.isdisjoint(names) else self.schedule.directions

    def product(self, links: tuple[Arg, ...]) -> int:
        return chain_flops(links, self.schedule) * self.times(links) if len(links) > 1 else 0

    def entries(self, shape: Shape) -> int:
        return self.schedule.size(shape[0]) * self.schedule.size(shape[1])


def has_products_in_sums(schedule: Schedule) -> bool:
    """Whether some term of a sum may be a product, or a multiple of one."""
    products = {instr.out for instr in schedule.instrs if instr.op == "matmul"}
    sums = (instr for instr in schedule.instrs if instr.op in _PARTS_OF_SUMS and not products.isdisjoint(instr.names))
    return any(instr.op != "multiply" or _is_multiple(instr, schedule.shapes) for instr in sums)


def _is_multiple(instr: Instr, shapes: Mapping[str, Shape]) -> bool:
    return any(isinstance(arg, Literal) or is_one_entry(shapes[arg]) for arg in instr.args)


def add_up(terms: Iterable[Term], shape: Shape, new: Rewriting) -> str:
    """The instructions of a sum, and the name of their last; it starts with a positive term where there is one."""
    first, *rest = sorted(terms, key=lambda term: term.negative)
    value = _multiplied_out(first, shape, new)
    if first.negative:
        value = new.emit("negative", (value,), shape)
    for term in rest:
        op = "subtract" if term.negative else "add"
        value = new.emit(op, (value, _multiplied_out(term, shape, new)), shape)
    return value


def add_up_as(out: str, terms: Iterable[Term], new: Rewriting) -> None:
    """The same, where the last gives `out`."""
    add_up(terms, new.shapes[out], new)
    new.kept[-1] = replace(new.kept[-1], out=out)


def _multiplied_out(term: Term, shape: Shape, new: Rewriting) -> str:
    value = new.product(term.links) if term.links else new.emit("eye", (), shape)
    for scalar in term.scalars:
        value = new.emit("multiply", (value, scalar), shape)
    assert isinstance(value, str)
    return value
