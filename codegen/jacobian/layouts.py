"""The views of a Jacobian as arrays: which index each axis is, and how results along directions are put in.

An entry is the derivative of output[i, o] by input[c, a]. Where the Jacobian is known to be zero unless c = i, or
a = o, these indices are tied: the directions are fewer, and one axis stands for both where the view leaves one out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from symbolic.errors import NotSupported
from symbolic.nodes import SCALAR, Shape
from symbolic.shapes import words

OUTPUT, INPUT = "io", "ca"
TIES: dict[str, dict[str, str]] = {
    "dense": {},
    "rows": {"i": "c"},
    "columns": {"o": "a"},
    "diagonal": {"i": "c", "o": "a"},
}
"""By pattern: the indices of the output that are those of the input."""


@dataclass(frozen=True)
class View:
    """`axes`: the index that each axis is, in order. `split`: where it is a matrix, how many of them its rows are.

    `pattern`: without which there is no such view. `meaning` states an entry, with {of} and {wrt}.
    """

    name: str
    axes: str
    meaning: str
    split: int | None = None
    pattern: str = "dense"


VIEWS = {
    view.name: view
    for view in (
        View("rows", "ioa", "J[i, o, a] is the derivative of {of}[i, o] by {wrt}[i, a]", pattern="rows"),
        View("columns", "ioc", "J[i, o, c] is the derivative of {of}[i, o] by {wrt}[c, o]", pattern="columns"),
        View("entries", "io", "J[i, o] is the derivative of {of}[i, o] by {wrt}[i, o]", pattern="diagonal"),
        View("tensor", "ioca", "J[i, o, c, a] is the derivative of {of}[i, o] by {wrt}[c, a]"),
        View("sympy", "caio", "J[c, a, i, o] is the derivative of {of}[i, o] by {wrt}[c, a]"),
        View("vec", "oiac", "J is that of vec({of}) by vec({wrt}), the columns of each one below the other", 2),
        View("vec-row-major", "ioca", "J is that of {of}.ravel() by {wrt}.ravel(), row after row", 2),
    )
}


OF_CALCULUS = ("numerator", "denominator")


def view_named(name: str, of: Shape, wrt: Shape) -> View:
    """The view of that name for an output and an input of these shapes. Raises NotSupported where there is none."""
    if name in OF_CALCULUS:
        return _of_calculus(name, of, wrt)
    if name not in VIEWS:
        raise NotSupported(f"there is no view {name!r} of a Jacobian; there are {', '.join((*VIEWS, *OF_CALCULUS))}")
    return VIEWS[name]


def _of_calculus(name: str, of: Shape, wrt: Shape) -> View:
    """Numerator layout has rows of the output, of a number by a matrix the transpose of its shape; the other turns it.

    Raises NotSupported for a matrix by a matrix.
    """
    first = name == "numerator"
    if of == SCALAR:
        axes, split = "ioac" if first else "ioca", 3
    elif wrt == SCALAR:
        axes, split = "caio" if first else "caoi", 3
    elif 1 in of and 1 in wrt:
        axes, split = "oiac" if first else "acoi", 2
    else:
        raise NotSupported(
            f"there is no {name} layout of a {words(of)} matrix by a {words(wrt)} one: it is for scalars and vectors",
            hint="choose how the entries are arranged: tensor, vec or vec-row-major",
        )
    return View(name, axes, f"J is {{of}} by {{wrt}} in {name} layout", split)


def implied(patterns: set[str]) -> set[str]:
    """The patterns that hold where these do: entries apart are rows and columns apart; every Jacobian is dense."""
    found = {*patterns, "dense"}
    if "diagonal" in found:
        found |= {"rows", "columns"}
    return found | ({"diagonal"} if {"rows", "columns"} <= found else set())


@dataclass(frozen=True)
class Way:
    """How a Jacobian is computed: along directions of the input, in reverse of the output; compressed by a pattern."""

    mode: str
    pattern: str

    @property
    def looped(self) -> str:
        """The indices that directions are numbered by: those of the side they are on, unless tied to the other."""
        ties = TIES[self.pattern]
        if self.mode == "forward":
            return "".join(index for index in INPUT if index not in ties.values())
        return "".join(index for index in OUTPUT if index not in ties)

    @property
    def result(self) -> str:
        """The indices of what one direction gives."""
        return OUTPUT if self.mode == "forward" else INPUT

    def index(self, axis: str) -> str:
        """The index that an axis has: of the loops, or of the result."""
        if axis in self.looped + self.result:
            return axis
        ties = TIES[self.pattern]
        return ties[axis] if axis in ties else next(mine for mine, other in ties.items() if other == axis)

    def is_full(self, view: View) -> bool:
        """Whether every entry of the view is written."""
        return len({self.index(axis) for axis in view.axes}) == len(view.axes)

    def place(self, view: View, code: Mapping[str, str], arrays: Mapping[str, str]) -> tuple[str, bool]:
        """Where the result of one direction goes, as code, and whether it is transposed.

        `code`: of an index as a number or a slice; `arrays`: of one of the result as an array of all its values, for
        where an index stands on two axes.
        """
        indices = [self.index(axis) for axis in view.axes]
        if not self.is_full(view):
            return ", ".join(arrays.get(index, code[index]) for index in indices), False
        order = [index for index in indices if index in self.result]
        return ", ".join(code[index] for index in indices), order != list(self.result)


def contraction(view: View, lengths: Mapping[str, int]) -> tuple[tuple[int, ...], str]:
    """The shape of the view before it is made flat, and the sum that multiplies it with a direction, for einsum."""
    ties = {there: here for here, there in TIES[view.pattern].items()}
    direction = "".join(ties.get(axis, axis) if axis not in view.axes else axis for axis in INPUT)
    return tuple(lengths[axis] for axis in view.axes), f"{view.axes},{direction}->{OUTPUT}"


def along_direction(view: View, jacobian: Any, direction: Any, output: tuple[int, int], einsum: Any) -> Any:
    """The differential of the output along one direction of the input, from the Jacobian as an array."""
    lengths = dict(zip(OUTPUT + INPUT, (*output, *direction.shape), strict=True))
    shape, sums = contraction(view, lengths)
    return einsum(sums, jacobian.reshape(shape), direction)
