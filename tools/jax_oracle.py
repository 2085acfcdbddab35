"""A foreign oracle: the value and differential of a program by JAX's forward mode, where JAX has the operations.

Only the program's expressions are read; nothing of the reference, of the rules or of the kernels is used.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache, reduce
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
from symbolic.nodes import Elementwise, Node, Operation, Quotient, Scale, is_number, operands, subexpressions
from symbolic.program import Program
from symbolic.shapes import length

Array = Any
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
    unsupported = sorted({part.name for part in program.nodes() if type(part) is Operation} & _NOT_IN_JAX)
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
    return tuple(  # type: ignore[return-value]
        dict(zip(program.outputs, map(np.asarray, found), strict=True)) for found in (values, tangents)
    )


class _Evaluation:
    """One evaluation of a program with jax.numpy."""

    def __init__(self, jax: Any, program: Program, named: dict[str, Array], functions: Functions) -> None:
        self.jax, self.np = jax, jax.numpy
        self.program = program
        self.named = named
        self.functions = functions
        self.operations = _operations(jax)
        self.known = _functions(jax)
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
_NOT_IN_JAX = frozenset(("logm", "logm_frechet", "sqrtm"))
"""JAX has no derivative of the Schur form that its own are computed by."""


@cache
def _functions(jax: Any) -> dict[str, Callable[[Array], Array]]:
    n = jax.numpy
    erf = jax.scipy.special.erf
    sigmoid = jax.nn.sigmoid
    own = {
        "asin": n.arcsin,
        "acos": n.arccos,
        "atan": n.arctan,
        "reciprocal": lambda X: 1 / X,
        "step": lambda X: n.where(X > 0, 1.0, 0.0),
        "relu": lambda X: n.where(X > 0, X, 0.0),
        "leaky_relu": lambda X: n.where(X > 0, X, X / 100),
        "softplus": lambda X: n.logaddexp(X, 0.0),
        "sigmoid": sigmoid,
        "silu": lambda X: X * sigmoid(X),
        "gelu": lambda X: X * (1 + erf(X / 2**0.5)) / 2,
        "erf": erf,
    }
    names = (
        "sin",
        "cos",
        "tan",
        "sinh",
        "cosh",
        "tanh",
        "exp",
        "expm1",
        "log",
        "log1p",
        "sqrt",
        "square",
        "abs",
        "sign",
    )
    return {**{name: getattr(n, name) for name in names}, **own}


@cache
def _operations(jax: Any) -> dict[str, Callable[..., Array]]:
    n, linalg = jax.numpy, jax.numpy.linalg
    logsumexp, expm = jax.scipy.special.logsumexp, jax.scipy.linalg.expm

    def signed(V: Array) -> Array:
        """Each column with its entry of largest absolute value positive."""
        largest = n.take_along_axis(V, n.argmax(n.abs(V), axis=0, keepdims=True), axis=0)
        return V * n.where(largest < 0, -1.0, 1.0)

    def rotation(A: Array) -> Array:
        return expm(n.block([[n.zeros_like(A), -A], [A, n.zeros_like(A)]]))

    def sinm(A: Array) -> Array:
        return rotation(A)[len(A) :, : len(A)]

    def cosm(A: Array) -> Array:
        return rotation(A)[: len(A), : len(A)]

    def frechet(f: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
        return lambda A, E: jax.jvp(f, (A,), (E,))[1]

    def sylvester(A: Array, B: Array, C: Array) -> Array:
        equations = n.kron(n.eye(len(B)), A) + n.kron(B.T, n.eye(len(A)))
        return linalg.solve(equations, C.reshape((-1, 1), order="F")).reshape(C.shape, order="F")

    def qr(A: Array) -> tuple[Array, Array]:
        Q, R = linalg.qr(A)
        signs = n.where(n.diag(R) < 0, -1.0, 1.0)
        return Q * signs, signs[:, None] * R

    def lu(A: Array) -> tuple[Array, Array]:
        """Gaussian elimination, a column at a time."""
        L, U = n.eye(len(A)), A
        for k in range(len(A)):
            below = n.where(n.arange(len(A)) > k, U[:, k] / U[k, k], 0.0)
            L, U = L.at[:, k].add(below), U - n.outer(below, U[k])
        return L, n.triu(U)

    def svd(A: Array) -> tuple[Array, Array, Array]:
        U, s, Vt = linalg.svd(A, full_matrices=False)
        signs = signed(U)[0] / U[0] if len(U) == 1 else n.sum(signed(U) * U, axis=0)
        signs = n.where(jax.lax.stop_gradient(signs) < 0, -1.0, 1.0)
        return U * signs, s[:, None], Vt.T * signs

    def eigval(A: Array) -> Array:
        values = linalg.eigvals(A)
        return values[n.argmax(n.abs(values))].real.reshape(1, 1)

    def eigvec(A: Array) -> Array:
        values, vectors = jax.lax.linalg.eig(A, compute_left_eigenvectors=False, enable_eigvec_derivs=True)
        v = vectors[:, n.argmax(n.abs(values))].real[:, None]
        return signed(v / n.sqrt(n.sum(v * v)))

    def over(reduction: Callable[..., Array], axis: int | None) -> Callable[[Array], Array]:
        return lambda A: n.reshape(
            reduction(A, axis=axis, keepdims=True), tuple(1 if axis in (None, k) else A.shape[k] for k in (0, 1))
        )

    reductions = {
        name + ending: over(reduction, axis)
        for name, reduction in (("sum", n.sum), ("max", n.max), ("logsumexp", logsumexp))
        for ending, axis in (("", None), ("_1", 0), ("_2", 1))
    }

    def weights(axis: int | None) -> Callable[[Array], Array]:
        """1 where the largest entry is, which has no derivative."""

        def where(A: Array) -> Array:
            largest = (n.max(A, axis=axis, keepdims=True) == A) * 1.0
            return jax.lax.stop_gradient(largest / n.sum(largest, axis=axis, keepdims=True))

        return where

    return {
        **reductions,
        **{f"max_weights{ending}": weights(axis) for ending, axis in (("", None), ("_1", 0), ("_2", 1))},
        "matrix_power": linalg.matrix_power,
        "kron": n.kron,
        "hstack": lambda *parts: n.hstack(parts),
        "vstack": lambda *parts: n.vstack(parts),
        "slice": lambda A, r0, r1, c0, c1: A[r0 - 1 : r1, c0 - 1 : c1],
        "reshape": lambda A, rows, cols: A.reshape((rows, cols), order="F"),
        "diag": lambda x: n.diag(x[:, 0]),
        "diagonal": lambda A: n.diag(A)[:, None],
        "tril": n.tril,
        "triu": n.triu,
        "tr": lambda A: n.trace(A).reshape(1, 1),
        "det": lambda A: linalg.det(A).reshape(1, 1),
        "logdet": lambda A: linalg.slogdet(A)[1].reshape(1, 1),
        "inv": linalg.inv,
        "solve": linalg.solve,
        "pinv": linalg.pinv,
        "expm": expm,
        "sinm": sinm,
        "cosm": cosm,
        "expm_frechet": frechet(expm),
        "sinm_frechet": frechet(sinm),
        "cosm_frechet": frechet(cosm),
        "sylvester": sylvester,
        "chol": linalg.cholesky,
        "qr_q": lambda A: qr(A)[0],
        "qr_r": lambda A: qr(A)[1],
        "lu_l": lambda A: lu(A)[0],
        "lu_u": lambda A: lu(A)[1],
        "eigvalsh": lambda A: linalg.eigh(A)[0][:, None],
        "eigvecsh": lambda A: signed(linalg.eigh(A)[1]),
        "eigval": eigval,
        "eigvec": eigvec,
        "svdvals": lambda A: svd(A)[1],
        "svd_u": lambda A: svd(A)[0],
        "svd_v": lambda A: svd(A)[2],
    }
