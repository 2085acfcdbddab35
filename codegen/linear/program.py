"""A program that is linear in some of its inputs, the seeds: all that k directions, Jacobians and operators ask for.

The tangent program is one, linear in δX0 and giving δX4; its transpose is another, linear in X̄4 and giving X̄0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce

from symbolic.differential import Differential
from symbolic.errors import NotSupported
from symbolic.nodes import Node
from symbolic.program import Program
from symbolic.reverse.adjoint import Adjoint
from symbolic.reverse.transposition import PROJECTIONS
from symbolic.simplify import Simplifier
from symbolic.statements import Input, Let
from symbolic.structure import Structure
from symbolic.walks import rewrite


@dataclass(frozen=True)
class LinearProgram:
    """`program` takes the primal's inputs, then the `seeds`; of its outputs, `results` are linear in the seeds, and
    `values` do not depend on them."""

    program: Program
    seeds: tuple[str, ...]
    values: tuple[str, ...]
    results: tuple[str, ...]

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Those that are no seeds."""
        return tuple(given for given in self.program.inputs if given.name not in self.seeds)

    def input(self, name: str) -> Input:
        return next(given for given in self.program.inputs if given.name == name)

    def only(self, results: tuple[str, ...], values: tuple[str, ...] = ()) -> LinearProgram:
        """The same program, of which fewer outputs are asked for."""
        return replace(self, program=replace(self.program, outputs=(*values, *results)), values=values, results=results)

    def with_seeds(self, expressions: Mapping[str, Node], seeds: tuple[Input, ...]) -> LinearProgram:
        """The seeds as expressions of other seeds: δX0 = ones(n,1) e for a row e of its own; simplified."""
        symbols = {self.input(name).symbol: expression for name, expression in expressions.items()}
        structure = Structure()
        inputs = (*self.inputs, *seeds)
        for given in inputs:
            structure.declare(given)
        simplify = Simplifier({}, lambda rule, before, after: None, structure)
        memo: dict[Node, Node] = {}
        lets = []
        for let in self.program.lets:
            changed = rewrite(let.expr, lambda part: simplify(symbols.get(part, part)), memo)
            lets.append(Let(let.name, changed, let.source))
            structure.define(lets[-1])
        program = Program(self.program.name, inputs, tuple(lets), self.program.outputs, self.program.functions)
        return LinearProgram(program, tuple(seed.name for seed in seeds), self.values, self.results)

    def on_any_direction(self) -> LinearProgram:
        """The same program, whose seeds are projected on what they can be, symmetric or triangular by their facts."""
        restricted = [self.input(name) for name in self.seeds if self.input(name).facts]
        if not restricted:
            return self
        expressions = {given.name: reduce(_projected, given.facts, given.symbol) for given in restricted}
        return self.with_seeds(expressions, tuple(replace(self.input(name), facts=()) for name in self.seeds))


def _projected(direction: Node, fact: str) -> Node:
    return PROJECTIONS[fact](direction)


def pushforward_of(differential: Differential) -> LinearProgram:
    """The tangent program, linear in δX0, …. Raises NotSupported for a differential that is not linear in its seeds."""
    if differential.order > 1:
        raise NotSupported(
            f"a differential of order {differential.order} along one direction is not linear in it",
            hint="differentiate the tangent program instead: `.program`",
        )
    values = differential.primal.outputs
    results = tuple(differential.name(of) for of in values)
    return LinearProgram(differential.tangent, tuple(seed for _, seed in differential.seeds), values, results)


def pullback_of(adjoint: Adjoint) -> LinearProgram:
    """The adjoint program, linear in X̄4, …."""
    values = tuple(name for name in adjoint.program.outputs if name in adjoint.of)
    results = tuple(name for _, name in adjoint.results)
    return LinearProgram(adjoint.program, tuple(name for _, name in adjoint.seeds), values, results)
