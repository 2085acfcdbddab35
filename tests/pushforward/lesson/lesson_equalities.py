"""Whether the equalities that a lesson shows hold, by evaluation in dual numbers: a perturbation is of size ε."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from codegen.reference import Evaluation, evaluate
from codegen.sampling import sample
from codegen.verify import LENGTHS, SPARE_LENGTHS
from pushforward.lesson.model import Chain, Lesson, Side
from symbolic.differential import Differential
from symbolic.errors import NotSupported
from symbolic.language.printer import print_expression
from symbolic.reverse.adjoint import adjoint
from symbolic.shapes import length

EPSILON = 1e-30
"""Complex numbers a + iεb are dual numbers to double precision: ε² is far below rounding."""


def false_equalities(lesson: Lesson, differential: Differential) -> list[str]:
    """The sides that differ from the first of their chain, in words."""
    point = Point(differential)
    return [words for chain in lesson.chains() for words in point.false(chain)]


class Point:
    """A random point, at which every name of the tangent program has a value: primal names real, changes times iε."""

    def __init__(self, differential: Differential) -> None:
        program = differential.primal
        names = [str(size) for size in program.sizes]
        candidates = [dict(zip(names, lengths, strict=False)) for lengths in (*SPARE_LENGTHS, *LENGTHS)]
        sizes = next(s for s in candidates if all(length(size, s) > 0 for size in program.requirements))
        point = sample(program, differential.wrt, sizes, seed=5)
        seeds = {seed: point.directions[name] for name, seed in differential.seeds}
        self.moved = evaluate(program, point.moved(1j * EPSILON), point.functions)
        self.tangent = Evaluation(differential.tangent, {**point.inputs, **seeds}, point.functions)
        values = self.tangent.values()
        changes = {differential.name(name): name for name in program.symbols}
        self.here = {name: (1j * EPSILON * value if name in changes else value) for name, value in values.items()}
        self.here |= _cotangents(differential, self.here, point)
        self.there = {**self.here, **self.moved}

    def false(self, chain: Chain) -> Iterator[str]:
        for formula in chain.where:
            name, part = (side.node for side in formula.sides)
            self.here[name.name] = self.value(Side(part))
            self.there[name.name] = self.at(self.there, part)
        first, *others = chain.formula.sides
        expected = self.value(first)
        for side in others:
            if not _same(expected, self.value(side)):
                yield f"{print_expression(first.node)} = {print_expression(side.node)}"

    def value(self, side: Side) -> np.ndarray:
        """A side as it is, or, of d(…), what it changes by."""
        if not side.moved:
            return self.at(self.here, side.node)
        return 1j * self.at(self.there, side.node).imag

    def at(self, values: dict[str, np.ndarray], node: object) -> np.ndarray:
        self.tangent.named = values
        return np.asarray(self.tangent.value(node), complex)


def _cotangents(differential: Differential, here: dict[str, np.ndarray], point: Any) -> dict[str, np.ndarray]:
    """The values of reverse mode, for random cotangents of the outputs."""
    try:
        back = adjoint(differential)
    except NotSupported:
        return {}
    random = np.random.default_rng(6)
    given = {bar: random.standard_normal(here[of].shape) for of, bar in back.seeds}
    values = evaluate(back.program, {**point.inputs, **given}, point.functions)
    return given | {name: value for name, value in values.items() if name not in here}


def _same(a: np.ndarray, b: np.ndarray) -> bool:
    a, b = np.broadcast_arrays(a, b)
    return _close(a.real, b.real) and _close(a.imag / EPSILON, b.imag / EPSILON)


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    scale = max(float(np.abs(a).max(initial=0.0)), float(np.abs(b).max(initial=0.0)), 1.0)
    return bool(np.abs(a - b).max(initial=0.0) <= 1e-9 * scale)
