"""How large rounding errors can get: a first-order running error analysis (Higham 2002, section 3.3).

For every matrix a value and a bound B, in units of roundoff u: what was added up, not what is left of it. Sums add
their operands' bounds, products multiply them by the other factor, a function stretches them by its slope, and each
operation adds its own result. Slopes and products are taken u B from the point, as a value may be rounding errors
alone. The size of inner dimensions does not enter.

A named operation F is taken for backward stable: B = |F'| (B_A + |A|) + |F|, where |F'| holds the absolute values of
its Jacobian, found entry by entry with the complex step. Where it only keeps, cuts, moves or adds entries, F applied
to the bound says the same; for a factorisation, whose errors are normwise, |A| is its largest entry everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import reduce

import numpy as np
from sympy import HadamardPower, HadamardProduct, MatAdd, MatMul, MatrixSymbol, Transpose

from codegen.reference import Array, Evaluation, Functions
from codegen.reference_operations import OPERATION_VALUES
from symbolic.errors import NotSupported
from symbolic.nodes import CONSTANTS, Elementwise, Node, Operation, Quotient, Scale, is_number, operands
from symbolic.operations import OPERATIONS
from symbolic.program import Program
from symbolic.shapes import length
from symbolic.walks import subexpressions

STEP = 1e-30
ROUNDOFF = float(np.finfo(float).eps) / 2
LARGEST_JACOBIAN = 64
SAMPLED_DIRECTIONS = 16

Bounded = tuple[Array, Array]


def rounding_bounds(program: Program, inputs: Mapping[str, Array], functions: Functions) -> dict[str, float]:
    """For every let, the largest entry of its bound, in units of roundoff."""
    named = bounded_values(program, inputs, functions)
    return {let.name: float(np.abs(named[let.name][1]).max(initial=0.0)) for let in program.lets}


def bounded_values(program: Program, inputs: Mapping[str, Array], functions: Functions) -> dict[str, Bounded]:
    """Every name with its value and the bound on the rounding of each entry, in units of roundoff."""
    program = program.inline_definitions()
    evaluation = Evaluation(program, inputs, functions)
    named: dict[str, Bounded] = {
        name: (value, np.zeros_like(value, dtype=float)) for name, value in evaluation.named.items()
    }
    with np.errstate(all="ignore"):
        for let in program.lets:
            done: dict[Node, Bounded] = {}
            for part in subexpressions(let.expr):
                done[part] = _bounded(part, [done[operand] for operand in operands(part)], named, evaluation)
            named[let.name] = done[let.expr]
    return named


def _bounded(node: Node, parts: list[Bounded], named: dict[str, Bounded], evaluation: Evaluation) -> Bounded:
    operation = type(node)
    if operation is MatrixSymbol:
        return named[node.name]
    if operation in CONSTANTS:
        value = evaluation.value(node)
        return value, np.zeros_like(value)
    if operation is Transpose:
        return parts[0][0].T, parts[0][1].T
    if operation is Elementwise:
        value, bound = _applied(evaluation.function(node.function, node.order), parts[0])
        return value, bound + _ADDED_UP.get(node.function, np.zeros_like)(np.abs(parts[0][0]))
    if operation is HadamardPower:
        return _applied(lambda z: evaluation.power(z, node.args[1]), parts[0])
    if operation is Operation:
        return _operation(node, parts, evaluation)
    if operation is Scale and is_number(node.coefficient):
        factor = evaluation.number(node.coefficient)
        value = factor * parts[0][0]
        return value, abs(factor) * parts[0][1] + np.abs(value)
    if operation not in _COMBINED:
        raise NotSupported(f"{operation.__name__} has no rounding bound yet", hint="add one to codegen/rounding.py")
    total = parts[0]
    for part in parts[1:]:
        total = _COMBINED[operation](total, part)
    return total


def _operation(node: Node, parts: list[Bounded], evaluation: Evaluation) -> Bounded:
    parameters = [length(parameter, evaluation.lengths) for parameter in node.parameters]

    def function(*operands: Array) -> Array:
        return OPERATION_VALUES[node.name](*operands, *parameters)

    value = function(*(value for value, _ in parts))
    if OPERATIONS[node.name].is_linear:
        return value, function(*(bound for _, bound in parts)) + function(*(np.abs(value) for value, _ in parts))
    if node.name == "kron":
        return _kron(*parts)
    return value, _through_jacobian(function, parts) + np.abs(value)


def _kron(left: Bounded, right: Bounded) -> Bounded:
    (a, bound_a), (b, bound_b) = left, right
    value = np.kron(a, b)
    return value, np.kron(bound_a, np.abs(b)) + np.kron(np.abs(a), bound_b) + np.abs(value)


def _through_jacobian(function: Callable[..., Array], parts: list[Bounded]) -> Array:
    """|F'| (B + |A|), summed over the operands, at A + u B; of many entries, a sample of directions stands for all."""
    values = [value + ROUNDOFF * bound for value, bound in parts]
    total: Array = 0.0
    for k, (value, (_, bound)) in enumerate(zip(values, parts, strict=True)):
        reach = bound + np.abs(value).max(initial=0.0)
        for direction, weight in _directions(reach):
            moved = [*values[:k], value + 1j * STEP * direction, *values[k + 1 :]]
            total = total + weight * np.abs(function(*moved).imag / STEP)
    return total


def _directions(reach: Array) -> Iterator[tuple[Array, float]]:
    """The entries of a matrix one by one; beyond `LARGEST_JACOBIAN`, random signs, whose mean square is the sum."""
    if reach.size <= LARGEST_JACOBIAN:
        for place in zip(*np.nonzero(reach), strict=True):
            direction = np.zeros_like(reach)
            direction[place] = reach[place]
            yield direction, 1.0
        return
    random = np.random.default_rng(0)
    for _ in range(SAMPLED_DIRECTIONS):
        yield reach * random.choice([-1.0, 1.0], reach.shape), 1.0 / np.sqrt(SAMPLED_DIRECTIONS)


def _applied(function: Callable[[Array], Array], argument: Bounded) -> Bounded:
    """|f'| B + |f(X)|, with the largest slope at X and at X ± u B: X may be rounding errors alone."""
    value, bound = argument
    places = (value, value + ROUNDOFF * bound, value - ROUNDOFF * bound)
    slope = reduce(np.fmax, (np.abs(function(place + 1j * STEP).imag / STEP) for place in places))
    result = function(value)
    return result, slope * bound + np.abs(result)


def _sum(left: Bounded, right: Bounded) -> Bounded:
    value = left[0] + right[0]
    return value, left[1] + right[1] + np.abs(value)


def _matrix_product(left: Bounded, right: Bounded) -> Bounded:
    (a, bound_a), (b, bound_b) = left, right
    return a @ b, bound_a @ np.abs(b) + (np.abs(a) + ROUNDOFF * bound_a) @ bound_b + np.abs(a) @ np.abs(b)


def _product(left: Bounded, right: Bounded) -> Bounded:
    (a, bound_a), (b, bound_b) = left, right
    return a * b, bound_a * np.abs(b) + (np.abs(a) + ROUNDOFF * bound_a) * bound_b + np.abs(a * b)


def _quotient(left: Bounded, right: Bounded) -> Bounded:
    (a, bound_a), (b, bound_b) = left, right
    value = a / b
    return value, (bound_a + np.abs(value) * bound_b) / np.abs(b) + np.abs(value)


_ADDED_UP = {"gelu": np.array}
"""What cancels inside a function: gelu adds |X|/2 and |X| erf/2."""

_COMBINED = {
    MatAdd: _sum,
    MatMul: _matrix_product,
    HadamardProduct: _product,
    Scale: _product,
    Quotient: _quotient,
}
