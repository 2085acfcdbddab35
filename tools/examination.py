"""Everything that is checked of one random program, each check with its verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

import numpy as np
from sympy import MatrixSymbol

from codegen.check import (
    COMPLEX_STEP,
    SINGLE_RANGE,
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
from tools.forms import check_forms
from tools.verdicts import ROUNDOFF, Checks, Result, Skipped, Wrong, compare, protected

LENGTHS = (2, 2, 2, 3, 3, 3, 4, 4, 1)
"""Of the symbolic sizes; one at a time is enough to tell a transpose, and small matrices are quick."""
LARGEST_EXACT = 9
JAX_ROUNDOFF = 100 * ROUNDOFF
"""Two ways of computing, both rounded, neither by the other's steps."""


@dataclass(frozen=True)
class Plan:
    """Which checks are made: the second differential, and JAX, of every so many programs only (0: never)."""

    second_every: int = 8
    jax_every: int = 40
    differences_every: int = 3
    forms_every: int = 4
    target: str = "numpy"


def examine(program: Program, index: int, plan: Plan) -> list[Result]:
    """All checks of a program; `index`, its place in the stream, decides on the point and on the inputs that move."""
    return _Examination(program, index, plan).results()


class _Examination(Checks):
    def __init__(self, program: Program, index: int, plan: Plan) -> None:
        super().__init__(index)
        self.program, self.plan = program, plan

    def results(self) -> list[Result]:
        self.read_back("", self.program)
        self.differential("", self.program, self.chosen(0, self.program))
        return self.found

    def due(self, every: int) -> bool:
        return bool(every) and self.index % every == 0

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
        if not of and self.due(self.plan.forms_every):
            check_forms(self, derived[0])
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
        compare(output, tangent[differential.name(output)], expected, bounds.differentials.get(output, 0.0))


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
        compare(output, tangent[output], values[output], bounds.values.get(output, 0.0), JAX_ROUNDOFF)
        bound = bounds.differentials.get(output, 0.0)
        compare(f"d{output}", tangent[differential.name(output)], differentials[output], bound, JAX_ROUNDOFF)


def _check_kernel(kernel: Kernel, point: Point, bounds: Bounds, dtype: str, differences: bool, order: str) -> None:
    """`order`: of its operands in memory, by rows (C) or by columns (F). None of them may be written over."""
    differential = kernel.differential
    assert differential is not None
    functions = {keyword: point.functions[name, order] for keyword, name, order in kernel.signature.functions}
    outputs = differential.primal.outputs

    def at(inputs: Values, directions: Values) -> tuple[Values, Values]:
        given = [inputs[given.name] for given in differential.primal.inputs]
        given += [directions[name] for name in differential.wrt]
        results = kernel(*(protected(matrix, order) for matrix in given), **functions)
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
        compare(output, values[output], expected.real, bounds.values.get(output, 0.0), roundoff)
        slope = np.imag(expected) / COMPLEX_STEP
        compare(f"d{output}", differentials[output], slope, bounds.differentials.get(output, 0.0), roundoff)


def _is_in_single_range(value: Any) -> bool:
    """Whether the entries that are not zero, and their differentials, are far from the ends of single precision."""
    sizes = np.abs([value.real, np.imag(value) / COMPLEX_STEP])
    return bool((sizes < SINGLE_RANGE[1]).all() and (sizes[sizes > 0] > SINGLE_RANGE[0]).all())


def _outputs(program: Program, point: Point) -> Callable[[Values], Values]:
    def outputs(inputs: Values) -> Values:
        values = evaluate(program, inputs, point.functions)
        return {name: values[name] for name in program.outputs}

    return outputs
