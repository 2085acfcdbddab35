"""Schedule → source of a kernel file that stands alone.

The template decides layout; every string it receives is made here, from the schedule and from expressions
printed by this project: nothing of a user's own text reaches the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CodeType
from typing import Any

from codegen.allowlist import check_source
from codegen.header import Header, Signature
from codegen.kernel_file import Loops
from codegen.load import compiled, load
from codegen.naming import identifier
from codegen.schedule import Schedule
from codegen.targets.numpy.arguments import Lengths
from codegen.targets.numpy.body import Body, guard
from codegen.targets.numpy.face import Face
from codegen.targets.templates import template


@dataclass(frozen=True)
class Emitted:
    """The text of a kernel file, the code of its syntax tree, which was checked, and how to call it."""

    source: str
    code: CodeType
    signature: Signature
    header: str = ""
    target: str = "numpy"
    loops: Loops | None = None

    def load(self, namespace: Mapping[str, Any] | None = None) -> Callable[..., Any]:
        """The function, in a module that has the names of `namespace` too. Raises PushforwardError."""
        return load(self.source, self.code, self.signature.function, namespace)


def emit(schedule: Schedule, header: Header, function: str) -> Emitted:
    """The file of a kernel named `function`. Raises PushforwardError should it hold anything unexpected."""
    return render("kernel.py.jinja", Emission(schedule, identifier(function)), header)


def render(name: str, face: Face, header: Header) -> Emitted:
    """The file of these strings, checked. Raises PushforwardError should it hold anything unexpected."""
    source = template("numpy", name).render(**face.record(header))
    tree = check_source(source, {**face.imports, "": set(face.namespace)})
    return Emitted(source, compiled(source, tree, face.signature.function), face.signature)


class Emission(Face):
    """The strings of one kernel file."""

    def __init__(self, schedule: Schedule, function: str, given: Mapping[str, Lengths] | None = None) -> None:
        super().__init__(schedule, function, given)
        self.shared = {*schedule.inputs, *(instr.out for instr in schedule.instrs if instr.kind == "view")}
        self.body = self.made_body()
        self.guard, self.reason = guard(schedule)
        for module, used in self.body.imports().items():
            self.imports.setdefault(module, set()).update(used)
        sometimes = {"array": self.signature.functions, "errstate": self.guard}
        self.imports["numpy"].update(name for name, used in sometimes.items() if used)

    def made_body(self) -> Body:
        return Body(self.schedule, self.names, self.arguments.sizes)

    def record(self, header: Header) -> dict[str, Any]:
        """Everything the template asks for: strings and flat records."""
        return {
            **super().record(header),
            "guard": self.guard,
            "reason": self.reason,
            "sizes": self.arguments.size_line(self.words()),
            "body": self.lines(),
            "results": ", ".join(map(self.result, self.schedule.outputs)),
            "calls": bool(self.signature.functions),
            "helpers": [helper.source for helper in self.body.helpers],
            "functions": (),
        }

    def lines(self) -> list[str]:
        """The statements of the function."""
        return self.body.commented()

    def words(self) -> set[str]:
        """All names in them."""
        return self.body.words()

    def refusals(self) -> list[str]:
        """The errors by which the kernel says that there is no value or no derivative."""
        refusing = any("LinAlgError" in helper.source for helper in self.body.helpers)
        return ["LinAlgError"] * refusing + ["FloatingPointError"] * ('"raise"' in self.guard)

    def result(self, name: str) -> str:
        """Results are new memory: an input, or a view of something, is copied."""
        return self.names[name] + (".copy()" if name in self.shared else "")
