"""The exact oracle: programs evaluated over a prime field and over its dual numbers.

In F_p, p = 2^61 - 1, there is no rounding: two sides of an identity either agree or do not, and two different
rational functions of low degree agree at a random point with probability about degree/p. In the dual numbers
a + bε, ε² = 0, evaluating at X + δX ε gives the exact differential as the ε part, by arithmetic alone: nothing
here knows a differentiation rule, and nothing is shared with lowering or emission. (Griewank and Walther 2008,
chapter 13, for dual numbers; Schwartz 1980 for the bound.) The arithmetic is in `symbolic.field`, the named
operations in `symbolic.exact_operations`; an operation is known here exactly when it is rational.

Unknown functions are random tables: f(x), f'(x), f''(x), … are independent random elements for each x, and
f(a + bε) = f(a) + f'(a) b ε.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce

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
    Max,
    Min,
    Mul,
    OneMatrix,
    Pow,
    Rational,
    S,
    Symbol,
    Transpose,
    ZeroMatrix,
)

from symbolic import scalars
from symbolic.differential import Differential
from symbolic.errors import NotSupported
from symbolic.exact_operations import EXACT_OPERATIONS, inverse
from symbolic.field import ZERO, Dual, Matrix, P, Singular, identity, ones, with_dual_part, zeros
from symbolic.functions import CATALOGUE
from symbolic.nodes import Elementwise, Node, Operation, Quotient, Scale, is_number, operands
from symbolic.program import Program
from symbolic.shapes import found_lengths, length
from symbolic.statements import Input
from symbolic.walks import subexpressions

ATTEMPTS = 5


@dataclass(frozen=True)
class Tables:
    """Random values of unknown functions, the same for the same key."""

    key: int

    def value(self, function: str, order: int, at: int) -> int:
        digest = hashlib.blake2b(f"{self.key} {function} {order} {at}".encode(), digest_size=16).digest()
        return int.from_bytes(digest, "big") % P

    def apply(self, function: str, order: int, x: Dual) -> Dual:
        return Dual(self.value(function, order, x.a), self.value(function, order + 1, x.a) * x.b % P)

    def known(self, function: str, x: Dual) -> Dual:
        """A function of the catalogue. Raises NotSupported where it is not rational."""
        if function not in _RATIONAL_FUNCTIONS:
            raise NotSupported(f"{function} is not rational")
        return x ** _RATIONAL_FUNCTIONS[function]

    def power(self, x: Dual, exponent: Expr) -> Dual:
        return x ** _whole(exponent)

    def number(self, value: Expr) -> Dual:
        return number(value)

    def operation(self, name: str) -> Callable[..., Matrix]:
        if name not in EXACT_OPERATIONS:
            raise NotSupported(f"{name} is not rational, or not known to the exact oracle")
        return EXACT_OPERATIONS[name]


def is_rational(program: Program) -> bool:
    """Whether every operation of the program is exact here."""
    return all(is_rational_node(node, program) for node in program.nodes())


def evaluate(program: Program, inputs: Mapping[str, Matrix], tables: Tables) -> dict[str, Matrix]:
    """Every name of the program with its value.

    Raises Singular where something is divided by zero, NotSupported for an operation that is not rational.
    """
    return Evaluation(program, inputs, tables).values()


def is_checkable(differential: Differential) -> bool:
    """Whether `differential_holds` can say anything: everything is rational, and no orthogonal input is moved.

    A direction drawn at random leaves the orthogonal matrices, and with them whatever a derivation knows of these.
    """
    moved = [given for given in differential.primal.inputs if given.name in differential.wrt]
    tangential = not any("orthogonal" in given.facts for given in moved)
    return tangential and is_rational(differential.primal) and is_rational(differential.tangent)


def differential_holds(differential: Differential, sizes: Mapping[str, int], seed: int) -> bool:
    """Whether the tangent program gives the ε part of the primal at X + δX ε, at one random point, exactly.

    Raises Singular if the program divides by zero at each of several random points.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _holds_at(differential, sizes, random.Random(f"{seed} {attempt}"), Tables(seed))
        except Singular:
            continue
    raise Singular("the program divides by zero wherever it is evaluated")


def _holds_at(differential: Differential, sizes: Mapping[str, int], generator: random.Random, tables: Tables) -> bool:
    primal = differential.primal
    inputs = {given.name: random_matrix(given, sizes, generator) for given in differential.tangent.inputs}
    seeds = dict(differential.seeds)
    dual = {
        given.name: with_dual_part(inputs[given.name], inputs[seeds[given.name]])
        if given.name in seeds
        else inputs[given.name]
        for given in primal.inputs
    }
    expected = evaluate(primal, dual, tables)
    found = evaluate(differential.tangent, inputs, tables)
    return all(expected[output].dual == found[differential.name(output)].real for output in primal.outputs)


def random_matrix(given: Input, sizes: Mapping[str, int], generator: random.Random, moving: bool = False) -> Matrix:
    """Random field elements with the structure of the facts that a field has; `moving`: with a random ε part too.

    Symmetric (all that is left of spd), diagonal and triangular by their entries; orthogonal by Cayley's transform
    (I - K)(I + K)⁻¹ of a skew K. Positive says nothing in a field. May raise Singular for an orthogonal matrix.
    """
    rows, cols = (length(size, sizes) for size in given.shape)
    drawn = Matrix.of(rows, cols, lambda _i, _j: Dual(generator.randrange(1, P)))
    if moving:
        drawn = drawn.map(lambda x: Dual(x.a, generator.randrange(1, P)))
    for fact in given.facts:
        drawn = _WITH_FACT.get(fact, _as_it_is)(drawn)
    return drawn


def _as_it_is(A: Matrix) -> Matrix:
    return A


def _symmetric(A: Matrix) -> Matrix:
    return Matrix.of(A.rows, A.cols, lambda i, j: A[min(i, j), max(i, j)])


def _cayley(A: Matrix) -> Matrix:
    """Orthogonal, because I - K and I + K commute, and are each other's transpose."""
    skew, unit = A - A.T, identity(A.rows)
    return (unit - skew) @ inverse(unit + skew)


_WITH_FACT: dict[str, Callable[[Matrix], Matrix]] = {
    "symmetric": _symmetric,
    "spd": _symmetric,
    "orthogonal": _cayley,
    "diagonal": lambda A: Matrix.of(A.rows, A.cols, lambda i, j: A[i, j] if i == j else ZERO),
    "lower": lambda A: Matrix.of(A.rows, A.cols, lambda i, j: A[i, j] if i >= j else ZERO),
    "upper": lambda A: Matrix.of(A.rows, A.cols, lambda i, j: A[i, j] if i <= j else ZERO),
}


class Evaluation:
    """One evaluation: `named` holds the values of the names so far."""

    def __init__(self, program: Program, inputs: Mapping[str, Matrix], tables: Tables) -> None:
        self.program = program
        self.tables = tables
        self.named = dict(inputs)
        self.lengths = found_lengths((given.shape, inputs[given.name].shape) for given in program.inputs)

    def values(self) -> dict[str, Matrix]:
        for let in self.program.lets:
            self.named[let.name] = self.expression(let.expr)
        return self.named

    def expression(self, node: Node) -> Matrix:
        """The value of an expression over the names so far."""
        done: dict[Node, Matrix] = {}
        for part in subexpressions(node):
            done[part] = self.value(part, [done[operand] for operand in operands(part)])
        return done[node]

    def value(self, node: Node, values: list[Matrix]) -> Matrix:
        """The value of a node, given those of its operands."""
        operation = type(node)
        if operation is MatrixSymbol:
            return self.named[node.name]
        if operation in _CONSTANTS:
            return _CONSTANTS[operation](*map(self.length, node.shape))
        if operation is Scale:
            factor = self.coefficient(node.coefficient) if is_number(node.coefficient) else values[0][0, 0]
            return values[-1].map(lambda x: factor * x)
        if operation is HadamardPower:
            return values[0].map(lambda x: self.tables.power(x, node.args[1]))
        if operation is Elementwise:
            return values[0].map(lambda x: self.apply(node.function, node.order, x))
        if operation is Operation:
            return self.tables.operation(node.name)(*values, *map(self.length, node.parameters))
        if operation not in _ARITHMETIC:
            raise NotSupported(f"{operation.__name__} is not rational, or not known to the exact oracle")
        return _ARITHMETIC[operation](*values)

    def length(self, size: Expr) -> int:
        return length(size, self.lengths)

    def coefficient(self, value: Expr) -> Dual:
        """A number, or an expression in sizes such as 1/n, which has to come out rational."""
        return self.tables.number(
            value.xreplace({size: Integer(self.lengths[size.name]) for size in value.free_symbols})
        )

    def apply(self, function: str, order: int, x: Dual) -> Dual:
        if function in self.program.definitions:
            return self.scalar(scalars.derivative(self.program.definitions[function], order), x)
        if function in CATALOGUE:
            return self.tables.known(function, x)
        return self.tables.apply(function, order, x)

    def scalar(self, expression: Expr, x: Dual) -> Dual:
        if expression == scalars.ARGUMENT:
            return x
        if expression.is_number:
            return self.tables.number(expression)
        if isinstance(expression, Pow):
            return self.tables.power(self.scalar(expression.args[0], x), expression.args[1])
        if not isinstance(expression, Add | Mul):
            return self.tables.known(scalars.name_of(expression), self.scalar(expression.args[0], x))
        combine = Dual.__add__ if isinstance(expression, Add) else Dual.__mul__
        return reduce(combine, [self.scalar(arg, x) for arg in expression.args])


def number(value: Expr) -> Dual:
    """A rational number in the field. Raises NotSupported for others, such as pi, Singular for 1/0."""
    if value in (S.ComplexInfinity, S.NaN):
        raise Singular("division by zero")
    if not isinstance(value, Rational):
        raise NotSupported(f"{value} is not rational")
    return Dual(int(value.p) % P) / Dual(int(value.q) % P)


def _whole(exponent: Expr) -> int:
    if not exponent.is_Integer:
        raise NotSupported(f"a power {exponent} is not rational")
    return int(exponent)


_CONSTANTS: dict[type, Callable[..., Matrix]] = {
    ZeroMatrix: zeros,
    OneMatrix: ones,
    Identity: lambda rows, _cols: identity(rows),
}
_ARITHMETIC: dict[type, Callable[..., Matrix]] = {
    Transpose: lambda A: A.T,
    MatAdd: lambda *terms: reduce(Matrix.__add__, terms),
    MatMul: lambda *factors: reduce(Matrix.__matmul__, factors),
    HadamardProduct: lambda *factors: reduce(lambda A, B: A.entrywise(Dual.__mul__, B), factors),
    Quotient: lambda A, B: A.entrywise(Dual.__truediv__, B),
}
_RATIONAL_FUNCTIONS = {"square": 2, "reciprocal": -1}


def is_rational_node(node: Node, program: Program) -> bool:
    """Whether the outermost operation of an expression over a program's names is exact here."""
    operation = type(node)
    if operation is Scale:
        return not is_number(node.coefficient) or _is_rational_formula(node.coefficient)
    if operation is HadamardPower:
        return bool(node.args[1].is_Integer)
    if operation is Elementwise and node.function in program.definitions:
        return _is_rational_formula(program.definitions[node.function])
    if operation is Elementwise:
        return node.function not in CATALOGUE or node.function in _RATIONAL_FUNCTIONS
    if operation is Operation:
        return node.name in EXACT_OPERATIONS
    return operation is MatrixSymbol or operation in _CONSTANTS or operation in _ARITHMETIC


def _is_rational_formula(expression: Expr) -> bool:
    """Whether a scalar expression is rational at every rational point; pi/n is a rational function, and is not."""
    if isinstance(expression, Pow):
        return bool(expression.args[1].is_Integer) and _is_rational_formula(expression.args[0])
    if isinstance(expression, Add | Mul | Min | Max):
        return all(map(_is_rational_formula, expression.args))
    return isinstance(expression, Rational | Symbol)
