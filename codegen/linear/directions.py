"""A kernel for k directions at once: the values once, and of the differential only what is linear in the directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Dummy

from codegen.kernel import Kernel, default_name, differential_header
from codegen.linear.emit import of_directions
from codegen.linear.program import LinearProgram, pushforward_of
from codegen.linear.split import Split, split
from codegen.linear.targets import stacks_in
from codegen.naming import identifier
from symbolic.collection import without_collecting
from symbolic.differential import Differential

DIRECTIONS = Dummy("k", integer=True, nonnegative=True)


class DirectionsKernel(Kernel):
    """Call it with the inputs, then the seeds, each stacked: k(X0, W1, W2, dX0) -> (X4, dX4), dX4 of k × n × p."""

    parts: Split
    linear: LinearProgram

    def at(self, given: Mapping[str, Any], functions: Mapping[str, Any]) -> Any:
        """Along the second of two directions; the first is its opposite, and must give the opposite to rounding."""
        seeds = self.linear.seeds
        twice = {name: np.stack([-value, value]) if name in seeds else value for name, value in given.items()}
        results = super().at(twice, functions)
        named = zip(self.program.outputs, results if isinstance(results, tuple) else (results,), strict=True)
        return tuple(_second(found) if name in self.linear.results else found for name, found in named)

    def flops(self, directions: int) -> int:
        """The work for that many directions, by the sample sizes."""
        return self.parts.flops(directions)


def _second(found: Any) -> Any:
    """What the second direction gave, and what both give together, which is nothing; no result unless there are two."""
    with np.errstate(over="ignore", invalid="ignore"):
        return found[1] + (found[0] + found[1]) if len(found) == 2 else found[:0]


@without_collecting
def compile_directions(
    differential: Differential,
    sizes: Mapping[str, int] | None = None,
    name: str | None = None,
    target: str = "numpy",
) -> DirectionsKernel:
    """The kernel of a differential for k directions.

    Raises what `compile_kernel` does, and NotSupported where it is not linear in its seeds.
    """
    return directions_kernel(differential, pushforward_of(differential), sizes, name, target)


def directions_kernel(
    differential: Differential,
    linear: LinearProgram,
    sizes: Mapping[str, int] | None = None,
    name: str | None = None,
    target: str = "numpy",
) -> DirectionsKernel:
    """The same, for a linear program that was made of the differential."""
    parts = split(linear, sizes)
    function = identifier(name or f"{default_name(differential.tangent, differential)}_directions")
    header = differential_header(differential, ", k directions at once")
    schedule, file = stacks_in(target)(parts, linear, DIRECTIONS, of_directions(linear), header, function)
    kernel = DirectionsKernel(differential.tangent, differential, schedule, file)
    kernel.parts, kernel.linear = parts, linear
    return kernel
