"""A tape to a program: which values are statements of their own, what they are called, the rest written into them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sympy import Transpose

from pushforward.tracing.naming import Names, plain
from pushforward.tracing.tape import Entry, Tape
from symbolic import nodes
from symbolic.nodes import Node, Scale, is_number, operands
from symbolic.program import Program
from symbolic.statements import Input, Let
from symbolic.walks import rewrite, subexpressions

MAX_HEIGHT = 24
_SHARED = "Z"
_RESULT = "Y"


@dataclass(frozen=True)
class Output:
    """One result of the function. `wish`: a name that it has there, or ""."""

    node: Node
    wish: str = ""


def assemble(
    tape: Tape,
    name: str,
    inputs: Mapping[Node, Input],
    outputs: Sequence[Output],
    functions: Sequence[str],
    lines: Mapping[int, str],
) -> Program:
    """The program of a run. `inputs`: each symbol with its declaration; `lines`: the function's source by number."""
    return _Assembly(tape, outputs, functions).program(name, inputs, lines)


class _Assembly:
    def __init__(self, tape: Tape, outputs: Sequence[Output], functions: Sequence[str]) -> None:
        self.tape = tape
        self.outputs = outputs
        self.chosen: dict[Node, str] = {}
        self.uses: Counter[Node] = Counter()
        self.live = self._live()
        self.names = Names((*functions, *self._sizes_in_numbers()))

    def program(self, name: str, inputs: Mapping[Node, Input], lines: Mapping[int, str]) -> Program:
        for symbol, given in inputs.items():
            self.chosen[symbol] = self.names.choose(given.name)
        self._name_variables()
        returned = self._name_outputs()
        self._name_shared()
        aliases = self._aliases(returned)
        declared = tuple(
            Input(self.names.resolved(self.chosen[symbol]), given.shape, given.facts)
            for symbol, given in inputs.items()
        )
        lets = self._lets(lines)
        lets += [Let(self.names.resolved(alias), self._written(node)) for alias, node in aliases.items()]
        return Program(name, declared, tuple(lets), tuple(map(self.names.resolved, returned)))

    # What is used

    def _live(self) -> list[Entry]:
        """The operations that reach an output, in order; `uses` counts where each value stands."""
        wanted = {part for output in self.outputs for part in self._symbols(output.node)}
        live = []
        for entry in reversed(self.tape.entries.values()):
            if entry.symbol in wanted and entry.expression is not None:
                live.append(entry)
                wanted |= self._symbols(entry.expression)
                for part in subexpressions(entry.expression):
                    self.uses.update(operands(part))
        return live[::-1]

    def _symbols(self, expression: Node) -> set[Node]:
        return {part for part in subexpressions(expression) if part in self.tape.entries}

    def _sizes_in_numbers(self) -> set[str]:
        """The sizes that are coefficients, as n in sum(X)/n: no matrix can have their names."""
        expressions = (*(entry.expression for entry in self.live), *(output.node for output in self.outputs))
        return {
            size.name
            for expression in expressions
            for part in subexpressions(expression)
            if type(part) is Scale and is_number(part.coefficient)
            for size in part.coefficient.free_symbols
        }

    # Names

    def _name_variables(self) -> None:
        """A variable's last value has its name where that can be had; others the name with a number."""
        history = self.tape.variables.history
        symbols = {entry.symbol for entry in self.live}
        for variable, values in history.items():
            if values[-1] in symbols and values[-1] not in self.chosen:
                name = self.names.reserve(variable)
                if name is not None:
                    self.chosen[values[-1]] = name
        for variable, values in history.items():
            for value in values:
                if value in symbols and value not in self.chosen and plain(variable):
                    self.chosen[value] = self.names.choose(variable, first=1)

    def _name_outputs(self) -> list[str]:
        """The names that are returned; a value that is returned twice has two."""
        returned: list[str] = []
        for output in self.outputs:
            name = self.chosen.get(output.node)
            if name is None or name in returned:
                name = self.names.choose(output.wish or _RESULT)
                self.chosen.setdefault(output.node, name)
            returned.append(name)
        return returned

    def _aliases(self, returned: list[str]) -> dict[str, Node]:
        """The outputs that are no operation under that name: constants, and what has another name already."""
        aliases = {
            name: output.node
            for name, output in zip(returned, self.outputs, strict=True)
            if self.chosen[output.node] != name or output.node not in self.tape.entries
        }
        if not self.live and not aliases:
            name = self.names.choose(_RESULT)
            aliases[name], returned[0] = self.outputs[0].node, name
        return aliases

    def _name_shared(self) -> None:
        """What stands in several places, or is deep, gets a name, so that nothing is written twice."""
        heights: dict[Node, int] = {}
        for entry in self.live:
            height = self._height(entry.expression, heights)
            shared = self.uses[entry.symbol] > 1 and not self._is_transpose_of_name(entry)
            if entry.symbol not in self.chosen and (shared or height > MAX_HEIGHT):
                self.chosen[entry.symbol] = self.names.choose(_SHARED, first=1)
            heights[entry.symbol] = 0 if entry.symbol in self.chosen else height

    def _height(self, expression: Any, heights: Mapping[Node, int]) -> int:
        """How deep an expression is with what is written into it."""
        found: dict[Node, int] = {}
        for part in subexpressions(expression):
            below = (found.get(operand, heights.get(operand, 0)) for operand in operands(part))
            found[part] = heights[part] if part in heights else max(below, default=-1) + 1
        return found[expression]

    def _is_transpose_of_name(self, entry: Entry) -> bool:
        expression = entry.expression
        return type(expression) is Transpose and not self._symbols(expression) - self.chosen.keys()

    # Statements

    def _lets(self, lines: Mapping[int, str]) -> list[Let]:
        self.written: dict[Node, Node] = {}
        for symbol, name in self.chosen.items():
            if symbol in self.tape.entries:
                self.written[symbol] = nodes.symbol(self.names.resolved(name), *symbol.shape)
        lets = []
        for entry in self.live:
            expression = self._written(entry.expression)
            if entry.symbol in self.chosen:
                name = self.names.resolved(self.chosen[entry.symbol])
                lets.append(Let(name, expression, lines.get(entry.line, "")))
            else:
                self.written[entry.symbol] = expression
        return lets

    def _written(self, expression: Any) -> Node:
        return rewrite(expression, lambda part: part, self.written)
