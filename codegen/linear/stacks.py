"""The calling function of a kernel for many at once, directions or problems: as many together as stay in the cache."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sympy import S, Symbol

from codegen.linear.emit import LinearEmission, Main
from codegen.linear.program import LinearProgram
from codegen.linear.split import Split
from codegen.targets.numpy.arguments import Lengths
from codegen.targets.numpy.stacks import has_stacks

STACK_ENTRIES = 32768
"""How many entries everything that is computed of one stack has, about: they stay in the cache."""


@dataclass(frozen=True)
class Stacks:
    """k(X0, W1, W2, dX0) -> (X4, dX4), where the seeds have an axis in front, and so have the results.

    `number`: how long it is. `stacks`: whether several are computed together, or one after the other. `width`: how many
    entries everything has that is computed of one. `said`: what both halves compute.
    """

    number: Symbol
    stacks: bool
    width: Any
    said: tuple[str, str]

    @classmethod
    def of(cls, parts: Split, number: Symbol, said: tuple[str, str]) -> Stacks:
        instrs = parts.along.instrs
        made = (
            parts.along.shapes[instr.out]
            for instr in instrs
            if instr.kind != "view" and instr.out not in parts.along.pairs
        )
        width = sum((rows * cols for rows, cols in made), S.Zero)
        return cls(number, all(has_stacks(instr.op) for instr in instrs), width, said)

    def given(self, linear: LinearProgram) -> Mapping[str, Lengths]:
        given = (*linear.inputs, *map(linear.input, linear.seeds))
        front = dict.fromkeys(linear.seeds, (self.number,))
        shapes = {each.name: (*front.get(each.name, ()), *each.shape) for each in given}
        return {each.name: shapes[each.name] for each in linear.program.inputs}

    def meanings(self, emission: LinearEmission) -> tuple[str, str]:
        return self.said

    def main(self, emission: LinearEmission) -> Main:
        linear, names, shapes = emission.linear, emission.names, emission.schedule.shapes
        sizes = {name: ", ".join(map(emission.size, (self.number, *shapes[name]))) for name in linear.results}
        made = [f"{names[name]} = empty(({sizes[name]}), dtype={emission.like}.dtype)" for name in linear.results]
        loop = self.loop(emission) if linear.results else []
        returned = tuple(names[name] for name in linear.program.outputs)
        text = f"({', '.join(returned)})" if len(returned) > 1 else returned[0]
        return Main((emission.call_values(), *made, *loop), returned, text, frozenset({"empty"}))

    def loop(self, emission: LinearEmission) -> list[str]:
        """The results of the part that is computed in each round."""
        part, lines = self.rounds(emission)
        along = emission.call_along(f"{seed}[{part}]" for seed in emission.seeds)
        targets = ", ".join(f"{emission.names[name]}[{part}]" for name in emission.linear.results)
        return [*lines, f"    {targets} = {along}"]

    def rounds(self, emission: LinearEmission) -> tuple[str, list[str]]:
        """The part that is computed in each round, as an index, and the lines that begin the loop."""
        number = emission.size(self.number)
        if not self.stacks:
            each = emission.local("each")
            return each, [f"for {each} in range({number}):"]
        first, last, together = (emission.local(name) for name in ("first", "last", "together"))
        return f"{first}:{last}", [
            f"{together} = max(1, {STACK_ENTRIES} // max(1, {emission.size(self.width)}))",
            f"for {first} in range(0, {number}, {together}):",
            f"    {last} = {first} + {together}",
        ]
