"""Which rows and columns an index means: X[1:2, :], x[i], X[:, end]."""

from __future__ import annotations

from typing import Any

from sympy import S

from symbolic import shapes
from symbolic.errors import ShapeError
from symbolic.language import sizes
from symbolic.language.syntax import Extent, Index, Syntax
from symbolic.nodes import Shape
from symbolic.operations.record import is_less
from symbolic.unification import Unknown


def index_bounds(syntax: Index, shape: Shape, same: shapes.Same, known: sizes.Known) -> list[Any]:
    """The first and last row and column of X[1:2, :]; of a column or a row, x[i]. Raises ShapeError."""
    extents = list(syntax.extents)
    if len(extents) == 1:
        everything = Extent(None, None, syntax.span)
        if shape[0] == 1 and shape[1] != 1:
            extents = [everything, *extents]
        elif same(shape[1], S.One):
            extents = [*extents, everything]
        else:
            message = f"one index is enough for a column only, not for {shapes.words(shape)}"
            raise ShapeError(message, extents[0].span, hint="write X[i, j], X[i, :] or X[:, j]")
    rows, cols = (_bounds(*given, known) for given in zip(extents, shape, ("row", "column"), strict=True))
    return [*rows, *cols]


def _bounds(extent: Extent, length: Any, what: str, known: sizes.Known) -> tuple[Any, Any]:
    if extent.first is None or extent.last is None:
        return S.One, length
    first, last = (_bound(written, length, what, known) for written in (extent.first, extent.last))
    if is_less(last, first):
        raise ShapeError(f"{what}s {first} to {last} are none", extent.span)
    return first, last


def _bound(written: Syntax, length: Any, what: str, known: sizes.Known) -> Any:
    bound = sizes.place(written, lambda name: length if name == "end" else known(name))
    if is_less(bound, S.One) or is_less(length, bound):
        upto = "" if length.has(Unknown) else f" to {length}"
        raise ShapeError(f"there is no {what} {bound}: {what}s are counted from 1{upto}", written.span)
    return bound
