"""The Jacobian of one name with respect to one input in closed form, in every view of it.

A Jacobian has four indices, ∂X4[i,o]/∂X0[a,b]. A view says which of them are left and how they are arranged:

    tensor, sympy          all four, by the index form
    vec, vec-row-major     a matrix, the entries of both in one column each: Kronecker products
    rows, columns          one small matrix for each row or column, where these are independent
    entries                one number for each entry, where entry i, o depends on entry i, o alone
    numerator, denominator the layouts of vector calculus, where one of the two is a scalar or both are vectors
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from sympy import MatrixExpr, S

from symbolic.choice import chosen_input, chosen_name
from symbolic.dependence.analysis import Dependence, dependence
from symbolic.dependence.reasons import claim, first_mixing
from symbolic.differential import Differential
from symbolic.errors import NotSupported
from symbolic.indices.form import jacobian_entry
from symbolic.jacobian.along import along, column_by_column
from symbolic.jacobian.kronecker import KRONECKER, vec
from symbolic.jacobian.lines import COLUMN, ROW, free_letter
from symbolic.jacobian.rows import RowForm, row_form
from symbolic.jacobian.vec import VecForm, vec_form
from symbolic.language.printer import Printer
from symbolic.language.styles import Style, style_named
from symbolic.nodes import SCALAR, Node, Shape, dimension, multiply, ones, symbol, transpose
from symbolic.reverse.gradients import gradient_of
from symbolic.shapes import words
from symbolic.simplify import REWRITES, Simplifier
from symbolic.structure import structure_of

VIEWS = ("rows", "columns", "entries", "tensor", "sympy", "vec", "vec-row-major", "numerator", "denominator")
MOST_COLUMNS = 4
"""So many columns of the input have an equation of their own."""


@dataclass(frozen=True)
class Formula:
    """A Jacobian in one view, in words: `equations(style)`, and `legend(style)`, what the names in them stand for.

    `expr`: the right side as a SymPy expression, where there is one.
    """

    view: str
    of: str
    wrt: str
    expr: MatrixExpr | None
    write: Callable[[str | Style], tuple[list[str], list[str]]] = field(repr=False, compare=False)

    def equations(self, style: str | Style = "unicode") -> list[str]:
        return self.write(style)[0]

    def legend(self, style: str | Style = "unicode") -> list[str]:
        return self.write(style)[1]

    def __str__(self) -> str:
        equations, legend = self.write("unicode")
        return "\n".join((*equations, *(f"  {line}" for line in legend)))


def jacobian_formula(
    differential: Differential, of: str | None = None, wrt: str | None = None, view: str = "tensor"
) -> Formula:
    """The closed form of a Jacobian in one of `VIEWS`.

    Raises NotSupported where there is no such view, with the statement that stands in the way; NameError_ for a name
    that is none; LimitError for what is too large to read.
    """
    of, wrt = chosen_name(differential, of), chosen_input(differential, wrt)
    require_view(differential, of, wrt, view)
    return _WRITERS[view](differential, of, wrt, view)


def require_view(differential: Differential, of: str, wrt: str, view: str) -> None:
    """Raise NotSupported where a Jacobian has no such view, with the statement that stands in the way."""
    if view not in VIEWS:
        raise NotSupported(f"there is no view {view!r} of a Jacobian; there are {', '.join(VIEWS)}")
    if view in ("rows", "columns", "entries"):
        found = dependence(differential, of, wrt)
        proved = {"rows": found.rows_independent, "columns": found.columns_independent, "entries": found.is_diagonal}
        if not proved[view]:
            raise _refused(found, view)
    shapes = [differential.primal.symbols[name].shape for name in (of, wrt)]
    if view in ("numerator", "denominator") and SCALAR not in shapes and not all(map(_is_vector, shapes)):
        raise NotSupported(
            f"there is no {view} layout of a {words(shapes[0])} matrix by a {words(shapes[1])} one: "
            "it is for scalars and vectors",
            hint="choose how the entries are arranged: tensor, vec or vec-row-major",
        )


# Rows and columns


def _by_lines(differential: Differential, of: str, wrt: str, view: str) -> Formula:
    side = ROW if view == "rows" else COLUMN
    form = row_form(differential, of, wrt, side)

    def write(style: str | Style) -> tuple[list[str], list[str]]:
        left = _derivative(_line(form, of, style), _line(form, wrt, style), style, transposed=True)
        equations = [f"{left}{style_named(style).equals}{form.written(style)}"]
        columns = list(_columns(differential, form, style)) if side == ROW else []
        return [*equations, *columns], form.legend(style)

    return Formula(view, of, wrt, form.expr, write)


def _line(form: RowForm, name: str, style: str | Style) -> str:
    """x4ᵢ, for row i of X4 as a column."""
    stem = f"{name[0].lower()}{name[1:]}_{form.index}"
    shown = replace(form, lines=((stem, form.expr.expr),))
    return shown.style(style).name(stem)


def _columns(differential: Differential, form: RowForm, style: str | Style) -> Iterator[str]:
    """J[:, :, a], all rows at once and one column of the input; J[:, 1, a] where the output has one column."""
    of, wrt = (differential.primal.symbols[name] for name in (form.of, form.wrt))
    count, printer = wrt.shape[1], Printer(style_named(style))
    taken = {str(size) for size in differential.primal.sizes} | set(differential.primal.symbols)
    few = count.is_Integer and count <= MOST_COLUMNS
    letter = free_letter("abcde", taken | {form.index})
    places = [S(k) for k in range(1, int(count) + 1)] if few else [dimension(letter)]
    if differential.name(form.of) not in differential.tangent.symbols:
        return
    style = printer.style
    opening, colon, closing = style.places
    middle = style.digits("1") if of.shape[1] == 1 else colon
    for place in places:
        inside = style.comma.join((colon, middle, printer.size(place)))
        right = printer.or_number(column_by_column(differential, form, place).expr)
        yield f"{style.name('J')}{opening}{inside}{closing}{style.equals}{right}"


def _entries(differential: Differential, of: str, wrt: str, view: str) -> Formula:
    shape = differential.primal.symbols[wrt].shape
    closed = along(differential, of, wrt, ones(*shape)).expr
    return Formula(view, of, wrt, closed, lambda style: ([Printer(style_named(style)).equation("J", closed)], []))


def _refused(found: Dependence, view: str) -> NotSupported:
    """Why there is no view by rows, columns or entries: the statement that mixes them."""
    kind = "columns" if view == "columns" else "rows"
    step = first_mixing(found, kind)
    if step is None and view == "entries":
        kind, step = "columns", first_mixing(found, "columns")
    message = f"the Jacobian of {found.of} with respect to {found.wrt} has no view {view!r}: {claim(found).rstrip('.')}"
    if step is None:
        return NotSupported(message, hint='the views "tensor", "vec" and "vec-row-major" are for every Jacobian')
    equation = Printer(style_named("unicode")).equation(step.primal.name, step.primal.expr)
    return NotSupported(message, hint=f"{kind} are mixed by {equation}; tensor, vec and vec-row-major are always there")


# Four indices


def _by_entries(differential: Differential, of: str, wrt: str, view: str) -> Formula:
    form = jacobian_entry(differential, of, wrt)
    return Formula(view, of, wrt, None, lambda style: ([form.equation(style)], []))


# A matrix


def _by_vec(differential: Differential, of: str, wrt: str, view: str) -> Formula:
    form = vec_form(differential, of, wrt, view == "vec-row-major")
    closed = form.closed_form()

    def write(style: str | Style) -> tuple[list[str], list[str]]:
        above, below = (_vec(form, name, differential, style) for name in (of, wrt))
        left = _derivative(above, below, style, transposed=True)
        right = Printer(_with_commutations(form, style))(closed.expr)
        return [f"{left}{style_named(style).equals}{right}"], list(_commutations(form, closed.expr, style))

    return Formula(view, of, wrt, closed, write)


def _vec(form: VecForm, name: str, differential: Differential, style: str | Style) -> str:
    """vec(X4), or row by row vec(X4'); of a column that itself."""
    symbol = differential.primal.symbols[name]
    return Printer(style_named(style))(vec(transpose(symbol) if form.row_major else symbol))


def _with_commutations(form: VecForm, style: str | Style) -> Style:
    """The notation in which K_n_m is written with its sizes below where that can be."""
    plain = style_named(style)
    if plain.permutation is None:
        return plain
    size = Printer(plain).size
    sizes = form.commutations.sizes.items()
    shown = {name.name: plain.permutation(size(rows), size(cols)) for name, (rows, cols) in sizes}
    return replace(plain, name=lambda given: shown.get(given) or plain.name(given))


def _commutations(form: VecForm, closed: Node, style: str | Style) -> Iterator[str]:
    """K vec(A) = vec(A') for A of n×m"""
    printer, named = Printer(style_named(style)), Printer(_with_commutations(form, style))
    for name, (rows, cols) in form.commutations.sizes.items():
        if closed.has(name):
            given = symbol("A", rows, cols)
            sides = named(multiply(name, vec(given))), printer(vec(transpose(given)))
            equals, comma = printer.style.equals, printer.style.comma
            yield f"{sides[0]}{equals}{sides[1]}{comma}{printer.declaration('A', given.shape, ())}"


# Layouts of vector calculus


def _by_layout(differential: Differential, of: str, wrt: str, view: str) -> Formula:
    """Numerator layout has the output's shape first, denominator layout the input's."""
    shapes = [differential.primal.symbols[name].shape for name in (of, wrt)]
    structure = structure_of(differential.tangent.inputs, differential.tangent.lets)
    if shapes[0] == SCALAR:
        closed, flip = gradient_of(differential, of).closed_form(wrt).expr, view == "numerator"
    elif shapes[1] == SCALAR:
        closed, flip = along(differential, of, wrt, ones(*SCALAR)).expr, view == "denominator"
    else:
        closed, flip = vec_form(differential, of, wrt).closed_form().expr, view == "denominator"
    if flip:
        flipped = structure.flip(closed)
        simplify = Simplifier({}, lambda rewrite, before, after: None, structure, (*REWRITES, *KRONECKER))
        closed = simplify(flipped)

    def write(style: str | Style) -> tuple[list[str], list[str]]:
        printer = Printer(style_named(style))
        left = _derivative(printer.style.name(of), printer.style.name(wrt), style)
        return [f"{left}{printer.style.equals}{printer.or_number(closed)}"], []

    return Formula(view, of, wrt, closed, write)


def _is_vector(shape: Shape) -> bool:
    return 1 in shape


def _derivative(above: str, below: str, style: str | Style, transposed: bool = False) -> str:
    """∂x4ᵢ/∂x0ᵢᵀ"""
    spelled = style_named(style)
    if transposed:
        below = f"({below})" if below.endswith("ᵀ") else spelled.grouped(below)
        below = spelled.raised(below, spelled.transpose)
    return spelled.partial.format(above, below)


_WRITERS: dict[str, Callable[[Differential, str, str, str], Formula]] = {
    "rows": _by_lines,
    "columns": _by_lines,
    "entries": _entries,
    "tensor": _by_entries,
    "sympy": _by_entries,
    "vec": _by_vec,
    "vec-row-major": _by_vec,
    "numerator": _by_layout,
    "denominator": _by_layout,
}
