"""One row of an output in terms of the same row of an input: δx4ᵢ = diag(f'(x3ᵢ)) W2' diag(f'(x1ᵢ)) W1' δx0ᵢ.

Where row i depends on row i alone, the whole Jacobian is one small matrix for each row. It is read off the tangent
program: a row of X B is B' times the row, as a column; of A ∘ X it is diag(aᵢ) times the row; a transpose turns rows
into columns, and back. Columns are treated alike: a column of A X is A times the column.

A statement that mixes rows has no such matrix, and neither has an operation whose rows are not known to keep apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import S

from symbolic.choice import chosen_input, chosen_name
from symbolic.closed_form import ClosedForm, substitute
from symbolic.collection import without_collecting
from symbolic.differential import Differential
from symbolic.errors import NotSupported
from symbolic.jacobian.kronecker import KRONECKER
from symbolic.jacobian.lines import ROW, free_letter
from symbolic.jacobian.row_walk import LETTERS, RowWalk
from symbolic.jacobian.vec import vec_form
from symbolic.language.printer import Printer
from symbolic.language.styles import Style, style_named
from symbolic.nodes import Node, dimension, same_size, symbol, zeros
from symbolic.statements import Let
from symbolic.walks import subexpressions


@dataclass(frozen=True)
class RowForm:
    """δxᵢ of `of` = J δxᵢ of `wrt`, where xᵢ is row (or column) i as a column.

    `expr`: J. `index`: i. `lines`: each name in it, x3_i, with what it stands for, X3[i, :]'.
    """

    of: str
    wrt: str
    side: str
    index: str
    expr: ClosedForm
    lines: tuple[tuple[str, Node], ...]

    def written(self, style: str | Style = "unicode") -> str:
        """J alone."""
        return Printer(self.style(style))(self.expr.expr)

    def legend(self, style: str | Style = "unicode") -> list[str]:
        """x3ᵢ = X3[i, :]ᵀ"""
        printer, plain = self.style(style), style_named(style)
        return [f"{printer.name(name)}{plain.equals}{Printer(plain)(value)}" for name, value in self.lines]

    def style(self, name: str | Style) -> Style:
        """The notation in which x3_i is written x3ᵢ."""
        plain = style_named(name)
        shown = {line: plain.line(line.removesuffix(f"_{self.index}"), self.index) for line, _ in self.lines}
        return replace(plain, name=lambda given: shown.get(given) or plain.name(given))

    def row(self, number: int) -> Node:
        """J for the row (or column) with a number, counted from 1."""
        from_names = {symbol(name, *value.shape): value for name, value in self.lines}
        return self.expr.expr.xreplace(from_names).xreplace({dimension(self.index): S(number)})

    def __str__(self) -> str:
        return self.written()


@without_collecting
def row_form(differential: Differential, of: str | None = None, wrt: str | None = None, side: str = ROW) -> RowForm:
    """The Jacobian of one row (or column) with respect to the same row (or column) of an input.

    That rows are independent is found here, statement by statement. Raises NotSupported where a statement mixes them,
    or where it is not known that it does not; NameError_ for a name that is none.
    """
    of, wrt = chosen_name(differential, of), chosen_input(differential, wrt)
    alone = _only_one(differential, of, wrt, side)
    if alone is not None:
        return alone
    walk = RowWalk(differential, wrt, side)
    target = differential.name(of)
    for let in differential.tangents:
        walk.take(let)
        if let.name == target:
            break
    return _form(walk, of)


def _only_one(differential: Differential, of: str, wrt: str, side: str) -> RowForm | None:
    """Of matrices of one row the Jacobian of that row is the whole one, if no commutation matrix is left in it."""
    symbols = differential.primal.symbols
    if any(symbols[name].shape[0 if side == ROW else 1] != 1 for name in (of, wrt)):
        return None
    form = vec_form(differential, of, wrt)
    closed = form.closed_form()
    left = any(name in form.commutations.sizes for name in subexpressions(closed.expr))
    index = free_letter(LETTERS, {str(size) for size in differential.primal.sizes})
    return None if left else RowForm(of, wrt, side, index, closed, ())


def _form(walk: RowWalk, of: str) -> RowForm:
    """What the walk found for `of`, its statements put into each other."""
    value = walk.differential.primal.symbols[of]
    if not same_size(value.shape[0 if walk.side == ROW else 1], walk.count):
        raise NotSupported(f"{of} has not as many {walk.side}s as {walk.wrt}")
    moved = walk.differential.tangent.symbols.get(walk.differential.name(of))
    found = walk.matrices.get(moved) if moved is not None else None
    if found is None:
        length = value.shape[1 if walk.side == ROW else 0]
        found = walk.side, zeros(length, walk.size)
    side, matrix = found
    if side != walk.side:
        raise NotSupported(f"{side} i of {of} depends on {walk.side} i of {walk.wrt} alone: it is transposed")
    last = Let(f"J_{of}", matrix)
    closed = substitute((*walk.lets, last), last.symbol, walk.structure, KRONECKER) if walk.lets else None
    closed = closed or substitute((last,), last.symbol, walk.structure, KRONECKER)
    used = set(subexpressions(closed.expr))
    lines = tuple((line.name, node) for line, node in walk.names.found.items() if line in used)
    return RowForm(of, walk.wrt, walk.side, walk.index, closed, lines)
