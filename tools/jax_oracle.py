"""A foreign oracle: the value and differential of a program by JAX's forward mode, where JAX has the operations.

Only the program's expressions are read; nothing of the reference, of the rules or of the kernels is used.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache, reduce
from itertools import count
from typing import Any

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

from symbolic import scalars
from symbolic.errors import NotSupported
from symbolic.nodes import Elementwise, Node, Operation, Quotient, Scale, is_number, operands
from symbolic.program import Program
from symbolic.shapes import length
from symbolic.walks import subexpressions
from tools import jax_operations
from tools.jax_operations import Array

KEPT = 25
"""How many programs share what JAX compiles, some 10 MB for each, before it is thrown away."""
_CALLS = count(1)

Functions = Mapping[tuple[str, int], Callable[[Array], Array]]


@cache
def load_jax() -> Any:
    """JAX in double precision, or None where it is not installed."""
    try:
        jax = importlib.import_module("jax")
        importlib.import_module("jax.scipy.linalg")
        importlib.import_module("jax.scipy.special")
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")
    return jax


def differentials(
    program: Program, inputs: Mapping[str, Array], directions: Mapping[str, Array], functions: Functions
) -> tuple[dict[str, Array], dict[str, Array]]:
    """The outputs and their differentials along the directions.

    Raises NotSupported for what JAX cannot differentiate.
    """
    jax = load_jax()
    unsupported = sorted({part.name for part in program.nodes() if type(part) is Operation} & jax_operations.NOT_IN_JAX)
    if unsupported:
        raise NotSupported(f"JAX has no derivative of {unsupported[0]}")
    moved = [name for name in inputs if name in directions]

    def outputs(*values: Array) -> list[Array]:
        named = {name: jax.numpy.asarray(value) for name, value in inputs.items()} | dict(
            zip(moved, values, strict=True)
        )
        found = _Evaluation(jax, program, named, functions).values()
        return [found[output] for output in program.outputs]

    at = tuple(jax.numpy.asarray(inputs[name], dtype=float) for name in moved)
    along = tuple(jax.numpy.asarray(directions[name], dtype=float) for name in moved)
    values, tangents = jax.jvp(outputs, at, along)
    if not next(_CALLS) % KEPT:
        jax.clear_caches()
    return _by_name(program, values), _by_name(program, tangents)


def _by_name(program: Program, found: list[Array]) -> dict[str, Array]:
    return dict(zip(program.outputs, map(np.asarray, found), strict=True))


class _Evaluation:
    """One evaluation of a program with jax.numpy."""

    def __init__(self, jax: Any, program: Program, named: dict[str, Array], functions: Functions) -> None:
        self.jax, self.np = jax, jax.numpy
        self.program = program
        self.named = named
        self.functions = functions
        self.operations = jax_operations.operations(jax)
        self.known = jax_operations.functions(jax)
        self.lengths = {
            size.name: int(found)
            for given in program.inputs
            for size, found in zip(given.shape, named[given.name].shape, strict=True)
            if size.is_Symbol
        }

    def values(self) -> dict[str, Array]:
        for let in self.program.lets:
            done: dict[Node, Array] = {}
            for part in subexpressions(let.expr):
                done[part] = self.value(part, [done[operand] for operand in operands(part)])
            self.named[let.name] = done[let.expr]
        return self.named

    def value(self, node: Node, parts: list[Array]) -> Array:
        operation = type(node)
        if operation is MatrixSymbol:
            return self.named[node.name]
        if operation in (OneMatrix, ZeroMatrix, Identity):
            return self.constant(operation, *(length(size, self.lengths) for size in node.shape))
        if operation is Elementwise:
            return self.function(node.function, node.order)(parts[0])
        if operation is Operation:
            parameters = [length(parameter, self.lengths) for parameter in node.parameters]
            return self.operations[node.name](*parts, *parameters)
        if operation is Scale:
            coefficient = self.number(node.coefficient) if is_number(node.coefficient) else parts[0][0, 0]
            return coefficient * parts[-1]
        if operation is HadamardPower:
            return self.power(parts[0], node.args[1])
        if operation is Transpose:
            return parts[0].T
        return reduce(_COMBINED[operation], parts)

    def constant(self, operation: type, rows: int, cols: int) -> Array:
        if operation is Identity:
            return self.np.eye(rows)
        return (self.np.ones if operation is OneMatrix else self.np.zeros)((rows, cols))

    def number(self, value: Expr) -> float:
        lengths = {size: Integer(self.lengths[size.name]) for size in value.free_symbols}
        return float(sympy.N(value.xreplace(lengths), 20))

    def power(self, base: Array, exponent: Expr) -> Array:
        return base ** int(exponent) if exponent.is_Integer else base ** float(exponent)

    def function(self, name: str, order: int) -> Callable[[Array], Array]:
        if name in self.known:
            return self.known[name]
        if name in self.program.definitions:
            body = scalars.derivative(self.program.definitions[name], order)
            return lambda X: self.scalar(body, X) + self.np.zeros_like(X)
        return self.unknown(name, order)

    def unknown(self, name: str, order: int) -> Callable[[Array], Array]:
        """A function given with its derivatives, each for NumPy."""

        @self.jax.custom_jvp  # type: ignore[untyped-decorator]
        def f(X: Array) -> Array:
            return self.np.asarray(self.functions[name, order](np.asarray(X)))

        @f.defjvp  # type: ignore[untyped-decorator]
        def f_jvp(at: tuple[Array], along: tuple[Array]) -> tuple[Array, Array]:
            return f(at[0]), self.unknown(name, order + 1)(at[0]) * along[0]

        return f  # type: ignore[no-any-return]

    def scalar(self, expression: Expr, X: Array) -> Array:
        """A function of one's own, a formula in x."""
        if expression == scalars.ARGUMENT:
            return X
        if expression.is_number:
            return self.number(expression)
        if isinstance(expression, Pow) and expression.args[1].is_number:
            return self.power(self.scalar(expression.args[0], X), expression.args[1])
        parts = [self.scalar(part, X) for part in expression.args]
        if isinstance(expression, Add | Mul):
            return reduce((lambda a, b: a + b) if isinstance(expression, Add) else (lambda a, b: a * b), parts)
        return self.known[scalars.name_of(expression)](parts[0])


_COMBINED: dict[type, Callable[[Array, Array], Array]] = {
    MatAdd: lambda A, B: A + B,
    MatMul: lambda A, B: A @ B,
    HadamardProduct: lambda A, B: A * B,
    Quotient: lambda A, B: A / B,
}
