"""Forward or reverse? What each costs, for given lengths of the symbolic sizes.

One pass of the forward kernel gives the differential along one direction of the inputs, one pass of the reverse kernel
the cotangents of the inputs for one of the outputs. The whole derivative takes as many forward passes as the inputs
have free entries, or as many reverse passes as the outputs have entries; the values are computed once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codegen.cost import flops
from codegen.lower import DEFAULT_SIZE, lower
from codegen.passes import optimize
from symbolic.program import Program
from symbolic.reverse.adjoint import Adjoint
from symbolic.shapes import length
from symbolic.statements import Input


@dataclass(frozen=True)
class Modes:
    """Flops of the values alone, and with one differential or one pullback; how many of each the derivative takes."""

    sizes: Mapping[str, int]
    primal: int
    forward: int
    reverse: int
    directions: int
    cotangents: int

    @property
    def whole_forward(self) -> int:
        """Flops of the whole derivative, a direction at a time."""
        return self.primal + self.directions * max(self.forward - self.primal, 0)

    @property
    def whole_reverse(self) -> int:
        """Flops of the whole derivative, a cotangent at a time."""
        return self.primal + self.cotangents * max(self.reverse - self.primal, 0)

    @property
    def cheaper(self) -> str:
        """forward or reverse; forward where they cost the same, because it needs no values kept."""
        return "forward" if self.whole_forward <= self.whole_reverse else "reverse"


def compare_modes(adjoint: Adjoint, sizes: Mapping[str, int] | None = None) -> Modes:
    """The two ways to the derivative that an adjoint is the reverse of. Raises ProgramError for an unknown size."""
    differential = adjoint.differential
    primal = differential.primal
    lengths = {str(size): (sizes or {}).get(str(size), DEFAULT_SIZE) for size in primal.sizes}
    moved = [given for given in primal.inputs if given.name in differential.wrt]
    return Modes(
        lengths,
        _flops(primal, sizes),
        _flops(differential.tangent, sizes),
        _flops(adjoint.program, sizes),
        sum(_free_entries(given, lengths) for given in moved),
        sum(_entries(Input(of, primal.symbols[of].shape), lengths) for of in adjoint.of),
    )


def _flops(program: Program, sizes: Mapping[str, int] | None) -> int:
    return flops(optimize(lower(program, sizes)))


def _entries(given: Input, lengths: Mapping[str, int]) -> int:
    rows, cols = (length(size, lengths) for size in given.shape)
    return rows * cols


def _free_entries(given: Input, lengths: Mapping[str, int]) -> int:
    """Of a symmetric or triangular matrix those of a triangle, of a diagonal one the diagonal."""
    entries = _entries(given, lengths)
    order = length(given.shape[0], lengths)
    if "diagonal" in given.facts:
        return order
    return order * (order + 1) // 2 if {"symmetric", "spd", "lower", "upper"} & set(given.facts) else entries
