"""A differential in closed form: what the statements of a tangent program substitute to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from sympy import MatrixExpr
from sympy.core.symbol import Str

from symbolic.errors import LimitError
from symbolic.language.printer import Printer, print_expression
from symbolic.language.styles import style_named
from symbolic.nodes import Node, operands
from symbolic.simplify import REWRITES, Rewrite, Simplifier
from symbolic.statements import Let
from symbolic.structure import Structure
from symbolic.walks import rewrite, subexpressions

MAX_CLOSED_FORM = 20_000


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


class Substitution:
    """The statements of a program put into each other; what is found for one name serves the next ones."""

    def __init__(self, lets: Iterable[Let], structure: Structure, more: tuple[Rewrite, ...] = ()) -> None:
        """`more`: rewrites besides the usual ones."""
        self.waiting = deque(lets)
        self.values: dict[Node, Node] = {}
        self.sizes: dict[Node, int] = {}
        self.simplify = Simplifier({}, lambda rewrite, before, after: None, structure, (*REWRITES, *more))

    def __call__(self, symbol: Node) -> ClosedForm:
        """A name with what it stands for, the other lets written out in it, all the way down, and simplified.

        Raises LimitError where the expression would be too large to read.
        """
        while self.waiting and symbol not in self.values:
            let = self.waiting[0]
            self.sizes[let.symbol] = _size(let.expr, self.sizes)
            if self.sizes[let.symbol] > MAX_CLOSED_FORM:
                raise LimitError(
                    f"the closed form of {symbol.name} has more than {MAX_CLOSED_FORM:,} operations",
                    hint="read the tangent program instead: `.program`, or `derive --program`",
                )
            self.values[let.symbol] = rewrite(let.expr, lambda part: self.values.get(part, part), {})
            self.waiting.popleft()
        return ClosedForm(Str(symbol.name), self.simplify(self.values.get(symbol, symbol)))


def substitute(lets: Iterable[Let], symbol: Node, structure: Structure, more: tuple[Rewrite, ...] = ()) -> ClosedForm:
    """The closed form of one name, as a `Substitution` gives it."""
    return Substitution(lets, structure, more)(symbol)


def _size(node: Node, named: Mapping[Node, int]) -> int:
    """How many operations an expression has when it is written out, names by what they stand for."""
    sizes: dict[Node, int] = {}
    for part in subexpressions(node):
        sizes[part] = named.get(part, 1 + sum(sizes[operand] for operand in operands(part)))
    return sizes[node]
