"""What makes a file, in each target, of a program for many directions or problems."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from codegen.header import Header
from codegen.kernel import target_named
from codegen.kernel_file import KernelFile
from codegen.linear.emit import emit_linear
from codegen.linear.program import LinearProgram
from codegen.linear.split import Split
from codegen.linear.stacks import Stacks
from codegen.native.stacked import emit_native_stacked
from codegen.schedule import Schedule

EmitStacks = Callable[[Split, LinearProgram, Any, tuple[str, str], Header, str], tuple[Schedule, KernelFile]]
"""From the halves of a program, how many seeds are stacked, what both halves compute in words, a header and a name."""


def stacks_in(target: str) -> EmitStacks:
    """Raises NotSupported for a target that is none."""
    target_named(target)
    return _TARGETS[target]


def _in_numpy(
    parts: Split, linear: LinearProgram, number: Any, said: tuple[str, str], header: Header, function: str
) -> tuple[Schedule, KernelFile]:
    return parts.joined, emit_linear(parts, linear, Stacks.of(parts, number, said), header, function)


def _in_c(
    parts: Split, linear: LinearProgram, number: Any, said: tuple[str, str], header: Header, function: str
) -> tuple[Schedule, KernelFile]:
    file = emit_native_stacked(parts, linear, number, header, function)
    return file.schedule, file


_TARGETS: dict[str, EmitStacks] = {"numpy": _in_numpy, "c": _in_c}
