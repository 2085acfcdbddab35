"""Does a kernel of another target compute what the NumPy kernel of the same schedule computes?

Both round, so each may be off by the bounds on rounding errors. Besides the usual lengths they are compared at larger
ones, at which loops over blocks go round more than once, end in a part of a block, and are shared among threads.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from codegen.check import SINGLE_RANGE, Array, Measurement
from codegen.dot_product import Label, given_values
from codegen.header import Header
from codegen.kernel import Kernel
from codegen.passes import FUNCTIONS, MEMORY, optimize
from codegen.rounding import rounding_bounds
from codegen.sampling import NoPoint, Point, numbers_for, sample
from codegen.targets.numpy.emit import emit
from symbolic.program import Program
from symbolic.shapes import length

LARGER = ((1031, 37, 70, 33, 19), (67, 130, 5, 300, 41))
"""Lengths of the symbolic sizes, in turn."""
MAX_ENTRIES = 500_000
"""Matrices of more entries are not made to be compared."""


class Agreement:
    """The NumPy kernel beside another one."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        schedule = optimize(kernel.schedule, (*FUNCTIONS, *MEMORY))
        self.twin = emit(schedule, Header("The same for NumPy.", (), ""), kernel.signature.function).load()

    def at_larger_lengths(self, primal: Program, wrt: Mapping[str, str], seed: int) -> list[Measurement]:
        """At those of `LARGER` at which the program has a point, and no matrix too large to be made."""
        found = []
        for lengths in (numbers_for(primal, numbers) for numbers in LARGER):
            if lengths and self._is_sensible(lengths):
                with contextlib.suppress(NoPoint):
                    point = sample(primal, wrt, lengths, seed)
                    for dtype in ("float64", "float32"):
                        found += self.measured(point, Label.at(lengths, seed, dtype))
        return found

    def _is_sensible(self, lengths: Mapping[str, int]) -> bool:
        schedule = self.kernel.schedule
        return all(length(size, lengths) >= 0 for size in schedule.requirements) and all(
            math.prod(length(size, lengths) for size in shape) <= MAX_ENTRIES for shape in schedule.shapes.values()
        )

    def measured(self, point: Point, label: Label) -> list[Measurement]:
        """One measurement for each output, at a point."""
        program = self.kernel.program
        inputs = {name: value.astype(label.dtype) for name, value in self._inputs(point, label.seed).items()}
        exact = {name: value.astype(np.float64) for name, value in inputs.items()}
        bounds = rounding_bounds(program, exact, point.functions)
        if label.dtype == "float32" and not all(bound < SINGLE_RANGE[1] for bound in bounds.values()):
            return []
        given = [inputs[each.name] for each in program.inputs]
        functions = {key: point.functions[name, order] for key, name, order in self.kernel.signature.functions}
        found = self.kernel.named_results(self.kernel.at(inputs, functions))
        expected = self.kernel.named_results(self.twin(*given, **functions))
        return [_compared(label, of, found[of], expected[of], bounds.get(of, 0.0)) for of in program.outputs]

    def _inputs(self, point: Point, seed: int) -> dict[str, Array]:
        """What the program is given: with directions, or cotangents."""
        if self.kernel.adjoint is not None:
            return given_values(self.kernel.adjoint, point, seed)
        seeds = self.kernel.differential.seeds if self.kernel.differential else ()
        return {**point.inputs, **{seed_name: point.directions[name] for name, seed_name in seeds}}


def _compared(label: Label, output: str, found: Any, expected: Any, bound: float) -> Measurement:
    largest = float(np.abs(expected).max(initial=0.0)) or 1.0
    same_kind = found.shape == expected.shape and found.dtype == expected.dtype
    error = float(np.abs(found - expected).max(initial=0.0)) / largest if same_kind else math.inf
    return label.judged("NumPy kernel", output, error, 2 * bound / largest)
