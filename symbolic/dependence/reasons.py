"""A dependence in words: what is proved, by which statements, and which statement stands in the way of more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from symbolic.dependence.relations import Piece
from symbolic.errors import LimitError, NotSupported
from symbolic.indices.affine import Affine, Index, affine
from symbolic.indices.form import written_out
from symbolic.indices.printing import describe_affine, describe_condition
from symbolic.indices.terms import Group, moves
from symbolic.language.printer import Printer
from symbolic.language.styles import style_named

if TYPE_CHECKING:
    from symbolic.dependence.analysis import Dependence, Tracked

MAX_STATEMENTS = 12
MAX_EQUATION = 100


def explanation(found: Dependence) -> str:
    """The claim, what the Jacobian varies with, how sure it is, and the reason."""
    return "\n".join([claim(found), *variation(found), certainty(found), *reason(found)])


def claim(found: Dependence) -> str:
    """Row i of X4 depends on row i of X0 alone."""
    of, wrt = _name(found.of), _name(found.wrt)
    if found.is_zero:
        return f"{of} does not depend on {wrt}."
    several = (found.rows.size, found.cols.size) != (1, 1)
    if found.is_diagonal and several:
        return f"Entry {_places(found.rows, found.cols)} of {of} depends on the same entry of {wrt} alone."
    if found.is_transposed and several:
        return (
            f"Entry {_places(found.rows, found.cols)} of {of} depends on "
            f"{_places(found.cols, found.rows)} of {wrt} alone."
        )
    for source, kind, index in (
        (found.source_row, "row", found.in_rows),
        (found.source_column, "column", found.in_cols),
    ):
        if source is not None and index.size != 1 and not source.is_constant:
            return f"{_counted(found, source)} of {of} depends on {kind} {describe_affine(source)} of {wrt} alone."
    if found.is_dense:
        return f"Each entry of {of} may depend on every entry of {wrt}."
    return f"Entry [i, j] of {of} depends on entry [a, b] of {wrt} only where {_conditions(found)}."


def variation(found: Dependence) -> Iterator[str]:
    if found.is_zero:
        return
    if found.is_constant:
        yield "The Jacobian is the same for all inputs."
    elif found.is_linear:
        inputs = ", ".join(map(_name, found.varies_with))
        yield f"The Jacobian does not vary with {_name(found.wrt)}; it varies with {inputs}."


def certainty(found: Dependence) -> str:
    """Whether what is not zero was seen to be so."""
    if found.is_zero:
        return "This is exact."
    if found.cancels is not None:
        i, j, a, b = found.cancels
        where = f"∂{_name(found.of)}[{i},{j}]/∂{_name(found.wrt)}[{a},{b}]"
        return f"An upper bound: {where} is zero too, because terms cancel; what is said to be zero is."
    if not found.confirmed:
        return "An upper bound: what is said to be zero is; the rest may be different from zero."
    sizes = ", ".join(f"{size} = {length}" for size, length in found.confirmed[-1])
    return f"Exact: at a random point{' with ' + sizes if sizes else ''} everything else is different from zero."


def reason(found: Dependence) -> Iterator[str]:
    """The steps that keep rows (or columns) apart; else the statement that mixes them."""
    if not found.statements:
        return
    apart = {"rows": found.source_row, "columns": found.source_column}
    for kind, source in apart.items():
        index = found.in_rows if kind == "rows" else found.in_cols
        if index.size == 1:
            continue
        if source is None:
            yield from _mixing(found, kind)
        elif not source.is_constant:
            yield f"The steps that keep {kind} apart:"
            yield from _steps(found, kind)


def first_mixing(found: Dependence, kind: str = "rows") -> Tracked | None:
    """The first statement some row (or column) of which depends on several rows of the input; None if none does."""
    return next((step for step in found.statements if step.source(kind) is None), None)


def _mixing(found: Dependence, kind: str) -> Iterator[str]:
    step = first_mixing(found, kind)
    if step is None:
        return
    if found.moves_in_pairs and step is found.statements[0]:
        yield f"{_name(found.wrt)} is symmetric: its entries [a, b] and [b, a] move together."
    equation = Printer(style_named("unicode")).equation(step.primal.name, step.primal.expr)
    yield f"{kind.capitalize()} are mixed by {_short(equation, step)}{_because(found, step)}"


def _because(found: Dependence, step: Tracked) -> str:
    """The statement's differential in index form, in which the sum is seen; of other inputs' perturbations, nothing."""
    seeds = frozenset((*(other.tangent.symbol for other in found.statements if other is not step), *found.seed))
    try:
        form = written_out(step.tangent.name, step.tangent.expr, seeds)
        moving = [term for term in form.group.terms if any(moves(factor, seeds) for factor in term.factors)]
        text = str(replace(form, group=Group(tuple(moving))))
    except (NotSupported, LimitError):
        return ""
    return f": {text}" if len(text) <= MAX_EQUATION else ""


def _steps(found: Dependence, kind: str) -> Iterator[str]:
    printer, one = Printer(style_named("unicode")), kind.removesuffix("s")
    shown = found.statements[:MAX_STATEMENTS]
    for step in shown:
        source = step.source(kind)
        words = f"from {one} {describe_affine(source)}" if source is not None else ""
        equation = _short(printer.equation(step.primal.name, step.primal.expr), step)
        yield f"  {equation}    {_counted_in(step, source)} {words}".rstrip()
    if len(found.statements) > len(shown):
        yield f"  … and {len(found.statements) - len(shown)} statements more"


def _short(equation: str, step: Tracked) -> str:
    return equation if len(equation) <= MAX_EQUATION else f"the statement of {_name(step.primal.name)}"


def _counted_in(step: Tracked, source: Affine | None) -> str:
    """row i or column j: what the source is an expression in."""
    if source is None or source.is_constant:
        return "all of it"
    (index,) = source.indices
    return f"{'row' if index.name == 'i' else 'column'} {index.name}"


def _counted(found: Dependence, source: Affine) -> str:
    (index,) = source.indices
    return f"{'Row' if index == found.rows else 'Column'} {index.name}"


def _places(row: Index, col: Index) -> str:
    return f"[{describe_affine(affine(row))}, {describe_affine(affine(col))}]"


def _conditions(found: Dependence) -> str:
    return ", or ".join(map(_of_piece, found.pieces))


def _of_piece(piece: Piece) -> str:
    conditions = [*((e, "=") for e in piece.equal), *((e, "≥") for e in piece.least)]
    text = " and ".join(sorted(describe_condition(condition, sign) for condition, sign in conditions))
    bound = ", ".join(index.name for index in piece.bound)
    return f"{text} for some {bound}" if bound else text


def _name(name: str) -> str:
    return style_named("unicode").name(name)
