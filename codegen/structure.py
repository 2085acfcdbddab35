"""What is known of the matrices of a schedule: which are symmetric or triangular, and which products are transposes.

Lowering proves it of the factors of a program; here it is carried on to what passes make of these. A product is
symmetric where its factors in reverse, each transposed, are the factors themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce

from codegen.schedule import Arg, Instr, Literal, Schedule
from symbolic.nodes import SCALAR

LONGEST = 24
"""Products of more factors are not looked into."""

Facts = frozenset[str]
Chain = tuple[tuple[Arg, bool], ...]
"""The factors of a product, and whether each is transposed."""

FACTS = ("symmetric", "lower", "upper")
NOTHING: Facts = frozenset()
_SYMMETRIC: Facts = frozenset({"symmetric"})
_TRIANGULAR: Facts = frozenset({"lower", "upper"})
_ALWAYS: dict[str, Facts] = {
    **dict.fromkeys(("diag", "eye"), frozenset(FACTS)),
    **dict.fromkeys(("chol", "chol_pushforward"), frozenset({"lower"})),
}
_TRANSPOSED = {"symmetric": "symmetric", "lower": "upper", "upper": "lower"}


class Structure:
    """`facts`: of those matrices of which something is known."""

    def __init__(self, schedule: Schedule) -> None:
        self.shapes = schedule.shapes
        self.facts: dict[str, Facts] = dict(schedule.facts)
        self.chains: dict[Arg, Chain] = {}
        """Of products and transposes."""
        for instr in schedule.instrs:
            self.follow(instr)

    def has(self, name: Arg, fact: str) -> bool:
        return isinstance(name, str) and fact in self.facts.get(name, NOTHING)

    def follow(self, instr: Instr) -> None:
        """What is known of a result."""
        if instr.op == "matmul":
            self.chains[instr.out] = self.chain(instr.args)
        elif instr.op == "transpose":
            self.chains[instr.out] = self.flipped(self.chain(instr.args))
        rows, cols = self.shapes[instr.out]
        if rows == cols != 1 and (found := self.found(instr)):
            self.facts[instr.out] = self.facts.get(instr.out, NOTHING) | found

    def found(self, instr: Instr) -> Facts:
        operands = [self.facts.get(name, NOTHING) for name in instr.names]
        if instr.op == "transpose":
            return frozenset(_TRANSPOSED[fact] for fact in operands[0])
        if instr.op == "matmul":
            chain = self.chains[instr.out]
            symmetric = _SYMMETRIC if self.flipped(chain) == chain else NOTHING
            return symmetric | (_of_all(operands) & _TRIANGULAR)
        if instr.op in _ALWAYS:
            return _ALWAYS[instr.op]
        if instr.op in ("multiply", "divide") and self.is_number(instr.args[1]):
            return operands[0]
        if len(operands) < len(instr.args) or any(self.shapes[name] != self.shapes[instr.out] for name in instr.names):
            return NOTHING
        if instr.op == "multiply":
            return _of_all(operands) | (_TRIANGULAR & (operands[0] | operands[1]))
        return _of_all(operands) if instr.op in ("add", "subtract", "negative", "copy") else NOTHING

    def is_number(self, arg: Arg) -> bool:
        return isinstance(arg, Literal) or self.shapes[arg] == SCALAR

    def chain(self, factors: Iterable[Arg]) -> Chain:
        """The factors of a product, those of products among them in their place."""
        parts = [self.chains.get(factor, ((factor, False),)) for factor in factors]
        if sum(map(len, parts)) > LONGEST:
            return tuple((factor, False) for factor in factors)
        return tuple(link for part in parts for link in part)

    def flipped(self, chain: Chain) -> Chain:
        """The factors of the transpose."""
        return tuple((name, not (odd or self.has(name, "symmetric"))) for name, odd in reversed(chain))


def _of_all(operands: list[Facts]) -> Facts:
    return reduce(Facts.__and__, operands) if operands else NOTHING
