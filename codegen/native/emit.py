"""Schedule → a C kernel that is called from Python as a NumPy kernel is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from codegen.header import Header
from codegen.native.caller import with_quick_calls
from codegen.native.face import RUN, NativeFace
from codegen.native.library import CSource, Library
from codegen.schedule import Schedule
from codegen.targets.c.emit import emit_c
from codegen.targets.numpy.arguments import Lengths
from codegen.targets.numpy.emit import render


def emit_native(schedule: Schedule, header: Header, function: str) -> NativeKernel:
    """The C file of a kernel. Raises NotSupported for an operation that the C target does not have."""
    return NativeKernel(emit_c(schedule, header, function), schedule, header)


class NativeKernel:
    """The file of a C kernel. `about`: what the help of the Python function says, as in a NumPy kernel.

    `shapes`: of the arrays that are arguments and results, where these are not all matrices of the schedule. `others`:
    functions of the same file.
    """

    target = "c"
    loops = None

    def __init__(
        self,
        emitted: CSource,
        schedule: Schedule,
        about: Header,
        shapes: Mapping[str, Lengths] | None = None,
        others: Sequence[CSource] = (),
    ) -> None:
        self.emitted, self.schedule, self.about, self.others = emitted, schedule, about, others
        self.source, self.header = emitted.source, emitted.header_source
        self.shapes = schedule.shapes if shapes is None else shapes
        function, errors = emitted.signature.function, emitted.failures.values()
        self.face = NativeFace(schedule, function, emitted.sizes, errors, self.shapes)
        self.signature = self.face.signature

    def load(self) -> Callable[..., Any]:
        """Compile it, and put a Python function in front. Raises as `Library`."""
        library = Library(self.emitted, *self.others)
        function = render("native.py.jinja", self.face, self.about).load({RUN: library.run})
        if self.signature.functions or self.face.arguments.size_checks():
            return function
        inputs = self.schedule.inputs
        arrays = [self.shapes[name] for name in (*inputs, *self.schedule.outputs)]
        return with_quick_calls(function, library, arrays, len(inputs), self.emitted.sizes)
