"""The Python function in front of a C kernel: signature, help, conversions and errors are those of a NumPy kernel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from codegen.header import Header
from codegen.schedule import Schedule
from codegen.sizes import size_code
from codegen.targets.numpy.arguments import Lengths
from codegen.targets.numpy.face import Face

RUN = "_run"
"""What runs the C kernel: given to the function's module."""
NO_RESULT = ("LinAlgError", "FloatingPointError")
"""The errors by which a kernel says that there is no value or no derivative."""


class NativeFace(Face):
    """The strings of the file of that function. `sizes`: in the order of the C function; `errors`: that it reports.

    `shapes`: of the arrays that are its arguments and results.
    """

    namespace = frozenset({RUN})

    def __init__(
        self,
        schedule: Schedule,
        function: str,
        sizes: Sequence[Any],
        errors: Iterable[str],
        shapes: Mapping[str, Lengths],
    ) -> None:
        super().__init__(schedule, function, {name: shapes[name] for name in schedule.inputs})
        self.shapes = shapes
        self.lengths = [self.arguments.sizes[size] for size in sizes]
        self.errors = [error for error in NO_RESULT if error in set(errors)]
        self.imports["numpy"].add("empty")

    def record(self, header: Header) -> dict[str, Any]:
        functions = ", ".join(f'"{keyword}": {keyword}' for keyword, _, _ in self.signature.functions)
        given = map(_listed, (self.lengths, self.signature.arguments, self.outputs))
        return {
            **super().record(header),
            "sizes": self.arguments.size_line(set(self.lengths)),
            "lines": [
                *(f"{self.names[name]} = {self._made(name)}" for name in self.schedule.outputs),
                f"{RUN}({', '.join(given)}, {{{functions}}})",
            ],
            "results": ", ".join(self.outputs),
            "raises": (),
            "calls": False,
            "helpers": (),
        }

    def refusals(self) -> list[str]:
        return self.errors

    def _made(self, name: str) -> str:
        """New memory for a result."""
        lengths = ", ".join(size_code(size, self.arguments.sizes) for size in self.shapes[name])
        return f"empty(({lengths}), dtype={self.signature.arguments[0]}.dtype)"


def _listed(names: Iterable[str]) -> str:
    return f"[{', '.join(names)}]"
