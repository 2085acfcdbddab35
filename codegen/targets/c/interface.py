"""How a C function is called: its names, sizes, arguments and results."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from codegen.header import Signature
from codegen.naming import Names, function_argument
from codegen.schedule import Schedule
from codegen.sizes import derived_sizes, size_text
from codegen.targets.c.carried import HELPERS
from codegen.targets.c.file import CFile
from codegen.targets.c.numbers import size_code
from codegen.targets.c.reserved import OF_PRECISIONS, RESERVED
from codegen.targets.c.scope import entries
from codegen.targets.c.stacks import ALONE, Stack

MAX_PARAMETERS = 90


@dataclass(frozen=True)
class EmittedC:
    """The text of a C file and of its header, and how a function of it is called.

    `sizes`: the first arguments, in order. `failures`: the codes that it may return, and what they mean in Python.
    `message`: the function that says it in words.
    """

    source: str
    header_source: str
    signature: Signature
    sizes: tuple[Any, ...]
    failures: Mapping[int, str]
    message: str


class Interface:
    """The declarations of a C function, for both precisions."""

    def __init__(
        self,
        schedule: Schedule,
        function: str,
        stack: Stack = ALONE,
        sizes: Iterable[Any] | None = None,
        own: bool = False,
    ) -> None:
        """`sizes`: the first arguments, by default those that follow from the others. `own`: of its file alone."""
        self.schedule, self.stack, self.own = schedule, stack, own
        self.inputs, self.outputs = schedule.inputs, schedule.outputs
        calls = sorted({(i.attr("function"), i.attr("order")) for i in schedule.instrs if i.op == "call"})
        self.names = _named(schedule, function, calls)
        self.symbols = self._all_sizes() if sizes is None else tuple(sizes)
        self.sizes = {size: self.names.choose(f"size {size.name}", size.name) for size in self.symbols}
        self.signature = Signature(
            self.names["the function"],
            tuple(self.names[name] for name in self.inputs),
            tuple((self.names[f"{called} {order}"], called, order) for called, order in calls),
            self.outputs,
        )
        self.results = [
            self.names.choose(f"output {name}", f"{self.names[name]}_out") if name in self.inputs else self.names[name]
            for name in self.outputs
        ]

    @property
    def name(self) -> str:
        return self.signature.function

    @property
    def keywords(self) -> list[str]:
        """The parameters that are functions."""
        return [keyword for keyword, _, _ in self.signature.functions]

    def emitted(self, file: CFile) -> EmittedC:
        """The function as one of that file."""
        return EmittedC(file.source, file.header_source, self.signature, self.symbols, file.failures, file.message)

    def lengths(self, name: str) -> tuple[Any, ...]:
        """The shape of an argument or result, with the number of a stack in front."""
        front = (self.stack.number,) if name in self.stack.names else ()
        return (*front, *self.schedule.shapes[name])

    def count(self, name: str, factored: bool = False) -> str:
        """How many entries a matrix has, of a stack each."""
        rows, cols = (size_code(size, self.sizes) for size in self.schedule.shapes[name])
        return entries(rows, cols, factored)

    def _all_sizes(self) -> tuple[Any, ...]:
        """Those that follow from the arguments."""
        lengths = [size for name in self.inputs for size in self.lengths(name)]
        symbols = [size for size in lengths if size.is_Symbol]
        return tuple(dict.fromkeys([*symbols, *(derived.symbol for derived in derived_sizes(lengths))]))

    @property
    def shapes(self) -> list[str]:
        """X0: n x m"""
        return [
            f"{self.names[name]}: {' x '.join(size_text(size, self.sizes) for size in self.lengths(name))}"
            for name in dict.fromkeys((*self.inputs, *self.outputs))
        ]

    @property
    def prototypes(self) -> list[str]:
        return [] if self.own else [self.work_prototype(), self.prototype()]

    def prototype(self) -> str:
        """The declaration of the kernel, without the semicolon."""
        name = f"{self.signature.function}_@"
        functions = [
            f"void (*{keyword})(void *context, size_t count, const @real *x, @real *y)" for keyword in self.keywords
        ]
        parameters = [
            *(f"size_t {size}" for size in self.sizes.values()),
            *(f"const @real *{argument}" for argument in self.signature.arguments),
            *functions,
            *(["void *context"] if functions else []),
            *(f"@real *restrict {result}" for result in self.results),
            "@real *restrict work",
            "int threads",
        ]
        return f"{'static ' if self.own else ''}int {name}({wrapped(parameters)})"

    def work_prototype(self) -> str:
        parameters = [*(f"size_t {size}" for size in self.sizes.values()), "int threads"]
        return f"{'static ' if self.own else ''}size_t {self.signature.function}_@_work({wrapped(parameters)})"


def wrapped(parameters: list[str]) -> str:
    """On lines of their own where one line would be long."""
    line = ", ".join(parameters)
    return line if len(line) <= MAX_PARAMETERS else "\n    " + ",\n    ".join(parameters)


def _named(schedule: Schedule, function: str, calls: list[tuple[str, int]]) -> Names:
    """Identifiers for the function, its arguments and what the program names."""
    own = {name.replace("_@", f"_{kind}") for name in HELPERS for kind in ("f32", "f64")}
    names = Names({*RESERVED, *own})
    is_helper = f"{function}_@" in HELPERS or function in OF_PRECISIONS
    names.choose("the function", f"{function}_2" if is_helper else function)
    for name in (*schedule.inputs, *schedule.outputs):
        if name not in names.chosen:
            names.choose(name, name)
    for called, order in calls:
        names.choose(f"{called} {order}", function_argument(called, order))
    for instr in schedule.instrs:
        if not instr.out.startswith(".") and instr.out not in names.chosen:
            names.choose(instr.out, instr.out)
    return names
