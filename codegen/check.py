"""Does a kernel compute the derivative? Differences and the complex step against an independent evaluation.

Four measurements at random points, each a number that a wrong derivative cannot make small:

- value: the kernel's primal outputs against the reference;
- complex step: Im F(X + ihδX)/h, exact to rounding, so that a coefficient of 1 + 1e-9 is found at any size;
- central differences over a ladder of steps: their error must fall as h², which a wrong derivative's cannot;
- remainder F(X + hδX) - F(X) - hδF over the same ladder: it must fall as h², the O(δX²) of the derivation;
- five-point differences, good to about 1e-12.

Tolerances are multiples of the unit roundoff relative to the largest entry, and do not grow with size; where terms
cancel, relative to the bound on rounding errors of `codegen.rounding`, which the checked kernel cannot influence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from codegen.sampling import Point
from symbolic.notebook import Bundle, table

COMPLEX_STEP = 1e-30
RUNGS = 11
MAX_HALVINGS = 12
NEARLY_LINEAR = 0.2
SMALLEST = float(np.finfo(float).tiny)
NEGLIGIBLE = 1e-10
"""An error that only the complex step can judge."""
TOLERANCE_IN_ROUNDOFFS = 900
"""In units of u: 1e-13 relative in double precision, 5e-5 in single."""
BOUND_IN_ROUNDOFFS = 8
"""How many times the running error bound an error may be."""
FIVE_POINT_TOLERANCE = 1e-9
SINGLE_RANGE = (1e-25, 1e25)
MIN_ORDER = 1.8

Array: TypeAlias = Any
Values = Mapping[str, Array]
Primal = Callable[[Values], Values]
"""Inputs by name to outputs by name; takes complex matrices."""
KernelAt = Callable[[Values, Values], tuple[Values, Values]]
"""Inputs and directions to the outputs and their differentials."""


@dataclass(frozen=True)
class Measurement:
    """One method at one point, for one output.

    `errors` are relative to the largest entry of the reference, one for each of `steps`; `order` is the observed
    rate at which they fall, where that is what is judged ("exact" methods have None).
    """

    method: str
    output: str
    sizes: str
    dtype: str
    seed: int
    steps: tuple[float, ...]
    errors: tuple[float, ...]
    order: float | None
    tolerance: float | None
    passed: bool
    note: str = ""


@dataclass(frozen=True)
class CheckReport:
    """All measurements of one kernel.

    `avoided`: the kinks that the random points keep away from. `left_out`: lengths at which no point was found.
    """

    kernel: str
    measurements: tuple[Measurement, ...]
    avoided: tuple[str, ...]
    left_out: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return bool(self.measurements) and all(m.passed for m in self.measurements)

    def failures(self) -> tuple[Measurement, ...]:
        return tuple(m for m in self.measurements if not m.passed)

    def by_method(self) -> dict[str, list[Measurement]]:
        methods: dict[str, list[Measurement]] = {}
        for measurement in self.measurements:
            methods.setdefault(measurement.method, []).append(measurement)
        return methods

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "kernel": self.kernel,
            "passed": self.passed,
            "avoided": list(self.avoided),
            "left_out": list(self.left_out),
            "measurements": [asdict(m) for m in self.measurements],
        }

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> Bundle:
        rows = [
            (method, f"{sum(m.passed for m in group)}/{len(group)}", f"{_worst(group):.1e}")
            for method, group in self.by_method().items()
        ]
        title = f"{self.kernel}: {'passed' if self.passed else 'FAILED'}"
        return table(str(self), title, ("method", "passed", "worst error"), rows)

    def __str__(self) -> str:
        lines = [f"{self.kernel}: {'passed' if self.passed else 'FAILED'}"]
        for method, group in self.by_method().items():
            worst = max(max(m.errors, default=0.0) for m in group)
            orders = [m.order for m in group if m.order is not None]
            seen = f"order {min(orders):.2f}" if orders else f"error {worst:.1e}"
            lines.append(f"  {method:20} {sum(m.passed for m in group)}/{len(group)} passed, {seen}")
        if self.avoided:
            lines.append(f"  kept away from: {', '.join(self.avoided)}")
        if self.left_out:
            lines.append(f"  no point at: {'; '.join(self.left_out)}")
        return "\n".join(lines)


def _worst(group: Sequence[Measurement]) -> float:
    """The largest error, each ladder judged by its smallest."""
    return max(min(m.errors, default=0.0) for m in group)


@dataclass(frozen=True)
class Bounds:
    """The largest rounding bounds, in units of roundoff, of each output and of its differential."""

    values: Mapping[str, float]
    differentials: Mapping[str, float]

    def in_single_range(self) -> bool:
        """Whether single precision can hold what is added up on the way."""
        return all(bound < SINGLE_RANGE[1] for bounds in (self.values, self.differentials) for bound in bounds.values())


NO_BOUNDS = Bounds({}, {})


def measure(
    kernel: KernelAt,
    primal: Primal,
    point: Point,
    sizes: str,
    seed: int,
    dtype: str = "float64",
    bounds: Bounds = NO_BOUNDS,
) -> list[Measurement]:
    """Compare `kernel` with `primal` at one point; only values and the complex step below double precision."""
    precision = np.dtype(dtype)
    inputs = {name: value.astype(precision) for name, value in point.inputs.items()}
    directions = {name: value.astype(precision) for name, value in point.directions.items()}
    exact = Point(
        {name: value.astype(np.float64) for name, value in inputs.items()},
        {name: value.astype(np.float64) for name, value in directions.items()},
        point.functions,
        point.largest_step,
        point.avoided,
    )
    if dtype == "float32" and not (_in_single_range(primal(exact.inputs)) and bounds.in_single_range()):
        return []
    values, differentials = kernel(inputs, directions)
    comparison = _Comparison(primal, exact, sizes, seed, dtype, bounds)
    found = []
    for output in {**values, **differentials}:
        if output in values:
            found.append(comparison.value(output, values[output]))
        if output in differentials:
            found.append(comparison.complex_step(output, differentials[output]))
            if dtype == "float64":
                found += comparison.differences(output, differentials[output])
    return found


class _Comparison:
    """The reference at one point, evaluated once for each step and used for every output."""

    def __init__(self, primal: Primal, point: Point, sizes: str, seed: int, dtype: str, bounds: Bounds) -> None:
        self.primal, self.point, self.bounds = primal, point, bounds
        self.label: dict[str, Any] = {"sizes": sizes, "seed": seed, "dtype": dtype}
        self.roundoff = float(np.finfo(dtype).eps) / 2
        self.cache: dict[complex, Values] = {}

    def at(self, step: complex) -> Values:
        if step not in self.cache:
            self.cache[step] = self.primal(self.point.moved(step))
        return self.cache[step]

    def judged(self, method: str, output: str, error: float, tolerance: float, step: float = 0.0) -> Measurement:
        return Measurement(
            method, output, **self.label, steps=(step,), errors=(error,), order=None, tolerance=tolerance,
            passed=bool(error <= tolerance),
        )  # fmt: skip

    def against(
        self, method: str, output: str, found: Array, expected: Array, bound: float, step: float = 0.0
    ) -> Measurement:
        """Relative to the largest entry, or to what rounding can do where terms cancel."""
        cancelled = BOUND_IN_ROUNDOFFS * bound / (_largest(expected) or 1.0)
        tolerance = self.roundoff * max(TOLERANCE_IN_ROUNDOFFS, cancelled)
        return self.judged(method, output, _relative_error(found, expected), tolerance, step)

    def value(self, output: str, found: Array) -> Measurement:
        return self.against("value", output, found, self.at(0.0)[output], self.bounds.values.get(output, 0.0))

    def complex_step(self, output: str, found: Array) -> Measurement:
        expected = self.at(1j * COMPLEX_STEP)[output].imag / COMPLEX_STEP
        bound = self.bounds.differentials.get(output, 0.0)
        return self.against("complex step", output, found, expected, bound, COMPLEX_STEP)

    def differences(self, output: str, found: Array) -> list[Measurement]:
        """The two ladders, judged by their order, and the five-point difference."""
        centre = self.at(0.0)[output]
        if found.shape != centre.shape or not np.isfinite(found).all():
            return [self.judged("five-point difference", output, float("inf"), FIVE_POINT_TOLERANCE)]
        scale = _largest(found) or _largest(centre) or 1.0
        added_up = max(_largest(centre), scale, self.bounds.values.get(output, 0.0))
        rounding = 32 * self.roundoff * max(added_up, self.bounds.differentials.get(output, 0.0)) / scale
        first = self.first_step(output)
        steps = tuple(first / 2**k for k in range(RUNGS))
        central, remainder = [], []
        for h in steps:
            forward, backward = self.at(h)[output], self.at(-h)[output]
            central.append(_largest((forward - backward) / (2 * h) - found) / scale)
            remainder.append(_largest(forward - centre - h * found) / scale)
        return [
            self.ladder("central difference", output, steps, central, [rounding / h for h in steps]),
            self.ladder("remainder", output, steps, remainder, [rounding] * len(steps)),
            self.five_point(output, found, scale, rounding, steps),
        ]

    def first_step(self, output: str) -> float:
        """The largest step at which F is nearly linear along the direction, by the reference alone."""
        slope = self.at(1j * COMPLEX_STEP)[output].imag / COMPLEX_STEP
        centre, step = self.at(0.0)[output], self.point.largest_step
        for _ in range(MAX_HALVINGS):
            if _largest(self.at(step)[output] - centre - step * slope) <= NEARLY_LINEAR * step * _largest(slope):
                break
            step /= 2
        return step

    def ladder(
        self, method: str, output: str, steps: tuple[float, ...], errors: list[float], floors: list[float]
    ) -> Measurement:
        """Order 2, seen where the errors stand clear of rounding; or no error beyond rounding at all."""
        clear = [k for k, (error, floor) in enumerate(zip(errors, floors, strict=True)) if error > 10 * floor]
        order = _order(steps, errors, clear) if len(clear) > 1 and max(errors) > NEGLIGIBLE else None
        negligible = max(errors) <= NEGLIGIBLE
        passed = negligible or (order >= MIN_ORDER if order is not None else not clear or errors[-1] <= 10 * floors[-1])
        note = "too small to have an order" if clear and negligible else "" if clear else "no error beyond rounding"
        return Measurement(
            method, output, **self.label, steps=steps, errors=tuple(errors), order=order, tolerance=None,
            passed=bool(passed), note=note,
        )  # fmt: skip

    def five_point(
        self, output: str, found: Array, scale: float, rounding: float, steps: tuple[float, ...]
    ) -> Measurement:
        """(F(-2h) - 8F(-h) + 8F(h) - F(2h)) / 12h, where truncation and rounding balance best."""
        best = (float("inf"), steps[0])
        for h in steps[1:]:
            stencil = {-2 * h: 1, -h: -8, h: 8, 2 * h: -1}
            estimate = sum(weight * self.at(step)[output] for step, weight in stencil.items()) / (12 * h)
            best = min(best, (_largest(estimate - found) / scale, h))
        error, h = best
        tolerance = max(FIVE_POINT_TOLERANCE, 10 * rounding / h)
        return self.judged("five-point difference", output, error, tolerance, h)


def _order(steps: Sequence[float], errors: Sequence[float], clear: Sequence[int]) -> float:
    """The largest of the median slope over the last clear steps, the last of these, and that from there into rounding.

    Where two terms of a remainder cancel at one step, the slopes around it are far from 2, and those that follow tell
    the order. A wrong differential cannot hide there: the smaller the step, the more it is all of the error, and two
    steps beyond the last clear one rounding is at most 0.4 of it.
    """

    def slope(a: int, b: int) -> float:
        return float(np.log(errors[a] / max(errors[b], SMALLEST)) / np.log(steps[a] / steps[b]))

    slopes = [slope(a, b) for a, b in pairwise(clear)]
    beyond = min(clear[-1] + 2, len(steps) - 1)
    falling = [slope(clear[-1], beyond)] if beyond > clear[-1] + 1 else []
    return max(float(np.median(slopes[-3:])), slopes[-1], *falling)


def _in_single_range(values: Values) -> bool:
    """Whether single precision can hold the results with room to spare for what leads to them."""
    return all(not value.size or SINGLE_RANGE[0] < _largest(value) < SINGLE_RANGE[1] for value in values.values())


def _largest(matrix: Array) -> float:
    return float(np.abs(matrix).max(initial=0.0))


def _relative_error(found: Array, expected: Array) -> float:
    """Relative to the largest entry; infinite where the shapes differ or an entry is not finite."""
    if found.shape != expected.shape or not np.isfinite(found).all():
        return float("inf")
    return _largest(found - expected) / (_largest(expected) or 1.0)
