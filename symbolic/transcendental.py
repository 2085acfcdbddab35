"""Functions that are not rational, over a prime field: random tables in which what is known of the functions holds.

exp(x) is a random element with exp(-x) = 1/exp(x), and with exp(a + b) = exp(a) exp(b) wherever a sum was formed;
tanh, sigmoid and the like are rational in it; sin x and cos x are a random point of the circle; log undoes exp; sqrt is
the root that is itself a square, so that sqrt(a) sqrt(b) = sqrt(ab) and sqrt(a²) = |a|, with the Legendre symbol for a
sign. π is a random element. Derivatives follow by dual arithmetic, so tanh' = 1 - tanh², σ' = σ(1 - σ) and
sin² + cos² = 1 hold exactly. Not everything does, sin(2x) = 2 sin x cos x for one: where two sides differ here, numbers
have to confirm it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import reduce

from sympy import Add, Expr, MatAdd, Mul, Pow, Rational, S

from symbolic import scalars
from symbolic.exact import Evaluation, Tables, number
from symbolic.exact_operations import column_sums, determinant, row_sums, total
from symbolic.field import ONE, Dual, Matrix, P, Singular
from symbolic.nodes import Node, Scale

TWO, HALF = Dual(2), Dual(2).inverse()


@dataclass(frozen=True)
class KnownTables(Tables):
    """Tables of unknown functions, and of the known ones that are not rational."""

    logarithms: dict[int, int] = field(default_factory=lambda: {1: 0}, compare=False)
    exponentials: dict[int, int] = field(default_factory=lambda: {0: 1}, compare=False)
    sums: dict[int, tuple[int, ...]] = field(default_factory=dict, compare=False)
    pending: set[int] = field(default_factory=set, compare=False)

    def known(self, function: str, x: Dual) -> Dual:
        if function not in _FUNCTIONS:
            return super().known(function, x)
        return _FUNCTIONS[function](self, x)

    def power(self, x: Dual, exponent: Expr) -> Dual:
        if exponent.is_Rational and exponent.q == 2:
            return self.sqrt(x) ** int(exponent.p)
        return super().power(x, exponent)

    def number(self, value: Expr) -> Dual:
        """A number made of fractions, roots, π and known functions."""
        if isinstance(value, Rational):
            return number(value)
        if value is S.Pi:
            return Dual(self.value("pi", 0, 0)) ** 2
        if value is S.Exp1:
            return self.exp(ONE)
        if isinstance(value, Add | Mul):
            combine = Dual.__add__ if isinstance(value, Add) else Dual.__mul__
            return reduce(combine, map(self.number, value.args))
        if isinstance(value, Pow):
            return self.power(self.number(value.args[0]), value.args[1])
        if value.args:
            return self.known(scalars.name_of(value), self.number(value.args[0]))
        return number(value)

    def operation(self, name: str) -> Callable[..., Matrix]:
        if name not in _OPERATIONS:
            return super().operation(name)
        return lambda *values: _OPERATIONS[name](self, *values)

    # The functions from which the others are made

    def exp(self, x: Dual) -> Dual:
        value = self._exp(x.a)
        return Dual(value, value * x.b % P)

    def log(self, x: Dual) -> Dual:
        return Dual(self._log(x.a), x.b * pow(_nonzero(x.a), -1, P) % P)

    def circle(self, x: Dual) -> tuple[Dual, Dual]:
        """cos x and sin x"""
        t = Dual(self._odd("circle", x.a))
        below = (ONE + t * t).inverse()
        cosine, sine = (ONE - t * t) * below, TWO * t * below
        return Dual(cosine.a, -sine.a * x.b % P), Dual(sine.a, cosine.a * x.b % P)

    def sqrt(self, x: Dual) -> Dual:
        """Raises Singular where x is no square: another point has to be drawn."""
        root = pow(_nonzero(x.a), (P + 1) // 4, P)
        if root * root % P != x.a:
            raise Singular("no square in the field")
        return Dual(root, x.b * pow(2 * root, -1, P) % P)

    def sign(self, x: Dual) -> Dual:
        return Dual(pow(_nonzero(x.a), (P - 1) // 2, P))

    def primitive(self, name: str, x: Dual, slope: Dual) -> Dual:
        """A random odd function with a given derivative."""
        return Dual(self._odd(name, x.a), slope.a * x.b % P)

    def _exp(self, x: int) -> int:
        if x not in self.exponentials:
            self._pair(x, self._exp_of_sum(x) if x in self.sums else self.value("exp", 0, x) or 1)
        return self.exponentials[x]

    def _exp_of_sum(self, x: int) -> int:
        """The product of the terms' exponentials; where x is a part of one of its terms, that one is any number."""
        self.pending.add(x)
        value = 1
        for term in self.sums[x]:
            value = value * (self.value("exp", 0, term) or 1 if term in self.pending else self._exp(term)) % P
        self.pending.remove(x)
        return value

    def note_sum(self, total: Matrix, terms: Sequence[Matrix]) -> None:
        """Remember what the entries of a sum are sums of."""
        for i, row in enumerate(total.entries):
            for j, entry in enumerate(row):
                parts = tuple(term[i, j].a for term in terms)
                if entry.a not in parts and entry.a not in self.exponentials:
                    self.sums.setdefault(entry.a, parts)

    def _log(self, x: int) -> int:
        if x not in self.logarithms:
            self._pair(self.value("log", 0, x), x)
        return self.logarithms[x]

    def _pair(self, x: int, value: int) -> None:
        """exp x is this value, and exp(-x) its reciprocal."""
        opposite = pow(_nonzero(value), -1, P)
        self.exponentials[x], self.logarithms[value] = value, x
        self.exponentials[-x % P], self.logarithms[opposite] = opposite, -x % P

    def _odd(self, name: str, x: int) -> int:
        if x == 0:
            return 0
        return self.value(name, 0, x) if x <= P // 2 else -self.value(name, 0, P - x) % P


class KnownEvaluation(Evaluation):
    """An evaluation with known functions; sums are remembered for exp."""

    tables: KnownTables

    def value(self, node: Node, values: list[Matrix]) -> Matrix:
        result = super().value(node, values)
        if type(node) is MatAdd:
            self.tables.note_sum(result, values)
        elif type(node) is Scale and node.coefficient in _MULTIPLES:
            self.tables.note_sum(result, [values[-1]] * int(node.coefficient))
        return result


_MULTIPLES = (2, 3, 4)


def _nonzero(x: int) -> int:
    if x == 0:
        raise Singular("division by zero in the field")
    return x


def _tanh(tables: KnownTables, x: Dual) -> Dual:
    square = tables.exp(x) ** 2
    return (square - ONE) / (square + ONE)


def _hyperbolic(tables: KnownTables, x: Dual) -> tuple[Dual, Dual]:
    """cosh x and sinh x"""
    up = tables.exp(x)
    down = up.inverse()
    return (up + down) * HALF, (up - down) * HALF


def _sigmoid(tables: KnownTables, x: Dual) -> Dual:
    return (ONE + tables.exp(-x)).inverse()


def _tan(tables: KnownTables, x: Dual) -> Dual:
    cosine, sine = tables.circle(x)
    return sine / cosine


def _erf(tables: KnownTables, x: Dual) -> Dual:
    slope = TWO / tables.sqrt(tables.number(S.Pi)) * tables.exp(-(x * x))
    return tables.primitive("erf", x, slope)


def _gelu(tables: KnownTables, x: Dual) -> Dual:
    return HALF * x * (ONE + _erf(tables, x / tables.sqrt(TWO)))


def _asin(tables: KnownTables, x: Dual) -> Dual:
    return tables.primitive("asin", x, tables.sqrt(ONE - x * x).inverse())


def _step(tables: KnownTables, x: Dual) -> Dual:
    return (ONE + tables.sign(x)) * HALF


def _leaky(tables: KnownTables, x: Dual) -> Dual:
    hundredth = Dual(100).inverse()
    return (hundredth + (ONE - hundredth) * _step(tables, x)) * x


_FUNCTIONS: dict[str, Callable[[KnownTables, Dual], Dual]] = {
    "sin": lambda t, x: t.circle(x)[1],
    "cos": lambda t, x: t.circle(x)[0],
    "tan": _tan,
    "asin": _asin,
    "acos": lambda t, x: t.number(S.Pi) * HALF - _asin(t, x),
    "atan": lambda t, x: t.primitive("atan", x, (ONE + x * x).inverse()),
    "sinh": lambda t, x: _hyperbolic(t, x)[1],
    "cosh": lambda t, x: _hyperbolic(t, x)[0],
    "tanh": _tanh,
    "exp": KnownTables.exp,
    "expm1": lambda t, x: t.exp(x) - ONE,
    "log": KnownTables.log,
    "log1p": lambda t, x: t.log(ONE + x),
    "sqrt": KnownTables.sqrt,
    "abs": lambda t, x: t.sign(x) * x,
    "sign": KnownTables.sign,
    "step": _step,
    "relu": lambda t, x: _step(t, x) * x,
    "leaky_relu": _leaky,
    "softplus": lambda t, x: t.log(ONE + t.exp(x)),
    "sigmoid": _sigmoid,
    "silu": lambda t, x: x * _sigmoid(t, x),
    "gelu": _gelu,
    "erf": _erf,
}


def _log_of_sums(sums: Callable[[Matrix], Matrix]) -> Callable[[KnownTables, Matrix], Matrix]:
    return lambda tables, A: sums(A.map(tables.exp)).map(tables.log)


_OPERATIONS: dict[str, Callable[..., Matrix]] = {
    "logdet": lambda tables, A: determinant(A).map(tables.log),
    "logsumexp": _log_of_sums(total),
    "logsumexp_1": _log_of_sums(column_sums),
    "logsumexp_2": _log_of_sums(row_sums),
}
