"""A program with stacks → a C kernel that is called from Python as the one in NumPy is: k directions, or problems."""

from __future__ import annotations

from typing import Any

from codegen.cost.header import linear_cost_lines
from codegen.header import Header
from codegen.linear.program import LinearProgram
from codegen.linear.split import Split
from codegen.native.emit import NativeKernel
from codegen.targets.c.stacked import emit_stacked
from codegen.targets.c.stacks import stacked


def emit_native_stacked(
    parts: Split, linear: LinearProgram, number: Any, header: Header, function: str
) -> NativeKernel:
    """The C file of a kernel whose seeds are stacked, `number` of each, as are the results.

    Raises NotSupported for an operation that the C target does not have.
    """
    schedule, stack = stacked(parts.whole, linear.seeds, linear.results, number)
    emitted = emit_stacked(schedule, stack, header, function, linear_cost_lines((parts.values,), parts.along))
    front = dict.fromkeys((*linear.seeds, *linear.results), (number,))
    names = (*schedule.inputs, *schedule.outputs)
    return NativeKernel(emitted, schedule, header, {n: (*front.get(n, ()), *schedule.shapes[n]) for n in names})
