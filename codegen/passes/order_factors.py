"""Multiply entries smallest first: (X ⊙ c) ⊙ r for numbers, scalars, a column or a row is X ⊙ (c r) where that is less.

What does not depend on the seeds comes before what does: (A ⊙ dX) ⊙ B is (A ⊙ B) ⊙ dX, and A ⊙ B is computed once.
"""

from __future__ import annotations

from codegen.passes.rewriting import Rewriting
from codegen.schedule import Arg, Instr, Literal, Schedule
from symbolic.nodes import SCALAR, Shape

MAX_FACTORS = 24
"""More are multiplied as they stand: the search would not be linear."""


def order_factors(schedule: Schedule) -> Schedule:
    factors = _Factors(schedule)
    if not factors.inside:
        return schedule
    for instr in schedule.instrs:
        if instr.op == "multiply" and instr.out not in factors.inside:
            factors.multiply(instr)
        else:
            factors.new.keep(instr)
    return factors.new.done()


class _Factors:
    """`inside`: the products that are a factor of one other product alone, and returned nowhere."""

    def __init__(self, schedule: Schedule) -> None:
        self.schedule, self.new = schedule, Rewriting(schedule)
        self.moving = schedule.moving()
        uses = schedule.uses()
        products = {instr.out: instr for instr in schedule.instrs if instr.op == "multiply"}
        operands = (name for instr in products.values() for name in instr.names)
        self.inside = {name: products[name] for name in operands if name in products and uses[name] == 1}

    def multiply(self, instr: Instr) -> None:
        """The product of the factors, in their best order where that takes less work than it does now."""
        leaves, now = self.taken_apart(instr)
        ordered = sorted(leaves, key=lambda leaf: (leaf in self.moving, self.entries(self.shape(leaf))))
        pairs = self.pairs(ordered)
        if len(leaves) > MAX_FACTORS or sum(self.work(shape, moves) for _, shape, moves in pairs) >= now:
            self.new.keep(instr)
            return
        value: Arg = ordered[0]
        for factor, shape, _ in pairs:
            value = self.pair(value, factor, shape)
        self.new.kept[-1] = Instr(instr.out, "multiply", self.new.kept[-1].args)

    def taken_apart(self, instr: Instr) -> tuple[list[Arg], int]:
        """The factors of a product, through what is inside it, and the work it takes as it stands."""
        leaves: list[Arg] = []
        now, waiting = self.work_of(instr), [*reversed(instr.args)]
        while waiting and len(leaves) <= MAX_FACTORS:
            factor = waiting.pop()
            if factor in self.inside:
                product = self.inside[str(factor)]
                now += self.work_of(product)
                waiting += reversed(product.args)
            else:
                leaves.append(factor)
        return leaves, now

    def work_of(self, product: Instr) -> int:
        return self.work(self.new.shapes[product.out], product.out in self.moving)

    def pairs(self, ordered: list[Arg]) -> list[tuple[Arg, Shape, bool]]:
        """Each factor after the first, with the shape of the product so far, and whether that depends on the seeds."""
        shape, moves = self.shape(ordered[0]), ordered[0] in self.moving
        found = []
        for factor in ordered[1:]:
            shape, moves = _repeated(shape, self.shape(factor)), moves or factor in self.moving
            found.append((factor, shape, moves))
        return found

    def pair(self, left: Arg, right: Arg, shape: Shape) -> Arg:
        """The product of two factors, the matrix first; numbers are multiplied here."""
        if isinstance(left, Literal) and isinstance(right, Literal):
            return Literal(left.value * right.value)
        return self.new.emit("multiply", (right, left) if isinstance(left, Literal) else (left, right), shape)

    def shape(self, factor: Arg) -> Shape:
        return SCALAR if isinstance(factor, Literal) else self.new.shapes[factor]

    def entries(self, shape: Shape) -> int:
        return self.schedule.size(shape[0]) * self.schedule.size(shape[1])

    def work(self, shape: Shape, moves: bool) -> int:
        return self.entries(shape) * (self.schedule.directions if moves else 1)


def _repeated(left: Shape, right: Shape) -> Shape:
    """The shape of a product of entries, where a row, a column or a scalar is repeated."""
    rows, cols = (b if a == 1 else a for a, b in zip(left, right, strict=True))
    return rows, cols
