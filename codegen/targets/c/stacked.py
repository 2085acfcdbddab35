"""Schedule → a C file that computes it for each of a stack: the values once, k directions; or many problems."""

from __future__ import annotations

from collections.abc import Iterable

from codegen.header import Header
from codegen.naming import identifier
from codegen.schedule import Schedule, moving
from codegen.targets.c.apart import Apart
from codegen.targets.c.emit import CEmission, check_operations
from codegen.targets.c.file import file_of
from codegen.targets.c.interface import EmittedC
from codegen.targets.c.layout import blocks_of, is_in_one_loop, parts_of
from codegen.targets.c.stacks import Stack, below_each_other


def emit_stacked(schedule: Schedule, stack: Stack, header: Header, function: str, cost: Iterable[str]) -> EmittedC:
    """The files of a kernel named `function`, from a schedule as VALUES leave it. `cost`: lines that say it.

    Raises NotSupported where an operation has no C.
    """
    check_operations(schedule)
    function, stack = identifier(function), below_each_other(schedule, stack)
    if stack.rows is not None or _is_in_one_loop(schedule, stack):
        whole = CEmission(schedule, function, stack)
        return whole.emitted(file_of([whole], whole.name, header, cost))
    apart = Apart(schedule, stack, function)
    return apart.emitted(file_of([*apart.parts, apart], apart.name, header, cost))


def _is_in_one_loop(schedule: Schedule, stack: Stack) -> bool:
    blocks = blocks_of(schedule)
    return is_in_one_loop(parts_of(blocks, moving(blocks.schedule.instrs, stack.names)))
