"""A kernel: a compiled program that can be called, read and saved."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from codegen.emit import Emitted, Header, emit
from codegen.files import write_text
from codegen.load import load
from codegen.lower import lower
from codegen.naming import identifier
from codegen.passes import optimize
from codegen.schedule import Schedule
from symbolic.collection import without_collecting
from symbolic.differential import Differential
from symbolic.errors import LimitError, NotSupported
from symbolic.language.names import ascii_name
from symbolic.program import Program

TARGETS = ("numpy",)
MAX_STATEMENT_LINES = 40


class Kernel:
    """Call it with the program's inputs, then the seeds; unknown functions by keyword.

    k(X0, W1, W2, dX0, f=numpy.sin, df=numpy.cos) -> (X4, dX4). A program without seeds returns its values, one
    output alone, several as a tuple. Raises ValueError for shapes that do not fit, TypeError for other entries.
    """

    def __init__(
        self, program: Program, differential: Differential | None, schedule: Schedule, emitted: Emitted
    ) -> None:
        self.program = program
        self.differential = differential
        self.schedule = schedule
        self.source = emitted.source
        self.signature = emitted.signature
        self.function = load(emitted.source, emitted.tree, emitted.signature.function)

    def __call__(self, *arguments: Any, **functions: Any) -> Any:
        return self.function(*arguments, **functions)

    def save(self, path: str | Path) -> bool:
        """Write the source, whole or not at all; True if the file changed."""
        return write_text(path, self.source)

    def __repr__(self) -> str:
        arguments = ", ".join(
            (*self.signature.arguments, *(f"{keyword}=…" for keyword, _, _ in self.signature.functions))
        )
        return f"<kernel {self.signature.function}({arguments})>"


@without_collecting
def compile_kernel(
    what: Program | Differential,
    target: str = "numpy",
    sizes: Mapping[str, int] | None = None,
    name: str | None = None,
) -> Kernel:
    """Program → Schedule → passes → source → function.

    `sizes`: sample values of symbolic sizes, by which the order of products is chosen. `name`: of the function.
    Raises NotSupported for an unknown target and ProgramError for an unknown size.
    """
    if target not in TARGETS:
        raise NotSupported(f"there is no target {target!r}; there is {', '.join(TARGETS)}")
    differential = what if isinstance(what, Differential) else None
    program = differential.tangent if differential else what
    if not isinstance(program, Program):
        raise TypeError(f"a Program or a Differential is compiled, not {type(what).__name__}")
    schedule = optimize(lower(program, sizes))
    function = identifier(name or default_name(program, differential))
    return Kernel(program, differential, schedule, emit(schedule, _header(program, differential), function))


def default_name(program: Program, differential: Differential | None) -> str:
    """seed_wrt_X0; with respect to everything: seed_wrt_all."""
    name = identifier(program.name, "program")
    if differential is None:
        return name
    everything = len(differential.wrt) == len(differential.primal.inputs) > 1
    chosen = "all" if everything else "_".join(map(ascii_name, differential.wrt))
    return f"{name}_wrt_{chosen}"


def _header(program: Program, differential: Differential | None) -> Header:
    canonical = program.text("text")
    if differential is None:
        return Header("The value of a matrix program.", _statement(program), canonical)
    wrt = ", ".join(ascii_name(name) for name in differential.wrt)
    roles = tuple((seed, f", the perturbation of {ascii_name(name)}") for name, seed in differential.seeds)
    statement = (*_statement(differential.primal), *_closed_forms(differential))
    return Header(f"Value and differential of a matrix program with respect to {wrt}.", statement, canonical, roles)


def _statement(program: Program) -> tuple[str, ...]:
    lines = list(islice(program.iterate_lines(), len(program.inputs), len(program.inputs) + MAX_STATEMENT_LINES))
    left_out = len(program.functions) + len(program.lets) - len(lines)
    return (*lines, f"… and {left_out} statements more") if left_out > 0 else tuple(lines)


def _closed_forms(differential: Differential) -> tuple[str, ...]:
    if len(differential.primal.lets) > MAX_STATEMENT_LINES:
        return ()
    try:
        computed = [let.name for let in differential.primal.lets if let.name in differential.primal.outputs]
        return ("", *(differential.closed_form(of).equation() for of in computed))
    except LimitError:
        return ()
