"""The layouts of a Jacobian: what each axis is, in words, where an entry stands, and from one layout to another.

An entry is the derivative of output[i, o] by input[a, b], counted from 0 as arrays are. Layouts have the names of the
views, and those of the tools that use them: "jax", "torch", "forwarddiff", "casadi", "sympy", …
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from sympy import Expr, Integer

from symbolic.errors import LimitError, NotSupported, ShapeError
from symbolic.language.printer import Printer
from symbolic.language.styles import style_named
from symbolic.nodes import expand_size
from symbolic.shapes import as_size

LARGEST = 2**32
"""In bytes: an array beyond is not made."""

TOOLS = {
    "jax": ("tensor", "jax.jacfwd and jax.jacrev"),
    "torch": ("tensor", "torch.func.jacfwd, jacrev and torch.autograd.functional.jacobian"),
    "tensorflow": ("tensor", "tf.GradientTape.jacobian"),
    "pytensor": ("tensor", "pytensor.gradient.jacobian"),
    "vmap": ("rows", "jax.vmap(jax.jacrev(f)), torch.func.vmap(jacrev(f)) and tf.GradientTape.batch_jacobian"),
    "forwarddiff": ("vec", "ForwardDiff.jacobian in Julia"),
    "casadi": ("vec", "casadi.jacobian"),
    "numpy": ("vec-row-major", "Y.ravel() by X.ravel(), as scipy.optimize has it"),
    "sympy": ("sympy", "sympy.derive_by_array(Y, X)"),
}
"""Which layout a tool has, and what it is called there."""

_AXES = {
    "tensor": "ioab",
    "sympy": "abio",
    "vec": "oiba",
    "vec-row-major": "ioab",
    "rows": "iob",
    "columns": "ioa",
    "entries": "io",
}
_FLAT = ("vec", "vec-row-major", "numerator", "denominator")
_TIED = {"rows": {"a": "i"}, "columns": {"b": "o"}, "entries": {"a": "i", "b": "o"}}
_SAID = {
    "i": "the row of {of}", "o": "the column of {of}", "a": "the row of {wrt}", "b": "the column of {wrt}",
}  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """How a Jacobian is laid out in an array. `of`, `wrt`: the shapes of output and input, sizes or numbers.

    `axes`: the index that each axis is, in order; where there is a `split`, those before it are one axis, flat, and the
    others the other. `tied`: the indices that are left out, with those that they are equal to.
    """

    name: str
    of: tuple[Expr, Expr]
    wrt: tuple[Expr, Expr]
    names: tuple[str, str] = ("Y", "X")
    axes: str = ""
    split: int | None = None
    tied: dict[str, str] = field(default_factory=dict, hash=False)

    @property
    def lengths(self) -> dict[str, Expr]:
        return dict(zip("ioab", (*self.of, *self.wrt), strict=True))

    @property
    def shape(self) -> tuple[Any, ...]:
        """Of the array; numbers where the sizes are known."""
        lengths = self.lengths
        if self.split is None:
            return tuple(_plain(lengths[axis]) for axis in self.axes)
        halves = self.axes[: self.split], self.axes[self.split :]
        return tuple(_plain(expand_size(prod((lengths[axis] for axis in half), start=Integer(1)))) for half in halves)

    @property
    def entry(self) -> str:
        """J[i, o, a] = ∂Y[i, o]/∂X[i, a]; in a matrix the index of a row or column that is the only one is 0."""
        of, wrt = self.names
        alone = {axis: "0" for axis, length in self.lengths.items() if self.split is not None and length == 1}
        shown = {axis: alone.get(axis) or self._letter(self.tied.get(axis, axis)) for axis in "ioab"}
        above, below = (", ".join(shown[axis] for axis in pair) for pair in ("io", "ab"))
        return f"J[{', '.join(self._places())}] = ∂{of}[{above}]/∂{wrt}[{below}]"

    @property
    def words(self) -> str:
        """What each axis is, one line each, and which tools have this layout."""
        of, wrt = self.names
        lines = [f"{self.entry}, of shape {' × '.join(map(said, self.shape))}"]
        if self.split is None:
            for number, axis in enumerate(self.axes):
                lines.append(f"  axis {number}: {self._letter(axis)}, {self._meaning(axis)}")
        else:
            halves = (self.axes[: self.split], self.axes[self.split :])
            lines += [f"  axis {number}: {self._meaning_of_half(half)}" for number, half in enumerate(halves)]
        for gone, kept in self.tied.items():
            lines.append(
                f"  {_SAID[gone].format(of=of, wrt=wrt)} is {kept} too: the derivatives by all others are zero"
            )
        tools = [said for layout, said in TOOLS.values() if layout == self.name]
        return "\n".join([*lines, *(f"  the layout of {said}" for said in tools)])

    def __str__(self) -> str:
        return self.words

    def _letter(self, axis: str) -> str:
        """J[i, o, a] by rows: the first letter of the input that is left."""
        return "a" if axis == "b" and "a" in self.tied and "b" not in self.tied else axis

    def _meaning(self, axis: str) -> str:
        of, wrt = self.names
        also = [gone for gone, kept in self.tied.items() if kept == axis]
        said = [_SAID[index].format(of=of, wrt=wrt) for index in (axis, *also)]
        return " and ".join(said)

    def _meaning_of_half(self, half: str) -> str:
        """The entries of Y, column by column; of a column, the row."""
        longer = [axis for axis in half if self.lengths[axis] != 1]
        if len(longer) < 2:
            return f"{longer[0]}, {self._meaning(longer[0])}" if longer else "one entry"
        order = "column by column" if half in ("oi", "ba") else "row by row"
        return f"the entries of {self.names[0 if set(half) <= set('io') else 1]}, {order}"

    def _places(self) -> list[str]:
        if self.split is None:
            return list(map(self._letter, self.axes))
        return [_flat_place(half, self.lengths) for half in (self.axes[: self.split], self.axes[self.split :])]

    # Arrays

    def index(self, i: int, o: int, a: int, b: int) -> tuple[int, ...]:
        """Where the derivative of output[i, o] by input[a, b] stands, all counted from 0.

        Raises ShapeError for what is outside, or is zero and left out here.
        """
        at, lengths = {"i": i, "o": o, "a": a, "b": b}, self._numbers()
        for axis, place in at.items():
            if not 0 <= place < lengths[axis]:
                raise ShapeError(f"{axis} = {place} is not from 0 to {lengths[axis] - 1}")
        for gone, kept in self.tied.items():
            if at[gone] != at[kept]:
                raise ShapeError(f"the derivative at {gone} = {at[gone]}, {kept} = {at[kept]} is zero and left out")
        if self.split is None:
            return tuple(at[axis] for axis in self.axes)
        halves = (self.axes[: self.split], self.axes[self.split :])
        return tuple(
            int(np.ravel_multi_index([at[axis] for axis in half], [lengths[axis] for axis in half])) for half in halves
        )

    def convert(self, array: Any, to: Layout | str) -> Any:
        """The same Jacobian in another layout.

        Raises ShapeError for an array of another shape, NotSupported where the other layout leaves out what is not
        zero, LimitError where the result would be larger than memory is.
        """
        target = to if isinstance(to, Layout) else layout(to, self.of, self.wrt, self.names)
        array = np.asarray(array)
        if array.shape != self.shape:
            raise ShapeError(f"the layout {self.name!r} has the shape {_words(self.shape)}, not {_words(array.shape)}")
        lengths = self._numbers()
        size = max(prod(lengths[axis] for axis in each.axes) for each in (self, target)) * array.itemsize
        kept = {axis for axis in "ioab" if axis not in (self.tied if self.tied == target.tied else {})}
        if kept == set("ioab") and (self.tied or target.tied):
            size = max(size, prod(lengths.values()) * array.itemsize)
        if size > LARGEST:
            raise LimitError(f"an array of {size:,} bytes would be needed, more than {LARGEST:,}")
        order = "".join(axis for axis in "ioab" if axis in kept)
        return target._arranged(self._opened(array, order), order)

    def _opened(self, array: Any, order: str) -> Any:
        """With the axes of `order`; what is left out here is zero."""
        lengths = self._numbers()
        array = array.reshape([lengths[axis] for axis in self.axes])
        if set(order) == set(self.axes):
            return array.transpose([self.axes.index(axis) for axis in order])
        full = np.zeros([lengths[axis] for axis in order], dtype=array.dtype)
        places = [order.index(self.tied.get(axis, axis)) for axis in order]
        view = np.einsum(full, places, [order.index(axis) for axis in self.axes])
        view[...] = array
        return full

    def _arranged(self, array: Any, order: str) -> Any:
        """From an array with the axes of `order`."""
        if set(order) != set(self.axes):
            places = [order.index(self.tied.get(axis, axis)) for axis in order]
            kept = np.einsum(array, places, [order.index(axis) for axis in self.axes])
            if np.count_nonzero(array) != np.count_nonzero(kept):
                raise NotSupported(f"the layout {self.name!r} leaves out derivatives that are not zero here")
            return kept.copy()
        arranged = array.transpose([order.index(axis) for axis in self.axes])
        return arranged.reshape(self.shape)

    def _numbers(self) -> dict[str, int]:
        lengths = self.lengths
        if not all(length.is_Integer for length in lengths.values()):
            raise ShapeError("the lengths have to be numbers: layout(…, of=(5, 3), wrt=(5, 2))")
        return {axis: int(length) for axis, length in lengths.items()}


def layout(
    name: str, of: Sequence[Any] = ("n", "p"), wrt: Sequence[Any] = ("m", "q"), names: Sequence[str] = ("Y", "X")
) -> Layout:
    """A layout by its name, or by that of a tool, for shapes of numbers or names of sizes.

    Raises NotSupported for a name that is none, or where such shapes have no such layout.
    """
    output, given = _shape(of), _shape(wrt)
    known = TOOLS[name][0] if name in TOOLS else name
    if known not in (*_AXES, "numerator", "denominator"):
        every = dict.fromkeys((*_AXES, "numerator", "denominator", *TOOLS))
        raise NotSupported(f"there is no layout {name!r}; there are {', '.join(every)}")
    if known in ("numerator", "denominator"):
        return _of_calculus(known, output, given, (names[0], names[1]))
    tied = _TIED.get(known, {})
    for gone, kept in tied.items():
        lengths = dict(zip("ioab", (*output, *given), strict=True))
        if lengths[gone] != lengths[kept]:
            raise NotSupported(
                f"the layout {name!r} is for as many of the one as of the other, "
                f"not {lengths[kept]} and {lengths[gone]}"
            )
    split = 2 if known in _FLAT else None
    return Layout(known, output, given, (names[0], names[1]), _AXES[known], split, tied)


def _of_calculus(name: str, of: tuple[Expr, Expr], wrt: tuple[Expr, Expr], names: tuple[str, str]) -> Layout:
    """Numerator layout: rows are of the output; denominator layout is its transpose."""
    if of == (1, 1):
        axes, split = "ioba" if name == "numerator" else "ioab", 3
    elif wrt == (1, 1):
        axes, split = "abio" if name == "numerator" else "aboi", 3
    elif 1 in of and 1 in wrt:
        axes, split = "oiba" if name == "numerator" else "baoi", 2
    else:
        raise NotSupported(
            f"there is no {name} layout of a {of[0]}×{of[1]} matrix by a {wrt[0]}×{wrt[1]} one",
            hint="it is for scalars and vectors; for matrices choose tensor, vec or vec-row-major",
        )
    return Layout(name, of, wrt, names, axes, split)


def _flat_place(half: str, lengths: dict[str, Expr]) -> str:
    """i + n o: the place of an entry among all."""
    place = ""
    for axis in half:
        length = lengths[axis]
        if length == 1:
            continue
        place = axis if not place else f"{axis} + {said(length)}*{place if len(place) == 1 else f'({place})'}"
    return place or "0"


def _shape(shape: Sequence[Any]) -> tuple[Expr, Expr]:
    sizes = [as_size(size) if isinstance(size, (int, str)) else size for size in shape]
    if len(sizes) > 2:
        raise ShapeError("a matrix has two sizes")
    rows, cols = (*sizes, *([Integer(1)] * (2 - len(sizes))))
    return rows, cols


def said(size: Any) -> str:
    """n·m for a size that is a product."""
    return str(size) if isinstance(size, int) else Printer(style_named("unicode")).size(size)


def _plain(size: Expr) -> Any:
    return int(size) if size.is_Integer else size


def _words(shape: Sequence[Any]) -> str:
    return " × ".join(map(str, shape)) or "a number"
