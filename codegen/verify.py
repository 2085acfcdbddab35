"""Check a kernel over several shapes, seeds and both precisions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from codegen.agreement import Agreement
from codegen.check import Bounds, CheckReport, Measurement, Values, measure
from codegen.dot_product import Label, given_values, measure_adjoint, measure_transpose
from codegen.kernel import Kernel, ResultsMissing
from codegen.reference import evaluate
from codegen.rounding import rounding_bounds
from codegen.sampling import NoPoint, Point, numbers_for, sample
from symbolic.differential import Differential, differentiate
from symbolic.errors import LimitError, ProgramError, PushforwardError
from symbolic.exact import differential_holds, is_checkable
from symbolic.exact_adjoint import adjoint_holds, is_adjoint_checkable
from symbolic.field import Singular
from symbolic.program import Program
from symbolic.reverse.adjoint import Adjoint, adjoint
from symbolic.shapes import length
from symbolic.simplify import ZEROS

LENGTHS = ((3, 4, 2, 5, 6), (1, 1, 1, 1, 1), (7, 2, 9, 1, 4), (0, 3, 2, 4, 5))
"""Lengths of the symbolic sizes, in turn: all different, all one, tall, and without rows."""
SPARE_LENGTHS = ((6, 5, 4, 3, 2), (2, 3, 4, 5, 6), (9, 2, 7, 3, 5), (2, 9, 3, 7, 5), (12, 6, 3, 8, 4))
"""More of them, where the program does not make sense at the first, as X[1:5, :] of three rows."""
SEEDS = (1, 2)
MAX_ENTRIES = 100_000_000
LARGEST_EXACT = 12
"""The longest size at which exact arithmetic, in plain Python, is still quick."""

_NOTHING = np.full((), np.nan)
"""Stands for a result that is missing, and passes no measurement."""

Cases = list[tuple[dict[str, int], int, str]]
"""Lengths, seed, precision."""
Progress = Callable[[int, int], None]


def verify_kernel(
    kernel: Kernel,
    sizes: Mapping[str, int] | None = None,
    seeds: tuple[int, ...] = SEEDS,
    progress: Progress | None = None,
) -> CheckReport:
    """Run every measurement of `codegen.check`; `sizes` fixes the lengths, otherwise several sets are tried.

    Lengths at which the program has no point, as X'X of more columns than rows has no inverse, are left out, and
    named in the report. `progress(done, total)` is called after each point. Raises PushforwardError when there is
    no point at all.
    """
    derived = kernel.differential or (kernel.adjoint and kernel.adjoint.differential)
    primal = derived.primal if derived else kernel.program
    if not seeds:
        raise PushforwardError("at least one seed is needed: it decides the random points")
    cases = _cases(primal, sizes, seeds)
    measurements: list[Measurement] = []
    avoided: dict[str, None] = {}
    left_out: dict[str, None] = {}
    wrt = dict(derived.seeds) if derived else {}
    plain = as_the_rules_give_it(kernel.differential) if kernel.differential else None
    transpose = _transpose(kernel.differential)
    agreement = Agreement(kernel) if kernel.file.target != "numpy" and kernel.returns_outputs else None
    blocks = Agreement(kernel) if kernel.file.loops is not None else None
    for done, (lengths, seed, dtype) in enumerate(cases, start=1):
        where = Label.at(lengths, seed, dtype)
        try:
            point = sample(primal, wrt, lengths, seed)
        except NoPoint:
            left_out[where.sizes] = None
            if all(Label.at(*case).sizes in left_out or 0 in case[0].values() for case in cases):
                raise
            continue
        avoided |= dict.fromkeys(point.avoided)
        if kernel.adjoint is not None:
            measurements += _reverse(kernel, kernel.adjoint, point, where)
        else:
            at = _KernelAt(kernel, primal, point)
            bounds = bounds_at(kernel.program, kernel.differential, plain, point)
            measurements += measure(at, _primal(primal, point), point, where.sizes, seed, dtype, bounds)
            if transpose is not None and dtype == "float64":
                measurements.append(measure_transpose(transpose, at(point.inputs, point.directions)[1], point, where))
        if agreement is not None:
            measurements += agreement.measured(point, where)
        if progress is not None:
            progress(done, len(cases))
    if agreement is not None and sizes is None:
        measurements += agreement.at_larger_lengths(primal, wrt, seeds[0])
    if blocks is not None and sizes is None:
        measurements += blocks.at_block_edges(primal, wrt, seeds[0])
    seen = [case for case in cases if Label.at(*case).sizes not in left_out]
    measurements += _exact_measurements(kernel.differential, seen)
    measurements += _exact_transposes(kernel.adjoint or transpose, seen)
    return CheckReport(kernel.signature.function, tuple(measurements), tuple(avoided), tuple(left_out))


def _transpose(differential: Differential | None) -> Adjoint | None:
    """The pullback that a differential has to agree with; none of what is not linear in one direction, or has none."""
    if differential is None or differential.before is not None:
        return None
    try:
        return adjoint(differential)
    except ProgramError:
        return None


def _reverse(kernel: Kernel, pullback: Adjoint, point: Point, label: Label) -> list[Measurement]:
    """A reverse kernel at one point."""
    precision = np.dtype(label.dtype)
    inputs = {name: value.astype(precision) for name, value in given_values(pullback, point, label.seed).items()}
    functions = {keyword: point.functions[function, order] for keyword, function, order in kernel.signature.functions}
    results = kernel.at(inputs, functions)
    results = results if isinstance(results, tuple) else (results,)
    if len(results) != len(kernel.program.outputs):
        results = (_NOTHING,) * len(kernel.program.outputs)
    found = dict(zip(kernel.program.outputs, results, strict=True))
    return list(measure_adjoint(pullback, found, inputs, point, label))


def _exact_measurements(differential: Differential | None, cases: Cases) -> list[Measurement]:
    """Where the program is rational, the derivation itself against dual numbers over a prime field: no rounding."""
    if differential is None or not is_checkable(differential):
        return []
    outputs = ", ".join(differential.primal.outputs)
    return _exact("dual numbers", outputs, cases, partial(differential_holds, differential))


def _exact_transposes(pullback: Adjoint | None, cases: Cases) -> list[Measurement]:
    """The same of a transposition: the dot product over a prime field."""
    if pullback is None or not is_adjoint_checkable(pullback):
        return []
    results = ", ".join(name for _, name in pullback.results)
    return _exact("exact dot product", results, cases, partial(adjoint_holds, pullback))


def _exact(
    method: str, output: str, cases: Cases, holds: Callable[[Mapping[str, int], int], bool]
) -> list[Measurement]:
    found = []
    for lengths, seed, dtype in cases:
        if dtype == "float64" and all(0 < length <= LARGEST_EXACT for length in lengths.values()):
            try:
                held = holds(lengths, seed)
            except Singular:
                continue
            error = 0.0 if held else float("inf")
            label = Label.at(lengths, seed, "exact")
            found.append(Measurement(method, output, label.sizes, "exact", seed, (0.0,), (error,), None, 0.0, held))
    return found


def _cases(primal: Program, sizes: Mapping[str, int] | None, seeds: tuple[int, ...]) -> Cases:
    sets = _sensible(primal, LENGTHS) or _sensible(primal, SPARE_LENGTHS)
    if sizes is not None:
        primal.check_sizes(sizes)
        sets = [{**(sets or [numbers_for(primal, LENGTHS[0])])[0], **sizes}]
    if not sets:
        raise PushforwardError("no lengths were found at which the program makes sense; give some, as n=10")
    distinct = list({tuple(lengths.items()): lengths for lengths in sets}.values())
    for lengths in distinct:
        entries = sum(math.prod(length(size, lengths) for size in symbol.shape) for symbol in primal.symbols.values())
        if entries > MAX_ENTRIES:
            raise LimitError(f"the check would fill {entries:,} entries; at most {MAX_ENTRIES:,} are tried")
    cases = [(lengths, seed, "float64") for lengths in distinct for seed in seeds]
    return cases + [(lengths, seeds[0], "float32") for lengths in distinct]


def _sensible(primal: Program, candidates: tuple[tuple[int, ...], ...]) -> list[dict[str, int]]:
    """The lengths at which no size is negative."""
    sets = [numbers_for(primal, lengths) for lengths in candidates]
    return [lengths for lengths in sets if all(length(size, lengths) >= 0 for size in primal.requirements)]


def _primal(program: Program, point: Point) -> Callable[[Values], Values]:
    def outputs(inputs: Values) -> Values:
        values = evaluate(program, inputs, point.functions)
        return {name: values[name] for name in program.outputs}

    return outputs


def as_the_rules_give_it(differential: Differential) -> Differential:
    """The same differential with nothing cancelled in it."""
    return differentiate(differential.first.primal, differential.wrt, differential.order, ZEROS)


def bounds_at(program: Program, differential: Differential | None, plain: Differential | None, point: Point) -> Bounds:
    """What rounding can do at this point to the outputs and to their differentials.

    `plain`: the differential as the rules give it. What cancels in it cancels in rounded numbers where the program is
    evaluated in complex arithmetic, though the simplified one does not have it.
    """
    inputs = dict(point.inputs)
    if differential is None or plain is None:
        return Bounds(rounding_bounds(program, inputs, point.functions), {})
    inputs |= {seed: point.directions[name] for name, seed in differential.seeds}
    found = rounding_bounds(program, inputs, point.functions)
    whole = rounding_bounds(plain.tangent, inputs, point.functions)
    names = {of: differential.name(of) for of in differential.primal.outputs}
    return Bounds(found, {of: max(found.get(name, 0.0), whole.get(name, 0.0)) for of, name in names.items()})


class _KernelAt:
    """The kernel as a function from inputs and directions, by name, to outputs and differentials, by name."""

    def __init__(self, kernel: Kernel, primal: Program, point: Point) -> None:
        self.kernel, self.primal = kernel, primal
        self.functions: dict[str, Any] = {
            keyword: point.functions[function, order] for keyword, function, order in kernel.signature.functions
        }

    def __call__(self, inputs: Values, directions: Values) -> tuple[Values, Values]:
        try:
            return self.kernel.along(inputs, directions, self.functions)
        except ResultsMissing:
            return dict.fromkeys(self.primal.outputs, _NOTHING), dict.fromkeys(self.primal.outputs, _NOTHING)
