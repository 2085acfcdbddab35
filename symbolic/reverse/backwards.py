"""The walk of reverse mode: the statements of a tangent program, from the last to the first, each one transposed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from sympy import MatrixSymbol, ZeroMatrix

from symbolic.differential import Differential
from symbolic.errors import DifferentiationError
from symbolic.facts import perturbation
from symbolic.language.names import adjoint_of, split_bar
from symbolic.nodes import CONSTANTS, Node, add, operands, split_number, symbol, zeros
from symbolic.program import Program
from symbolic.reverse.transposition import Transposition, project, transposition_for
from symbolic.simplify import Rewrite, Simplifier
from symbolic.statements import Input, Let
from symbolic.structure import structure_of
from symbolic.walks import bottom_up, subexpressions


@dataclass(frozen=True)
class AdjointStep:
    """One use of a transposition or of a rewrite while the cotangent of `where` was derived.

    For a transposition, ⟨`cotangent`, `before`⟩ = … + ⟨`after`, `moving`⟩: `before` is the linear expression, `moving`
    an operand of it, `after` what its cotangent gains. For a rewrite, `after` equals `before`.
    """

    rule: Union[Transposition, Rewrite]
    before: Node
    after: Node
    where: str
    cotangent: Node | None = None
    moving: Node | None = None

    @property
    def is_rule(self) -> bool:
        return isinstance(self.rule, Transposition)


def free_level(program: Program) -> int:
    """How many bars, X̄, X̄̄, …, no name of the program carries, nor any number above."""
    return 1 + max((split_bar(name)[0] for name in program.symbols), default=0)


class Backwards:
    """The state of one transposition: what each name's cotangent has gained so far."""

    def __init__(self, differential: Differential, given: list[Input]) -> None:
        tangent = differential.tangent
        self.differential = differential
        self.level = free_level(tangent)
        self.taken = {*tangent.symbols, *(each.name for each in given)}
        self.seeds = dict(differential.seeds)
        self.inputs = {each.name: each for each in differential.primal.inputs}
        self.primal_of = {differential.name(name): name for name in differential.primal.symbols}
        self.structure = structure_of((*tangent.inputs, *given), tangent.lets)
        self.known = {let.expr: let.symbol for let in reversed(tangent.lets) if operands(let.expr)}
        self.simplify = Simplifier(self.known, self.record, self.structure)
        self.moving = {tangent.symbols[seed]: True for _, seed in differential.seeds}
        self.moving |= {let.symbol: True for let in differential.tangents}
        self.gained: dict[Node, list[Node]] = {}
        self.lets: list[Let] = []
        self.steps: list[AdjointStep] = []
        self.names: dict[str, str] = {}
        self.where = ""

    def record(self, rule: Rewrite, before: Node, after: Node) -> None:
        self.steps.append(AdjointStep(rule, before, after, self.where))

    def moves(self, node: Node) -> bool:
        return bottom_up(node, self.moving, lambda part: any(self.moving[operand] for operand in operands(part)))

    def gain(self, part: Node, cotangent: Node) -> None:
        self.gained.setdefault(part, []).append(cotangent)

    def cotangent(self, part: Node) -> Node:
        """All that a part has gained, simplified."""
        return self.simplify(add(*reversed(self.gained.pop(part))))

    def transpose(self, let: Let) -> None:
        """The cotangent of a differential, as a statement, carried to what the differential is made of."""
        if let.symbol not in self.gained:
            return
        self.where = let.name
        cotangent = self.name(let.name, self.cotangent(let.symbol))
        if type(cotangent) is ZeroMatrix or not self.moves(let.expr):
            return
        self.gain(let.expr, cotangent)
        for part in reversed([part for part in subexpressions(let.expr) if self.moves(part)]):
            if type(part) is not MatrixSymbol and part in self.gained:
                self.carry(part, self.cotangent(part))

    def carry(self, part: Node, cotangent: Node) -> None:
        """From an expression to its operands."""
        rule = transposition_for(part)
        for operand, gains in rule.apply(part, cotangent, self.moves, self.structure):
            if not self.moves(operand):
                raise DifferentiationError(f"the transposition of {rule.name} reached what does not move")
            self.steps.append(AdjointStep(rule, part, gains, self.where, cotangent, operand))
            self.gain(operand, gains)

    def name(self, moved: str, cotangent: Node) -> Node:
        """The cotangent under a name of its own, X̄1, unless it is a name or a constant already."""
        name = self.primal_of[moved]
        matrix = split_number(cotangent)[1]
        if type(matrix) is MatrixSymbol or isinstance(matrix, CONSTANTS):
            if type(cotangent) is MatrixSymbol:
                self.names[name] = cotangent.name
            return cotangent
        return self.define(name, cotangent)

    def define(self, name: str, cotangent: Node) -> Node:
        barred = adjoint_of(name, self.level)
        while barred in self.taken:
            barred = adjoint_of(f"{split_bar(barred)[1]}_all", self.level)
        self.taken.add(barred)
        let = Let(barred, cotangent)
        self.lets.append(let)
        self.names[name] = barred
        self.structure.define(let)
        if operands(cotangent):
            self.known.setdefault(cotangent, let.symbol)
        return let.symbol

    def result(self, name: str) -> str:
        """The statement X̄0 = …, projected on the perturbations that X0 admits."""
        given = self.inputs[name]
        seed = symbol(self.seeds[name], *given.shape)
        self.where = seed.name
        cotangent = self.cotangent(seed) if seed in self.gained else zeros(*given.shape)
        for rule, projected in project(seed, cotangent, perturbation(given.facts), self.structure):
            self.steps.append(AdjointStep(rule, seed, projected, self.where, cotangent, seed))
            cotangent = self.simplify(projected)
        self.define(name, cotangent)
        return self.names[name]
