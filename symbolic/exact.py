"""The exact oracle: programs evaluated over a prime field and over its dual numbers.

In F_p, p = 2^61 - 1, there is no rounding: two sides of an identity either agree or do not, and two different
rational functions of low degree agree at a random point with probability about degree/p. In the dual numbers
a + bε, ε² = 0, evaluating at X + δX ε gives the exact differential as the ε part, by arithmetic alone: nothing
here knows a differentiation rule, and nothing is shared with lowering or emission. (Griewank and Walther 2008,
chapter 13, for dual numbers; Schwartz 1980 for the bound.)

Unknown functions are random tables: f(x), f'(x), f''(x), … are independent random elements for each x, and
f(a + bε) = f(a) + f'(a) b ε.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sympy import (
    Add,
    Expr,
    HadamardPower,
    HadamardProduct,
    Identity,
    MatAdd,
    MatMul,
    MatrixSymbol,
    Mul,
    OneMatrix,
    Pow,
    Rational,
    Transpose,
    ZeroMatrix,
)

from symbolic import scalars
from symbolic.differential import Differential
from symbolic.errors import NotSupported, PushforwardError
from symbolic.functions import CATALOGUE
from symbolic.nodes import Elementwise, Node, Quotient, Scale, is_number, subexpressions
from symbolic.program import Program
from symbolic.shapes import length
from symbolic.statements import Input

P = 2**61 - 1
ATTEMPTS = 5


class Singular(PushforwardError):
    """A division by zero in the field: another random point has to be drawn."""


@dataclass(frozen=True, slots=True)
class Dual:
    """a + b ε over F_p."""

    a: int
    b: int = 0

    def __add__(self, other: Dual) -> Dual:
        return Dual((self.a + other.a) % P, (self.b + other.b) % P)

    def __sub__(self, other: Dual) -> Dual:
        return Dual((self.a - other.a) % P, (self.b - other.b) % P)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.a * other.a % P, (self.a * other.b + self.b * other.a) % P)

    def inverse(self) -> Dual:
        """1/(a + bε) = 1/a - b/a² ε. Raises Singular where a = 0."""
        if self.a == 0:
            raise Singular("division by zero in the field")
        reciprocal = pow(self.a, -1, P)
        return Dual(reciprocal, -self.b * reciprocal * reciprocal % P)

    def __truediv__(self, other: Dual) -> Dual:
        return self * other.inverse()

    def __pow__(self, exponent: int) -> Dual:
        if exponent < 0:
            return self.inverse() ** -exponent
        value = pow(self.a, exponent, P)
        slope = exponent * pow(self.a, exponent - 1, P) if exponent else 0
        return Dual(value, slope * self.b % P)


ZERO, ONE = Dual(0), Dual(1)

Matrix = tuple[tuple[Dual, ...], ...]


@dataclass(frozen=True)
class Tables:
    """Random values of unknown functions, the same for the same key."""

    key: int

    def value(self, function: str, order: int, at: int) -> int:
        digest = hashlib.blake2b(f"{self.key} {function} {order} {at}".encode(), digest_size=16).digest()
        return int.from_bytes(digest, "big") % P

    def apply(self, function: str, order: int, x: Dual) -> Dual:
        return Dual(self.value(function, order, x.a), self.value(function, order + 1, x.a) * x.b % P)


def is_rational(program: Program) -> bool:
    """Whether every operation of the program is exact here."""
    return all(_is_rational(node, program) for node in program.nodes())


def evaluate(program: Program, inputs: Mapping[str, Matrix], tables: Tables) -> dict[str, Matrix]:
    """Every name of the program with its value.

    Raises Singular where something is divided by zero, NotSupported for an operation that is not rational.
    """
    return _Evaluation(program, inputs, tables).values()


def is_checkable(differential: Differential) -> bool:
    """Whether `differential_holds` can say anything: everything is rational, and inputs can be drawn at random."""
    drawn = not any("orthogonal" in given.facts for given in differential.primal.inputs)
    return drawn and is_rational(differential.primal) and is_rational(differential.tangent)


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
        given.name: _with_dual_part(inputs[given.name], inputs[seeds[given.name]])
        if given.name in seeds
        else inputs[given.name]
        for given in primal.inputs
    }
    expected = evaluate(primal, dual, tables)
    found = evaluate(differential.tangent, inputs, tables)
    return all(
        [e.b for row in expected[output] for e in row] == [e.a for row in found[differential.name(output)] for e in row]
        for output in primal.outputs
    )


def random_matrix(given: Input, sizes: Mapping[str, int], generator: random.Random) -> Matrix:
    """Random field elements with the structure of the facts that a field has: symmetric, diagonal, triangular."""
    rows, cols = (length(size, sizes) for size in given.shape)
    entries = [[generator.randrange(1, P) for _ in range(cols)] for _ in range(rows)]
    for fact in given.facts:
        if fact in ("symmetric", "spd"):
            entries = [[entries[min(i, j)][max(i, j)] for j in range(cols)] for i in range(rows)]
        elif fact in _KEPT:
            entries = [[x if _KEPT[fact](i, j) else 0 for j, x in enumerate(row)] for i, row in enumerate(entries)]
        elif fact == "orthogonal":
            raise NotSupported("there is no random orthogonal matrix here")
    return tuple(tuple(Dual(x) for x in row) for row in entries)


_KEPT = {
    "diagonal": lambda i, j: i == j,
    "lower": lambda i, j: i >= j,
    "upper": lambda i, j: i <= j,
}


class _Evaluation:
    def __init__(self, program: Program, inputs: Mapping[str, Matrix], tables: Tables) -> None:
        self.program = program
        self.tables = tables
        self.named = dict(inputs)
        self.sizes = {
            size: length
            for given in program.inputs
            for size, length in zip(given.shape, _shape(inputs[given.name]), strict=True)
        }

    def values(self) -> dict[str, Matrix]:
        for let in self.program.lets:
            done: dict[Node, Matrix] = {}
            for part in subexpressions(let.expr):
                done[part] = self.value(part, done)
            self.named[let.name] = done[let.expr]
        return self.named

    def value(self, node: Node, done: Mapping[Node, Matrix]) -> Matrix:
        operation = type(node)
        if operation is MatrixSymbol:
            return self.named[node.name]
        if operation in (OneMatrix, ZeroMatrix, Identity):
            return self.constant(node)
        if operation is Scale:
            coefficient, matrix = node.args
            factor = number(coefficient) if is_number(coefficient) else done[coefficient][0][0]
            return tuple(tuple(factor * x for x in row) for row in done[matrix])
        if operation is HadamardPower:
            exponent = _whole(node.args[1])
            return tuple(tuple(x**exponent for x in row) for row in done[node.args[0]])
        if operation is Elementwise:
            return tuple(tuple(self.apply(node.function, node.order, x) for x in row) for row in done[node.argument])
        return _combine(operation, [done[arg] for arg in node.args])

    def constant(self, node: Node) -> Matrix:
        rows, cols = (int(s) if s.is_Integer else self.sizes[s] for s in node.shape)
        everywhere = ONE if type(node) is OneMatrix else ZERO
        diagonal = ONE if type(node) is Identity else everywhere
        return tuple(tuple(diagonal if i == j else everywhere for j in range(cols)) for i in range(rows))

    def apply(self, function: str, order: int, x: Dual) -> Dual:
        if function in self.program.definitions:
            return self.scalar(scalars.derivative(self.program.definitions[function], order), x)
        if function in _RATIONAL_FUNCTIONS:
            return x ** _RATIONAL_FUNCTIONS[function]
        if function in CATALOGUE:
            raise NotSupported(f"{function} is not rational")
        return self.tables.apply(function, order, x)

    def scalar(self, expression: Expr, x: Dual) -> Dual:
        if expression == scalars.ARGUMENT:
            return x
        if expression.is_number:
            return number(expression)
        if isinstance(expression, Pow):
            return self.scalar(expression.args[0], x) ** _whole(expression.args[1])
        if not isinstance(expression, Add | Mul):
            raise NotSupported(f"{type(expression).__name__} is not rational")
        parts = [self.scalar(arg, x) for arg in expression.args]
        total = parts[0]
        for part in parts[1:]:
            total = total + part if isinstance(expression, Add) else total * part
        return total


def number(value: Expr) -> Dual:
    """A rational number in the field. Raises NotSupported for others, such as pi."""
    if not isinstance(value, Rational):
        raise NotSupported(f"{value} is not rational")
    return Dual(int(value.p) % P) / Dual(int(value.q) % P)


def _combine(operation: type, values: list[Matrix]) -> Matrix:
    total = values[0]
    if operation is Transpose:
        return tuple(zip(*total, strict=True)) if total else total
    if operation is not MatMul and operation not in _ENTRYWISE:
        raise NotSupported(f"{operation.__name__} is not rational, or not known to the exact oracle")
    for value in values[1:]:
        total = _product(total, value) if operation is MatMul else _entrywise(_ENTRYWISE[operation], total, value)
    return total


def _entrywise(combine: Callable[[Dual, Dual], Dual], left: Matrix, right: Matrix) -> Matrix:
    return tuple(tuple(map(combine, a, b)) for a, b in zip(left, right, strict=True))


def _product(left: Matrix, right: Matrix) -> Matrix:
    columns = list(zip(*right, strict=True))
    return tuple(tuple(_sum(x * y for x, y in zip(row, column, strict=True)) for column in columns) for row in left)


def _sum(terms: Iterable[Dual]) -> Dual:
    total = ZERO
    for term in terms:
        total = total + term
    return total


_ENTRYWISE = {MatAdd: Dual.__add__, HadamardProduct: Dual.__mul__, Quotient: Dual.__truediv__}
_RATIONAL_FUNCTIONS = {"square": 2, "reciprocal": -1}
_RATIONAL_NODES = {
    MatrixSymbol, OneMatrix, ZeroMatrix, Identity, Transpose, MatAdd, MatMul, HadamardProduct, Quotient,
}  # fmt: skip


def _is_rational(node: Node, program: Program) -> bool:
    operation = type(node)
    if operation is Scale:
        return not is_number(node.coefficient) or isinstance(node.coefficient, Rational)
    if operation is HadamardPower:
        return bool(node.args[1].is_Integer)
    if operation is Elementwise and node.function in program.definitions:
        return bool(program.definitions[node.function].is_rational_function(scalars.ARGUMENT))
    if operation is Elementwise:
        return node.function not in CATALOGUE or node.function in _RATIONAL_FUNCTIONS
    return operation in _RATIONAL_NODES


def _whole(exponent: Expr) -> int:
    if not exponent.is_Integer:
        raise NotSupported(f"a power {exponent} is not rational")
    return int(exponent)


def _shape(matrix: Matrix) -> tuple[int, int]:
    return len(matrix), len(matrix[0]) if matrix else 0


def _with_dual_part(values: Matrix, parts: Matrix) -> Matrix:
    return tuple(tuple(Dual(v.a, p.a) for v, p in zip(a, b, strict=True)) for a, b in zip(values, parts, strict=True))
