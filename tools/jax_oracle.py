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

KEPT = 25
"""How many programs share what JAX compiles, some 10 MB for each, before it is thrown away."""
_CALLS = count(1)

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


class _Matrices:
    """The named operations in jax.numpy."""

    def __init__(self, jax: Any) -> None:
        self.jax, self.np, self.linalg = jax, jax.numpy, jax.numpy.linalg
        self.expm_of_small = jax.scipy.linalg.expm

    # Functions of matrices

    def rotation(self, A: Array) -> Array:
        """[[cos A, -sin A], [sin A, cos A]]"""
        zero = self.np.zeros_like(A)
        return self.expm(self.np.block([[zero, -A], [A, zero]]))

    def expm(self, A: Array) -> Array:
        """exp(A) = exp(A/2)²: JAX halves a matrix once too little, and loses ten digits just below twice its limit."""
        root = self.expm_of_small(A / 2)
        return root @ root

    def sinm(self, A: Array) -> Array:
        return self.rotation(A)[len(A) :, : len(A)]

    def cosm(self, A: Array) -> Array:
        return self.rotation(A)[: len(A), : len(A)]

    def frechet(self, f: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
        return lambda A, E: self.jax.jvp(f, (A,), (E,))[1]

    def sylvester(self, A: Array, B: Array, C: Array) -> Array:
        equations = self.np.kron(self.np.eye(len(B)), A) + self.np.kron(B.T, self.np.eye(len(A)))
        return self.linalg.solve(equations, C.reshape((-1, 1), order="F")).reshape(C.shape, order="F")

    # Factorisations, with the signs of the project

    def signs(self, V: Array) -> Array:
        """What makes the entry of largest absolute value in each column positive."""
        largest = self.np.take_along_axis(V, self.np.argmax(self.np.abs(V), axis=0, keepdims=True), axis=0)
        return self.np.where(largest < 0, -1.0, 1.0)

    def qr(self, A: Array) -> tuple[Array, Array]:
        Q, R = self.linalg.qr(A)
        signs = self.np.where(self.np.diag(R) < 0, -1.0, 1.0)
        return Q * signs, signs[:, None] * R

    def lu(self, A: Array) -> tuple[Array, Array]:
        """Gaussian elimination, a column at a time."""
        L, U = self.np.eye(len(A)), A
        for k in range(len(A)):
            below = self.np.where(self.np.arange(len(A)) > k, U[:, k] / U[k, k], 0.0)
            L, U = L.at[:, k].add(below), U - self.np.outer(below, U[k])
        return L, self.np.triu(U)

    def svd(self, A: Array) -> tuple[Array, Array, Array]:
        U, s, Vt = self.linalg.svd(A, full_matrices=False)
        signs = self.signs(U)
        return U * signs, s[:, None], Vt.T * signs

    def eigvecsh(self, A: Array) -> Array:
        V = self.linalg.eigh(A)[1]
        return V * self.signs(V)

    def eigval(self, A: Array) -> Array:
        values = self.linalg.eigvals(A)
        return values[self.np.argmax(self.np.abs(values))].real.reshape(1, 1)

    def eigvec(self, A: Array) -> Array:
        values, vectors = self.jax.lax.linalg.eig(A, compute_left_eigenvectors=False, enable_eigvec_derivs=True)
        v = vectors[:, self.np.argmax(self.np.abs(values))].real[:, None]
        v = v / self.np.sqrt(self.np.sum(v * v))
        return v * self.signs(v)

    # Reductions

    def over(self, reduction: Callable[..., Array], axis: int | None) -> Callable[[Array], Array]:
        return lambda A: reduction(A, axis=axis, keepdims=True)

    def weights(self, axis: int | None) -> Callable[[Array], Array]:
        """1 where the largest entry is, which has no derivative."""

        def where(A: Array) -> Array:
            largest = (self.np.max(A, axis=axis, keepdims=True) == A) * 1.0
            return self.jax.lax.stop_gradient(largest / self.np.sum(largest, axis=axis, keepdims=True))

        return where


@cache
def _operations(jax: Any) -> dict[str, Callable[..., Array]]:
    n, linalg, m = jax.numpy, jax.numpy.linalg, _Matrices(jax)
    axes = (("", None), ("_1", 0), ("_2", 1))
    reductions = {"sum": n.sum, "max": n.max, "logsumexp": jax.scipy.special.logsumexp}
    return {
        **{name + ending: m.over(of, axis) for name, of in reductions.items() for ending, axis in axes},
        **{f"max_weights{ending}": m.weights(axis) for ending, axis in axes},
        "matrix_power": linalg.matrix_power,
        "kron": n.kron,
        "hstack": lambda *parts: n.hstack(parts),
        "vstack": lambda *parts: n.vstack(parts),
        "slice": lambda A, r0, r1, c0, c1: A[r0 - 1 : r1, c0 - 1 : c1],
        "rearrange": lambda A, n_, m_, p_, q_: A.reshape(n_, p_, m_, q_).swapaxes(1, 2).reshape(n_ * m_, p_ * q_),
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
        "expm": m.expm,
        "sinm": m.sinm,
        "cosm": m.cosm,
        "expm_frechet": m.frechet(m.expm),
        "sinm_frechet": m.frechet(m.sinm),
        "cosm_frechet": m.frechet(m.cosm),
        "sylvester": m.sylvester,
        "chol": linalg.cholesky,
        "qr_q": lambda A: m.qr(A)[0],
        "qr_r": lambda A: m.qr(A)[1],
        "lu_l": lambda A: m.lu(A)[0],
        "lu_u": lambda A: m.lu(A)[1],
        "eigvalsh": lambda A: linalg.eigh(A)[0][:, None],
        "eigvecsh": m.eigvecsh,
        "eigval": m.eigval,
        "eigvec": m.eigvec,
        "svdvals": lambda A: m.svd(A)[1],
        "svd_u": lambda A: m.svd(A)[0],
        "svd_v": lambda A: m.svd(A)[2],
    }
