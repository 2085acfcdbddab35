"""Functions of two arrays, entry by entry: sums, products, quotients, powers, the larger and the smaller."""

from __future__ import annotations

from typing import Any

from sympy import Expr, S, log

from pushforward.tracing.array import Array
from pushforward.tracing.broadcasting import common_shape, spread
from pushforward.tracing.errors import TracingError
from pushforward.tracing.operands import as_array, filled, uniform
from pushforward.tracing.sizes import GIVE_NUMBERS
from pushforward.tracing.tape import Tape
from symbolic import nodes, scalars
from symbolic.errors import Span
from symbolic.language.elaborate import define
from symbolic.nodes import SCALAR, Node
from symbolic.operations import DEFINITIONS

_NOWHERE = Span(0, 0)
_MAX_EXPONENT = scalars.MAX_EXPONENT


class Pair:
    """Two operands and what they have in common: `shape` is that of the result's matrix."""

    def __init__(self, tape: Tape, left: Any, right: Any) -> None:
        self.left, self.right = as_array(tape, left), as_array(tape, right)
        self.shape, self.ndim = common_shape(self.left, self.right)
        self.numbers: tuple[Any, Any] = uniform(self.left.node), uniform(self.right.node)

    @property
    def matrices(self) -> tuple[Node, Node]:
        return self.matrix(self.left), self.matrix(self.right)

    def matrix(self, array: Array) -> Node:
        return spread(array, self.shape, self.ndim)

    def result(self, expression: Node) -> Array:
        return self.left.new(expression, self.ndim)

    def filled(self, number: Expr) -> Array:
        return self.result(filled(number, self.shape))


def add(tape: Tape, left: Any, right: Any) -> Array:
    pair = Pair(tape, left, right)
    if None not in pair.numbers:
        return pair.filled(pair.numbers[0] + pair.numbers[1])
    if S.Zero in pair.numbers:
        return pair.result(pair.matrices[pair.numbers[0] == 0])
    return pair.result(nodes.add(*pair.matrices))


def subtract(tape: Tape, left: Any, right: Any) -> Array:
    pair = Pair(tape, left, right)
    if None not in pair.numbers:
        return pair.filled(pair.numbers[0] - pair.numbers[1])
    minuend, subtrahend = pair.matrices
    if S.Zero in pair.numbers:
        return pair.result(minuend if pair.numbers[1] == 0 else nodes.negative(subtrahend))
    return pair.result(nodes.subtract(minuend, subtrahend))


def multiply(tape: Tape, left: Any, right: Any) -> Array:
    pair = Pair(tape, left, right)
    if None not in pair.numbers:
        return pair.filled(pair.numbers[0] * pair.numbers[1])
    coefficients = [_coefficient(array) for array in (pair.left, pair.right)]
    left_matrix, right_matrix = pair.matrices
    if coefficients[0] is not None:
        return pair.result(nodes.scale(coefficients[0], right_matrix))
    if coefficients[1] is not None:
        return pair.result(nodes.scale(coefficients[1], left_matrix))
    return pair.result(nodes.hadamard(left_matrix, right_matrix))


def divide(tape: Tape, above: Any, below: Any) -> Array:
    pair = Pair(tape, above, below)
    _, under = pair.numbers
    if under is not None:
        if under == 0:
            raise TracingError("division by zero")
        return multiply(tape, above, pair.right.new(filled(1 / under, pair.right.node.shape), pair.right.ndim))
    numerator, denominator = pair.matrices
    if pair.right.node.shape == SCALAR and pair.shape != SCALAR:
        return pair.result(nodes.scale(nodes.quotient(nodes.ones(*SCALAR), pair.right.node), numerator))
    coefficient = _coefficient(pair.left)
    if coefficient is not None:
        return pair.result(nodes.scale(coefficient, nodes.quotient(nodes.ones(*pair.shape), denominator)))
    return pair.result(nodes.quotient(numerator, denominator))


def power(tape: Tape, base: Any, exponent: Any) -> Array:
    """X**2 entry by entry; c**X = exp(log(c) X) for a number c > 0; X**Y = exp(Y ⊙ log(X)) where X is positive."""
    pair = Pair(tape, base, exponent)
    number, power = pair.numbers
    if power is not None:
        return _number_power(pair, number, power)
    if number is not None:
        if not number.is_positive:
            raise TracingError(f"{number} to the power of an array has no derivative")
        return pair.result(nodes.apply("exp", nodes.scale(log(number), pair.matrix(pair.right))))
    base_matrix, exponent_matrix = pair.matrices
    return pair.result(nodes.apply("exp", nodes.hadamard(exponent_matrix, nodes.apply("log", base_matrix))))


def _number_power(pair: Pair, number: Expr | None, power: Expr) -> Array:
    if number is not None:
        return pair.filled(scalars.raise_to(number, power, _NOWHERE))
    if not power.is_number:
        raise TracingError(f"the exponent {power} is not known as a number", hint=GIVE_NUMBERS)
    if abs(power) > _MAX_EXPONENT:
        raise TracingError(f"the exponent is larger than {_MAX_EXPONENT}")
    if power == 0:
        return pair.filled(S.One)
    return pair.result(nodes.power(pair.matrix(pair.left), power))


def maximum(tape: Tape, left: Any, right: Any) -> Array:
    """Y + relu(X - Y); relu(X) beside zeros."""
    pair = Pair(tape, left, right)
    if S.Zero in pair.numbers:
        return pair.result(nodes.apply("relu", pair.matrices[pair.numbers[0] == 0]))
    return pair.result(define(DEFINITIONS["maximum"], _constant_last(pair)))


def minimum(tape: Tape, left: Any, right: Any) -> Array:
    """Y - relu(Y - X)"""
    pair = Pair(tape, left, right)
    if S.Zero in pair.numbers:
        other = pair.matrices[pair.numbers[0] == 0]
        return pair.result(nodes.negative(nodes.apply("relu", nodes.negative(other))))
    return pair.result(define(DEFINITIONS["minimum"], _constant_last(pair)))


def clip(tape: Tape, a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Array:
    low, high = (min if a_min is None else a_min), (max if a_max is None else a_max)
    result = as_array(tape, a)
    result = result if low is None else maximum(tape, result, low)
    return result if high is None else minimum(tape, result, high)


def heaviside(tape: Tape, array: Any, at_zero: Any) -> Array:
    """step(X), with the value 0, 1/2 or 1 at 0."""
    pair = Pair(tape, array, at_zero)
    matrix, ones = pair.matrix(pair.left), nodes.ones(*pair.shape)
    if pair.numbers[1] == 0:
        return pair.result(nodes.apply("step", matrix))
    if pair.numbers[1] == 1:
        return pair.result(nodes.subtract(ones, nodes.apply("step", nodes.negative(matrix))))
    if pair.numbers[1] == S.Half:
        return pair.result(nodes.add(nodes.scale(S.Half, ones), nodes.scale(S.Half, nodes.apply("sign", matrix))))
    raise TracingError("the value of heaviside at 0 is 0, 0.5 or 1", hint="write np.heaviside(X, 0)")


def logaddexp(tape: Tape, left: Any, right: Any) -> Array:
    """log(exp(X) + exp(Y)) = X + softplus(Y - X)"""
    pair = Pair(tape, left, right)
    if S.Zero in pair.numbers:
        return pair.result(nodes.apply("softplus", pair.matrices[pair.numbers[0] == 0]))
    first, second = reversed(_constant_last(pair))
    return pair.result(nodes.add(first, nodes.apply("softplus", nodes.subtract(second, first))))


def x_log_y(tape: Tape, left: Any, right: Any) -> Array:
    argument = as_array(tape, right)
    return multiply(tape, left, argument.new(nodes.apply("log", argument.node), argument.ndim))


def _coefficient(array: Array) -> Expr | Node | None:
    """What multiplies every entry of the other operand, where that is one number."""
    number = uniform(array.node)
    if number is not None:
        return number
    return array.node if array.node.shape == SCALAR else None


def _constant_last(pair: Pair) -> list[Node]:
    """The two matrices of a function that is the same in either order."""
    left, right = pair.matrices
    return [right, left] if pair.numbers[0] is not None else [left, right]


UFUNCS = {
    "add": add, "subtract": subtract, "multiply": multiply, "divide": divide, "true_divide": divide, "power": power,
    "float_power": power, "maximum": maximum, "fmax": maximum, "minimum": minimum, "fmin": minimum, "clip": clip,
    "heaviside": heaviside, "logaddexp": logaddexp, "xlogy": x_log_y,
}  # fmt: skip
FUNCTIONS = {"clip": clip}
