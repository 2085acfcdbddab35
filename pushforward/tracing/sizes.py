"""Sizes that are names, such as the n of an n×2 array, to be used as the numbers they stand for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from numpy.lib.mixins import NDArrayOperatorsMixin
from sympy import Expr, Integer, Rational, cancel

from pushforward.tracing.errors import TracingError
from pushforward.tracing.numbers import exact
from pushforward.tracing.tape import Tape
from symbolic import scalars
from symbolic.errors import Span
from symbolic.nodes import expand_size

_NOWHERE = Span(0, 0)
GIVE_NUMBERS = "give the shapes in numbers, as in shapes={'X': (4, 3)}"


class Size(NDArrayOperatorsMixin):
    """A number that depends on sizes, as n, n - 1 or 1/sqrt(n)."""

    def __init__(self, expression: Expr, tape: Tape) -> None:
        self.expression = expression
        self.tape = tape

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        """Arithmetic gives a number again; anything else, as np.log(n) and X*n, an array."""
        if all(isinstance(out, Size) for out in options.get("out", ())):
            options.pop("out", None)  # n += 1 makes a new number, as it does of an int
        values: list[Any] = [as_number(value) for value in inputs]
        name = ufunc.__name__
        if method != "__call__" or options or any(value is None for value in values) or name not in _KNOWN:
            return self.tape.dispatch.ufunc(self.tape, ufunc, method, inputs, options)
        if name in _COMPARISONS:
            return _COMPARISONS[name](values[0] - values[1])
        return as_length(_ARITHMETIC[name](*values), self.tape)

    def __index__(self) -> NoReturn:
        hint = f"write np.ones_like(X, shape=({self}, 1)), zeros_like, full_like, np.eye({self}, like=X); or "
        raise TracingError(f"the size {self} is a name, and a number is needed here", hint=hint + GIVE_NUMBERS)

    def __float__(self) -> float:
        if not self.expression.is_number:
            hint = "use NumPy's functions and not those of math"
            raise TracingError(f"the size {self} is a name, and a plain number is needed here", hint=hint)
        return float(self.expression)

    __int__ = __index__

    def __bool__(self) -> bool:
        return not _is_zero(self.expression)

    def __hash__(self) -> int:
        return hash(self.expression)

    def __repr__(self) -> str:
        return str(self.expression)

    def __format__(self, specification: str) -> str:
        return str(self)


def as_length(expression: Expr, tape: Tape) -> Any:
    """A number that may depend on sizes, as a person may use it: an int where it is one."""
    return int(expression) if expression.is_Integer else Size(expression, tape)


def as_number(value: Any) -> Expr | None:
    """A Python number or a size as SymPy's, or None."""
    return value.expression if isinstance(value, Size) else exact(value)


def _divided(above: Expr, below: Expr) -> Expr:
    if below == 0:
        raise TracingError("division by zero")
    return scalars.divide(above, below, _NOWHERE)


def _whole(above: Expr, below: Expr) -> Expr:
    """n*m // m: only where nothing remains."""
    quotient = whole_quotient(above, below)
    if quotient is None:
        raise TracingError(f"whether {below} divides {above} is not known", hint=GIVE_NUMBERS)
    return quotient


def whole_quotient(above: Expr, below: Expr) -> Expr | None:
    """above/below where that is a whole number for all sizes, else None."""
    if above.is_Integer and below.is_Integer:
        return Integer(above // below) if below and above % below == 0 else None
    quotient = expand_size(cancel(above / below)) if below != 0 else above / 2
    terms = quotient.as_ordered_terms()
    whole = quotient.is_polynomial() and all(term.is_integer for term in terms)
    return quotient if whole else None


def _is_zero(difference: Expr) -> bool:
    return _decide(difference, "is_zero", "equals 0")


def _decide(difference: Expr, question: str, words: str) -> bool:
    """The answer for all sizes. Raises TracingError where it is another for other sizes."""
    difference = difference if isinstance(difference, Rational) else expand_size(difference)
    answer = getattr(difference, question)
    if answer is None:
        raise TracingError(f"whether {difference} {words} depends on the sizes", hint=GIVE_NUMBERS)
    return bool(answer)


_ARITHMETIC: dict[str, Callable[..., Expr]] = {
    "positive": lambda a: a,
    "negative": lambda a: expand_size(-a),
    "sqrt": lambda a: scalars.call("sqrt", 0, a, _NOWHERE),
    "square": lambda a: expand_size(a * a),
    "reciprocal": lambda a: _divided(Integer(1), a),
    "add": lambda a, b: expand_size(a + b),
    "subtract": lambda a, b: expand_size(a - b),
    "multiply": lambda a, b: expand_size(a * b),
    "divide": _divided,
    "true_divide": _divided,
    "floor_divide": _whole,
    "power": lambda a, b: scalars.raise_to(a, b, _NOWHERE),
}
_COMPARISONS: dict[str, Callable[[Expr], bool]] = {
    "equal": _is_zero,
    "not_equal": lambda difference: not _is_zero(difference),
    "less": lambda difference: _decide(difference, "is_negative", "is negative"),
    "less_equal": lambda difference: not _decide(difference, "is_positive", "is positive"),
    "greater": lambda difference: _decide(difference, "is_positive", "is positive"),
    "greater_equal": lambda difference: not _decide(difference, "is_negative", "is negative"),
}
_KNOWN = _ARITHMETIC.keys() | _COMPARISONS.keys()
