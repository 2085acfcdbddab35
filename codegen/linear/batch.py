"""A kernel for many problems at once: k(X0, W1, W2, dX0) -> (X4, dX4), where X0 is b × n × m and so is dX0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from sympy import Dummy

from codegen.header import Header
from codegen.kernel import Kernel, described
from codegen.linear.program import LinearProgram
from codegen.linear.split import split
from codegen.linear.targets import stacks_in
from codegen.lower import lower
from codegen.naming import identifier
from codegen.schedule import moving
from symbolic.collection import without_collecting
from symbolic.differential import Differential
from symbolic.errors import NameError_
from symbolic.language.names import ascii_name
from symbolic.program import Program
from symbolic.reverse.adjoint import Adjoint

BATCH = Dummy("batch", integer=True, nonnegative=True)
SAID = ("What is the same for all problems.", "The results of each of several problems.")


class BatchKernel(Kernel):
    """Call it as the kernel of one problem, the arguments `over` stacked: results are stacked that depend on these."""

    over: tuple[str, ...]
    stacked: tuple[str, ...]
    """The results that are."""

    def at(self, given: Mapping[str, Any], functions: Mapping[str, Any]) -> Any:
        """The results of one problem, which is solved twice, side by side, and must come out the same to rounding."""
        twice = {name: np.stack([value, value]) if name in self.over else value for name, value in given.items()}
        results = super().at(twice, functions)
        named = zip(self.program.outputs, results if isinstance(results, tuple) else (results,), strict=True)
        return tuple(_single(found) if name in self.stacked else found for name, found in named)


def _single(found: Any) -> Any:
    """What the second problem gave, and by how much more than the first; no result unless there are two."""
    with np.errstate(over="ignore", invalid="ignore"):
        return found[1] + (found[1] - found[0]) if len(found) == 2 else found[:0]


@without_collecting
def compile_batch(
    what: Program | Differential | Adjoint,
    over: str | Iterable[str] | None = None,
    sizes: Mapping[str, int] | None = None,
    name: str | None = None,
    target: str = "numpy",
) -> BatchKernel:
    """The kernel for a batch of problems. `over`: the arguments that are stacked, by default all of them.

    Raises NameError_ for an unknown argument, and as `compile_kernel` does.
    """
    program = what if isinstance(what, Program) else what.program
    chosen = _chosen(program, over)
    moved = moving(lower(program, sizes).instrs, chosen)
    results = tuple(name for name in program.outputs if name in moved)
    linear = LinearProgram(program, chosen, tuple(name for name in program.outputs if name not in moved), results)
    parts = split(linear, sizes)
    header, default = described(what)
    function = identifier(name or f"{default}_batch")
    about = _for_a_batch(header, program, chosen)
    schedule, file = stacks_in(target)(parts, linear, BATCH, SAID, about, function)
    differential = what if isinstance(what, Differential) else None
    kernel = BatchKernel(program, differential, schedule, file, what if isinstance(what, Adjoint) else None)
    kernel.over, kernel.stacked = chosen, results
    return kernel


def _for_a_batch(header: Header, program: Program, over: tuple[str, ...]) -> Header:
    shared = [ascii_name(given.name) for given in program.inputs if given.name not in over]
    each = f"for a batch of problems{', which share ' + ', '.join(shared) if shared else ''}"
    return Header(f"{header.title.removesuffix('.')}, {each}.", header.statement, header.canonical_text, header.roles)


def _chosen(program: Program, over: str | Iterable[str] | None) -> tuple[str, ...]:
    """The inputs that are stacked, in their order; dX0 is δX0."""
    known = {given.name: given.name for given in program.inputs}
    known |= {ascii_name(given.name): given.name for given in program.inputs}
    wanted = tuple(known) if over is None else (over,) if isinstance(over, str) else tuple(over)
    for name in wanted:
        if name not in known:
            there = ", ".join(ascii_name(given.name) for given in program.inputs)
            raise NameError_(f"{name} is no argument of the kernel; there are {there}")
    if not wanted:
        raise NameError_("no argument is stacked; `compile` gives the kernel of one problem")
    names = {known[name] for name in wanted}
    return tuple(given.name for given in program.inputs if given.name in names)
