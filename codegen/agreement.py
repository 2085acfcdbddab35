"""Does a kernel compute what the plain NumPy kernel of the same schedule computes, which has no loop?

Both round, so each may be off by the bounds on rounding errors. A kernel of another target is compared at the usual
lengths, and at larger ones; a NumPy kernel in blocks where there are several blocks. There loops go round more than
once, end in a part of a block, and are shared among threads.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from codegen.check import SINGLE_RANGE, Array, Measurement
from codegen.dot_product import Label, given_values
from codegen.header import Header
from codegen.kernel import Kernel, ResultsMissing
from codegen.passes import MEMORY, optimize
from codegen.rounding import rounding_bounds
from codegen.sampling import NoPoint, Point, numbers_for, sample
from codegen.targets.numpy.blocked import FEW
from codegen.targets.numpy.emit import emit
from codegen.targets.numpy.helpers.blocks import _height
from symbolic.program import Program
from symbolic.shapes import length

HEIGHT: Callable[[int, int, int], int] = _height
"""Of a block, by the number of rows, the entries of one, and the bytes of an entry."""
LARGER = ((1031, 37, 70, 33, 19), (67, 130, 5, 300, 41))
"""Lengths of the symbolic sizes, in turn."""
MAX_ENTRIES = 500_000
"""Matrices of more entries are not made to be compared."""


DOUBLE = 8
"""Bytes."""
MANY = 10**9
"""So many rows that a block of them is as high as blocks get."""
BESIDE = (12, 5, 9, 7, 8)
"""Lengths of the sizes that are not cut into blocks, in turn."""


class Agreement:
    """The plain NumPy kernel beside another one."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.method = "blocks" if kernel.file.target == "numpy" else "NumPy kernel"
        schedule = optimize(kernel.schedule, MEMORY)
        self.twin = emit(schedule, Header("The same for NumPy.", (), ""), kernel.signature.function).load()

    def at_larger_lengths(self, primal: Program, wrt: Mapping[str, str], seed: int) -> list[Measurement]:
        """At those of `LARGER` at which the program has a point, and no matrix too large to be made."""
        larger = (numbers_for(primal, numbers) for numbers in LARGER)
        return [each for lengths in larger if lengths for each in self._compared(primal, wrt, lengths, seed)]

    def at_block_edges(self, primal: Program, wrt: Mapping[str, str], seed: int) -> list[Measurement]:
        """Of a NumPy kernel in blocks, where each loop and each thread computes several."""
        loops = self.kernel.file.loops
        assert loops is not None
        lengths = numbers_for(primal, BESIDE)
        if str(loops.rows) in lengths:
            most = max(HEIGHT(MANY, length(width, lengths), DOUBLE) for width in loops.widths)
            number = 4 * loops.threads  # fewer are one in single precision, or one thread's
            lengths[str(loops.rows)] = number * max(most, FEW) + 1
        return self._compared(primal, wrt, lengths, seed)

    def _compared(
        self, primal: Program, wrt: Mapping[str, str], lengths: Mapping[str, int], seed: int
    ) -> list[Measurement]:
        """In both precisions; nothing where there is no point, or a matrix too large."""
        found = []
        if self._is_sensible(lengths):
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
        try:
            found = self.kernel.named_results(self.kernel.at(inputs, functions))
        except ResultsMissing:
            found = dict.fromkeys(program.outputs, np.full((), np.nan))
        expected = self.kernel.named_results(self.twin(*given, **functions))
        return [self._judged(label, of, found[of], expected[of], bounds.get(of, 0.0)) for of in program.outputs]

    def _inputs(self, point: Point, seed: int) -> dict[str, Array]:
        """What the program is given: with directions, or cotangents."""
        if self.kernel.adjoint is not None:
            return given_values(self.kernel.adjoint, point, seed)
        seeds = self.kernel.differential.seeds if self.kernel.differential else ()
        return {**point.inputs, **{seed_name: point.directions[name] for name, seed_name in seeds}}

    def _judged(self, label: Label, output: str, found: Any, expected: Any, bound: float) -> Measurement:
        largest = float(np.abs(expected).max(initial=0.0)) or 1.0
        same_kind = found.shape == expected.shape and found.dtype == expected.dtype
        error = float(np.abs(found - expected).max(initial=0.0)) / largest if same_kind else math.inf
        return label.judged(self.method, output, error, 2 * bound / largest)
