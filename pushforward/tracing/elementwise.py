"""Functions of one array, entry by entry: those of the catalogue by NumPy's and SciPy's names, and compositions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from sympy import Expr, Integer, Rational, S, log, pi, sqrt

from pushforward.tracing.array import Array
from pushforward.tracing.operands import as_array
from pushforward.tracing.tape import Tape
from symbolic import nodes
from symbolic.functions import ALIASES, CATALOGUE
from symbolic.nodes import Node

_THIRD = Rational(1, 3)


def apply(tape: Tape, array: Any, function: str) -> Array:
    """A function of each entry by its name, known or unknown."""
    argument = as_array(tape, array)
    return argument.new(nodes.apply(function, argument.node), argument.ndim)


def composed(tape: Tape, array: Any, function: Callable[[Node], Node]) -> Array:
    argument = as_array(tape, array)
    return argument.new(function(argument.node), argument.ndim)


def _one_plus(coefficient: Expr, node: Node) -> Node:
    return nodes.add(nodes.ones(*node.shape), nodes.scale(coefficient, node))


def _cube_root(node: Node) -> Node:
    """sign(X) ⊙ |X|^(1/3), which has real values for negative entries too."""
    return nodes.hadamard(nodes.apply("sign", node), nodes.power(nodes.apply("abs", node), _THIRD))


def _normal_distribution(node: Node) -> Node:
    inside = nodes.apply("erf", nodes.scale(1 / sqrt(2), node))
    return nodes.scale(S.Half, _one_plus(S.One, inside))


def _logit(node: Node) -> Node:
    return nodes.subtract(nodes.apply("log", node), nodes.apply("log1p", nodes.negative(node)))


def real(tape: Tape, val: Any) -> Array:
    return as_array(tape, val)


_COMPOSED: dict[str, Callable[[Node], Node]] = {
    "positive": lambda node: node,
    "conjugate": lambda node: node,
    "negative": nodes.negative,
    "log2": lambda node: nodes.scale(1 / log(2), nodes.apply("log", node)),
    "log10": lambda node: nodes.scale(1 / log(10), nodes.apply("log", node)),
    "exp2": lambda node: nodes.apply("exp", nodes.scale(log(2), node)),
    "exp10": lambda node: nodes.apply("exp", nodes.scale(log(10), node)),
    "deg2rad": lambda node: nodes.scale(pi / 180, node),
    "radians": lambda node: nodes.scale(pi / 180, node),
    "rad2deg": lambda node: nodes.scale(180 / pi, node),
    "degrees": lambda node: nodes.scale(180 / pi, node),
    "cbrt": _cube_root,
    "erfc": lambda node: _one_plus(Integer(-1), nodes.apply("erf", node)),
    "ndtr": _normal_distribution,
    "log_expit": lambda node: nodes.negative(nodes.apply("softplus", nodes.negative(node))),
    "logit": _logit,
    "entr": lambda node: nodes.negative(nodes.hadamard(node, nodes.apply("log", node))),
}

_SPELLINGS = {**{name: name for name in CATALOGUE}, **ALIASES, "absolute": "abs", "fabs": "abs", "expit": "sigmoid"}
_NOT_OF_ONE_ARRAY = ("heaviside",)

UFUNCS: dict[str, Callable[..., Array]] = {
    **{
        spelling: partial(apply, function=name)
        for spelling, name in _SPELLINGS.items()
        if spelling not in _NOT_OF_ONE_ARRAY
    },
    **{name: partial(composed, function=function) for name, function in _COMPOSED.items()},
}
FUNCTIONS: dict[str, Callable[..., Array]] = {"real": real}
