"""Schedule → a C file of two functions: what does not depend on the seeds, once, and then what is linear in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from codegen.header import Header
from codegen.naming import identifier
from codegen.schedule import Schedule
from codegen.targets.c.emit import CEmission
from codegen.targets.c.file import file_of
from codegen.targets.c.halves import halves, with_names
from codegen.targets.c.interface import EmittedC
from codegen.targets.c.stacks import Stack


@dataclass(frozen=True)
class LinearizedC:
    """Both functions, with the schedules that they compute; `factored`: what the second takes as P A = L U."""

    values: EmittedC
    along: EmittedC
    first: Schedule
    second: Schedule
    factored: frozenset[str]


def emit_linearized(
    schedule: Schedule, stack: Stack, seeds: tuple[str, ...], header: Header, function: str, cost: Iterable[str]
) -> LinearizedC:
    """NAME_values and NAME_along, which takes the seeds last, from a schedule as VALUES leave it.

    `stack`: the seeds, and all that depends on them. `cost`: lines that say it. Raises NotSupported where an operation
    has no C.
    """
    function = identifier(function)
    parts = halves(with_names(schedule, stack), stack)
    along = _with_all_sizes(parts.along, parts.values, seeds)
    first = CEmission(parts.values, f"{function}_values")
    second = CEmission(along, f"{function}_along", sizes=first.symbols, factored=parts.factored)
    use = f"{first.name} computes, once, what {second.name} takes besides a direction."
    file = file_of([first, second], function, header, (*cost, use))
    return LinearizedC(first.emitted(file), second.emitted(file), parts.values, along, parts.factored)


def _with_all_sizes(along: Schedule, values: Schedule, seeds: tuple[str, ...]) -> Schedule:
    """Also given what tells sizes that its other arguments do not tell, and every seed."""
    given = [name for name in along.inputs if name not in seeds]
    told = {size for name in (*given, *seeds) for size in along.shapes[name]}
    missing = {size for name in values.inputs for length in along.shapes[name] for size in length.free_symbols} - told
    telling = [name for name in values.inputs if any(s.free_symbols & missing for s in along.shapes[name])]
    return replace(along, inputs=tuple(dict.fromkeys((*given, *telling, *seeds))), requirements=())
