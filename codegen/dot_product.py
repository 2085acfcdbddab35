"""Does a reverse kernel compute the pullback? ⟨Ȳ, J δX⟩ = ⟨X̄, δX⟩, and X̄ entry by entry with the complex step.

J is that of an independent evaluation of the primal, J δX = Im F(X + ihδX)/h, which knows no rule and no transpose.
Its columns along the admissible directions make the cotangent X̄ = J'Ȳ, with which that of the kernel is compared; and
along one random direction both sides of the dot product, at any size. Tolerances are those of `codegen.check`: 900
roundoffs, or the bound on rounding errors where terms cancel.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import MatrixSymbol

from codegen.check import BOUND_IN_ROUNDOFFS, COMPLEX_STEP, SINGLE_RANGE, TOLERANCE_IN_ROUNDOFFS, Array, Measurement
from codegen.reference import Functions, evaluate
from codegen.rounding import rounding_bounds
from codegen.sampling import Point, kept_by, sample_direction
from symbolic.differential import Differential
from symbolic.facts import perturbation
from symbolic.reverse.adjoint import Adjoint
from symbolic.shapes import found_lengths
from symbolic.statements import Input

MAX_COLUMNS = 400
"""Up to so many entries of an input the cotangent is compared entry by entry."""

Values = Mapping[str, Array]


@dataclass(frozen=True)
class Label:
    """Where a measurement was made."""

    sizes: str
    seed: int
    dtype: str

    @staticmethod
    def at(lengths: Mapping[str, int], seed: int, dtype: str) -> Label:
        return Label(", ".join(f"{size}={length}" for size, length in lengths.items()), seed, dtype)

    def judged(self, method: str, output: str, error: float, cancelled: float) -> Measurement:
        """`cancelled`: the rounding bound, in units of roundoff, relative to what the error is relative to."""
        roundoff = float(np.finfo(self.dtype).eps) / 2
        tolerance = roundoff * max(TOLERANCE_IN_ROUNDOFFS, BOUND_IN_ROUNDOFFS * cancelled)
        return Measurement(
            method, output, self.sizes, self.dtype, self.seed, steps=(0.0,), errors=(error,), order=None,
            tolerance=tolerance, passed=bool(error <= tolerance),
        )  # fmt: skip


def given_values(adjoint: Adjoint, point: Point, seed: int) -> dict[str, Array]:
    """The inputs of the adjoint program at a point: those of the primal, and random cotangents and directions."""
    random = np.random.default_rng([seed, 1])
    lengths = found_lengths((given.shape, point.inputs[given.name].shape) for given in adjoint.primal.inputs)
    given = dict(point.inputs)
    for each in adjoint.program.inputs:
        if each.name not in given:
            given[each.name] = sample_direction(each, lengths, random)
    return given


def measure_adjoint(
    adjoint: Adjoint, found: Values, inputs: Values, point: Point, label: Label
) -> Iterator[Measurement]:
    """`found`: what a kernel of the adjoint program returns for `inputs`, by name; both of the label's precision."""
    exact = {name: value.astype(np.float64) for name, value in inputs.items()}
    oracle = _Oracle(adjoint, exact, point.functions)
    bounds = rounding_bounds(adjoint.program, exact, point.functions)
    if label.dtype == "float32" and not all(bound < SINGLE_RANGE[1] for bound in bounds.values()):
        return
    for name in dict.fromkeys(adjoint.of):
        expected = oracle.value(name)
        error, largest = _error(found[name], expected)
        yield label.judged("value", name, error, bounds.get(name, 0.0) / largest)
    for wrt, name in adjoint.results:
        given = next(each for each in adjoint.primal.inputs if each.name == wrt)
        if exact[wrt].size <= MAX_COLUMNS:
            error, largest = _error(found[name], oracle.pullback(given))
            yield label.judged("complex step", name, error, bounds.get(name, 0.0) / largest)
    directions = {name: value.astype(np.float64) for name, value in point.directions.items()}
    pulled_back = {wrt: found[name] for wrt, name in adjoint.results}
    bound = sum(bounds.get(name, 0.0) * _sum(directions[wrt]) for wrt, name in adjoint.results)
    bound += _forward_bound(adjoint.differential, oracle.cotangents, exact, directions, point.functions)
    yield dot_product(label, oracle.cotangents, oracle.moved(directions), pulled_back, directions, bound)


def measure_transpose(adjoint: Adjoint, differentials: Values, point: Point, label: Label) -> Measurement:
    """The dot product for a forward kernel, with its `differentials`, and the pullback that is its transpose."""
    inputs = given_values(adjoint, point, label.seed)
    found = evaluate(adjoint.program, inputs, point.functions)
    bounds = rounding_bounds(adjoint.program, inputs, point.functions)
    cotangents = {of: inputs[name] for of, name in adjoint.seeds}
    pulled_back = {wrt: found[name] for wrt, name in adjoint.results}
    bound = sum(bounds.get(name, 0.0) * _sum(point.directions[wrt]) for wrt, name in adjoint.results)
    bound += _forward_bound(adjoint.differential, cotangents, point.inputs, point.directions, point.functions)
    return dot_product(label, cotangents, differentials, pulled_back, point.directions, bound)


def _forward_bound(
    differential: Differential, cotangents: Values, inputs: Values, directions: Values, functions: Functions
) -> float:
    """What rounding can do to ⟨Ȳ, J δX⟩."""
    names = {given.name for given in differential.primal.inputs}
    moved = {seed: directions[wrt] for wrt, seed in differential.seeds}
    bounds = rounding_bounds(differential.tangent, {n: inputs[n] for n in names} | moved, functions)
    return sum(bounds.get(differential.name(of), 0.0) * _sum(cotangents[of]) for of in cotangents)


def dot_product(
    label: Label, cotangents: Values, differentials: Values, pulled_back: Values, directions: Values, bound: float
) -> Measurement:
    """⟨Ȳ, δY⟩ against ⟨X̄, δX⟩, relative to the larger sum of the products' sizes. `bound`: in units of roundoff."""
    of = ", ".join(cotangents)
    if any(cotangents[name].shape != differentials[name].shape for name in cotangents) or any(
        pulled_back[name].shape != directions[name].shape for name in pulled_back
    ):
        return label.judged("dot product", of, float("inf"), 0.0)
    left = [cotangents[name] * differentials[name] for name in cotangents]
    right = [pulled_back[name] * directions[name] for name in pulled_back]
    scale = max(sum(map(_sum, left)), sum(map(_sum, right)))
    difference = abs(sum(float(part.sum()) for part in left) - sum(float(part.sum()) for part in right))
    error = difference / (scale or 1.0)
    return label.judged("dot product", of, error if np.isfinite(error) else float("inf"), bound / (scale or 1.0))


class _Oracle:
    """The primal, evaluated independently, at the inputs of an adjoint program."""

    def __init__(self, adjoint: Adjoint, inputs: Values, functions: Functions) -> None:
        self.adjoint, self.functions = adjoint, functions
        self.inputs = {given.name: inputs[given.name] for given in adjoint.primal.inputs}
        self.values = evaluate(adjoint.primal, self.inputs, functions)
        self.cotangents = {of: self.cotangent(of, cotangent, inputs) for of, cotangent in adjoint.cotangents}

    def value(self, name: str) -> Array:
        return self.values[name]

    def cotangent(self, of: str, cotangent: Any, inputs: Values) -> Array:
        """Given; or 1; or the differential along directions that are given."""
        if type(cotangent) is not MatrixSymbol:
            return np.ones((1, 1))
        if cotangent.name in inputs:
            return inputs[cotangent.name]
        seeds = {wrt: inputs[seed] for wrt, seed in self.adjoint.differential.seeds}
        return self.moved(seeds)[of]

    def moved(self, directions: Values) -> dict[str, Array]:
        """J δX for all of the outputs."""
        step = 1j * COMPLEX_STEP
        inputs = {name: x + step * directions[name] if name in directions else x for name, x in self.inputs.items()}
        values = evaluate(self.adjoint.primal, inputs, self.functions)
        return {of: np.imag(values[of]) / COMPLEX_STEP for of in self.adjoint.of}

    def pullback(self, given: Input) -> Array:
        """J'Ȳ, the projections of the entries' directions on those admitted one by one."""
        result = np.zeros(self.inputs[given.name].shape)
        for place in np.ndindex(result.shape):
            direction = np.zeros(result.shape)
            direction[place] = 1.0
            moved = self.moved({given.name: kept_by(perturbation(given.facts), direction)})
            result[place] = sum(float((self.cotangents[of] * moved[of]).sum()) for of in self.cotangents)
        return result


def _sum(matrix: Array) -> float:
    return float(np.abs(matrix).sum())


def _error(found: Array, expected: Array) -> tuple[float, float]:
    """Relative to the largest entry, and that; infinite where the shapes differ or an entry is not finite."""
    largest = float(np.abs(expected).max(initial=0.0)) or 1.0
    if found.shape != expected.shape or not np.isfinite(found).all():
        return float("inf"), largest
    return float(np.abs(found - expected).max(initial=0.0)) / largest, largest
