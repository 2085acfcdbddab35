"""The point at which a lesson counts: small sizes, small numbers, and a simple function for one that is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sympy import Expr, Integer

from codegen.reference import Array, evaluate
from codegen.sampling import NoPoint, sample
from symbolic import scalars
from symbolic.differential import Differential
from symbolic.functions import CATALOGUE
from symbolic.nodes import Elementwise, Operation
from symbolic.program import Program
from symbolic.shapes import length

LENGTHS = ((2, 2, 3, 1, 2), (2, 2, 2, 2, 2), (3, 2, 2, 2, 2), (2, 3, 2, 2, 2), (4, 2, 2, 2, 2))
"""Lengths of the symbolic sizes, in turn, the first at which the program makes sense."""
LONGEST = 5
"""A larger matrix is nothing to follow by eye."""
FACTORS = ((1, -1, 2, 1, 0, -2), (2, 1, -1, 1, -2, 1), (1, 2, 1, -1, 1, 3))
"""Small whole numbers, row by row, for one input after the other."""
DIRECTION = (1, 2, -1, 0, 1, -2)


@dataclass(frozen=True)
class Example:
    """Inputs in numbers. `bodies`: what stands for each unknown function; its derivatives are in `functions`."""

    sizes: Mapping[str, int]
    inputs: Mapping[str, Array]
    bodies: Mapping[str, Expr]
    functions: Mapping[tuple[str, int], Callable[[Array], Array]]

    def along(self, differential: Differential, directions: Mapping[str, Array]) -> dict[str, Array]:
        """Every name of the tangent program with its value, the inputs moving along `directions`."""
        seeds = {seed: directions[name] for name, seed in differential.seeds}
        with np.errstate(all="ignore"):
            return evaluate(differential.tangent, {**self.inputs, **seeds}, self.functions)

    def moved(self, program: Program, directions: Mapping[str, Array], step: float) -> dict[str, Array]:
        """Every name of the program with its value, the inputs moved by `step` along `directions`."""
        inputs = {name: value + step * directions.get(name, 0.0) for name, value in self.inputs.items()}
        with np.errstate(all="ignore"):
            return evaluate(program, inputs, self.functions)


def sizes_for(program: Program) -> dict[str, int] | None:
    """Small lengths at which the program makes sense and no matrix is large; None where there are none."""
    names = [str(size) for size in program.sizes]
    for lengths in LENGTHS:
        sizes = {name: lengths[k % len(lengths)] for k, name in enumerate(names)}
        if all(length(size, sizes) >= 0 for size in program.requirements) and _is_small(program, sizes):
            return sizes
    return None


def _is_small(program: Program, sizes: Mapping[str, int]) -> bool:
    return all(length(side, sizes) <= LONGEST for symbol in program.symbols.values() for side in symbol.shape)


def example(differential: Differential) -> Example | None:
    """A point at which everything is defined, in whole numbers where that can be; None where none is found."""
    program = differential.primal
    sizes = sizes_for(program)
    if sizes is None:
        return None
    bodies = {name: scalars.ARGUMENT ** Integer(2 + k) for k, name in enumerate(sorted(program.unknown_functions))}
    functions = {
        (name, order): _function(scalars.derivative(body, order))
        for name, body in bodies.items()
        for order in range(program.unknown_functions[name] + 2)
    }
    for inputs in _candidates(program, differential, sizes):
        found = Example(sizes, inputs, bodies, functions)
        if _is_defined(found, differential):
            return found
    return None


def _function(body: Expr) -> Callable[[Array], Array]:
    """a x^k, as a function of each entry."""
    coefficient, power = body.as_coeff_exponent(scalars.ARGUMENT)
    return lambda argument: float(coefficient) * argument ** int(power) + 0.0 * argument


def _candidates(program: Program, differential: Differential, sizes: Mapping[str, int]) -> list[dict[str, Array]]:
    """Whole numbers where nothing is asked of the inputs; then random ones, rounded, and as they are."""
    found = []
    if not any(given.facts for given in program.inputs) and not _needs_a_domain(program):
        found.append({given.name: whole(given.shape, sizes, k) for k, given in enumerate(program.inputs)})
    try:
        point = sample(program, differential.wrt, sizes, seed=1)
    except NoPoint:
        return found
    rounded = {name: np.round(value, 1) for name, value in point.inputs.items()}
    if not any("orthogonal" in given.facts for given in program.inputs):
        found.append(rounded)
    return [*found, dict(point.inputs)]


def _needs_a_domain(program: Program) -> bool:
    """Whether a function or an operation is not defined, or not smooth, everywhere."""
    return any(
        (type(node) is Elementwise and node.function in CATALOGUE and _is_partial(node.function))
        or type(node) is Operation
        for node in program.nodes()
    )


def _is_partial(function: str) -> bool:
    known = CATALOGUE[function]
    return bool(known.singular) or known.domain != (float("-inf"), float("inf"))


def whole(shape: tuple[Any, Any], sizes: Mapping[str, int], turn: int = 0, numbers: tuple[int, ...] = ()) -> Array:
    """Small whole numbers in a matrix of a shape."""
    rows, cols = (length(side, sizes) for side in shape)
    numbers = numbers or FACTORS[turn % len(FACTORS)]
    return np.array([float(numbers[k % len(numbers)]) for k in range(rows * cols)]).reshape(rows, cols)


def _is_defined(found: Example, differential: Differential) -> bool:
    directions = {name: np.zeros_like(found.inputs[name]) for name in differential.wrt}
    try:
        values = found.along(differential, directions)
    except (np.linalg.LinAlgError, ArithmeticError):
        return False
    return all(np.isfinite(value).all() for value in values.values())
