"""A linear program → C that computes the values once, and its results along directions as often as asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sympy import S

from codegen.cost.header import linear_cost_lines
from codegen.header import Header
from codegen.linear.program import LinearProgram
from codegen.linear.split import Split
from codegen.native.emit import NativeKernel
from codegen.native.face import RUN, NativeFace
from codegen.native.library import Library
from codegen.targets.c.linearized import LinearizedC, emit_linearized
from codegen.targets.c.stacks import stacked
from codegen.targets.numpy.arguments import Lengths
from codegen.targets.numpy.emit import render

ALONG = "_along"
"""What applies the linear map: a name of the Python function's module, as in a NumPy kernel."""
STATE = "the state"

Telling = Callable[[Sequence[str], str, Sequence[str], Sequence[str]], tuple[str, str]]
"""What is returned, and what of it one has to know, in words, from the names of values, state, results and seeds."""


def emit_native_linearized(
    parts: Split, linear: LinearProgram, telling: Telling, header: Header, function: str
) -> NativeLinearized:
    """The C file. Raises NotSupported for an operation that the C target does not have."""
    schedule, stack = stacked(parts.whole, linear.seeds, linear.results, S.One)
    cost = linear_cost_lines((parts.values,), parts.along)
    made = emit_linearized(schedule, stack, linear.seeds, header, function, cost)
    return NativeLinearized(made, linear, telling, header, function)


class NativeLinearized:
    """The file of both functions, the second of which is a kernel by itself, whose arguments begin with the state."""

    target = "c"
    loops = None

    def __init__(
        self, made: LinearizedC, linear: LinearProgram, telling: Telling, about: Header, function: str
    ) -> None:
        self.made, self.about = made, about
        self.source, self.header = made.values.source, made.values.header_source
        shapes = {name: _lengths(made, name) for name in made.first.shapes}
        self.along = NativeKernel(made.along, made.second, about, shapes, (made.values,))
        self.face = LinearizedFace(made, linear, telling, function, shapes, self.along)
        self.signature = self.face.signature

    def load(self) -> Callable[..., Any]:
        """Compile it, and put a Python function in front of the first. Raises as `Library`."""
        library, along = Library(self.made.values, self.made.along), self.along.load()

        def apply(state: tuple[Any, ...], *seeds: Any) -> Any:
            return along(*state, *seeds)

        return render("native.py.jinja", self.face, self.about).load({RUN: library.run, ALONG: apply})


def _lengths(made: LinearizedC, name: str) -> Lengths:
    """The shape of the array in which a matrix is; P A = L U is in one column, with all that belongs to it."""
    rows, cols = made.first.shapes[name]
    return (rows * cols + rows + 1, S.One) if name in made.factored else (rows, cols)


class LinearizedFace(NativeFace):
    """The strings of the Python function in front of the first: k(X0, W1, W2) -> (X4, state)."""

    def __init__(
        self,
        made: LinearizedC,
        linear: LinearProgram,
        telling: Telling,
        function: str,
        shapes: dict[str, Lengths],
        along: NativeKernel,
    ) -> None:
        super().__init__(made.first, function, made.values.sizes, made.values.failures.values(), shapes)
        state = self.names.choose(STATE, "state")
        values = [self.names[name] for name in linear.values]
        kept = [self.names[name] for name in made.second.inputs if name not in linear.seeds]
        self.returned = [*values, f"({', '.join(kept)}{',' if len(kept) == 1 else ''})"]
        results, seeds = ([along.face.names[name] for name in names] for names in (linear.results, linear.seeds))
        self.told = telling(values, state, results, seeds)

    def record(self, header: Header) -> dict[str, Any]:
        returns, known = self.told
        return {
            **super().record(header),
            "result_type": "tuple",
            "returns": returns,
            "raises": (known,),
            "results": ", ".join(self.returned),
        }
