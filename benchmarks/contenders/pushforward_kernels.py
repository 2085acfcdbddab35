"""Pushforward's own kernels: NumPy, and C where there is a compiler."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from grid import DIRECTIONS, GRADIENT, JVP, NUMBER, ROWS, Cell

import pushforward as pf

NUMPY, C = "Pushforward, NumPy", "Pushforward, C"
TARGETS = {JVP: (NUMPY, C), GRADIENT: (NUMPY, C), DIRECTIONS: (NUMPY,), ROWS: (NUMPY,)}
_SPELLED = {NUMPY: "numpy", C: "c"}


def contenders(cell: Cell) -> dict[str, Callable[[], Any]]:
    problem = cell.problem
    program = pf.parse(problem.program(cell.f, cell.question == GRADIENT), "benchmark")
    given = problem.inputs(cell.sizes, cell.precision)
    arguments = [given[each.name] for each in program.inputs]
    if cell.question in (JVP, DIRECTIONS):
        seeds = problem.directions(cell.sizes, cell.precision, NUMBER if cell.question == DIRECTIONS else None)
        arguments += [seeds[each.name] for each in program.inputs if each.name in seeds]
    lengths = dict(zip(problem.sizes.split(", "), cell.sizes, strict=True))
    found = {}
    for name in TARGETS[cell.question]:
        with suppress(pf.NotSupported):  # no compiler, or no C of an operation
            found[name] = _call(_kernel(program, cell, _SPELLED[name], lengths), arguments)
    return found


def _call(kernel: Any, arguments: list[Any]) -> Callable[[], Any]:
    return lambda: kernel(*arguments)


def _kernel(program: pf.Program, cell: Cell, target: str, lengths: Mapping[str, int]) -> Any:
    moves = cell.problem.moves
    threads = (os.cpu_count() or 1) if target == "numpy" else 1  # those of C are counted by OpenMP
    if cell.question == JVP:
        return pf.compile(pf.differential(program, moves), target, lengths, threads=threads)
    if cell.question == GRADIENT:
        return pf.compile(pf.gradient(program, moves), target, lengths, threads=threads)
    if cell.question == DIRECTIONS:
        return pf.directions(pf.differential(program, moves), lengths)
    return pf.jacobian(program, cell.problem.output, moves[0], "rows").kernel(lengths)
