"""Pushforward's own kernels: NumPy, and C where there is a compiler."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from grid import DIRECTIONS, GRADIENT, JVP, NUMBER, ROWS, Cell

import pushforward as pf

NUMPY, C = "Pushforward, NumPy", "Pushforward, C"
TARGETS = {JVP: (NUMPY, C), GRADIENT: (NUMPY, C), DIRECTIONS: (NUMPY, C), ROWS: (NUMPY, C)}
_SPELLED = {NUMPY: "numpy", C: "c"}


def contenders(cell: Cell) -> dict[str, Callable[[], Any]]:
    problem = cell.problem
    lengths = dict(zip(problem.sizes.split(", "), cell.sizes, strict=True))
    text = problem.program(cell.f, cell.question == GRADIENT)
    program = pf.parse(_for_rows(text, lengths) if cell.question == ROWS else text, "benchmark")
    sizes = {name: length for name, length in lengths.items() if name in map(str, program.sizes)}
    given = problem.inputs(cell.sizes, cell.precision)
    arguments = [given[each.name] for each in program.inputs]
    if cell.question in (JVP, DIRECTIONS):
        seeds = problem.directions(cell.sizes, cell.precision, NUMBER if cell.question == DIRECTIONS else None)
        arguments += [seeds[each.name] for each in program.inputs if each.name in seeds]
    found = {}
    for name in TARGETS[cell.question]:
        with suppress(pf.NotSupported):  # no compiler, or no C of an operation
            found[name] = _call(_kernel(program, cell, _SPELLED[name], sizes), arguments)
    return found


def _for_rows(text: str, lengths: Mapping[str, int]) -> str:
    """The columns of input and output as numbers: those of a Jacobian in C are counted when it is compiled."""
    return re.sub(r"\b[mp]\b", lambda size: str(lengths[size[0]]), text)


def _call(kernel: Any, arguments: list[Any]) -> Callable[[], Any]:
    return lambda: kernel(*arguments)


def _kernel(program: pf.Program, cell: Cell, target: str, sizes: Mapping[str, int]) -> Any:
    moves = cell.problem.moves
    threads = (os.cpu_count() or 1) if target == "numpy" else 1  # those of C are counted by OpenMP
    if cell.question == JVP:
        return pf.compile(pf.differential(program, moves), target, sizes, threads=threads)
    if cell.question == GRADIENT:
        return pf.compile(pf.gradient(program, moves), target, sizes, threads=threads)
    if cell.question == DIRECTIONS:
        return pf.directions(pf.differential(program, moves), sizes, target=target)
    return pf.jacobian(program, cell.problem.output, moves[0], "rows").kernel(sizes, target=target)
