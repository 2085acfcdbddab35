"""A kernel for k directions at once: the values once, and of the differential only what is linear in the directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sympy import Dummy

from codegen.kernel import Kernel, default_name, differential_header
from codegen.linear.emit import emit_linear, of_directions
from codegen.linear.program import LinearProgram, pushforward_of
from codegen.linear.split import Split, split
from codegen.linear.stacks import Stacks
from codegen.naming import identifier
from symbolic.collection import without_collecting
from symbolic.differential import Differential

DIRECTIONS = Dummy("k", integer=True, nonnegative=True)


class DirectionsKernel(Kernel):
    """Call it with the inputs, then the seeds, each stacked: k(X0, W1, W2, dX0) -> (X4, dX4), dX4 of k × n × p."""

    parts: Split
    linear: LinearProgram

    def along(
        self, inputs: Mapping[str, Any], directions: Mapping[str, Any], functions: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The second of two directions, of which the first is its opposite, and must give the opposite."""
        assert self.differential is not None
        stacked = {seed: np.stack([-directions[name], directions[name]]) for name, seed in self.differential.seeds}
        given = {**inputs, **stacked}
        named = self.named_results(self(*(given[argument.name] for argument in self.program.inputs), **functions))
        primal = self.differential.primal.outputs
        found = {of: named[self.differential.name(of)] for of in primal}
        opposite = all(np.array_equal(pair[0], -pair[1]) for pair in found.values())
        return {of: named[of] for of in primal}, {of: pair[1] if opposite else pair[:0] for of, pair in found.items()}

    def flops(self, directions: int) -> int:
        """The work for that many directions, by the sample sizes."""
        return self.parts.flops(directions)


@without_collecting
def compile_directions(
    differential: Differential, sizes: Mapping[str, int] | None = None, name: str | None = None
) -> DirectionsKernel:
    """The kernel of a differential for k directions.

    Raises what `compile_kernel` does, and NotSupported where it is not linear in its seeds.
    """
    return directions_kernel(differential, pushforward_of(differential), sizes, name)


def directions_kernel(
    differential: Differential, linear: LinearProgram, sizes: Mapping[str, int] | None = None, name: str | None = None
) -> DirectionsKernel:
    """The same, for a linear program that was made of the differential."""
    parts = split(linear, sizes)
    function = identifier(name or f"{default_name(differential.tangent, differential)}_directions")
    header = differential_header(differential, ", k directions at once")
    form = Stacks.of(parts, DIRECTIONS, of_directions(linear))
    emitted = emit_linear(parts, linear, form, header, function)
    kernel = DirectionsKernel(differential.tangent, differential, parts.joined, emitted)
    kernel.parts, kernel.linear = parts, linear
    return kernel
