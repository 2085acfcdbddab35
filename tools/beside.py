"""Kernels of one program beside each other: given the same, they give the same to rounding, or fail in the same way."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import Any

import numpy as np

from codegen.check import SINGLE_RANGE
from codegen.dot_product import given_values
from codegen.kernel import Kernel
from codegen.rounding import rounding_bounds
from codegen.sampling import NoPoint, Point, sample
from symbolic.differential import Differential
from symbolic.errors import DifferentiationError, NotSupported
from symbolic.reverse.adjoint import Adjoint, adjoint
from symbolic.shapes import length
from tools.verdicts import Skipped, Wrong, compare, protected

PRECISIONS = ("float64", "float32")
MAX_ENTRIES = 40_000
"""Matrices of more entries are not made."""

Derived = Differential | Adjoint
Arrays = Mapping[str, Any]
Outcome = Arrays | Exception
"""The results of a call by name, or what it raised."""


def pullback_of(differential: Differential) -> Adjoint:
    """Raises Skipped where there is none."""
    try:
        return adjoint(differential)
    except (DifferentiationError, NotSupported) as error:
        raise Skipped(error.message) from None


Places = Iterable[tuple[dict[str, int], Point]]


def points(derived: Derived, rows: tuple[int, ...], others: tuple[int, ...], random: Random) -> Places:
    """Points at which one of the sizes has the lengths `rows` in turn, and each of the rest one of `others`."""
    primal = derived.primal
    wrt = dict((derived.differential if isinstance(derived, Adjoint) else derived).seeds)
    sizes = [str(size) for size in primal.sizes]
    for rows_now in rows if sizes else rows[:1]:
        one = random.choice(sizes) if sizes else ""
        lengths = {size: rows_now if size == one else random.choice(others) for size in sizes}
        if _is_sensible(derived, lengths):
            try:
                yield lengths, sample(primal, wrt, lengths, random.randrange(1000))
            except NoPoint:
                continue


def at_each(places: Places, check: Callable[[Point], None]) -> None:
    """Make a check at each point. Raises Wrong, with the lengths, and Skipped where it can be made at none."""
    reasons = ["no point was found"]
    for lengths, point in places:
        try:
            check(point)
            reasons.append("")
        except Skipped as reason:
            reasons.append(str(reason))
        except Wrong as fault:
            raise Wrong(f"{fault}, at {lengths}") from None
    if "" not in reasons:
        raise Skipped(reasons[-1])


def _is_sensible(derived: Derived, lengths: Mapping[str, int]) -> bool:
    program, requirements = derived.program, (*derived.primal.requirements, *derived.program.requirements)
    return all(length(size, lengths) >= 0 for size in requirements) and all(
        math.prod(length(size, lengths) for size in part.shape) <= MAX_ENTRIES for part in program.nodes()
    )


def inputs_at(derived: Derived, point: Point) -> dict[str, Any]:
    """What a kernel is given at a point: directions too, or cotangents."""
    if isinstance(derived, Adjoint):
        return given_values(derived, point, 0)
    return {**point.inputs, **{seed: point.directions[name] for name, seed in derived.seeds}}


def rounded(inputs: Arrays, precision: str) -> dict[str, Any]:
    return {name: value.astype(precision) for name, value in inputs.items()}


def bounds_of(derived: Derived, inputs: Arrays, point: Point, precision: str) -> dict[str, float]:
    """What rounding can do to each result. Raises Skipped where single precision does not hold what is added up."""
    with np.errstate(all="ignore"):
        bounds = rounding_bounds(derived.program, rounded(inputs, "float64"), point.functions)
    if precision == "float32" and not all(bound < SINGLE_RANGE[1] for bound in bounds.values()):
        raise Skipped("beyond what single precision holds")
    return bounds


def functions_of(kernel: Kernel, point: Point) -> dict[str, Callable[[Any], Any]]:
    return {keyword: point.functions[name, order] for keyword, name, order in kernel.signature.functions}


def outcome(kernel: Kernel, inputs: Arrays, point: Point, orders: Random) -> Outcome:
    """Of a call with arrays that cannot be written, each by rows or by columns."""
    given = [protected(inputs[each.name], orders.choice("CCF")) for each in kernel.program.inputs]
    try:
        with np.errstate(all="ignore"):
            return kernel.named_results(kernel(*given, **functions_of(kernel, point)))
    except (FloatingPointError, ValueError) as error:
        return error


def agree(found: Outcome, expected: Outcome, bounds: Mapping[str, float], precision: str) -> None:
    """Raises Wrong where two outcomes differ by more than both may be off, Skipped where both are the same failure."""
    if isinstance(found, Exception) or isinstance(expected, Exception):
        if type(found) is type(expected):
            raise Skipped(f"both raise {type(expected).__name__}")
        raise Wrong(f"{_said(found)} where {_said(expected)} is expected")
    for name, value in expected.items():
        if found[name].dtype != value.dtype:
            raise Wrong(f"{name} has entries of type {found[name].dtype}, not {value.dtype}")
        compare(name, found[name], value, 2 * bounds.get(name, 0.0), float(np.finfo(precision).eps) / 2)


def _said(result: Outcome) -> str:
    return f"{type(result).__name__}: {result}" if isinstance(result, Exception) else "a result"
