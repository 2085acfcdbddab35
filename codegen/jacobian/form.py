"""The calling function of a Jacobian kernel: directions one after the other, each result put where it belongs.

Along u v, a column times a row of an identity, a single entry moves; along 1 e, with a row e, one entry in every row at
once, which is enough where rows do not depend on each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, count
from math import prod
from typing import Any

from sympy import S

from codegen.blocks.kinds import COLUMNS, ROWS
from codegen.jacobian.layouts import INPUT, OUTPUT, TIES, View, Way
from codegen.linear.emit import LinearEmission, Main, of_directions
from codegen.linear.program import LinearProgram
from codegen.linear.split import Split
from codegen.targets.numpy.arguments import Lengths
from symbolic.nodes import SCALAR, Node, Shape, multiply, ones, scale, symbol
from symbolic.statements import Input

BLOCK_ENTRIES = 131072
"""How many entries everything that is computed for one block of rows has, about: they stay in the cache."""
FEWEST_ROWS = 16
LARGEST = 2**32
"""In bytes: a Jacobian beyond is refused."""


def seeded(linear: LinearProgram, way: Way) -> LinearProgram:
    """The linear program with the directions of `way` as its seeds: a column u, a row v, or what of them it needs."""
    (name,) = linear.seeds
    given = linear.input(name)
    rows, cols = given.shape
    column, row = symbol(_free("u", linear), rows, S.One), symbol(_free("v", linear), S.One, cols)
    rows_together, cols_together = (index in _tied(way) for index in (INPUT if way.mode == "forward" else OUTPUT))
    if rows_together and cols_together:
        row = symbol(row.name, *SCALAR)
        direction: Node = scale(row, ones(rows, cols))
    else:
        left, right = ones(rows, S.One) if rows_together else column, ones(S.One, cols) if cols_together else row
        direction = multiply(left, right)
    linear = linear.on_any_direction()
    used = [column] * (not rows_together) + [row] * (rows_together or not cols_together)
    return linear.with_seeds({name: direction}, tuple(Input(each.name, each.shape) for each in used))


def _tied(way: Way) -> set[str]:
    """The indices of the side that directions are on which are tied to the other side."""
    ties = TIES[way.pattern]
    return set(ties.values() if way.mode == "forward" else ties)


def _free(wish: str, linear: LinearProgram) -> str:
    """u, u1, u2, …: the first that the program does not have."""
    taken = {*linear.program.symbols, *map(str, linear.program.sizes), *linear.program.unknown_functions}
    return next(name for name in chain([wish], (f"{wish}{number}" for number in count(1))) if name not in taken)


@dataclass(frozen=True)
class JacobianForm:
    """k(X0, W1, W2) -> J. `shapes`: of the output and of the input; `meaning`: what an entry of J is."""

    view: View
    way: Way
    parts: Split
    shapes: tuple[Shape, Shape]
    meaning: str
    largest: int = LARGEST

    stacks = False

    def given(self, linear: LinearProgram) -> Mapping[str, Lengths]:
        return {given.name: given.shape for given in linear.inputs}

    def meanings(self, emission: LinearEmission) -> tuple[str, str]:
        return of_directions(emission.linear)

    def main(self, emission: LinearEmission) -> Main:
        return _Writing(self, emission).main()


def shape_and_result(
    view: View, sizes: Mapping[str, Any], lengths: Mapping[str, str], text: Callable[[Any], str], result: str
) -> tuple[str, str]:
    """The shape of a view in words, and the code of what is returned. `sizes`: of each index; `lengths`: as code."""
    if view.split is None:
        return " x ".join(text(sizes[axis]) for axis in view.axes), result
    halves = view.axes[: view.split], view.axes[view.split :]
    sides = [text(prod(sizes[axis] for axis in half)) for half in halves]
    factors = [[lengths[axis] for axis in half if sizes[axis] != 1] for half in halves]
    codes = [" * ".join(half) or "1" for half in factors]
    return " x ".join(sides), f"{result}.reshape({', '.join(codes)})"


class _Writing:
    """The lines of one calling function."""

    def __init__(self, form: JacobianForm, emission: LinearEmission) -> None:
        self.form, self.emission = form, emission
        self.sizes: dict[str, Any] = dict(zip(OUTPUT + INPUT, (*form.shapes[0], *form.shapes[1]), strict=True))
        self.lengths = {index: emission.size(size) for index, size in self.sizes.items()}
        self.result = emission.local("J")
        self.blocked = form.parts.width is not None
        self.uses = {"zeros" if not form.way.is_full(form.view) else "empty"}

    def main(self) -> Main:
        axes = ", ".join(self.lengths[axis] for axis in self.form.view.axes)
        made = "empty" if self.form.way.is_full(self.form.view) else "zeros"
        lines = [f"{self.result} = {made}(({axes}), dtype={self.emission.like}.dtype)", *self.units()]
        lines += self.over_blocks() if self.blocked else [self.emission.call_values(), *self.over_directions("")]
        shape, result = self.shape_and_result()
        return Main(
            tuple(lines),
            (result,),
            f"J, {shape}: {self.form.meaning}",
            frozenset(self.uses),
            ("Raises MemoryError, before anything is computed, for a J of more than LARGEST bytes.",),
            tuple(self.refusal(axes)),
            (f"LARGEST = {self.form.largest}",),
        )

    def shape_and_result(self) -> tuple[str, str]:
        return shape_and_result(self.form.view, self.sizes, self.lengths, self.emission.size_text, self.result)

    def refusal(self, axes: str) -> list[str]:
        """The size in bytes, before anything is allocated."""
        size = self.emission.local("size")
        product = " * ".join(self.lengths[axis] for axis in self.form.view.axes)
        text = " x ".join(f"{{{self.lengths[axis]}}}" for axis in self.form.view.axes)
        return [
            f"{size} = {product} * {self.emission.like}.dtype.itemsize",
            f"if {size} > LARGEST:",
            f'    raise MemoryError(f"J is {text}: {{{size}:,}} bytes, more than LARGEST = {{LARGEST:,}}")',
        ]

    # Directions

    def units(self) -> list[str]:
        """The identities whose columns and rows the directions are made of."""
        lines = []
        for index in self.form.way.looped:
            self.uses.add("eye")
            lines.append(f"{self.unit(index)} = eye({self.lengths[index]}, dtype={self.emission.like}.dtype)")
        if not self.form.way.looped:
            self.uses.add("ones")
            lines.append(f"{self.emission.local('unit')} = ones((1, 1), dtype={self.emission.like}.dtype)")
        return lines

    def unit(self, index: str) -> str:
        return self.emission.local(f"unit_{index}")

    def seeds(self) -> list[str]:
        """A column of the first identity, a row of the second."""
        if not self.form.way.looped:
            return [self.emission.local("unit")]
        code = []
        for index in self.form.way.looped:
            at = self.emission.local(index)
            part = f"{at}:{at} + 1"
            code.append(f"{self.unit(index)}[{f':, {part}' if index in 'ic' else part}]")
        return code

    def over_directions(self, rows: str) -> list[str]:
        """`rows`: the block, first:last, or nothing."""
        way = self.form.way
        code = {index: self.emission.local(index) for index in way.looped}
        code |= dict(zip(way.result, (rows or ":", ":"), strict=True))
        names = [self.emission.local(f"each_{index}") for index in way.result]
        place, turned = way.place(self.form.view, code, dict(zip(way.result, names, strict=True)))
        lines = []
        if not way.is_full(self.form.view):
            self.uses.add("arange")
            ranges = [rows.replace(":", ", ") or self.lengths[way.result[0]], self.lengths[way.result[1]]]
            lines = [
                f"{names[0]} = arange({ranges[0]}).reshape(-1, 1)",
                f"{names[1]} = arange({ranges[1]})",
            ]
        indent = ""
        for index in way.looped:
            lines.append(f"{indent}for {self.emission.local(index)} in range({self.lengths[index]}):")
            indent += "    "
        along = self.emission.call_along(self.seeds())
        lines.append(f"{indent}{self.result}[{place}] = {along}{'.T' if turned else ''}")
        return lines

    # Blocks

    def over_blocks(self) -> list[str]:
        """The rows that are in the cache together, and all directions for these."""
        emission, parts = self.emission, self.form.parts
        first, last, block = (emission.local(name) for name in ("first", "last", "height"))
        rows = self.lengths[self.form.way.result[0]]
        cut = {ROWS: f"[{first}:{last}]", COLUMNS: f"[:, {first}:{last}]"}
        inputs = {emission.names[given.name]: parts.kinds[given.name] for given in emission.linear.inputs}
        replaced = {name: f"{name}{cut[kind]}" for name, kind in inputs.items() if kind in cut}
        inside = [
            f"{last} = min({first} + {block}, {rows})",
            emission.call_values(replaced),
            *self.over_directions(f"{first}:{last}"),
        ]
        return [
            f"{block} = max({FEWEST_ROWS}, {BLOCK_ENTRIES} // max(1, {emission.size(parts.width)}))",
            f"for {first} in range(0, {rows}, {block}):",
            *(f"    {line}" for line in inside),
        ]
