"""Schedule → source of a kernel file that stands alone.

The template decides layout; every string it receives is made here, from the schedule and from expressions
printed by this project: nothing of a user's own text reaches the file.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import jinja2

from codegen.allowlist import check_source
from codegen.header import Header, Signature
from codegen.naming import Names, function_argument, identifier
from codegen.schedule import Schedule
from codegen.targets.numpy import SPELLINGS
from codegen.targets.numpy.arguments import Arguments, Lengths
from codegen.targets.numpy.body import Body, guard
from codegen.targets.numpy.carried import HELPER_NAMES
from codegen.version import VERSION
from symbolic.language.names import ascii_name

MAX_SIGNATURE = 70
TEMPLATE_NAMES = frozenset(
    "FLOAT32 FLOAT64 LARGEST SHAPES annotations arange array asarray dtype empty errstate ndarray result_type".split()  # noqa: SIM905
)
"""Names that the template uses, which nothing of a program may take."""


@dataclass(frozen=True)
class Emitted:
    """The text of a kernel file, its checked syntax tree, and how to call it."""

    source: str
    tree: ast.Module
    signature: Signature


def emit(schedule: Schedule, header: Header, function: str) -> Emitted:
    """The file of a kernel named `function`. Raises PushforwardError should it hold anything unexpected."""
    return render("kernel.py.jinja", Emission(schedule, identifier(function)), header)


def render(template: str, emission: Emission, header: Header) -> Emitted:
    """The file of an emission, checked. Raises PushforwardError should it hold anything unexpected."""
    source = _template(template).render(**emission.record(header))
    return Emitted(source, check_source(source, emission.imports), emission.signature)


@lru_cache(maxsize=4)
def _template(name: str) -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("codegen", "targets/numpy"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template(name)


class Emission:
    """The strings of one kernel file. `given`: its arguments with their shapes, where not the schedule's inputs."""

    def __init__(self, schedule: Schedule, function: str, given: Mapping[str, Lengths] | None = None) -> None:
        self.schedule = schedule
        self.shared = {*schedule.inputs, *(instr.out for instr in schedule.instrs if instr.kind == "view")}
        calls = sorted({(i.attr("function"), i.attr("order")) for i in schedule.instrs if i.op == "call"})
        self.names = _named(schedule, function, calls)
        self.signature = Signature(
            self.names["the function"],
            tuple(self.names[name] for name in (schedule.inputs if given is None else given)),
            tuple((self.names[f"{called} {order}"], called, order) for called, order in calls),
            schedule.outputs,
        )
        self.arguments = Arguments(schedule, self.names, given)
        self.body = Body(schedule, self.names, self.arguments.sizes)
        self.guard, self.reason = guard(schedule)
        self.imports = self.body.imports()
        always = {"asarray", "dtype", "ndarray", "result_type"}
        sometimes = {"array": calls, "errstate": self.guard}
        self.imports.setdefault("numpy", set()).update(always, (name for name, used in sometimes.items() if used))

    def record(self, header: Header) -> dict[str, Any]:
        """Everything the template asks for: strings and flat records."""
        arguments = self.signature.arguments
        keywords = [keyword for keyword, _, _ in self.signature.functions]
        outputs = [self.names[name] for name in self.schedule.outputs]
        several = len(outputs) > 1
        return {
            "version": VERSION,
            "digest": header.digest,
            "quote": 'r"""' if any("\\" in line for line in header.statement) else '"""',
            "title": header.title,
            "statement": header.statement,
            "imports": [(module, sorted(names)) for module, names in sorted(self.imports.items())],
            "shapes": self.arguments.table(),
            "constants": (),
            "guard": self.guard,
            "reason": self.reason,
            "function": self.signature.function,
            "signature": wrapped([*(f"{a}: ndarray" for a in arguments), *(["*", *keywords] if keywords else [])]),
            "result_type": f"tuple[{', '.join(['ndarray'] * len(outputs))}]" if several else "ndarray",
            "returns": f"({', '.join(outputs)})" if several else outputs[0],
            "parameters": [*self.matrix_parameters(dict(header.roles)), *self.function_parameters()],
            "arguments": ", ".join(arguments),
            "targets": ", ".join(arguments) + ("" if len(arguments) > 1 else ","),
            "keywords": ", ".join(f"{name}={name}" for name in arguments),
            "sizes": self.arguments.size_line(self.body.words()),
            "body": self.body.commented(),
            "results": ", ".join(map(self.result, self.schedule.outputs)),
            "refusals": " or ".join(self.refusals()),
            "calls": bool(keywords),
            "unpacked_values": self.arguments.unpacked_values(),
            "size_checks": self.arguments.size_checks(),
            "helpers": [helper.source for helper in self.body.helpers],
            **self.arguments.fit_conditions(),
        }

    def matrix_parameters(self, roles: dict[str, str]) -> list[str]:
        by_identifier = {self.names[name]: role for name, role in roles.items() if name in self.names.chosen}
        return [
            f"{name}: {self.arguments.shape(shape)}{by_identifier.get(name, '')}"
            for name, shape in self.arguments.shapes.items()
        ]

    def function_parameters(self) -> list[str]:
        """How the docstring introduces f, df, d2f."""
        ordinal = {0: "", 1: ", the derivative of {f}"}
        return [
            f"{keyword}: applied to each entry of a matrix"
            + ordinal.get(order, f", derivative number {order} of {{f}}").format(f=ascii_name(f))
            for keyword, f, order in self.signature.functions
        ]

    def refusals(self) -> list[str]:
        """The errors by which the kernel says that there is no value or no derivative."""
        refusing = any("LinAlgError" in helper.source for helper in self.body.helpers)
        return ["LinAlgError"] * refusing + ["FloatingPointError"] * ('"raise"' in self.guard)

    def result(self, name: str) -> str:
        """Results are new memory: an input, or a view of something, is copied."""
        return self.names[name] + (".copy()" if name in self.shared else "")


def _named(schedule: Schedule, function: str, calls: list[tuple[str, int]]) -> Names:
    """Identifiers for the function, its arguments and what the program names."""
    spelled = {name for spelling in SPELLINGS.values() for name in spelling.imports}
    names = Names({*TEMPLATE_NAMES, *HELPER_NAMES, *spelled})
    names.choose("the function", function)
    for name in schedule.inputs:
        names.choose(name, name)
    for called, order in calls:
        names.choose(f"{called} {order}", function_argument(called, order))
    for instr in schedule.instrs:
        if not instr.out.startswith("."):
            names.choose(instr.out, instr.out)
    return names


def wrapped(parameters: list[str]) -> str:
    """The parameters of a function, on lines of their own where one line would be long."""
    line = ", ".join(parameters)
    return line if len(line) <= MAX_SIGNATURE else "\n    " + ",\n    ".join(parameters) + ",\n"
