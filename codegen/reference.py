"""The value of a program by walking its expressions with NumPy: the oracle of the checks.

It shares no code with lowering, passes or templates. Complex matrices are accepted, for the complex step: the
piecewise functions are continued from the real axis by the piece that the real part lies on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import sympy
from sympy import (
    Add,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    Integer,
    MatAdd,
    MatMul,
    MatrixSymbol,
    Mul,
    OneMatrix,
    Pow,
    Transpose,
    ZeroMatrix,
)

from codegen.reference_operations import OPERATION_VALUES
from symbolic import scalars
from symbolic.errors import PushforwardError
from symbolic.functions import CATALOGUE
from symbolic.nodes import Elementwise, Node, Operation, Quotient, Scale, is_number
from symbolic.program import Program
from symbolic.shapes import found_lengths, length

Array: TypeAlias = Any
Functions = Mapping[tuple[str, int], Callable[[Array], Array]]
"""(f, order) to the derivative of f of that order."""

Watch = Callable[..., None]
"""Told the arguments of every function and operation that may not hold everywhere: (what, *arguments)."""


def evaluate(
    program: Program, inputs: Mapping[str, Array], functions: Functions | None = None, watch: Watch | None = None
) -> dict[str, Array]:
    """Every name of the program with its value. `inputs`: a matrix for each input, real or complex."""
    return Evaluation(program, inputs, functions or {}, watch).values()


class Evaluation:
    """One evaluation: the values of the names so far."""

    def __init__(
        self, program: Program, inputs: Mapping[str, Array], functions: Functions, watch: Watch | None = None
    ) -> None:
        self.program = program
        self.functions = functions
        self.watch = watch or (lambda what, *arguments: None)
        self.named = {given.name: np.asarray(inputs[given.name]) for given in program.inputs}
        self.lengths = found_lengths((given.shape, self.named[given.name].shape) for given in program.inputs)

    def values(self) -> dict[str, Array]:
        for let in self.program.lets:
            self.named[let.name] = self.value(let.expr)
        return self.named

    def filled(self, node: Node, fill: Callable[[tuple[int, int]], Array]) -> Array:
        rows, cols = (length(size, self.lengths) for size in node.shape)
        return fill((rows, cols))

    def value(self, node: Node) -> Array:
        operation = type(node)
        if operation is MatrixSymbol:
            return self.named[node.name]
        if operation is OneMatrix:
            return self.filled(node, np.ones)
        if operation is ZeroMatrix:
            return self.filled(node, np.zeros)
        if operation is Identity:
            return self.filled(node, lambda shape: np.eye(*shape))
        if operation is Elementwise:
            return self.applied(node.function, node.order, self.value(node.argument))
        if operation is Operation:
            arguments = [*map(self.value, node.operands), *(length(p, self.lengths) for p in node.parameters)]
            self.watch(node.name, *arguments)
            return OPERATION_VALUES[node.name](*arguments)
        if operation is HadamardPower:
            return self.power(self.value(node.args[0]), node.args[1])
        if operation is Scale:
            coefficient, matrix = node.args
            return (self.number(coefficient) if is_number(coefficient) else self.value(coefficient)) * self.value(
                matrix
            )
        return self.combined(operation, [self.value(arg) for arg in node.args])

    def combined(self, operation: type, values: list[Array]) -> Array:
        if operation not in _KNOWN:
            raise PushforwardError(f"the reference evaluation does not know {operation.__name__}")
        total = values[0]
        if operation is Transpose:
            return total.T
        if operation is Quotient:
            self.watch("quotient", values[1])
            return values[0] / values[1]
        for value in values[1:]:
            if operation is MatAdd:
                total = total + value
            elif operation is MatMul:
                total = total @ value
            else:
                total = total * value
        return total

    def power(self, base: Array, exponent: Expr) -> Array:
        if not exponent.is_Integer:
            self.watch("root", base)
        elif exponent.is_negative:
            self.watch("quotient", base)
        return _whole_power(base, int(exponent)) if exponent.is_Integer else base ** float(exponent)

    def applied(self, function: str, order: int, argument: Array) -> Array:
        if function in CATALOGUE:
            self.watch(function, argument)
        return self.function(function, order)(argument)

    def function(self, function: str, order: int) -> Callable[[Array], Array]:
        """f, or a derivative of it, as a function of a matrix."""
        if function in self.program.definitions:
            body = scalars.derivative(self.program.definitions[function], order)
            return lambda argument: self.scalar(body, argument) + np.zeros_like(argument)
        if (function, order) in self.functions:
            return self.functions[function, order]
        if function not in VALUES or order:
            raise PushforwardError(f"the reference evaluation does not know the function {function!r}")
        return VALUES[function]

    def number(self, value: Expr) -> float:
        """A number, or an expression in sizes; not a number where that divides by a size of zero."""
        sizes = {symbol: Integer(self.lengths[symbol.name]) for symbol in value.free_symbols}
        number = sympy.N(value.xreplace(sizes) if sizes else value, 20)
        return float(number) if number.is_finite else float("nan")

    def scalar(self, expression: Expr, argument: Array) -> Any:
        """A scalar expression of x, evaluated for every entry."""
        if expression == scalars.ARGUMENT:
            return argument
        if expression.is_number:
            return self.number(expression)
        parts = [self.scalar(arg, argument) for arg in expression.args]
        if isinstance(expression, Add):
            return sum(parts[1:], parts[0])
        if isinstance(expression, Mul):
            return np.prod(np.broadcast_arrays(*parts), axis=0)
        if isinstance(expression, Pow) and expression.args[1].is_number:
            return self.power(parts[0], expression.args[1])
        if isinstance(expression, Pow):
            self.watch("root", np.asarray(parts[0]))
            return parts[0] ** parts[1]
        return self.applied(scalars.name_of(expression), 0, parts[0])


_KNOWN = (Transpose, Quotient, MatAdd, MatMul, HadamardProduct)


def _piece(z: Array) -> Array:
    """1 where the real part is positive, 0 elsewhere."""
    return (z.real > 0).astype(z.real.dtype)


def _log1p(z: Array) -> Array:
    """log(1 + z), whose real part NumPy loses for small complex z: log |1 + z|² / 2 and the angle of 1 + z."""
    if not np.iscomplexobj(z):
        return np.log1p(z)
    x, y = z.real, z.imag
    return np.log1p(x * (2 + x) + y * y) / 2 + 1j * np.arctan2(y, 1 + x)


NEAR = 1.5
"""Beyond, erf is nearly 1, and its slope what is left of large terms of the series."""


def _erf(z: Array) -> Array:
    """The error function: near 0 by a series without cancellation (DLMF 7.6.2), beyond by erfc."""
    is_near, sign = np.abs(z.real) <= NEAR, np.where(z.real > 0, 1, -1)
    near, far = np.where(is_near, z, 0), np.where(is_near, 2 * NEAR, sign * z)
    return np.where(is_near, _erf_near_zero(near), sign * (1 - _erfc_far(far)))


def _erf_near_zero(z: Array) -> Array:
    term = total = z
    for n in range(1, 40):
        term = term * (2 * z * z) / (2 * n + 1)
        total = total + term
    return 2 / np.sqrt(np.pi) * np.exp(-z * z) * total


def _erfc_far(z: Array) -> Array:
    """Laplace's continued fraction (DLMF 7.9.1), for real parts above `NEAR`."""
    tail = np.zeros_like(z)
    for k in range(160, 0, -1):
        tail = (k / 2) / (z + tail)
    return np.exp(-z * z) / (np.sqrt(np.pi) * (z + tail))


def _whole_power(base: Array, exponent: int) -> Array:
    """By squaring: NumPy's complex powers go through logarithms and lose the complex step."""
    if exponent < 0:
        return 1 / _whole_power(base, -exponent)
    result, square = np.ones_like(base), base
    while exponent:
        if exponent & 1:
            result = result * square
        square, exponent = square * square, exponent >> 1
    return result


VALUES: dict[str, Callable[[Array], Array]] = {
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "asin": np.arcsin,
    "acos": np.arccos,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": _log1p,
    "sqrt": np.sqrt,
    "square": lambda z: z**2,
    "reciprocal": lambda z: 1 / z,
    "abs": lambda z: np.where(z.real > 0, z, -z),
    "sign": lambda z: 2 * _piece(z) - 1,
    "step": _piece,
    "relu": lambda z: _piece(z) * z,
    "leaky_relu": lambda z: np.where(z.real > 0, z, z / 100),
    "softplus": lambda z: _log1p(np.exp(-np.where(z.real > 0, z, -z))) + _piece(z) * z,
    "sigmoid": lambda z: np.exp(z) / (1 + np.exp(z)),
    "silu": lambda z: z * np.exp(z) / (1 + np.exp(z)),
    "gelu": lambda z: z * (1 + _erf(z / np.sqrt(2))) / 2,
    "erf": _erf,
}
