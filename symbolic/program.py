"""A matrix program: inputs, then lets, each name bound once, and the names it returns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from operator import attrgetter

from sympy import Expr

from symbolic import scalars, shapes
from symbolic.errors import NameError_, ShapeError
from symbolic.functions import CATALOGUE
from symbolic.language.printer import Printer
from symbolic.language.styles import style_named
from symbolic.nodes import CONSTANTS, Elementwise, Node, Operation, Scale
from symbolic.notebook import Bundle, formulas
from symbolic.statements import Input, Let, ScalarFunction
from symbolic.verification import verify
from symbolic.walks import rewrite


@dataclass(frozen=True)
class Program:
    """A verified matrix program. Two programs are equal when their statements are; the name is a label.

    Raises NameError_, ShapeError or NotSupported when it is built and does not hold together.
    """

    name: str = field(compare=False)
    inputs: tuple[Input, ...]
    lets: tuple[Let, ...]
    outputs: tuple[str, ...]
    functions: tuple[ScalarFunction, ...] = ()

    def __post_init__(self) -> None:
        verify(self.inputs, self.lets, self.outputs, self.functions)

    # Words

    def iterate_lines(self, style: str = "unicode") -> Iterator[str]:
        """The statements in a notation, one after the other."""
        printer = Printer(style_named(style))
        yield from (printer.declaration(given.name, given.shape, given.facts) for given in self.inputs)
        yield from (printer.definition(function.name, function.body) for function in self.functions)
        yield from (printer.equation(let.name, let.expr) for let in self.lets)
        if not self.lets or self.outputs != (self.lets[-1].name,):
            yield printer.returned(self.outputs)

    def lines(self, style: str = "unicode") -> list[str]:
        """The statements in a notation, "text", "unicode" or "latex"; reading them gives the same program."""
        *lines, last = self.iterate_lines(style)
        return [line + style_named(style).line_end for line in lines] + [last]

    def text(self, style: str = "unicode") -> str:
        return "\n".join(self.lines(style))

    __str__ = text

    def latex(self) -> str:
        return self.text("latex")

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        return formulas(self.text(), self.lines("latex"))

    # Looking things up

    @cached_property
    def symbols(self) -> dict[str, Node]:
        """Every name with its symbol, inputs first."""
        return {binding.name: binding.symbol for binding in self.bindings}

    @property
    def bindings(self) -> tuple[Input | Let, ...]:
        """Inputs and lets, in order."""
        return (*self.inputs, *self.lets)

    @cached_property
    def definitions(self) -> dict[str, Expr]:
        """The scalar functions defined here, by name."""
        return {function.name: function.body for function in self.functions}

    @cached_property
    def unknown_functions(self) -> dict[str, int]:
        """The functions of which only the name is known, with the highest derivative that occurs."""
        orders: dict[str, int] = {}
        for node in self.nodes():
            if type(node) is Elementwise and node.function not in CATALOGUE and node.function not in self.definitions:
                orders[node.function] = max(orders.get(node.function, 0), node.order)
        return orders

    def nodes(self) -> Iterator[Node]:
        """Every subexpression of every let, each after its operands."""
        for let in self.lets:
            yield from let.parts

    def let(self, name: str) -> Let:
        return self._lets_by_name[name]

    @cached_property
    def _lets_by_name(self) -> dict[str, Let]:
        return {let.name: let for let in self.lets}

    @cached_property
    def sizes(self) -> tuple[Expr, ...]:
        """The sizes that are not numbers, in order of appearance."""
        symbols = (symbol for i in self.inputs for size in i.shape for symbol in _by_name(size.free_symbols))
        return tuple(dict.fromkeys(symbols))

    @cached_property
    def requirements(self) -> tuple[Expr, ...]:
        """What must not be negative for the program to make sense: n - 3 where it holds X[1:3, :] of n rows."""
        found: dict[Expr, None] = {}
        for node in self.nodes():
            if type(node) in _OF_SIZES:
                found |= dict.fromkeys(shapes.requirements(node))
        return tuple(found)

    def check_sizes(self, sizes: Mapping[str, int]) -> None:
        """Raise NameError_ for a name that is none of the symbolic sizes, ShapeError for a length that cannot be."""
        known = [size.name for size in self.sizes]
        for name, length in sizes.items():
            if isinstance(length, bool) or not isinstance(length, int) or length < 0:
                raise ShapeError(f"the size {name} is a whole number, not {length!r}")
            if name not in known:
                raise NameError_(f"the program has no size {name!r}; its sizes are {', '.join(known) or 'all fixed'}")

    # Changing a few things

    def renamed(self, name: str) -> Program:
        return replace(self, name=name)

    def define(self, **functions: str) -> Program:
        """The same program where an unknown function is a known one: `program.define(f="sin")`."""
        for unknown, known in functions.items():
            if unknown not in self.unknown_functions:
                raise NameError_(f"{unknown!r} is not an unknown function of this program")
            if known not in CATALOGUE:
                raise NameError_(f"{known!r} is not a known function; known are {', '.join(CATALOGUE)}")
        memo: dict[Node, Node] = {}
        lets = tuple(Let(let.name, _replace_functions(let.expr, functions, memo)) for let in self.lets)
        return Program(self.name, self.inputs, lets, self.outputs, self.functions)

    def inline_definitions(self) -> Program:
        """The same program where f(X), f'(X), … of a defined f are written out."""
        if not self.functions:
            return self
        memo: dict[Node, Node] = {}
        lets = tuple(Let(let.name, _inline(let.expr, self.definitions, memo), let.source) for let in self.lets)
        return Program(self.name, self.inputs, lets, self.outputs)


_OF_SIZES = frozenset((Operation, Scale, *CONSTANTS))
"""Nodes that may hold sizes other than those of their operands."""


def _by_name(symbols: set[Expr]) -> list[Expr]:
    return sorted(symbols, key=attrgetter("name"))


def _replace_functions(node: Node, functions: dict[str, str], memo: dict[Node, Node]) -> Node:
    def replace(part: Node) -> Node:
        known = functions.get(part.function) if type(part) is Elementwise else None
        if known is None:
            return part
        return scalars.spread(scalars.derivative_at(known, part.order, scalars.ARGUMENT), part.argument)

    return rewrite(node, replace, memo)


def _inline(node: Node, definitions: dict[str, Expr], memo: dict[Node, Node]) -> Node:
    def replace(part: Node) -> Node:
        if type(part) is not Elementwise or part.function not in definitions:
            return part
        return scalars.spread(scalars.derivative(definitions[part.function], part.order), part.argument)

    return rewrite(node, replace, memo)
