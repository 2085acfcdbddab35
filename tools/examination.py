"""Everything that is checked of one random program, each check with its verdict."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np
from sympy import MatrixSymbol

from codegen.check import (
    BOUND_IN_ROUNDOFFS,
    COMPLEX_STEP,
    SINGLE_RANGE,
    TOLERANCE_IN_ROUNDOFFS,
    Bounds,
    KernelAt,
    Values,
    measure,
)  # fmt: skip
from codegen.kernel import Kernel, compile_kernel
from codegen.reference import evaluate
from codegen.sampling import Point, sample
from codegen.verify import as_the_rules_give_it, bounds_at
from symbolic.differential import Differential, differentiate
from symbolic.errors import LimitError, NotSupported, PushforwardError
from symbolic.exact import differential_holds, is_checkable, is_rational
from symbolic.field import Singular
from symbolic.language.names import split_mark
from symbolic.language.printer import Printer
from symbolic.language.read import read_program
from symbolic.language.styles import STYLES, style_named
from symbolic.program import Program
from symbolic.statements import Let
from symbolic.walks import subexpressions
from tools import jax_oracle

PASSED, SKIPPED, WRONG, CRASHED = "passed", "skipped", "WRONG", "CRASHED"
VERDICTS = (PASSED, SKIPPED, WRONG, CRASHED)
LENGTHS = (2, 2, 2, 3, 3, 3, 4, 4, 1)
"""Of the symbolic sizes; one at a time is enough to tell a transpose, and small matrices are quick."""
LARGEST_EXACT = 9
ROUNDOFF = float(np.finfo(float).eps) / 2
JAX_ROUNDOFF = 100 * ROUNDOFF
"""Two ways of computing, both rounded, neither by the other's steps."""


@dataclass(frozen=True)
class Plan:
    """Which checks are made: the second differential, and JAX, of every so many programs only (0: never)."""

    second_every: int = 8
    jax_every: int = 40
    differences_every: int = 3


@dataclass(frozen=True)
class Result:
    """One check of one program; `detail` says why it was skipped, or what is wrong."""

    check: str
    verdict: str
    detail: str = ""

    @property
    def is_fault(self) -> bool:
        return self.verdict in (WRONG, CRASHED)


class Wrong(Exception):
    """A check that does not hold."""


class Skipped(Exception):
    """A check that cannot be made, and why."""


def examine(program: Program, index: int, plan: Plan) -> list[Result]:
    """All checks of a program; `index`, its place in the stream, decides on the point and on the inputs that move."""
    return _Examination(program, index, plan).results()


class _Examination:
    def __init__(self, program: Program, index: int, plan: Plan) -> None:
        self.program, self.index, self.plan = program, index, plan
        self.found: list[Result] = []

    def results(self) -> list[Result]:
        self.read_back("", self.program)
        self.differential("", self.program, self.chosen(0, self.program))
        return self.found

    def chosen(self, order: int, program: Program) -> tuple[str, ...]:
        """Some of the inputs."""
        names = [given.name for given in program.inputs]
        random = Random(f"{self.index} wrt {order}")
        return tuple(random.sample(names, random.randint(1, len(names))))

    def due(self, every: int) -> bool:
        return bool(every) and self.index % every == 0

    @contextmanager
    def check(self, name: str) -> Iterator[None]:
        """Note how a check ends."""
        try:
            yield
            self.found.append(Result(name, PASSED))
        except Skipped as reason:
            self.found.append(Result(name, SKIPPED, str(reason)))
        except Wrong as fault:
            self.found.append(Result(name, WRONG, str(fault)))
        except Exception as error:
            place = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{place.filename.rpartition('/')[2]}:{place.lineno}"
            message = getattr(error, "message", str(error)).splitlines() or [""]
            self.found.append(Result(name, CRASHED, f"{type(error).__name__} in {where}: {message[0]}"))

    # Words

    def read_back(self, of: str, program: Program) -> None:
        """In every notation; the long prints of differentials in one, in turn."""
        styles = tuple(STYLES)
        for style in [styles[self.index % len(styles)]] if of else styles:
            with self.check(f"{of}reads back ({style})"):
                _check_print(program, style)

    # Differentials

    def differential(self, of: str, program: Program, wrt: tuple[str, ...]) -> None:
        """The differential of a program, its print, its value, its kernel; and once more, its own differential."""
        derived: list[Differential] = []
        with self.check(f"{of}derives"):
            derived.append(differentiate(program, wrt))
        if not derived:
            return
        self.read_back(f"{of}tangent ", derived[0].tangent)
        random = Random(f"{self.index} sizes")
        sizes = {str(size): random.choice(LENGTHS) for size in program.sizes}
        with self.check(f"{of}dual numbers"):
            _check_exactly(_rational_part(derived[0]), sizes, self.index)
        point = self.point(of, program, wrt, sizes)
        if point is not None:
            self.values(of, derived[0], point)
        if not of and self.due(self.plan.second_every):
            self.differential("second ", derived[0].tangent, self.chosen(1, derived[0].tangent))

    def point(self, of: str, program: Program, wrt: tuple[str, ...], sizes: Mapping[str, int]) -> Point | None:
        found: list[Point] = []
        with self.check(f"{of}point"):
            try:
                found.append(sample(program, wrt, sizes, self.index))
            except PushforwardError as error:
                if "no point was found" not in str(error):
                    raise
                raise Skipped("no point was found") from None
        return found[0] if found else None

    def values(self, of: str, differential: Differential, point: Point) -> None:
        bounds: list[Bounds] = []
        with self.check(f"{of}rounding bound"), np.errstate(all="ignore"):
            bounds.append(bounds_at(differential.tangent, differential, as_the_rules_give_it(differential), point))
        if not bounds:
            return
        with self.check(f"{of}complex step"), np.errstate(all="ignore"):
            _check_reference(differential, point, bounds[0])
        self.kernel(of, differential, point, bounds[0])
        if self.due(self.plan.jax_every) and not of:
            with self.check("JAX"), np.errstate(all="ignore"):
                _check_by_jax(differential, point, bounds[0])

    def kernel(self, of: str, differential: Differential, point: Point, bounds: Bounds) -> None:
        """Compiled for random sample sizes, by which it orders products, and run in both precisions."""
        random = Random(f"{self.index} samples")
        compiled: list[Kernel] = []
        with self.check(f"{of}compiles"):
            sizes = {str(size): random.choice((1, 3, 1000)) for size in differential.tangent.sizes}
            compiled.append(compile_kernel(differential, sizes=sizes))
        for kernel in compiled:
            for dtype in ("float64", "float32"):
                differences = dtype == "float64" and self.due(self.plan.differences_every)
                with self.check(f"{of}kernel ({dtype})"), np.errstate(all="ignore"):
                    _check_kernel(kernel, point, bounds, dtype, differences, random.choice("CF"))


# The checks


def _check_print(program: Program, style: str) -> None:
    try:
        read = read_program(program.text(style), dialect="latex" if style == "latex" else "text")
    except LimitError:
        raise Skipped("its print is longer than the reader's limits") from None
    if read != program:
        printer = Printer(style_named(style))
        different = (given for given, found in zip(program.lets, read.lets, strict=False) if given != found)
        first = next((printer.equation(let.name, let.expr) for let in different), "its declarations")
        raise Wrong(f"another program is read from its print, at {first}")


def _rational_part(differential: Differential) -> Differential:
    """The differential of the statements that are rational and need no others; δY is none without Y."""
    if is_checkable(differential):
        return differential
    program = differential.primal
    known = {given.name for given in program.inputs}
    lets: list[Let] = []
    for let in program.lets:
        used = {part.name for part in subexpressions(let.expr) if type(part) is MatrixSymbol}
        whole = {let.name, split_mark(let.name)[1]} <= known | {let.name}
        if used <= known and whole and is_rational(replace(program, lets=(*lets, let), outputs=(let.name,))):
            lets.append(let)
            known.add(let.name)
    if not lets:
        raise Skipped("nothing is rational")
    rational = replace(program, lets=tuple(lets), outputs=tuple(let.name for let in lets))
    return differentiate(rational, [name for name in differential.wrt if name in known])


def _check_exactly(differential: Differential, sizes: Mapping[str, int], seed: int) -> None:
    if not is_checkable(differential):
        raise Skipped("not rational, or an orthogonal input moves")
    if max(sizes.values(), default=0) > LARGEST_EXACT:
        raise Skipped("too large for exact arithmetic")
    try:
        holds = differential_holds(differential, sizes, seed)
    except Singular:
        raise Skipped("something is divided by zero wherever it is evaluated") from None
    if not holds:
        raise Wrong(f"the differential with respect to {', '.join(differential.wrt)} is not the ε part")


def _with_seeds(differential: Differential, point: Point) -> dict[str, Any]:
    return dict(point.inputs) | {seed: point.directions[name] for name, seed in differential.seeds}


def _check_reference(differential: Differential, point: Point, bounds: Bounds) -> None:
    """The tangent program's values, evaluated by the reference, against the complex step of the primal."""
    primal = evaluate(differential.primal, point.moved(1j * COMPLEX_STEP), point.functions)
    tangent = evaluate(differential.tangent, _with_seeds(differential, point), point.functions)
    for output in differential.primal.outputs:
        expected = np.imag(primal[output]) / COMPLEX_STEP
        _compare(output, tangent[differential.name(output)], expected, bounds.differentials.get(output, 0.0))


def _check_by_jax(differential: Differential, point: Point, bounds: Bounds) -> None:
    if jax_oracle.load_jax() is None:
        raise Skipped("JAX is not installed")
    primal = differential.primal
    try:
        values, differentials = jax_oracle.differentials(primal, point.inputs, point.directions, point.functions)
    except NotSupported as error:
        raise Skipped(error.message) from None
    tangent = evaluate(differential.tangent, _with_seeds(differential, point), point.functions)
    for output in primal.outputs:
        _compare(output, tangent[output], values[output], bounds.values.get(output, 0.0), JAX_ROUNDOFF)
        bound = bounds.differentials.get(output, 0.0)
        _compare(f"d{output}", tangent[differential.name(output)], differentials[output], bound, JAX_ROUNDOFF)


def _compare(what: str, found: Any, expected: Any, bound: float, roundoff: float = ROUNDOFF) -> None:
    """Relative to the largest entry, or to what rounding can do where terms cancel, as `codegen.check` does."""
    if found.shape != expected.shape:
        raise Wrong(f"{what} has the shape {found.shape}, not {expected.shape}")
    if not np.isfinite(found).all() or not np.isfinite(expected).all():
        raise Wrong(f"{what} is not finite")
    scale = float(np.abs(expected).max(initial=0.0))
    error = float(np.abs(found - expected).max(initial=0.0))
    allowed = roundoff * max(TOLERANCE_IN_ROUNDOFFS * scale, BOUND_IN_ROUNDOFFS * bound)
    if error > allowed:
        raise Wrong(f"{what} is off by {error:.1e}, where {allowed:.1e} is allowed (largest entry {scale:.1e})")


def _check_kernel(kernel: Kernel, point: Point, bounds: Bounds, dtype: str, differences: bool, order: str) -> None:
    """`order`: of its operands in memory, by rows (C) or by columns (F). None of them may be written over."""
    differential = kernel.differential
    assert differential is not None
    functions = {keyword: point.functions[name, order] for keyword, name, order in kernel.signature.functions}
    outputs = differential.primal.outputs

    def at(inputs: Values, directions: Values) -> tuple[Values, Values]:
        given = [inputs[given.name] for given in differential.primal.inputs]
        given += [directions[name] for name in differential.wrt]
        results = kernel(*(_protected(matrix, order) for matrix in given), **functions)
        return dict(zip(outputs, results, strict=False)), dict(zip(outputs, results[len(outputs) :], strict=True))

    if not differences:
        _compare_at(at, differential.primal, point, bounds, dtype)
        return
    for measurement in measure(at, _outputs(differential.primal, point), point, "", 0, dtype, bounds):
        if not measurement.passed:
            error, allowed = max(measurement.errors), measurement.tolerance or 0.0
            order = f", order {measurement.order:.2f}" if measurement.order is not None else ""
            what = f"{measurement.method} of {measurement.output}"
            raise Wrong(f"{what}: {error:.1e}, where {allowed:.1e} is allowed{order}")


def _protected(matrix: Any, order: str) -> Any:
    """A copy that cannot be written."""
    copy = matrix.copy(order=order)
    copy.flags.writeable = False
    return copy


def _compare_at(at: KernelAt, primal: Program, point: Point, bounds: Bounds, dtype: str) -> None:
    """Values, and differentials by the complex step, at the point as it is in the precision of the kernel."""
    inputs = {name: value.astype(dtype) for name, value in point.inputs.items()}
    directions = {name: value.astype(dtype) for name, value in point.directions.items()}
    exact = replace(
        point,
        inputs={name: value.astype(float) for name, value in inputs.items()},
        directions={name: value.astype(float) for name, value in directions.items()},
    )
    moved = evaluate(primal, exact.moved(1j * COMPLEX_STEP), point.functions)
    roundoff = float(np.finfo(dtype).eps) / 2
    if dtype == "float32" and not (bounds.in_single_range() and all(map(_is_in_single_range, moved.values()))):
        raise Skipped("beyond what single precision holds")
    values, differentials = at(inputs, directions)
    for output in primal.outputs:
        expected = moved[output]
        _compare(output, values[output], expected.real, bounds.values.get(output, 0.0), roundoff)
        slope = np.imag(expected) / COMPLEX_STEP
        _compare(f"d{output}", differentials[output], slope, bounds.differentials.get(output, 0.0), roundoff)


def _is_in_single_range(value: Any) -> bool:
    """Whether the entries that are not zero, and their differentials, are far from the ends of single precision."""
    sizes = np.abs([value.real, np.imag(value) / COMPLEX_STEP])
    return bool((sizes < SINGLE_RANGE[1]).all() and (sizes[sizes > 0] > SINGLE_RANGE[0]).all())


def _outputs(program: Program, point: Point) -> Callable[[Values], Values]:
    def outputs(inputs: Values) -> Values:
        values = evaluate(program, inputs, point.functions)
        return {name: values[name] for name in program.outputs}

    return outputs
