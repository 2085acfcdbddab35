"""What "the derivative" can mean, each meaning read off a view of the Jacobian: closed form, axes, use."""

from __future__ import annotations

from collections.abc import Iterator

from pushforward.jacobians import Jacobian
from pushforward.lesson.model import Block, Code, Formula, Lines, Paragraph, Size, Strong, Written
from symbolic.dependence.analysis import dependence
from symbolic.differential import Differential
from symbolic.errors import PushforwardError

LONGEST = 240
"""A closed form with more characters is left to the command that prints it."""
_INDEPENDENT = ("entries", "rows", "columns")
_VIEWS = {
    "entries": ("One number for each entry", "Wanted where each entry depends on the same entry alone."),
    "rows": ("One small Jacobian for each row", "Wanted where each row is an example of a batch."),
    "columns": ("One small Jacobian for each column", "Wanted where each column is an example of a batch."),
    "tensor": ("All of it, an array with four indices", "What JAX and PyTorch give; the truest form, and the largest."),
    "vec": (
        "A matrix, both sides written as one long column, vec",
        "Wanted for linear algebra, such as Newton's method; what ForwardDiff gives.",
    ),
    "numerator": (
        "Numerator layout",
        "A row for a scalar; the convention by which the chain rule multiplies from the left.",
    ),
    "denominator": ("Denominator layout", "In the shape of the input: the gradient, as optimisers want it."),
}


def meanings(differential: Differential) -> Iterator[Block]:
    """Of the last output that moves, with respect to the first of the chosen inputs."""
    of, wrt = differential.moving_outputs[-1], differential.wrt[0]
    symbols = differential.tangent.symbols
    change = symbols[differential.name(of)]
    yield Paragraph((
        "The derivative of ", Formula.of(symbols[of]), " with respect to ", Formula.of(symbols[wrt]), " can mean "
        "several things. All of them are one linear map, the closed form above, laid out in different ways:",
    ))  # fmt: skip
    yield Paragraph((
        Strong("The change in one direction"), ", ", Formula.of(change), ", ", Size(change.shape),
        ": read it off above. Wanted when the direction is given; the Jacobian is never formed.",
    ))  # fmt: skip
    said = _structure(differential, of, wrt)
    if said:
        yield Paragraph((said,))
    for view in _there(differential, of, wrt):
        yield from _told(view)


def _there(differential: Differential, of: str, wrt: str) -> Iterator[Jacobian]:
    """The views that there are; of those by entries, rows and columns the first. One row or column alone is all."""
    shape = differential.tangent.symbols[of].shape
    alone = {view for view, count in zip(("rows", "columns"), shape, strict=True) if count == 1}
    narrow = False
    for view in _VIEWS:
        if view in alone or (narrow and view in _INDEPENDENT):
            continue
        try:
            found = Jacobian(differential.primal, of, wrt, view)
            found.closed_form.equations("unicode")
        except PushforwardError:
            continue
        narrow = narrow or view in _INDEPENDENT
        yield found


def _told(found: Jacobian) -> Iterator[Block]:
    title, use = _VIEWS[found.view]
    yield Paragraph((Strong(title), ": ", Code(found.layout.words.partition("\n")[0]), f". {use}"))
    lines = _written(found)
    if max(len(line.unicode) for line in lines) <= LONGEST:
        yield Lines(lines)
    else:
        yield Paragraph(("Its closed form is too long for a line; ", Code("pushforward jacobian"), " prints it."))


def _written(found: Jacobian) -> tuple[Written, ...]:
    """The equations, and what the names in them stand for."""
    form = found.closed_form
    return Written.each(lambda style: [*form.equations(style), *form.legend(style)])


def _structure(differential: Differential, of: str, wrt: str) -> str:
    """Row i of X4 depends on row i of X0 alone."""
    try:
        return str(dependence(differential, of, wrt)).partition("\n")[0]
    except PushforwardError:
        return ""
