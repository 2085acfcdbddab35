"""X[0], X[:, 1:], x[:, None]: parts of an array, counted from 0 or, if negative, from the end."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer

from pushforward.tracing.array import Array
from pushforward.tracing.errors import TracingError
from pushforward.tracing.sizes import Size, as_number
from symbolic import nodes
from symbolic.errors import ShapeError
from symbolic.nodes import Node

Extent = tuple[Expr, Expr]
"""The first and the last place that are taken, counted from 1."""


def index(array: Array, key: Any) -> Array:
    """A part of an array: places, slices without steps, `...` and new axes.

    Where a length is a name, as n, a place is not known to be there: X[2] says that n is at least 3.
    Raises ShapeError for a place that is certainly not there, TracingError for masks, lists and steps.
    """
    places = _spelled_out(array, key if isinstance(key, tuple) else (key,))
    extents: list[Extent] = []
    axes: list[int | None] = []
    for place in places:
        if place is None:
            axes.append(None)
            continue
        length = array.lengths[len(extents)]
        if isinstance(place, slice):
            axes.append(len(extents))
            extents.append(_extent(place, length))
        else:
            extents.append(_single(place, length))
    return _arranged(array, _cut(array.node, extents), axes)


def _spelled_out(array: Array, places: tuple[Any, ...]) -> list[Any]:
    """One place or slice for each axis, and None for each new one."""
    for place in places:
        if not (place is None or place is Ellipsis or isinstance(place, slice) or _is_place(place)):
            what = f"{place}, no whole number" if isinstance(place, Size | float) else "a mask or a list of places"
            hint = "take parts by slices such as X[1:3], and join them with np.concatenate"
            raise TracingError(f"an array is indexed by {what}", hint=hint)
    dots = [at for at, place in enumerate(places) if place is Ellipsis]
    missing = array.ndim - sum(place is not None and place is not Ellipsis for place in places)
    if missing < 0 or len(dots) > 1:
        raise ShapeError(f"an array of {array.ndim} axes has no {array.ndim - missing} places")
    at = dots[0] if dots else len(places)
    return [*places[:at], *[slice(None)] * missing, *places[at + 1 :]]


def _is_place(place: Any) -> bool:
    number = None if isinstance(place, bool | float) else as_number(place)
    return number is not None and number.is_integer is True


def _single(place: Any, length: Expr) -> Extent:
    at = as_number(place)
    assert at is not None
    at = at + length if at.is_negative else at
    if at.is_negative or (length - at - 1).is_negative:
        raise ShapeError(f"there is no place {place}: they are counted from 0 to {length - 1}")
    return at + 1, at + 1


def _extent(part: slice, length: Expr) -> Extent:
    """The places of a slice. What is beyond a known length is not there, as NumPy has it."""
    if part.step not in (None, 1):
        raise TracingError(
            f"a slice has the step {part.step}", hint="take single places or slices, and join them with np.stack"
        )
    first = _bound(part.start, length, Integer(0))
    last = _bound(part.stop, length, length)
    if (last - first).is_negative or last == first:
        raise ShapeError(f"the slice {first}:{last} is empty")
    return first + 1, last


def _bound(bound: Any, length: Expr, missing: Expr) -> Expr:
    if bound is None:
        return missing
    if not _is_place(bound):
        raise TracingError(f"{bound!r} is not the bound of a slice")
    at = as_number(bound)
    assert at is not None
    at = at + length if at.is_negative else at
    if at.is_negative:
        return Integer(0)
    return length if (length - at).is_negative else at


def _cut(node: Node, extents: list[Extent]) -> Node:
    whole = [(Integer(1), length) for length in node.shape]
    wanted = [*extents, *whole[len(extents) :]]
    if wanted == whole:
        return node
    return nodes.operate("slice", node, parameters=(bound for extent in wanted for bound in extent))


def _arranged(array: Array, node: Node, axes: list[int | None]) -> Array:
    """A part with its axes: those that are left, in order, and new ones of length 1."""
    if len(axes) > 2:
        raise TracingError("an array has at most two axes here", hint="write the products of matrices one by one")
    if axes != [0, 1] and 1 in axes:
        node = nodes.transpose(node)
    if len(axes) == 2 and axes[0] is None and axes[1] is not None:
        node = nodes.transpose(node)
    return array.new(node, len(axes))
