"""A kernel that is linearized at a point once and applied to as many directions as come: values and a linear map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.kernel import Kernel, default_name, differential_header
from codegen.linear.emit import LinearEmission, Main, emit_linear, of_directions
from codegen.linear.program import LinearProgram
from codegen.linear.split import Split, split
from codegen.naming import identifier
from codegen.targets.numpy.arguments import Lengths
from symbolic.collection import without_collecting
from symbolic.differential import Differential

HOLDS = "{} holds arguments themselves: leave these unchanged as long as it is used."


@dataclass(frozen=True)
class Linearized:
    """k(X0, W1, W2) -> (X4, state); then _along(state, dX0) -> dX4 for any direction, as often as asked."""

    stacks = False

    def given(self, linear: LinearProgram) -> Mapping[str, Lengths]:
        return {given.name: given.shape for given in linear.inputs}

    def meanings(self, emission: LinearEmission) -> tuple[str, str]:
        return of_directions(emission.linear)

    def main(self, emission: LinearEmission) -> Main:
        state = emission.local("state")
        results = ", ".join(emission.names[name] for name in emission.linear.results)
        call = f"{results} = _along({', '.join((state, *emission.seeds))})"
        returned = (*emission.value_names(), state)
        text = f"({', '.join(returned)}); then {call}, as often as asked" if len(returned) > 1 else f"{state}; {call}"
        return Main((emission.call_values(),), returned, text, raises=(HOLDS.format(state),), result_type="tuple")


class LinearizedKernel(Kernel):
    """Call it with the program's inputs: k(X0, W1, W2) -> (X4, state). `apply(state, dX0)` is dX4, linear in dX0."""

    linear: LinearProgram
    parts: Split
    apply: Callable[..., Any]


@without_collecting
def compile_linearization(
    differential: Differential,
    linear: LinearProgram,
    sizes: Mapping[str, int] | None = None,
    name: str | None = None,
) -> LinearizedKernel:
    """The kernel of a linear program that a differential gives, itself or its adjoint. Raises as `compile_kernel`."""
    parts = split(linear, sizes)
    function = identifier(name or f"{default_name(differential.tangent, differential)}_linearized")
    emitted = emit_linear(parts, linear, Linearized(), differential_header(differential, ", linearized"), function)
    kernel = LinearizedKernel(differential.tangent, differential, parts.joined, emitted)
    kernel.linear, kernel.parts = linear, parts
    kernel.apply = kernel.function.__globals__["_along"]
    return kernel
