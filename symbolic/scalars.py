"""Scalar calculus: functions of one variable as SymPy expressions, f(x) = x*sin(x), and their derivatives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import sympy
from sympy import Add, Expr, Function, Integer, Mul, Pow, Rational, S, Symbol

from symbolic import nodes
from symbolic.errors import LimitError, NotSupported, ReadError, Span
from symbolic.functions import CATALOGUE
from symbolic.language.formulas import formula
from symbolic.language.syntax import Block, Call, Filled, Index, Name, Number, Power, Product, Sum, Syntax
from symbolic.nodes import Node

MAX_BITS = 1024
MAX_EXPONENT = 1000
MAX_ARGUMENT = 600.0
MAX_VALUE = 1e300
_BOUNDED = ("sin", "cos", "atan", "tanh", "sigmoid", "erf", "log", "log1p", "sqrt", "abs", "sign", "step", "relu")

ARGUMENT = Symbol("x")


def evaluate(syntax: Syntax, names: Mapping[str, Expr]) -> Expr:
    """The value of a scalar formula; every product in it is a product of numbers.

    Raises ReadError for unknown names and for what is no scalar, LimitError for numbers grown too large.
    """
    match syntax:
        case Number(value):
            return Rational(value.numerator, value.denominator)
        case Name("pi") if "pi" not in names:
            return S.Pi
        case Name(name, span):
            if name not in names:
                known = ", ".join(names) or "none"
                raise ReadError(f"{name!r} is not the argument of this function (known here: {known})", span)
            return names[name]
        case Sum(terms, span):
            return total([sign * evaluate(term, names) for sign, term in terms], span)
        case Product(first, rest, span):
            value = evaluate(first, names)
            for operator, factor in rest:
                other = evaluate(factor, names)
                value = divide(value, other, factor.span) if "/" in operator else product([value, other], span)
            return value
        case Power(base, exponent):
            return raise_to(evaluate(base, names), evaluate(exponent, names), syntax.span)
        case Call(function, order, (argument,)):
            return call(function, order, evaluate(argument, names), syntax.span)
        case Call() | Filled() | Block() | Index():
            span = syntax.span
            raise ReadError("a scalar is expected here, not a matrix", span)
    raise ReadError("a transpose has no meaning for a scalar", syntax.span)


# Arithmetic that stays finite, real and of a reasonable size


def total(terms: list[Expr], span: Span) -> Expr:
    if all(term.is_Rational for term in terms):
        return _checked(sum(terms, S.Zero), span)
    return _checked(Add(*terms), span)


def product(factors: list[Expr], span: Span) -> Expr:
    value: Expr = S.One
    for factor in factors:
        if factor is not S.One:
            value = _checked(value * factor, span)
    return value


def divide(above: Expr, below: Expr, span: Span) -> Expr:
    if below == 0:
        raise ReadError("division by zero", span)
    return _checked(above / below, span)


def raise_to(base: Expr, exponent: Expr, span: Span) -> Expr:
    """base^exponent."""
    if base == 0 and exponent.is_negative:
        raise ReadError("division by zero", span)
    check_exponent(exponent, span)
    if base.is_Rational and exponent.is_Rational:
        bits = math.log2(max(abs(base.p), base.q))
        if bits * abs(exponent) > MAX_BITS:
            raise LimitError("the number has too many digits", span)
    return _checked(Pow(base, exponent), span)


def check_exponent(exponent: Expr, span: Span) -> None:
    if exponent.is_number and abs(_approximate(exponent, span)) > MAX_EXPONENT:
        raise LimitError(f"the exponent is larger than {MAX_EXPONENT}", span)


def call(function: str, order: int, argument: Expr, span: Span) -> Expr:
    """A function of the catalogue, or a derivative of one, at a scalar."""
    if function not in CATALOGUE:
        raise NotSupported(f"{function!r} is not a known function, and has no value here", span)
    if argument.is_number:
        _check_domain(function, _approximate(argument, span), span)
    value = _SCALAR_FUNCTIONS[function](argument) if order == 0 else derivative_at(function, order, argument)
    return _checked(value, span)


def _check_domain(function: str, at: float, span: Span) -> None:
    """At the end of its domain a function may still have a value, as sqrt(0); SymPy says where it has none."""
    low, high = CATALOGUE[function].domain
    if not low <= at <= high or (at == low and function == "log1p"):
        raise ReadError(f"{function} has no real value at {at:g}", span)
    if abs(at) > MAX_ARGUMENT and function not in _BOUNDED:
        raise LimitError("the number is too large", span)


def _checked(value: Expr, span: Span) -> Expr:
    """A number is finite, real and of limited size; a formula in x has no such part."""
    if value.has(S.ComplexInfinity, S.NaN, S.Infinity, S.NegativeInfinity):
        raise ReadError("this has no finite real value", span)
    if value.is_Rational:
        if max(value.p.bit_length(), value.q.bit_length()) > MAX_BITS:
            raise LimitError("the number has too many digits", span)
    elif value.is_number:
        _approximate(value, span)
    return value


def _approximate(value: Expr, span: Span) -> float:
    """A number to double precision. Raises ReadError where it is not real, LimitError beyond 1e300."""
    if value.is_Rational:
        return (
            float(value.p) / float(value.q) if value.q.bit_length() < 900 and value.p.bit_length() < 900 else MAX_VALUE
        )
    number = sympy.N(value, 17)
    if not number.is_real:
        raise ReadError("this has no finite real value", span)
    if abs(number) > MAX_VALUE:
        raise LimitError("the number is too large", span)
    return float(number)


def derivative_at(function: str, order: int, argument: Expr) -> Expr:
    return _SCALAR_FUNCTIONS[function](ARGUMENT).diff(ARGUMENT, order).subs(ARGUMENT, argument)


@lru_cache(maxsize=1024)
def derivative(body: Expr, order: int) -> Expr:
    """The derivative of that order of a function of ARGUMENT, by SymPy."""
    return body.diff(ARGUMENT, order) if order else body


# Scalar expressions to matrices: x*sin(x) at X is X∘sin(X)


def spread(expression: Expr, argument: Node) -> Node:
    """A scalar expression of ARGUMENT applied to each entry of a matrix."""
    return _Spread(argument).spread(expression)


class _Spread:
    def __init__(self, argument: Node) -> None:
        self.argument = argument
        self.ones = nodes.ones(*argument.shape)
        self.done: dict[Expr, Node] = {ARGUMENT: argument}

    def spread(self, expression: Expr) -> Node:
        if expression not in self.done:
            self.done[expression] = self._spread(expression)
        return self.done[expression]

    def _spread(self, expression: Expr) -> Node:
        if expression.is_number:
            return nodes.scale(expression, self.ones)
        if isinstance(expression, Add):
            return nodes.add(*map(self.spread, _constants_first(expression)))
        if isinstance(expression, Mul):
            return self._product(expression)
        if isinstance(expression, Pow):
            return self._power(*expression.args)
        name = _NAMES.get(type(expression))
        if name is None:
            raise NotSupported(f"the derivative contains {type(expression).__name__}, which has no matrix form here")
        return nodes.apply(name, self.spread(expression.args[0]))

    def _product(self, expression: Expr) -> Node:
        number, rest = expression.as_coeff_Mul()
        above = [f for f in Mul.make_args(rest) if not _is_reciprocal(f)]
        below = [1 / f for f in Mul.make_args(rest) if _is_reciprocal(f)]
        product = nodes.hadamard(*map(self.spread, above)) if above else self.ones
        if below:
            product = nodes.quotient(product, nodes.hadamard(*map(self.spread, below)))
        return nodes.scale(number, product)

    def _power(self, base: Expr, exponent: Expr) -> Node:
        if not exponent.is_number:
            # b^e = exp(e log b)
            return self.spread(sympy.exp(exponent * sympy.log(base), evaluate=False))
        if exponent == 2:
            return nodes.hadamard(self.spread(base), self.spread(base))
        if exponent == S.Half:
            return nodes.apply("sqrt", self.spread(base))
        if exponent.is_negative:
            return nodes.quotient(self.ones, self.spread(Pow(base, -exponent)))
        return nodes.power(self.spread(base), exponent)


def _constants_first(expression: Expr) -> list[Any]:
    return sorted(expression.args, key=lambda term: not term.is_number)


def _is_reciprocal(factor: Expr) -> bool:
    return isinstance(factor, Pow) and factor.args[1].is_number and bool(factor.args[1].is_negative)


# The catalogue's functions as SymPy functions: SymPy's own where it has one, ours where it has not.


@cache
def derivative_syntax(function: str) -> Syntax:
    """The catalogue's derivative of a function, read once."""
    return formula(CATALOGUE[function].derivative, f"the derivative of {function}")


def _own(name: str) -> Any:
    def fdiff(self: Any, argindex: int = 1) -> Expr:
        return evaluate(derivative_syntax(name), {"X": self.args[0], "Y": self})

    def evaluate_to(self: Any, precision: int) -> Expr:
        return _IN_SYMPY[name](self.args[0])._eval_evalf(precision)

    return type(name, (Function,), {"fdiff": fdiff, "_eval_evalf": evaluate_to, "is_real": True})


_IN_SYMPY: dict[str, Any] = {
    "expm1": lambda x: sympy.exp(x) - 1,
    "log1p": lambda x: sympy.log(1 + x),
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "step": lambda x: (1 + sympy.sign(x)) / 2,
    "relu": lambda x: (x + sympy.Abs(x)) / 2,
    "leaky_relu": lambda x: Rational(101, 200) * x + Rational(99, 200) * sympy.Abs(x),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "silu": lambda x: x / (1 + sympy.exp(-x)),
    "gelu": lambda x: x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2,
}
"""The values of our own functions at numbers, through SymPy's."""


_SYMPYS = ["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "erf"]
_SCALAR_FUNCTIONS: dict[str, Any] = {
    **{name: _own(name) for name in CATALOGUE},
    **{name: getattr(sympy, name) for name in _SYMPYS},
    "sqrt": lambda x: Pow(x, S.Half),
    "square": lambda x: Pow(x, Integer(2)),
    "reciprocal": lambda x: Pow(x, S.NegativeOne),
}
_NAMES = {value: name for name, value in _SCALAR_FUNCTIONS.items() if isinstance(value, type)}


def name_of(value: Expr) -> str:
    """The catalogue's name of the function that a scalar expression applies last."""
    if type(value) not in _NAMES:
        raise NotSupported(f"{type(value).__name__} has no name here")
    return _NAMES[type(value)]


def has_minus(value: Expr) -> bool:
    """Whether a number, or an expression in sizes, is written with a sign in front: -2, -1/n."""
    if value.is_Rational:
        return bool(value.p < 0)
    return bool(value.as_coeff_Mul()[0].is_negative)
