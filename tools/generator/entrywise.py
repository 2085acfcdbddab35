"""Functions of each entry: what their argument has to be, and what is known of their value."""

from __future__ import annotations

from collections.abc import Mapping

from symbolic import nodes
from symbolic.functions import CATALOGUE
from tools.generator.requests import (
    ANY,
    DISTINCT,
    POSITIVE,
    REGULAR,
    SPD,
    SPECTRUM,
    SYMMETRIC,
    UNIT,
    Chooser,
    Need,
    Plan,
    Production,
    Request,
)

OWN, UNKNOWN = "own", "unknown"
"""A function that the program defines, and one of which only the name is known."""
OWN_FUNCTIONS = {
    "g": "x*sin(x)", "rho": "x/(1 + x^2)", "act": "exp(-x^2) + x", "phi": "1/(2 + cos(x))", "q3": "x^3 - 2*x + 1/3",
}  # fmt: skip
UNKNOWN_FUNCTIONS = ("f", "u", "psi")

_EVERYWHERE = {DISTINCT: DISTINCT, REGULAR: DISTINCT, SYMMETRIC: SYMMETRIC}
_ODD = {**_EVERYWHERE, POSITIVE: POSITIVE}
_SERIES = {**_ODD, SPD: SPD, SPECTRUM: SPD}
"""Of a positive definite matrix the entrywise value is one too, if no coefficient of the power series is negative."""
_BOUNDED = {UNIT: ANY}

_GIVES: dict[str, dict[Need, Need]] = {
    "sin": {**_EVERYWHERE, **_BOUNDED},
    "cos": {**_EVERYWHERE, **_BOUNDED, POSITIVE: UNIT},
    "tan": _ODD,
    "asin": _ODD,
    "acos": {**_EVERYWHERE, POSITIVE: UNIT},
    "atan": _ODD,
    "sinh": _SERIES,
    "cosh": {**_SERIES, POSITIVE: ANY},
    "tanh": {**_ODD, **_BOUNDED},
    "exp": {**_SERIES, POSITIVE: ANY},
    "expm1": _SERIES,
    "log": _EVERYWHERE,
    "log1p": _ODD,
    "sqrt": _ODD,
    "square": {**_SERIES, POSITIVE: DISTINCT, UNIT: UNIT},
    "reciprocal": _ODD,
    "abs": {**_ODD, POSITIVE: DISTINCT, UNIT: UNIT},
    "sign": {POSITIVE: POSITIVE},
    "step": {POSITIVE: POSITIVE},
    "relu": {POSITIVE: POSITIVE, UNIT: UNIT},
    "leaky_relu": {**_ODD, UNIT: UNIT},
    "softplus": {**_EVERYWHERE, POSITIVE: ANY},
    "sigmoid": {**_EVERYWHERE, **_BOUNDED, POSITIVE: ANY},
    "silu": _ODD,
    "gelu": _ODD,
    "erf": {**_ODD, **_BOUNDED},
    UNKNOWN: {**_EVERYWHERE, **_BOUNDED},
    OWN: _EVERYWHERE,
}
"""What is made sure of by what is needed of the argument."""


def _argument_need(function: str, need: Need) -> Need:
    """The need of the argument where its own domain asks for no more."""
    if function not in CATALOGUE:
        return need
    known = CATALOGUE[function]
    low, high = known.domain
    if low >= -1 and high == float("inf"):
        return SPD if need in (SYMMETRIC, SPD) else POSITIVE
    if high < float("inf"):
        return need if need is SYMMETRIC else UNIT
    if known.singular and need is ANY:
        return DISTINCT
    return need


def _production(function: str, gives: Mapping[Need, Need]) -> Production:
    def plan(chooser: Chooser, request: Request) -> Plan | None:
        given = ANY if request.need is ANY else gives.get(request.need)
        if given is None:
            if not chooser.hopeful:
                return None
            given = request.need if request.need in (SYMMETRIC, SPD) else ANY
        name = function
        if function in (OWN, UNKNOWN):
            name = chooser.pick(tuple(OWN_FUNCTIONS) if function == OWN else UNKNOWN_FUNCTIONS)
        order = int(function == UNKNOWN and chooser.chance(0.2))
        argument = request.but(_argument_need(function, given))
        return Plan((argument,), lambda X: nodes.apply(name, X, order))

    return plan


ENTRYWISE: dict[str, Production] = {name: _production(name, gives) for name, gives in _GIVES.items()}
