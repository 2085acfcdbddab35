"""Structure confirmed: the Jacobian at a random point, entry by entry, beside what was proved to be zero.

Where the tangent program is rational, or its functions are unknown, over a prime field, where nothing rounds; else in
floating point, where an entry counts as different from zero when it is far beyond what rounding can do.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from codegen.reference import evaluate as reference
from codegen.rounding import bounded_values
from codegen.sampling import NoPoint, numbers_for, sample
from symbolic.dependence.analysis import Dependence
from symbolic.differential import Differential
from symbolic.errors import PushforwardError
from symbolic.exact import Tables, evaluate, is_rational, random_matrix
from symbolic.field import ONE, ZERO, Matrix, Singular
from symbolic.nodes import Elementwise, Node, Operation
from symbolic.program import Program
from symbolic.shapes import length

LENGTHS = ((3, 2, 4, 5), (2, 3, 5, 4), (4, 3, 2, 5), (5, 4, 3, 2), (6, 2, 3, 4), (2, 7, 3, 4))
"""Of the symbolic sizes, in turn, until the program makes sense; none is 1, where sums of one entry cancel."""
LARGEST_EXACT = 9
BEYOND_ROUNDING = 64
"""Times the bound on rounding, from which on an entry is taken to be different from zero."""
ROUNDOFF = float(np.finfo(float).eps) / 2
ATTEMPTS = 5
POINTS = 16
PIECEWISE = frozenset({"relu", "step", "max_weights", "max_weights_1", "max_weights_2"})


def confirmed(
    differential: Differential, found: Dependence, sizes: Mapping[str, int] | None = None, seed: int = 0
) -> Dependence:
    """The dependence, exact where everything in it is different from zero at a random point, else with what cancels.

    `sizes`: lengths of the symbolic ones, small ones, because the Jacobian is evaluated column by column. Raises
    PushforwardError where there is no point, or where an entry is not zero that was proved to be.
    """
    lengths = dict(sizes) if sizes else sensible_lengths(differential.primal)
    nonzero, certain = nonzero_entries(differential, found, lengths, seed)
    allowed = found.mask(lengths)
    if (nonzero & certain & ~allowed).any():
        place = tuple(int(k) + 1 for k in np.argwhere(nonzero & ~allowed)[0])
        raise PushforwardError(f"entry {place} of ∂{found.of}/∂{found.wrt} is not zero, though it was proved to be")
    missing = np.argwhere(allowed & ~nonzero)
    if missing.size:
        i, j, a, b = (int(k) + 1 for k in missing[0])
        return replace(found, cancels=(i, j, a, b))
    return replace(found, confirmed=(*found.confirmed, tuple(lengths.items())))


def sensible_lengths(program: Program) -> dict[str, int]:
    """Small lengths of the sizes at which a program makes sense. Raises PushforwardError."""
    for lengths in LENGTHS:
        sizes = numbers_for(program, lengths)
        if all(length(size, sizes) >= 0 for size in program.requirements):
            return sizes
    raise PushforwardError("no lengths were found at which the program makes sense; give some, as n=10")


def nonzero_entries(
    differential: Differential, found: Dependence, lengths: Mapping[str, int], seed: int
) -> tuple[Any, Any]:
    """Which entries [i, j, a, b] of the Jacobian are different from zero at a random point, and which that is sure of.

    Of relu and maxima several points are tried, because an entry of theirs is zero at many.

    The second is False where a floating point number is neither zero nor beyond rounding.
    """
    shape = found.lengths(lengths)
    if is_rational(differential.tangent) and all(size <= LARGEST_EXACT for size in shape):
        jacobian = _over_a_field(differential, found, lengths, seed)
        return jacobian, np.ones(shape, dtype=bool)
    nonzero, certain = _in_floating_point(differential, found, lengths, seed)
    for again in range(1, POINTS if is_piecewise(differential) else 2):
        if (nonzero | ~found.mask(lengths)).all():
            break
        more, sure = _in_floating_point(differential, found, lengths, seed + 1000 * again)
        nonzero, certain = nonzero | more, certain & sure
    return nonzero, certain


def is_piecewise(differential: Differential) -> bool:
    """Whether an entry of the Jacobian can be zero on one side of a kink alone."""
    names = {node.function if type(node) is Elementwise else node.name for node in _nodes(differential)}
    return not names.isdisjoint(PIECEWISE)


def _nodes(differential: Differential) -> Iterator[Node]:
    return (node for node in differential.tangent.nodes() if type(node) in (Elementwise, Operation))


def unit_directions(differential: Differential, found: Dependence, shape: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """The entries of the input that can move: of a triangular one, those of the triangle."""
    facts = next(given.facts for given in differential.primal.inputs if given.name == found.wrt)
    for a in range(shape[2]):
        for b in range(shape[3]):
            if ("lower" in facts and a < b) or ("upper" in facts and a > b) or ("diagonal" in facts and a != b):
                continue
            yield a, b


def _is_symmetric(differential: Differential, found: Dependence) -> bool:
    facts = next(given.facts for given in differential.primal.inputs if given.name == found.wrt)
    return "symmetric" in facts or "spd" in facts


def _over_a_field(differential: Differential, found: Dependence, lengths: Mapping[str, int], seed: int) -> Any:
    for attempt in range(ATTEMPTS):
        try:
            return _over_a_field_at(differential, found, lengths, f"{seed} {attempt}")
        except Singular:
            continue
    raise NoPoint("the program divides by zero wherever it is evaluated")


def _over_a_field_at(differential: Differential, found: Dependence, lengths: Mapping[str, int], seed: str) -> Any:
    shape, generator = found.lengths(lengths), random.Random(seed)
    tangent, seeds = differential.tangent, dict(differential.seeds)
    inputs = {given.name: random_matrix(given, lengths, generator) for given in tangent.inputs}
    name, moved = differential.name(found.of), seeds[found.wrt]
    for given in tangent.inputs:
        if given.name in seeds.values():
            rows, cols = inputs[given.name].shape
            inputs[given.name] = Matrix.of(rows, cols, lambda i, j: ZERO)
    tables, jacobian = Tables(generator.randrange(2**30)), np.zeros(shape, dtype=bool)
    mirrored = _is_symmetric(differential, found)
    for a, b in unit_directions(differential, found, shape):
        places = {(a, b), (b, a)} if mirrored else {(a, b)}
        inputs[moved] = Matrix.of(shape[2], shape[3], lambda i, j, at=places: ONE if (i, j) in at else ZERO)  # type: ignore[misc]
        column = evaluate(tangent, inputs, tables)[name]
        for i in range(shape[0]):
            for j in range(shape[1]):
                jacobian[i, j, a, b] = column[i, j].a != 0
    return jacobian


def _in_floating_point(
    differential: Differential, found: Dependence, lengths: Mapping[str, int], seed: int
) -> tuple[Any, Any]:
    """Column by column; the bound on rounding is that along a direction in which all entries move."""
    shape = found.lengths(lengths)
    point = sample(differential.primal, dict(differential.seeds), lengths, seed)
    nonzero, certain = np.zeros(shape, dtype=bool), np.ones(shape, dtype=bool)
    name, seeds = differential.name(found.of), dict(differential.seeds)
    still = {seeds[given]: np.zeros_like(direction) for given, direction in point.directions.items()}
    everywhere = dict(point.inputs) | still | {seeds[found.wrt]: point.directions[found.wrt]}
    bound = np.abs(bounded_values(differential.tangent, everywhere, point.functions)[name][1])
    for a, b in unit_directions(differential, found, shape):
        direction = np.zeros_like(point.directions[found.wrt])
        direction[a, b] = 1.0
        if _is_symmetric(differential, found):
            direction[b, a] = 1.0
        inputs = dict(point.inputs) | still | {seeds[found.wrt]: direction}
        value = reference(differential.tangent, inputs, point.functions)[name]
        nonzero[:, :, a, b] = np.abs(value) > BEYOND_ROUNDING * ROUNDOFF * bound
        certain[:, :, a, b] = nonzero[:, :, a, b] | (value == 0)
    return nonzero, certain
