"""Program × inputs → Differential: carry a perturbation of the inputs through every statement, to first order.

This file knows no operation: it walks, asks the rules, and writes down what they did. The tangent program holds
each statement followed by its differential, X1 = X0 W1; δX1 = δX0 W1; …, so sharing is kept and the cost is
linear in the number of statements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Union

from sympy import MatrixExpr, MatrixSymbol, ZeroMatrix
from sympy.core.symbol import Str

from symbolic.collection import without_collecting
from symbolic.errors import DifferentiationError, LimitError, NameError_
from symbolic.facts import perturbation
from symbolic.language.names import canonical, differential_of, split_mark
from symbolic.language.printer import Printer, print_expression
from symbolic.language.styles import style_named
from symbolic.nodes import Node, operands, rewrite, subexpressions, symbol, zeros
from symbolic.program import Program
from symbolic.rules import Rule, rule_for
from symbolic.simplify import Rewrite, Simplifier
from symbolic.statements import Input, Let
from symbolic.structure import Structure

MAX_CLOSED_FORM = 20_000


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

    `seeds` pairs each chosen input with the name of its perturbation; `steps` is the derivation.
    """

    primal: Program
    seeds: tuple[tuple[str, str], ...]
    tangent: Program
    steps: tuple[Step, ...]
    level: int

    @property
    def program(self) -> Program:
        """The tangent program, which can be differentiated again."""
        return self.tangent

    @property
    def wrt(self) -> tuple[str, ...]:
        return tuple(name for name, _ in self.seeds)

    @property
    def tangents(self) -> tuple[Let, ...]:
        """The differentials among the statements of the tangent program."""
        primal = self.primal.symbols
        return tuple(let for let in self.tangent.lets if let.name not in primal)

    def name(self, of: str) -> str:
        """The name of the differential of `of`."""
        return differential_of(of, self.level)

    def closed_form(self, of: str | None = None) -> ClosedForm:
        """The differential of an output (by default the last) in terms of the seeds and the primal values.

        The differentials of the statements are substituted; the values X1, X3, … keep their names. Raises
        NameError_ for an unknown name and LimitError where the expression would be too large to read.
        """
        of = self.primal.outputs[-1] if of is None else of if of in self.primal.symbols else canonical(of)
        name = self.name(of)
        if name not in self.tangent.symbols:
            known = of in self.primal.symbols
            reason = (
                f"has no differential here: it does not depend on {', '.join(self.wrt)}"
                if known
                else "is not a name of this program"
            )
            raise NameError_(f"{of!r} {reason}", hint=f"the outputs are {', '.join(self.primal.outputs)}")
        return ClosedForm(Str(name), _substitute_tangents(self, name))

    def latex(self) -> str:
        """The closed form of every output, one equation a line."""
        return "\\\\\n".join(self.closed_form(of).equation("latex") for of in self.primal.outputs)

    def __str__(self) -> str:
        return "\n".join(self.closed_form(of).equation() for of in self.primal.outputs)


class ClosedForm(MatrixExpr):  # type: ignore[misc]
    """A differential in closed form: a SymPy matrix expression (`.expr`) under its name.

    `str()` prints it in Unicode, `.latex()` in LaTeX, `.equation(style)` with its name to the left.
    """

    name = property(lambda self: self.args[0].name)
    expr = property(lambda self: self.args[1])
    shape = property(lambda self: self.args[1].shape)

    def latex(self) -> str:
        return print_expression(self.expr, "latex")

    def equation(self, style: str = "unicode") -> str:
        return Printer(style_named(style)).equation(self.name, self.expr)

    def __str__(self) -> str:
        return print_expression(self.expr)

    __repr__ = __str__

    def _repr_latex_(self) -> str:
        return f"$${self.equation('latex')}$$"


@without_collecting
def differentiate(program: Program, wrt: str | Iterable[str] | None = None) -> Differential:
    """The differential of `program` with respect to one input, several, or (None) all of them.

    Raises NameError_ when a name is no input, DifferentiationError when an operation has no rule.
    """
    names = _chosen_inputs(program, wrt)
    level = _free_level(program)
    walk = _Walk(program, names, level)
    for let in program.lets:
        walk.carry_through(let)
    seeds = tuple((name, differential_of(name, level)) for name in names)
    return Differential(program, seeds, walk.tangent_program(seeds), tuple(walk.steps), level)


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

    def __init__(self, program: Program, wrt: tuple[str, ...], level: int) -> None:
        self.program = program
        self.level = level
        self.steps: list[Step] = []
        self.where = ""
        self.known: dict[Node, Node] = {}
        self.structure = Structure()
        self.simplify = Simplifier(self.known, self.record, self.structure)
        self.differentials: dict[Node, Node] = {}
        self.lets: list[Let] = []
        for given in program.inputs:
            seed = symbol(differential_of(given.name, level), *given.shape)
            self.differentials[given.symbol] = seed if given.name in wrt else zeros(*given.shape)
            self.structure.declare(given)
            self.structure.declare(Input(seed.name, given.shape, perturbation(given.facts)))

    def record(self, rule: Rule | Rewrite, before: Node, after: Node) -> None:
        self.steps.append(Step(rule, before, after, self.where))

    def carry_through(self, let: Let) -> None:
        """X1 = X0 W1 gives δX1 = δX0 W1; a let that does not depend on the seeds gives nothing.

        A part that already has a name is taken by that name, and so is its differential.
        """
        self.where = let.name
        self.lets.append(let)
        self.structure.define(let)
        named = rewrite(let.expr, lambda part: self.known.get(part, part), {})
        if operands(named):
            self.known.setdefault(named, let.symbol)
        tangent = self.differential(named)
        self.differentials[let.symbol] = tangent
        if type(tangent) is ZeroMatrix and let.name not in self.program.outputs:
            return
        moved = Let(differential_of(let.name, self.level), tangent)
        self.lets.append(moved)
        self.structure.define(moved)
        if type(tangent) is not ZeroMatrix:
            self.differentials[let.symbol] = moved.symbol

    def differential(self, expression: Node) -> Node:
        for part in subexpressions(expression):
            if part not in self.differentials:
                self.differentials[part] = self._differential(part)
        return self.differentials[expression]

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

    def tangent_program(self, seeds: tuple[tuple[str, str], ...]) -> Program:
        program = self.program
        inputs = {given.name: given for given in program.inputs}
        perturbations = tuple(Input(seed, inputs[name].shape, perturbation(inputs[name].facts)) for name, seed in seeds)
        bound = {let.name for let in self.lets} | {seed for _, seed in seeds}
        outputs = (*program.outputs, *self._output_differentials(bound))
        return Program(program.name, (*program.inputs, *perturbations), tuple(self.lets), outputs, program.functions)

    def _output_differentials(self, bound: set[str]) -> list[str]:
        """The differential of each output; an input returned as it is has its seed, or zero."""
        names = []
        for output in self.program.outputs:
            name = differential_of(output, self.level)
            if name not in bound:
                self.lets.append(Let(name, zeros(*self.program.symbols[output].shape)))
            names.append(name)
        return names


def _substitute_tangents(differential: Differential, name: str) -> Node:
    """Replace the names of differentials by what they stand for, all the way down to the seeds."""
    values: dict[Node, Node] = {}
    sizes: dict[Node, int] = {}
    for let in differential.tangents:
        sizes[let.symbol] = _size(let.expr, sizes)
        if sizes[let.symbol] > MAX_CLOSED_FORM:
            raise LimitError(
                f"the closed form of {name} has more than {MAX_CLOSED_FORM:,} operations",
                hint="read the tangent program instead: `.program`, or `derive --program`",
            )
        values[let.symbol] = rewrite(let.expr, lambda part: values.get(part, part), {})
        if let.name == name:
            return values[let.symbol]
    return differential.tangent.symbols[name]


def _size(node: Node, named: Mapping[Node, int]) -> int:
    """How many operations an expression has when it is written out, names by what they stand for."""
    sizes: dict[Node, int] = {}
    for part in subexpressions(node):
        sizes[part] = named.get(part, 1 + sum(sizes[operand] for operand in operands(part)))
    return sizes[node]
