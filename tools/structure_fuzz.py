"""Check what is said of the structure of Jacobians on random programs: `python -m tools.structure_fuzz --count 5000`.

Every entry declared zero has to be zero: exactly, by dual numbers over a prime field, where the program is rational,
else by the complex step, up to rounding. Of what is declared exact, an entry of random position that is declared
nonzero has to be so at another random point. `--only K` replays one program.
"""

from __future__ import annotations

import math
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

import click
import numpy as np
from rich.console import Console

from codegen.jacobian.confirmation import confirmed, is_piecewise, nonzero_entries, unit_directions
from codegen.reference import evaluate as reference
from codegen.sampling import NoPoint, sample
from symbolic import exact
from symbolic.dependence.analysis import Dependence, dependence
from symbolic.differential import Differential, differentiate
from symbolic.field import ONE, ZERO, Matrix, Singular, with_dual_part
from symbolic.functions import CATALOGUE
from symbolic.nodes import Elementwise, Node, apply
from symbolic.program import Program
from symbolic.shapes import length
from symbolic.statements import Let
from symbolic.walks import rewrite
from tools.generator import draw

STEP = 1e-30
ROUNDED = 1e-9
"""Relative to the largest entry; what is wrongly declared zero is as large as others."""
LENGTHS = (2, 3, 2, 3, 4, 1)
LARGEST_EXACT = 9
MOST_ENTRIES = 600
PAIRS = 2
"""Of an output and an input, where there is a dependence first."""
ATTEMPTS = 5


@dataclass(frozen=True)
class Verdict:
    """What came of one check of one program."""

    check: str
    outcome: str
    detail: str = ""

    @property
    def is_fault(self) -> bool:
        return self.outcome in ("WRONG", "CRASHED")


def examine(program: Program, index: int) -> list[Verdict]:
    """All checks of a program; `index` decides on the lengths and the points."""
    random = Random(f"structure {index}")
    try:
        return list(_examined(program, random, index))
    except Exception as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
        return [Verdict("structure", "CRASHED", f"{type(error).__name__} in {where}: {error}")]


def _examined(program: Program, random: Random, index: int) -> Iterator[Verdict]:
    """Some outputs with respect to some inputs, and again with unknown functions for the known ones."""
    yield from _all_pairs(program, random, index)
    unknown = with_unknown_functions(program)
    if unknown != program and exact.is_rational(unknown):
        yield from _all_pairs(unknown, random, index)


def with_unknown_functions(program: Program) -> Program:
    """The program with a function of which only the name is known for each known one, so that nothing rounds."""

    def replace(part: Node) -> Node:
        if type(part) is not Elementwise or part.function not in CATALOGUE:
            return part
        return apply(f"unknown{part.function.replace('_', '')}", part.argument)

    memo: dict[Node, Node] = {}
    lets = tuple(Let(let.name, rewrite(let.expr, replace, memo)) for let in program.lets)
    return Program(program.name, program.inputs, lets, program.outputs)


def _all_pairs(program: Program, random: Random, index: int) -> Iterator[Verdict]:
    lengths = _lengths(program, random)
    if lengths is None:
        yield Verdict("zero", "skipped", "no small lengths at which the program makes sense")
        return
    differential = differentiate(program)
    pairs = [dependence(differential, of, wrt) for of in program.outputs for wrt in differential.wrt]
    random.shuffle(pairs)
    pairs.sort(key=lambda found: found.is_zero)
    for found in pairs[:PAIRS]:
        if math.prod(found.lengths(lengths)) > MOST_ENTRIES:
            yield Verdict("zero", "skipped", "too many entries")
            continue
        try:
            yield zeros(differential, found, lengths, index)
            yield nonzeros(differential, found, lengths, random, index)
        except (NoPoint, Singular):
            yield Verdict("zero", "skipped", "no point at which the program is defined")


def _lengths(program: Program, random: Random) -> dict[str, int] | None:
    for _ in range(ATTEMPTS):
        sizes = {str(size): random.choice(LENGTHS) for size in program.sizes}
        if all(length(size, sizes) >= 0 for size in program.requirements):
            return sizes
    return None


def zeros(differential: Differential, found: Dependence, lengths: Mapping[str, int], index: int) -> Verdict:
    """Whether what is declared zero is, evaluated without any rule of differentiation."""
    allowed = found.mask(lengths)
    if exact.is_rational(differential.primal) and all(size <= LARGEST_EXACT for size in found.lengths(lengths)):
        wrong, how = _by_dual_numbers(differential, found, lengths, index) & ~allowed, "zero, exactly"
    else:
        slopes = _by_complex_step(differential, found, lengths, index)
        scale = np.abs(slopes).max(initial=0.0)
        wrong, how = (np.abs(slopes) > ROUNDED * max(scale, 1.0)) & ~allowed, "zero, to rounding"
    if wrong.any():
        place = tuple(int(k) + 1 for k in np.argwhere(wrong)[0])
        return Verdict(how, "WRONG", f"∂{found.of}/∂{found.wrt} is not zero at {place}, lengths {dict(lengths)}")
    return Verdict(how, "passed")


def _directions(differential: Differential, found: Dependence, lengths: Mapping[str, int]) -> Iterator[tuple[Any, Any]]:
    """The places at which one entry of the input moves, with its mirror image where that moves too."""
    facts = next(given.facts for given in differential.primal.inputs if given.name == found.wrt)
    mirrored = "symmetric" in facts or "spd" in facts
    for a, b in unit_directions(differential, found, found.lengths(lengths)):
        yield (a, b), {(a, b), (b, a)} if mirrored else {(a, b)}


def _by_dual_numbers(differential: Differential, found: Dependence, lengths: Mapping[str, int], index: int) -> Any:
    for attempt in range(ATTEMPTS):
        try:
            return _by_dual_numbers_at(differential, found, lengths, Random(f"{index} {attempt}"))
        except Singular:
            continue
    raise Singular("the program divides by zero wherever it is evaluated")


def _by_dual_numbers_at(
    differential: Differential, found: Dependence, lengths: Mapping[str, int], random: Random
) -> Any:
    program, shape = differential.primal, found.lengths(lengths)
    inputs = {given.name: exact.random_matrix(given, lengths, random) for given in program.inputs}
    tables = exact.Tables(random.randrange(2**30))
    jacobian = np.zeros(shape, dtype=bool)
    for (a, b), places in _directions(differential, found, lengths):
        unit = Matrix.of(shape[2], shape[3], lambda i, j, at=places: ONE if (i, j) in at else ZERO)  # type: ignore[misc]
        moved = {**inputs, found.wrt: with_dual_part(inputs[found.wrt], unit)}
        value = exact.evaluate(program, moved, tables)[found.of]
        for i in range(shape[0]):
            for j in range(shape[1]):
                jacobian[i, j, a, b] = value[i, j].b != 0
    return jacobian


def _by_complex_step(differential: Differential, found: Dependence, lengths: Mapping[str, int], index: int) -> Any:
    point = sample(differential.primal, (found.wrt,), lengths, index)
    jacobian = np.zeros(found.lengths(lengths))
    for (a, b), places in _directions(differential, found, lengths):
        moved = point.inputs[found.wrt].astype(complex)
        for place in places:
            moved[place] += 1j * STEP
        value = reference(differential.primal, {**point.inputs, found.wrt: moved}, point.functions)[found.of]
        jacobian[:, :, a, b] = np.imag(value) / STEP
    return jacobian


def nonzeros(
    differential: Differential, found: Dependence, lengths: Mapping[str, int], random: Random, index: int
) -> Verdict:
    """Whether an entry that is declared nonzero is so at another random point."""
    if found.is_zero:
        return Verdict("nonzero", "zero throughout")
    found = confirmed(differential, found, lengths, seed=index)
    if not found.is_exact:
        return Verdict("nonzero", "upper bound, and said to be")
    places = np.argwhere(found.mask(lengths))
    if not len(places):
        return Verdict("nonzero", "zero throughout")
    place = tuple(places[random.randrange(len(places))])
    nonzero, _ = nonzero_entries(differential, found, lengths, index + 1_000_003)
    if not nonzero[place] and is_piecewise(differential):
        return Verdict("nonzero", "nonzero at one point, zero at others: a function with pieces")
    if not nonzero[place]:
        where = tuple(int(k) + 1 for k in place)
        return Verdict("nonzero", "WRONG", f"∂{found.of}/∂{found.wrt} is zero at {where}, lengths {dict(lengths)}")
    return Verdict("nonzero", "passed")


@click.command()
@click.option("--count", default=5_000, show_default=True, help="How many programs.")
@click.option("--seed", default=0, show_default=True, help="Of the stream of programs.")
@click.option("--start", default=0, show_default=True, help="The first program of the stream.")
@click.option("--only", type=int, help="Run this program of the stream alone.")
def main(count: int, seed: int, start: int, only: int | None) -> None:
    """Check what is said of the structure of Jacobians on random programs."""
    console = Console(width=120 if not sys.stdout.isatty() else None)
    counts: Counter[tuple[str, str]] = Counter()
    faults, began = 0, time.monotonic()
    for index in range(start, start + count) if only is None else (only,):
        program = draw(seed, index).program
        for verdict in examine(program, index):
            counts[verdict.check, verdict.outcome] += 1
            if verdict.is_fault:
                faults += 1
                words = f"program {index}: python -m tools.structure_fuzz --seed {seed} --only {index}\n"
                words += f"  {verdict.outcome} {verdict.check}: {verdict.detail}\n{program.text()}\n"
                console.print(words, markup=False, highlight=False, soft_wrap=True)
    for (check, outcome), number in sorted(counts.items()):
        console.print(f"{check}: {outcome}: {number:,}", highlight=False)
    console.print(f"{count if only is None else 1:,} programs in {time.monotonic() - began:.0f} s", highlight=False)
    raise SystemExit(1 if faults else 0)


if __name__ == "__main__":
    main()
