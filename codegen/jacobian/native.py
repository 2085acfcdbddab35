"""Jacobians in C: one program for the results along all directions, where these are few, compiled as programs are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from sympy import S

from codegen.header import Header
from codegen.jacobian.form import shape_and_result
from codegen.jacobian.layouts import INPUT, OUTPUT, View, Way
from codegen.linear.program import LinearProgram
from codegen.native.emit import NativeKernel, emit_native
from codegen.schedule import Schedule
from codegen.sizes import size_code, size_text
from codegen.targets.numpy.emit import render
from codegen.targets.numpy.face import Face
from symbolic.language.names import ascii_name
from symbolic.nodes import Node, Shape, identity, ones, operate
from symbolic.program import Program
from symbolic.statements import Let
from symbolic.walks import rewrite

MOST_DIRECTIONS = 16
EACH = "_each"
"""What gives the results along all directions: given to the Python function's module."""

Lengths = Mapping[str, Any]
"""The size that each index runs to."""


def lengths_of(shapes: tuple[Shape, Shape]) -> Lengths:
    """By the shapes of output and input."""
    return dict(zip(OUTPUT + INPUT, (*shapes[0], *shapes[1]), strict=True))


def is_few(way: Way, view: View, lengths: Lengths) -> bool:
    """Whether the directions are a number, and a small one, and no entry of the view is left zero."""
    looped = [lengths[index] for index in way.looped]
    return way.is_full(view) and all(size.is_Integer for size in looped) and prod(looped) <= MOST_DIRECTIONS


def directions(way: Way, lengths: Lengths) -> list[dict[str, int]]:
    """The numbers of each direction, by the index that they are of."""
    ranges = (range(int(lengths[index])) for index in way.looped)
    return [dict(zip(way.looped, numbers, strict=True)) for numbers in product(*ranges)]


def unrolled(linear: LinearProgram, way: Way, lengths: Lengths) -> tuple[Program, list[str]]:
    """The program of all directions, and the name of each one's result. `linear`: as `form.seeded` leaves it."""
    lets: dict[str, Let] = {}
    results = []
    for number, direction in enumerate(directions(way, lengths), start=1):
        units = [_unit(index, k, lengths[index]) for index, k in direction.items()] or [ones(S.One, S.One)]
        one = linear.with_seeds(dict(zip(linear.seeds, units, strict=True)), ())
        renamed: dict[Node, Node] = {}
        for let in one.program.lets:
            moved = Let(let.name, rewrite(let.expr, lambda part: part, dict(renamed)))
            if lets.setdefault(moved.name, moved) != moved:
                moved = Let(_fresh(f"along{number}_{ascii_name(let.name)}", linear.program, lets), moved.expr)
                lets[moved.name] = moved
            renamed[let.symbol] = moved.symbol
        results.append(str(renamed[one.program.symbols[one.results[0]]].name))
    program = linear.program
    outputs = tuple(dict.fromkeys(results))
    return Program(program.name, linear.inputs, tuple(lets.values()), outputs, program.functions), results


def _unit(index: str, k: int, size: Any) -> Node:
    """A column of an identity, for an index of rows, or a row of it."""
    if size == 1:
        return ones(S.One, S.One)
    whole, here = (S.One, size), (S(k + 1), S(k + 1))
    return operate("slice", identity(size), parameters=(*whole, *here) if index in "ic" else (*here, *whole))


def _fresh(wish: str, program: Program, lets: Mapping[str, Let]) -> str:
    taken = {*program.symbols, *lets}
    while wish in taken:
        wish += "_of"
    return wish


@dataclass(frozen=True)
class Placing:
    """Where the results go. `meaning`: what an entry of J is."""

    view: View
    way: Way
    shapes: tuple[Shape, Shape]
    results: tuple[str, ...]
    meaning: str


class JacobianFace(Face):
    """The strings of the Python function, which calls C once and puts the results where they belong."""

    namespace = frozenset({EACH})

    def __init__(self, schedule: Schedule, function: str, placing: Placing, refusals: list[str]) -> None:
        super().__init__(schedule, function)
        self.placing, self.told = placing, refusals
        self.jacobian = self.names.choose("the Jacobian", "J")
        self.imports["numpy"].add("empty")

    def refusals(self) -> list[str]:
        return self.told

    def record(self, header: Header) -> dict[str, Any]:
        sizes, names = lengths_of(self.placing.shapes), self.arguments.sizes
        codes = {index: size_code(size, names) for index, size in sizes.items()}
        shape, result = shape_and_result(
            self.placing.view, sizes, codes, lambda size: size_text(size, names), self.jacobian
        )
        return {
            **super().record(header),
            "result_type": "ndarray",
            "returns": f"J, {shape}: {self.placing.meaning}",
            "sizes": self.arguments.size_line(set(names.values())),
            "lines": [self._call(), self._made([codes[axis] for axis in self.placing.view.axes]), *self._places()],
            "results": result,
            "raises": (),
            "calls": False,
            "helpers": (),
        }

    def _made(self, axes: list[str]) -> str:
        return f"{self.jacobian} = empty(({', '.join(axes)}), dtype={self.signature.arguments[0]}.dtype)"

    def _call(self) -> str:
        functions = [f"{keyword}={keyword}" for keyword, _, _ in self.signature.functions]
        return f"{', '.join(self.outputs)} = {EACH}({', '.join([*self.signature.arguments, *functions])})"

    def _places(self) -> list[str]:
        way, lines = self.placing.way, []
        every = directions(way, lengths_of(self.placing.shapes))
        for result, direction in zip(self.placing.results, every, strict=True):
            code = {index: str(k) for index, k in direction.items()} | dict.fromkeys(way.result, ":")
            place, turned = way.place(self.placing.view, code, {})
            lines.append(f"{self.jacobian}[{place}] = {self.names[result]}{'.T' if turned else ''}")
        return lines


class NativeJacobian:
    """The file of a Jacobian in C, whose function gives the results along all directions."""

    target = "c"
    loops = None

    def __init__(self, schedule: Schedule, header: Header, function: str, placing: Placing) -> None:
        self.about = header
        self.each: NativeKernel = emit_native(schedule, header, function)
        self.source, self.header = self.each.source, self.each.header
        self.face = JacobianFace(schedule, function, placing, self.each.face.refusals())
        self.signature = self.face.signature

    def load(self) -> Callable[..., Any]:
        """Compile it, and put a Python function in front. Raises as `Library`."""
        return render("native.py.jinja", self.face, self.about).load({EACH: self.each.load()})
