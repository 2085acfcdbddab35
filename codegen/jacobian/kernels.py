"""Kernels of Jacobians: forward, in reverse or compressed, whichever takes the fewest operations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np

from codegen.header import Header
from codegen.jacobian.form import LARGEST, JacobianForm, seeded
from codegen.jacobian.layouts import TIES, View, Way, along_direction, implied, view_named
from codegen.jacobian.native import MOST_DIRECTIONS, NativeJacobian, Placing, is_few, lengths_of, unrolled
from codegen.kernel import Kernel, default_name, differential_header, target_named
from codegen.kernel_file import KernelFile
from codegen.linear.emit import emit_linear
from codegen.linear.program import LinearProgram, pullback_of, pushforward_of
from codegen.linear.split import Split, split
from codegen.lower import DEFAULT_SIZE, lower
from codegen.naming import identifier
from codegen.passes import VALUES, optimize
from codegen.schedule import Schedule
from symbolic.choice import chosen_input, chosen_name
from symbolic.collection import without_collecting
from symbolic.dependence.analysis import Dependence, dependence
from symbolic.differential import Differential, differentiate
from symbolic.errors import DifferentiationError, NameError_, NotSupported
from symbolic.language.names import unicode_name
from symbolic.nodes import Shape
from symbolic.program import Program
from symbolic.reverse.adjoint import Adjoint, adjoint
from symbolic.shapes import length


@dataclass(frozen=True)
class Candidate:
    """One way to compute a Jacobian: its linear program in halves, and how many directions it takes at sample sizes."""

    way: Way
    linear: LinearProgram
    parts: Split
    directions: int

    @property
    def flops(self) -> int:
        return self.parts.flops(self.directions)


class JacobianKernel(Kernel):
    """Call it with the program's inputs: k(X0, W1, W2) -> J. `candidates`: the ways there were, the one taken first."""

    returns_outputs = False
    differential: Differential
    view: View
    of: str
    wrt: str
    candidates: tuple[Candidate, ...]

    @property
    def way(self) -> Way:
        return self.candidates[0].way

    def along(
        self, inputs: Mapping[str, Any], directions: Mapping[str, Any], functions: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """No values; the Jacobian times the direction."""
        given = [inputs[name.name] for name in self.differential.primal.inputs]
        found = self(*given, **functions)
        symbol = self.differential.primal.symbols[self.of]
        lengths = self._lengths(inputs)
        output = (length(symbol.shape[0], lengths), length(symbol.shape[1], lengths))
        return {}, {self.of: along_direction(self.view, found, directions[self.wrt], output, np.einsum)}

    def _lengths(self, inputs: Mapping[str, Any]) -> dict[str, int]:
        """The sizes of the program, from arguments of plain shapes."""
        pairs = ((given.shape, inputs[given.name].shape) for given in self.differential.primal.inputs)
        return {str(s): n for shape, numbers in pairs for s, n in zip(shape, numbers, strict=True) if s.is_Symbol}


@without_collecting
def compile_jacobian(
    program: Program,
    of: str | None = None,
    wrt: str | None = None,
    view: str = "tensor",
    sizes: Mapping[str, int] | None = None,
    name: str | None = None,
    way: Way | None = None,
    largest: int = LARGEST,
    target: str = "numpy",
) -> JacobianKernel:
    """The kernel of the Jacobian of one output (by default the last) by one input (by default the first).

    `sizes`: sample lengths, by which the way is chosen that takes the fewest operations; `way`: that to take instead.
    `largest`: the bytes beyond which a Jacobian is refused. `target`: numpy, or c, where the directions have to be few.
    Raises NotSupported for a view that there is not, or that asks for a pattern that is not proved, and as
    `differentiate` and `compile_kernel`.
    """
    target_named(target)
    differential = differential_of_one(program, of, wrt)
    (of,), (wrt,) = differential.primal.outputs, differential.wrt
    shown = view_named(view, *(differential.primal.symbols[name].shape for name in (of, wrt)))
    patterns = implied(proved(dependence(differential, of, wrt)))
    if shown.pattern not in patterns:
        raise NotSupported(
            f"the Jacobian of {of} with respect to {wrt} has no view {view!r}: "
            f"it is not proved that {_SAID[shown.pattern]}",
            hint='"tensor", "vec" and "vec-row-major" are for every Jacobian',
        )
    patterns = {pattern for pattern in patterns if TIES[pattern].items() >= TIES[shown.pattern].items()}
    if shown.pattern == "dense":
        patterns -= _trivial(differential.primal.symbols[of].shape)
    found = candidates(differential, patterns if way is None else {way.pattern} & patterns, sizes)
    found = [candidate for candidate in found if way in (None, candidate.way)]
    if not found:
        raise NotSupported(f"the Jacobian of {of} with respect to {wrt} cannot be computed that way")
    ordered = tuple(sorted(found, key=lambda candidate: candidate.flops))
    return _kernel(differential, shown, ordered, name, largest, target)


def differential_of_one(program: Program, of: str | None, wrt: str | None) -> Differential:
    """The differential of one name of a program with respect to one input. Raises NameError_."""
    everything = differentiate(program, wrt or program.inputs[0].name)
    of = chosen_name(everything, of)
    only = program if program.outputs == (of,) else replace(program, outputs=(of,))
    return differentiate(only, chosen_input(everything, wrt))


def proved(found: Dependence) -> set[str]:
    """The patterns, by their names in `codegen.jacobian.layouts`, that a dependence proves."""
    holds = {"rows": found.rows_independent, "columns": found.columns_independent, "diagonal": found.is_diagonal}
    return {name for name, proven in holds.items() if proven}


def _trivial(shape: Shape) -> set[str]:
    """The patterns that say nothing: of one row, or one column."""
    return {pattern for pattern, size in zip(("rows", "columns"), shape, strict=True) if size == 1}


def candidates(
    differential: Differential, patterns: Iterable[str], sizes: Mapping[str, int] | None = None
) -> list[Candidate]:
    """Every way to compute a Jacobian, forward before reverse, of several patterns the most compressed first."""
    (of,), (wrt,) = differential.primal.outputs, differential.wrt
    shapes = {"io": differential.primal.symbols[of].shape, "ca": differential.primal.symbols[wrt].shape}
    pulled = _adjoint(differential, of)
    programs = {"forward": pushforward_of(differential)} | ({"reverse": pullback_of(pulled)} if pulled else {})
    order = [pattern for pattern in reversed(TIES) if pattern in patterns]
    return [
        _candidate(Way(mode, pattern), linear, shapes, sizes) for pattern in order for mode, linear in programs.items()
    ]


def _adjoint(differential: Differential, of: str) -> Adjoint | None:
    """None where nothing moves, and where an operation has no transpose."""
    try:
        return adjoint(differential, of)
    except (DifferentiationError, NameError_, NotSupported):
        return None


def _candidate(
    way: Way, linear: LinearProgram, shapes: Mapping[str, Any], sizes: Mapping[str, int] | None
) -> Candidate:
    one = seeded(linear.only(linear.results), way)
    rows = shapes["io"][0] if "i" in TIES[way.pattern] else None
    length_of = dict(zip("ioca", (*shapes["io"], *shapes["ca"]), strict=True))
    samples = dict.fromkeys(map(str, one.program.sizes), DEFAULT_SIZE) | dict(sizes or {})
    directions = prod(length(length_of[index], samples) for index in way.looped)
    return Candidate(way, one, split(one, sizes, rows, max(directions, 1)), directions)


@dataclass(frozen=True)
class _Wanted:
    """What a kernel is to be: a view, the shapes of output and input, what an entry means."""

    view: View
    shapes: tuple[Shape, Shape]
    meaning: str
    header: Header
    function: str
    largest: int


def _kernel(
    differential: Differential, view: View, found: tuple[Candidate, ...], name: str | None, largest: int, target: str
) -> JacobianKernel:
    (of,), (wrt,) = differential.primal.outputs, differential.wrt
    shapes = (differential.primal.symbols[of].shape, differential.primal.symbols[wrt].shape)
    meaning = view.meaning.format(of=unicode_name(of), wrt=unicode_name(wrt))
    function = identifier(name or f"{default_name(differential.tangent, differential)}_jacobian_{view.name}")
    header = replace(
        differential_header(differential),
        title=f"The Jacobian of {unicode_name(of)} with respect to {unicode_name(wrt)}: {meaning}.",
    )
    if target == "c":
        found = _with_few_directions(found, view, shapes)
    schedule, file = _FILES[target](found[0], _Wanted(view, shapes, meaning, header, function, largest))
    kernel = JacobianKernel(differential.tangent, differential, schedule, file)
    kernel.view, kernel.of, kernel.wrt, kernel.candidates = view, of, wrt, found
    return kernel


def _in_numpy(best: Candidate, wanted: _Wanted) -> tuple[Schedule, KernelFile]:
    form = JacobianForm(wanted.view, best.way, best.parts, wanted.shapes, wanted.meaning, wanted.largest)
    return best.parts.joined, emit_linear(best.parts, best.linear, form, wanted.header, wanted.function)


def _in_c(best: Candidate, wanted: _Wanted) -> tuple[Schedule, KernelFile]:
    program, results = unrolled(best.linear, best.way, lengths_of(wanted.shapes))
    schedule = optimize(lower(program, best.parts.joined.sizes), VALUES)
    placing = Placing(wanted.view, best.way, wanted.shapes, tuple(results), wanted.meaning)
    return schedule, NativeJacobian(schedule, wanted.header, wanted.function, placing)


_FILES = {"numpy": _in_numpy, "c": _in_c}


def _with_few_directions(
    found: tuple[Candidate, ...], view: View, shapes: tuple[Shape, Shape]
) -> tuple[Candidate, ...]:
    """The ways that C can go. Raises NotSupported where there is none."""
    few = tuple(candidate for candidate in found if is_few(candidate.way, view, lengths_of(shapes)))
    if not few:
        raise NotSupported(
            f"a Jacobian in C takes at most {MOST_DIRECTIONS} directions, whose number is known; this takes more",
            hint='declare a size as a number, as X0 : n x 2, or ask for the view "rows"; the NumPy target has all',
        )
    return few


_SAID = {
    "rows": "a row of it depends on the same row of the input alone",
    "columns": "a column of it depends on the same column of the input alone",
    "diagonal": "an entry of it depends on the same entry of the input alone",
}
