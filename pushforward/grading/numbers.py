"""Both sides of an equality in double precision: a point where they differ, or an opinion where nothing is exact.

X + δX is X + i h E with h = 1e-30, so that the imaginary part over h is the perturbation, to rounding, as in the
complex step. What is of second order underflows.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from codegen.reference import Evaluation, Functions
from codegen.sampling import sample
from pushforward.grading import precise
from pushforward.grading.marks import Witness
from symbolic.derivatives import Derivative, Place, opened
from symbolic.equivalence import sizes_for
from symbolic.errors import PushforwardError
from symbolic.language.names import differential_of, unicode_name
from symbolic.nodes import Node
from symbolic.program import Program
from symbolic.shapes import length
from symbolic.statements import Input

STEP = 1e-30
DIFFERENT = 1e-9
"""Relative differences from here on are no rounding."""
NOTICED = 1e-13
"""From here on a point is shown where two sides are known to differ."""
SMALLEST = 1e-3
ENOUGH, FEW = 6, 2
"""How many points are looked at, and at how many of them in fifty digits."""
MAX_SHOWN = 4
_MAX_ORDER = 9
_POLYNOMIALS = ((0, 1, 0, 1), (0, 0, 1), (1, -1, 0, 2), (0, 2, 1))
"""What unknown functions are at a witness: x + x³, x², 1 - x + 2x³, 2x + x²."""


@dataclass(frozen=True)
class _Point:
    evaluation: Evaluation
    inputs: Mapping[str, Any]
    functions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Opinion:
    """`points`: at how many both sides have a value; `differing`: at how many they differ.

    `gap`: by how much at most, `usual_gap`: at half of the points, relative to the largest entry.
    """

    points: int
    differing: int
    gap: float
    usual_gap: float
    witness: Witness | None


class Numbers:
    """Points for one program whose inputs `wrt` move: first of small whole numbers, then random ones."""

    def __init__(self, program: Program, wrt: tuple[str, ...], derivatives: tuple[Derivative, ...] = ()) -> None:
        self.program = program
        self.wrt = wrt
        self.derivatives = derivatives
        self._found: list[_Point] = []
        self._more = self._points()

    def opinion(self, left: Node, right: Node, real_only: bool = False) -> Opinion:
        """Compare two expressions of one shape at several points."""
        gaps: list[float] = []
        witness = None
        for point in self._iterate():
            values = _values(point, left, right, real_only)
            if values is None:
                continue
            gaps.append(_distance(*values))
            if gaps[-1] > NOTICED:
                witness = witness or self._witness(point, *values)
            if len(gaps) == ENOUGH:
                break
        differing = sum(gap > DIFFERENT for gap in gaps)
        return Opinion(len(gaps), differing, max(gaps, default=0.0), statistics.median_low(gaps or [0.0]), witness)

    def precise_gaps(self, left: Node, right: Node, real_only: bool = False) -> list[float]:
        """By how much two expressions differ in fifty digits, at points where that can be told."""
        if self.derivatives:
            return []
        gaps = (
            precise.gap(
                self.program,
                point.inputs,
                {name: _slope(point.evaluation.named[differential_of(name)]) for name in self.wrt},
                point.evaluation.functions,
                (left, right),
                real_only,
            )
            for point in self._found[-FEW:]
        )
        return [found for found in gaps if found is not None]

    def agree_somewhere(self, left: Node, right: Node) -> bool:
        """Whether two expressions agree at the first random point; False where they have no value there."""
        for point in self._iterate():
            if (values := _values(point, left, right, False)) is not None:
                return _distance(*values) <= DIFFERENT
        return False

    def _iterate(self) -> Iterator[_Point]:
        yield from self._found
        for point in self._more:
            self._found.append(point)
            yield point

    def _points(self) -> Iterator[_Point]:
        for attempt, sizes in enumerate(self._sizes()):
            given = _integers(self.program, self.wrt, sizes, attempt)
            if given is None:
                continue
            point = self._point(given[0], given[1], *self._functions(attempt))
            if point is not None:
                yield point
        for seed in range(3 * ENOUGH):
            try:
                drawn = sample(self.program, self.wrt, sizes_for(self.program)[0], seed)
            except (PushforwardError, np.linalg.LinAlgError):
                return
            point = self._point(drawn.inputs, drawn.directions, *self._functions(seed))
            if point is not None:
                yield point

    def _sizes(self) -> Iterator[dict[str, int]]:
        names = [str(size) for size in self.program.sizes]
        for lengths in ((1,), (2, 1), (2, 3), (3, 2, 4)):
            yield {name: lengths[k % len(lengths)] for k, name in enumerate(names)}

    def _functions(self, shift: int) -> tuple[Functions, tuple[tuple[str, str], ...]]:
        found, words = {}, []
        for k, name in enumerate(sorted(self.program.unknown_functions)):
            polynomial = np.polynomial.Polynomial(_POLYNOMIALS[(k + shift // 2) % len(_POLYNOMIALS)])
            words.append((name, _in_words(polynomial)))
            for order in range(_MAX_ORDER + 1):
                found[name, order] = polynomial.deriv(order) if order else polynomial
        return found, tuple(words)

    def _point(
        self, inputs: Mapping[str, Any], directions: Mapping[str, Any], functions: Functions, words: Any
    ) -> _Point | None:
        moved = {n: a + 1j * STEP * directions[n] if n in directions else a + 0j for n, a in inputs.items()}
        try:
            with np.errstate(all="ignore"):
                values = Evaluation(self.program, moved, functions).values()
                evaluation = Evaluation(self.program, {n: np.real(a) for n, a in moved.items()}, functions)
                for name, value in values.items():
                    evaluation.named[name] = np.real(value) + 0j
                    evaluation.named[differential_of(name)] = 1j * np.imag(value)
                for derivative in self.derivatives:
                    evaluation.named[derivative.name] = self._derivative(derivative, evaluation.named, functions)
        except (PushforwardError, np.linalg.LinAlgError, ValueError):
            return None
        finite = all(np.isfinite(value).all() for value in evaluation.named.values())
        return _Point(evaluation, inputs, words) if finite else None

    def _derivative(self, derivative: Derivative, named: Mapping[str, Any], functions: Functions) -> Any:
        """One evaluation for each entry of what it is taken by."""
        program = opened(self.program, derivative.by)
        inputs = {given.name: named[given.name] for given in program.inputs}
        of, by = np.shape(named[derivative.of]), np.shape(inputs[derivative.by])

        @cache
        def moved(place: Place) -> Any:
            one = np.array(inputs[derivative.by], dtype=complex)
            one[place] += 1j * STEP
            return np.imag(Evaluation(program, inputs | {derivative.by: one}, functions).values()[derivative.of]) / STEP

        found = np.zeros(derivative.shape(of, by), dtype=complex)
        for entry in np.ndindex(found.shape):
            change, place = derivative.places(entry, of, by)
            found[entry] = moved(place)[change]
        return found

    def _witness(self, point: _Point, left: Any, right: Any) -> Witness | None:
        """The entry that differs most; nothing where the point is too large to be looked at."""
        if any(max(np.shape(matrix)) > MAX_SHOWN for matrix in point.inputs.values()):
            return None
        gaps = [np.abs(part(left) - part(right)) / _scale(part(left), part(right)) for part in (np.real, _slope)]
        part = 0 if gaps[0].max() > NOTICED else 1
        i, j = np.unravel_index(gaps[part].argmax(), gaps[part].shape)
        take = (np.real, _slope)[part]
        named = [(name, matrix) for name, matrix in point.inputs.items()]
        seeds = [(differential_of(n), _slope(point.evaluation.named[differential_of(n)])) for n in self.wrt]
        return Witness(
            tuple((unicode_name(name), tuple(map(tuple, np.real(matrix).tolist()))) for name, matrix in named + seeds),
            tuple((unicode_name(name), text) for name, text in point.functions),
            ("value", "perturbation")[part],
            (int(i) + 1, int(j) + 1),
            float(take(left)[i, j]),
            float(take(right)[i, j]),
        )


def _integers(program: Program, wrt: tuple[str, ...], sizes: Mapping[str, int], seed: int) -> Any:
    """Small whole numbers for every input, and small directions; None where they cannot keep the declared facts."""
    random = np.random.default_rng(seed)
    if any(length(need, sizes) < 0 for need in program.requirements):
        return None
    inputs, directions = {}, {}
    for given in program.inputs:
        matrix = _matrix(given, sizes, random)
        if matrix is None:
            return None
        inputs[given.name] = matrix
        if given.name in wrt:
            directions[given.name] = _DIRECTIONS.get(given.facts, lambda A: A)(_draw(given, sizes, random))
    return inputs, directions


def _draw(given: Input, sizes: Mapping[str, int], random: np.random.Generator) -> Any:
    rows, cols = (length(size, sizes) for size in given.shape)
    return random.choice([-2.0, -1.0, 1.0, 2.0, 3.0], (rows, cols))


def _matrix(given: Input, sizes: Mapping[str, int], random: np.random.Generator) -> Any:
    drawn = _draw(given, sizes, random)
    if "orthogonal" in given.facts:
        return None
    if "positive" in given.facts:
        return np.abs(drawn)
    if "spd" in given.facts:
        return drawn @ drawn.T + np.eye(len(drawn))
    return _DIRECTIONS.get(given.facts, lambda A: A)(drawn)


_DIRECTIONS: dict[tuple[str, ...], Any] = {
    ("symmetric",): lambda A: np.tril(A) + np.tril(A, -1).T,
    ("spd",): lambda A: np.tril(A) + np.tril(A, -1).T,
    ("diagonal",): lambda A: np.diag(np.diag(A)),
    ("lower",): np.tril,
    ("upper",): np.triu,
}


def _values(point: _Point, left: Node, right: Node, real_only: bool) -> tuple[Any, Any] | None:
    found = []
    for side in (left, right):
        try:
            with np.errstate(all="ignore"):
                value = np.asarray(point.evaluation.value(side)) + 0j
        except (PushforwardError, np.linalg.LinAlgError, ValueError):
            return None
        found.append(np.real(value) + 0j if real_only else value)
    same = found[0].shape == found[1].shape and found[0].size > 0
    return (found[0], found[1]) if same and all(np.isfinite(value).all() for value in found) else None


def _slope(value: Any) -> Any:
    return np.imag(value) / STEP


def _scale(left: Any, right: Any) -> float:
    """The largest entry, but not so small that it could be rounding."""
    return max(float(np.abs(left).max()), float(np.abs(right).max()), SMALLEST)


def _distance(left: Any, right: Any) -> float:
    """Relative to the largest entry, of values and of perturbations."""
    return max(
        float(np.abs(part(left) - part(right)).max()) / _scale(part(left), part(right)) for part in (np.real, _slope)
    )


def _in_words(polynomial: Any) -> str:
    """x + x³"""
    powers = ("", "x", "x²", "x³")
    words = ""
    for power, coefficient in enumerate(polynomial.coef):
        if coefficient:
            size = f"{abs(coefficient):g}"
            factor = powers[power] if size == "1" and power else size + powers[power]
            words += (
                f" {'-' if coefficient < 0 else '+'} {factor}" if words else ("-" if coefficient < 0 else "") + factor
            )
    return words
