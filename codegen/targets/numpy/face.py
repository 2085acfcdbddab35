"""What a kernel file says of itself and asks of its arguments: the strings of its templates, but for the body."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill, indent
from typing import Any

from codegen.cost.header import cost_lines
from codegen.header import Header, Signature
from codegen.naming import Names, function_argument
from codegen.schedule import Schedule
from codegen.targets.numpy import SPELLINGS
from codegen.targets.numpy.arguments import Arguments, Lengths
from codegen.targets.numpy.carried import HELPER_NAMES
from codegen.version import VERSION
from symbolic.language.names import ascii_name

MAX_SIGNATURE = 70
MAX_LINE = 110
TEMPLATE_NAMES = frozenset(
    "FLOAT32 FLOAT64 LARGEST SHAPES annotations arange array asarray dtype empty errstate ndarray result_type".split()  # noqa: SIM905
)
"""Names that the template uses, which nothing of a program may take."""


class Face:
    """The strings that all files share. `given`: the arguments with their shapes, where not the schedule's inputs."""

    namespace: frozenset[str] = frozenset()
    """What the file uses and does not define: given to it when it is loaded."""

    def __init__(self, schedule: Schedule, function: str, given: Mapping[str, Lengths] | None = None) -> None:
        self.schedule = schedule
        calls = sorted({(i.attr("function"), i.attr("order")) for i in schedule.instrs if i.op == "call"})
        self.names = _named(schedule, function, calls)
        self.signature = Signature(
            self.names["the function"],
            tuple(self.names[name] for name in (schedule.inputs if given is None else given)),
            tuple((self.names[f"{called} {order}"], called, order) for called, order in calls),
            schedule.outputs,
        )
        self.arguments = Arguments(schedule, self.names, given)
        self.imports: dict[str, set[str]] = {"numpy": {"asarray", "dtype", "ndarray", "result_type"}}

    @property
    def outputs(self) -> list[str]:
        return [self.names[name] for name in self.schedule.outputs]

    def record(self, header: Header) -> dict[str, Any]:
        """Everything that the templates ask for, but for the body: strings and flat records."""
        arguments = self.signature.arguments
        keywords = [keyword for keyword, _, _ in self.signature.functions]
        outputs = self.outputs
        several = len(outputs) > 1
        return {
            "version": VERSION,
            "digest": header.digest,
            "quote": 'r"""' if any("\\" in line for line in header.statement) else '"""',
            "title": header.title,
            "statement": header.statement,
            "cost": self.cost(),
            "imports": [(module, sorted(names)) for module, names in sorted(self.imports.items())],
            "shapes": self.arguments.table(),
            "constants": (),
            "function": self.signature.function,
            "signature": wrapped([*(f"{a}: ndarray" for a in arguments), *(["*", *keywords] if keywords else [])]),
            "result_type": f"tuple[{', '.join(['ndarray'] * len(outputs))}]" if several else "ndarray",
            "returns": f"({', '.join(outputs)})" if several else outputs[0],
            "parameters": [*self.matrix_parameters(dict(header.roles)), *self.function_parameters()],
            "refusals": " or ".join(self.refusals()),
            "arguments": ", ".join(arguments),
            "targets": ", ".join(arguments) + ("" if len(arguments) > 1 else ","),
            "keywords": ", ".join(f"{name}={name}" for name in arguments),
            "unpacked_values": self.arguments.unpacked_values(),
            **self.arguments.fit_conditions(),
        }

    def cost(self) -> tuple[str, ...]:
        """What a call costs, in words."""
        return cost_lines(self.schedule)

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
        raise NotImplementedError


_TAKEN = TEMPLATE_NAMES.union(HELPER_NAMES, *(spelling.imports for spelling in SPELLINGS.values()))
"""Names that mean something else in a file."""


def _named(schedule: Schedule, function: str, calls: list[tuple[str, int]]) -> Names:
    """Identifiers for the function, its arguments and what the program names."""
    names = Names(_TAKEN)
    names.choose("the function", function)
    for name in schedule.inputs:
        names.choose(name, name)
    for called, order in calls:
        names.choose(f"{called} {order}", function_argument(called, order))
    for instr in schedule.instrs:
        if not instr.out.startswith("."):
            names.choose(instr.out, instr.out)
    return names


def filled(parameters: list[str]) -> str:
    """The parameters of a function that is no user's, as many on a line as it holds."""
    line = ", ".join(parameters)
    if len(line) <= MAX_SIGNATURE:
        return line
    lines = fill(f"{line},", MAX_LINE, break_on_hyphens=False)  # which takes a sixth of the time
    return f"\n{indent(lines, '    ')}\n"


def wrapped(parameters: list[str]) -> str:
    """The parameters of a function, on lines of their own where one line would be long."""
    line = ", ".join(parameters)
    return line if len(line) <= MAX_SIGNATURE else "\n    " + ",\n    ".join(parameters) + ",\n"
