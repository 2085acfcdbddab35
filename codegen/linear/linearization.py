"""A kernel that is linearized at a point once and applied to as many directions as come: values and a linear map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from codegen.kernel import Kernel, default_name, differential_header, target_named
from codegen.kernel_file import KernelFile
from codegen.linear.emit import LinearEmission, Main, emit_linear, of_directions
from codegen.linear.program import LinearProgram
from codegen.linear.split import Split, split
from codegen.naming import identifier
from codegen.native.linearized import emit_native_linearized
from codegen.targets.numpy.arguments import Lengths
from symbolic.collection import without_collecting
from symbolic.differential import Differential


@dataclass(frozen=True)
class Linearized:
    """k(X0, W1, W2) -> (X4, state); then _along(state, dX0) -> dX4 for any direction, as often as asked."""

    stacks = False

    def given(self, linear: LinearProgram) -> Mapping[str, Lengths]:
        return {given.name: given.shape for given in linear.inputs}

    def meanings(self, emission: LinearEmission) -> tuple[str, str]:
        return of_directions(emission.linear)

    def main(self, emission: LinearEmission) -> Main:
        state, values = emission.local("state"), emission.value_names()
        results = [emission.names[name] for name in emission.linear.results]
        returns, known = telling(values, state, results, emission.seeds)
        return Main((emission.call_values(),), (*values, state), returns, raises=(known,), result_type="tuple")


def telling(values: Sequence[str], state: str, results: Sequence[str], seeds: Sequence[str]) -> tuple[str, str]:
    """What is returned, and what of it one has to know, in words, from names."""
    call = f"{', '.join(results)} = _along({', '.join((state, *seeds))})"
    returns = f"({', '.join((*values, state))}); then {call}, as often as asked" if values else f"{state}; {call}"
    return returns, f"{state} holds arguments themselves: leave these unchanged as long as it is used."


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
    target: str = "numpy",
) -> LinearizedKernel:
    """The kernel of a linear program that a differential gives, itself or its adjoint. Raises as `compile_kernel`."""
    target_named(target)
    parts = split(linear, sizes)
    function = identifier(name or f"{default_name(differential.tangent, differential)}_linearized")
    header = differential_header(differential, ", linearized")
    file: KernelFile
    if target == "c":
        file = emit_native_linearized(parts, linear, telling, header, function)
    else:
        file = emit_linear(parts, linear, Linearized(), header, function)
    kernel = LinearizedKernel(differential.tangent, differential, parts.joined, file)
    kernel.linear, kernel.parts = linear, parts
    kernel.apply = kernel.function.__globals__["_along"]
    return kernel
