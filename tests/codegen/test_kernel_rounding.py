"""Rounding: the kernel of every example, beside the bound that the checks allow it, in both precisions.

The bound is first-order and knows no sizes, the kernel's errors are measured: where they stay below `LARGEST` times
u B, neither hides a loss of digits in the other.
"""

from __future__ import annotations

import numpy as np
import pytest

from codegen import sampling
from codegen.check import BOUND_IN_ROUNDOFFS
from codegen.kernel import compile_kernel
from codegen.reference import evaluate
from codegen.rounding import rounding_bounds
from codegen.sampling import Point, numbers_for, sample
from symbolic.differential import differentiate
from symbolic.errors import PushforwardError
from symbolic.language.read import read_program
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.shapes import length

LARGEST = 8
WELL_CONDITIONED = 0.05
LENGTHS = ((4, 5, 3, 6, 2), (9, 7, 8, 5, 6), (1, 2, 1, 1, 2))
SEEDS = (1, 2, 3)
STEP = 1e-30


def points(program, seeds, moved):
    """Several sizes and seeds, of those at which the program makes sense."""
    for lengths in LENGTHS:
        sizes = numbers_for(program, lengths)
        if all(length(size, sizes) >= 0 for size in program.requirements):
            for seed in seeds:
                try:
                    yield sample(program, moved, sizes, seed)
                except PushforwardError:
                    continue


def rounded(point, dtype):
    """The point of which all entries are numbers of that precision."""
    inputs, directions = (
        {name: A.astype(dtype).astype(float) for name, A in both.items()} for both in (point.inputs, point.directions)
    )
    return Point(inputs, directions, point.functions, point.largest_step, ())


def errors(kernel, point, dtype):
    """Of each output and its differential, the largest error over u B."""
    differential, primal = kernel.differential, kernel.differential.primal
    given = {**point.inputs, **{seed: point.directions[name] for name, seed in differential.seeds}}
    results = kernel(*(given[i.name].astype(dtype) for i in kernel.program.inputs))
    bounds = rounding_bounds(kernel.program, given, point.functions)
    moved = evaluate(primal, point.moved(1j * STEP), point.functions)
    exact = {of: value.real for of, value in moved.items()}
    exact |= {differential.name(of): moved[of].imag / STEP for of in primal.outputs}
    for name, found in zip(kernel.program.outputs, results, strict=True):
        error = np.abs(found - exact[name]).max(initial=0.0)
        if error:
            yield float(error / (np.finfo(dtype).eps / 2 * bounds[name]))


@pytest.mark.parametrize("record", (*OPERATIONS.values(), *DEFINITIONS.values()), ids=lambda record: record.name)
def test_errors_stay_within_the_bound(monkeypatch, record, record_property):
    monkeypatch.setattr(sampling, "DISTANCE", WELL_CONDITIONED)
    program = read_program(record.example)
    kernel = compile_kernel(differentiate(program))
    seeds = SEEDS[:1] if record.name.endswith("frechet") else SEEDS
    found = [
        error
        for point in points(program, seeds, dict(kernel.differential.seeds))
        for dtype in (np.float64, np.float32)
        for error in errors(kernel, rounded(point, dtype), dtype)
    ]
    worst = max(found, default=0.0)
    record_property("error over bound", worst)
    assert worst <= LARGEST


def test_what_the_checks_allow_is_what_is_measured_here():
    assert BOUND_IN_ROUNDOFFS == LARGEST
