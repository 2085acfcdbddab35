"""A differential in closed form: what the statements of a tangent program substitute to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sympy import MatrixExpr
from sympy.core.symbol import Str

from symbolic.errors import LimitError
from symbolic.language.printer import Printer, print_expression
from symbolic.language.styles import style_named
from symbolic.nodes import Node, operands, rewrite, subexpressions
from symbolic.simplify import REWRITES, Rewrite, Simplifier
from symbolic.statements import Let
from symbolic.structure import Structure

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


def substitute(lets: Iterable[Let], symbol: Node, structure: Structure, more: tuple[Rewrite, ...] = ()) -> ClosedForm:
    """A name with what it stands for, the other `lets` written out in it, all the way down, and simplified.

    `more`: rewrites besides the usual ones. Raises LimitError where the expression would be too large to read.
    """
    values: dict[Node, Node] = {}
    sizes: dict[Node, int] = {}
    for let in lets:
        sizes[let.symbol] = _size(let.expr, sizes)
        if sizes[let.symbol] > MAX_CLOSED_FORM:
            raise LimitError(
                f"the closed form of {symbol.name} has more than {MAX_CLOSED_FORM:,} operations",
                hint="read the tangent program instead: `.program`, or `derive --program`",
            )
        values[let.symbol] = rewrite(let.expr, lambda part: values.get(part, part), {})
        if let.symbol == symbol:
            break
    simplify = Simplifier({}, lambda rewrite, before, after: None, structure, (*REWRITES, *more))
    return ClosedForm(Str(symbol.name), simplify(values.get(symbol, symbol)))


def _size(node: Node, named: Mapping[Node, int]) -> int:
    """How many operations an expression has when it is written out, names by what they stand for."""
    sizes: dict[Node, int] = {}
    for part in subexpressions(node):
        sizes[part] = named.get(part, 1 + sum(sizes[operand] for operand in operands(part)))
    return sizes[node]
