"""Program × inputs → Differential: carry a perturbation of the inputs through every statement, to first order.

This file knows no operation: it walks, asks the rules, and writes down what they did. The tangent program holds
each statement followed by its differential, X1 = X0 W1; δX1 = δX0 W1; …, so sharing is kept and the cost is
linear in the number of statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Union

from sympy import MatrixSymbol, ZeroMatrix

from symbolic.closed_form import ClosedForm, Substitution
from symbolic.collection import without_collecting
from symbolic.errors import DifferentiationError, NameError_
from symbolic.facts import perturbation
from symbolic.language.names import canonical, differential_of, resolve_mark, split_mark
from symbolic.nodes import Node, Operation, operands, symbol, zeros
from symbolic.notebook import Bundle, formulas
from symbolic.operations import RESULTS
from symbolic.program import Program
from symbolic.rules import Rule, rule_for
from symbolic.simplify import REWRITES, Rewrite, Simplifier
from symbolic.statements import Input, Let
from symbolic.structure import Structure, structure_of
from symbolic.walks import bottom_up, rewrite


@dataclass(frozen=True)
class Step:
    """One use of a rule or of a rewrite while the differential of `where` was derived.

    For a rule, `after` is the differential of `before`; for a rewrite, `after` equals `before`.
    """

    rule: Union[Rule, Rewrite]
    before: Node
    after: Node
    where: str

    @property
    def is_rule(self) -> bool:
        return isinstance(self.rule, Rule)


@dataclass(frozen=True)
class Differential:
    """The differential of a program: `tangent` computes each output and its differential.

    `seeds` pairs each chosen input with the name of its perturbation; `steps` is the derivation. `before`: where this
    is a differential of higher order along the same seeds, the one that it was derived from.
    """

    primal: Program
    seeds: tuple[tuple[str, str], ...]
    tangent: Program
    steps: tuple[Step, ...]
    level: int
    before: Differential | None = None

    @property
    def program(self) -> Program:
        """The tangent program, which can be differentiated again."""
        return self.tangent

    @property
    def wrt(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.seeds)

    @property
    def tangents(self) -> tuple[Let, ...]:
        """The differentials among the statements of the tangent program, of every order along these seeds."""
        primal = self.first.primal.symbols
        return tuple(let for let in self.tangent.lets if let.name not in primal)

    @property
    def first(self) -> Differential:
        """The differential of order 1 that this one goes back to."""
        return self if self.before is None else self.before.first

    @property
    def order(self) -> int:
        return 1 if self.before is None else self.before.order + 1

    def name(self, of: str) -> str:
        """The name of the differential of `of`."""
        if self.before is not None and of in self.before.primal.symbols:
            return self.before.name(of)
        return differential_of(of, self.level)

    def closed_form(self, of: str | None = None) -> ClosedForm:
        """The differential of an output (by default the last) in terms of the seeds and the primal values.

        The differentials of the statements are substituted; the values X1, X3, … keep their names. Raises
        NameError_ for an unknown name and LimitError where the expression would be too large to read.
        """
        names = self.primal.symbols
        of = self.primal.outputs[-1] if of is None else of if of in names else resolve_mark(canonical(of), names)
        name = self.name(of)
        if name not in self.tangent.symbols:
            known = of in self.primal.symbols
            reason = (
                f"has no differential here: it does not depend on {', '.join(self.wrt)}"
                if known
                else "is not a name of this program"
            )
            raise NameError_(f"{of!r} {reason}", hint=f"the outputs are {', '.join(self.primal.outputs)}")
        return self._substitution(self.tangent.symbols[name])

    @cached_property
    def _substitution(self) -> Substitution:
        return Substitution(self.tangents, structure_of(self.tangent.inputs, self.tangent.lets))

    def latex(self) -> str:
        """The closed form of every output, one equation a line."""
        return "\\\\\n".join(self.closed_form(of).equation("latex") for of in self.moving_outputs)

    def __str__(self) -> str:
        return "\n".join(self.closed_form(of).equation() for of in self.moving_outputs)

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return formulas(str(self), [self.closed_form(of).equation("latex") for of in self.moving_outputs])

    @property
    def moving_outputs(self) -> tuple[str, ...]:
        """The outputs whose differential is found here: those of the program, or their differentials of lower order."""
        known = self.before.primal.symbols if self.before else ()
        return tuple(of for of in self.primal.outputs if of not in known)


@without_collecting
def differentiate(
    program: Program,
    wrt: str | Iterable[str] | None = None,
    order: int = 1,
    rewrites: tuple[Rewrite, ...] = REWRITES,
) -> Differential:
    """The differential of `program` with respect to one input, several, or (None) all of them.

    `order` 2 is the second differential along one and the same perturbation, the quadratic form of the Hessian:
    d²(X⁻¹) = 2 X⁻¹ dX X⁻¹ dX X⁻¹; a higher order is one more of the same. For different perturbations, differentiate
    the tangent program: it is a program. `rewrites`: how it is simplified; with `simplify.ZEROS` it is as the rules
    give it.
    Raises NameError_ when a name is no input, DifferentiationError when an operation has no rule.
    """
    if order < 1:
        raise DifferentiationError(f"the order of a differential is 1, 2, …, not {order}")
    names = _chosen_inputs(program, wrt)
    level = _free_level(program)
    seeds = tuple((name, differential_of(name, level)) for name in names)
    walk = _Walk(program, dict(seeds), level, rewrites)
    for lets in _together(program.lets):
        walk.carry_through(lets)
    found = Differential(program, seeds, walk.tangent_program(), tuple(walk.steps), level)
    for _ in range(order - 1):
        found = _once_more(found, rewrites)
    return found


def _once_more(before: Differential, rewrites: tuple[Rewrite, ...]) -> Differential:
    """The differential of a tangent program along the same seeds; what it says of the values is known already."""
    program, level = before.tangent, _free_level(before.tangent)
    walk = _Walk(program, dict(before.seeds), level, rewrites)
    known = before.primal.symbols
    for let in program.lets:
        if let.name in known:
            walk.take_over(let, before.name(let.name))
        else:
            walk.carry_through([let])
    for name in before.primal.outputs:
        walk.names[name] = before.name(name)
    steps = (*before.steps, *walk.steps)
    return Differential(program, before.seeds, walk.tangent_program(), steps, level, before)


def _together(lets: tuple[Let, ...]) -> Iterator[list[Let]]:
    """The lets one by one, but those of one factorisation, Q, R = qr(A), as one."""
    for _, group in groupby(enumerate(lets), key=lambda pair: _factorisation(pair[1].expr) or pair[0]):
        yield [let for _, let in group]


def _factorisation(node: Node) -> tuple[str, Node] | None:
    if type(node) is not Operation:
        return None
    name = next((name for name, parts in RESULTS.items() if node.name in parts), None)
    return (name, node.operands[0]) if name else None


def _chosen_inputs(program: Program, wrt: str | Iterable[str] | None) -> tuple[str, ...]:
    known = {given.name for given in program.inputs}
    wanted = [wrt] if isinstance(wrt, str) else list(known) if wrt is None else list(wrt)
    wanted = [name if name in known else canonical(name) for name in wanted]
    for name in wanted:
        if name not in known:
            inputs = ", ".join(given.name for given in program.inputs) or "none"
            computed = " is computed, not given" if name in program.symbols else " is not a name of this program"
            raise NameError_(f"{name!r}{computed}; the inputs are {inputs}")
    if not wanted:
        raise DifferentiationError("there is nothing to differentiate with respect to")
    return tuple(given.name for given in program.inputs if given.name in wanted)


def _free_level(program: Program) -> int:
    """The first mark, δ, δ2, δ3, …, that no name of the program carries."""
    return 1 + max((split_mark(name)[0] for name in program.symbols), default=0)


class _Walk:
    """The state of one differentiation."""

    def __init__(self, program: Program, seeds: Mapping[str, str], level: int, rewrites: tuple[Rewrite, ...]) -> None:
        self.program = program
        self.seeds = seeds
        self.level = level
        self.names: dict[str, str] = {}
        self.steps: list[Step] = []
        self.where = ""
        self.known: dict[Node, Node] = {}
        self.structure = Structure()
        self.simplify = Simplifier(self.known, self.record, self.structure, rewrites)
        self.differentials: dict[Node, Node] = {}
        self.lets: list[Let] = []
        for given in program.inputs:
            self.structure.declare(given)
            moves = given.name in seeds
            self.differentials[given.symbol] = symbol(seeds[given.name], *given.shape) if moves else zeros(*given.shape)
        for seed in self.perturbations():
            self.structure.declare(seed)

    def record(self, rule: Rule | Rewrite, before: Node, after: Node) -> None:
        self.steps.append(Step(rule, before, after, self.where))

    def perturbations(self) -> list[Input]:
        """The seeds that are not inputs of the program already, with the facts that they inherit."""
        known = self.program.symbols
        return [
            Input(self.seeds[given.name], given.shape, perturbation(given.facts))
            for given in self.program.inputs
            if given.name in self.seeds and self.seeds[given.name] not in known
        ]

    def take_over(self, let: Let, differential: str) -> None:
        """A statement whose differential is among the statements to come."""
        self.lets.append(let)
        self.structure.define(let)
        if operands(let.expr):
            self.known.setdefault(let.expr, let.symbol)
        known = self.program.symbols.get(differential)
        self.differentials[let.symbol] = zeros(*let.expr.shape) if known is None else known

    def carry_through(self, lets: Iterable[Let]) -> None:
        """X1 = X0 W1 gives δX1 = δX0 W1; of several lets, all have their names before the first one moves."""
        named = [(let, self.name(let)) for let in lets]
        for let, expression in named:
            self.move(let, expression)

    def name(self, let: Let) -> Node:
        """The expression of a let, in which a part that already has a name is taken by that name."""
        self.lets.append(let)
        self.structure.define(let)
        named = let.expr
        if not self.known.keys().isdisjoint(let.parts):
            named = rewrite(named, lambda part: self.known.get(part, part), {})
        if operands(named):
            self.known.setdefault(named, let.symbol)
        return named

    def move(self, let: Let, expression: Node) -> None:
        """The statement δX1 = …; a let that does not depend on the seeds gives none."""
        self.where = let.name
        tangent = self.differential(expression)
        self.differentials[let.symbol] = tangent
        if type(tangent) is ZeroMatrix and let.name not in self.program.outputs:
            return
        moved = Let(differential_of(let.name, self.level), tangent)
        self.lets.append(moved)
        self.structure.define(moved)
        if type(tangent) is not ZeroMatrix:
            self.differentials[let.symbol] = moved.symbol

    def differential(self, expression: Node) -> Node:
        return bottom_up(expression, self.differentials, self._differential)

    def _differential(self, node: Node) -> Node:
        """By the rule of the node, unless nothing in it moves; then zero, for a stated reason: it is constant."""
        if all(type(self.differentials[operand]) is ZeroMatrix for operand in operands(node)):
            if type(node) is MatrixSymbol:
                raise DifferentiationError(f"{node.name!r} is not defined")
            return zeros(*node.shape)
        rule = rule_for(node)
        after = rule.apply(node, self.differentials.__getitem__)
        self.record(rule, node, after)
        return self.simplify(after)

    def tangent_program(self) -> Program:
        program = self.program
        perturbations = self.perturbations()
        bound = {let.name for let in self.lets} | {seed.name for seed in perturbations}
        outputs = dict.fromkeys((*program.outputs, *self._output_differentials(bound)))
        inputs = (*program.inputs, *perturbations)
        return Program(program.name, inputs, tuple(self.lets), tuple(outputs), program.functions)

    def _output_differentials(self, bound: set[str]) -> list[str]:
        """The differential of each output; an input returned as it is has its seed, or zero."""
        names = []
        for output in self.program.outputs:
            name = self.names.get(output) or differential_of(output, self.level)
            if name not in bound and name not in self.program.symbols:
                self.lets.append(Let(name, zeros(*self.program.symbols[output].shape)))
            names.append(name)
        return names
