"""The compositions: which operands they take, from their signatures, and what is known of their results."""

from __future__ import annotations

from typing import Any

from sympy import Integer

from symbolic.language.elaborate import define
from symbolic.operations import DEFINITIONS, Definition
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
    ask,
)  # fmt: skip

_LEAST: dict[str, tuple[Need, ...]] = {
    "sym": (ANY,), "skew": (ANY,), "outer": (ANY, ANY), "inner": (ANY, ANY), "mean": (ANY,), "mean_1": (ANY,), "mean_2": (ANY,),
    "lyapunov": (SPECTRUM, ANY), "quadform": (ANY, ANY), "bilinear": (ANY, ANY, ANY), "rayleigh": (ANY, DISTINCT),
    "affine": (ANY, ANY, ANY), "cross_entropy": (ANY, ANY), "attention": (ANY, ANY, ANY), "sqnorm": (ANY,),
    "softmax": (ANY,), "softmax_1": (ANY,), "softmax_2": (ANY,),
    "log_softmax": (ANY,), "log_softmax_1": (ANY,), "log_softmax_2": (ANY,),
}  # fmt: skip
"""What the operands need for a result of any kind; DISTINCT where nothing is said."""

_POSITIVE_OF_ANY = ("softmax", "softmax_1", "softmax_2")
_POSITIVE_OF_DISTINCT = (
    "norm", "norm_1", "norm_2", "sqnorm", "opnorm", "nucnorm", "var", "var_1", "var_2",
)  # fmt: skip
_POSITIVE_OF_POSITIVE = (
    "mean", "mean_1", "mean_2", "min", "min_1", "min_2", "maximum", "minimum", "outer", "inner", "quadform", "bilinear", "rayleigh",
    "affine", "attention",
)  # fmt: skip
_DISTINCT_OF_DISTINCT = ("maximum", "minimum", "affine", "attention", "softmax_1", "softmax_2", "log_softmax_1", "log_softmax_2")
_NEEDS_TWO = {
    "var": "nm",  "var_1": "n", "var_2": "m", "layernorm": "m", "softmax": "n", "softmax_1": "n", "softmax_2": "m",
    "log_softmax": "n", "log_softmax_1": "n", "log_softmax_2": "m",
}  # fmt: skip
"""Sizes at which one entry alone would be a constant."""


def _operand_needs(chooser: Chooser, record: Definition, need: Need) -> tuple[Need, ...] | None:
    """What the operands need for a result that has `need`, or None where nothing is known to be enough."""
    name = record.name
    count = len(record.shapes.operands)
    least = _LEAST.get(name, (DISTINCT,) * count)
    if need is ANY or (need is POSITIVE and name in _POSITIVE_OF_ANY) or (need is UNIT and name in _POSITIVE_OF_ANY):
        return least
    if need is POSITIVE and name in _POSITIVE_OF_DISTINCT:
        return (DISTINCT,) * count
    if need is POSITIVE and name in _POSITIVE_OF_POSITIVE:
        return (POSITIVE,) * count
    if need is DISTINCT and name in _DISTINCT_OF_DISTINCT:
        return (DISTINCT,) * count
    if name == "sym" and need in (SYMMETRIC, SPD, SPECTRUM, REGULAR, DISTINCT):
        return (DISTINCT if need is SYMMETRIC else SPD,)
    if not chooser.hopeful:
        return None
    return tuple(need if first is ANY and need in (POSITIVE, UNIT) else DISTINCT if first is ANY else first for first in least)


def _production(record: Definition) -> Production:
    def plan(chooser: Chooser, request: Request) -> Plan | None:
        needs = _operand_needs(chooser, record, request.need)
        bound: dict[Any, Any] = {}
        for pattern, size in zip(record.shapes.result, request.shape, strict=True):
            if pattern.is_Symbol and pattern not in bound:
                bound[pattern] = size
            elif bound.get(pattern, pattern) != size:
                return None
        if needs is None:
            return None
        for pattern in (pattern for shape in record.shapes.operands.values() for pattern in shape if pattern.is_Symbol):
            bound.setdefault(pattern, _size(chooser, record, pattern.name))
        lengths = [bound[size] for size in bound if size.name in _NEEDS_TWO.get(record.name, "")]
        if lengths and all(length == 1 for length in lengths) and not chooser.hopeful:
            return None
        shapes = [tuple(bound.get(size, size) for size in shape) for shape in record.shapes.operands.values()]
        requests = tuple(ask(*shape, need) for shape, need in zip(shapes, needs, strict=True))
        return Plan(requests, lambda *operands: define(record, operands))

    return plan


def _size(chooser: Chooser, record: Definition, name: str) -> Any:
    if name in _NEEDS_TWO.get(record.name, ""):
        return chooser.pick([size for size in chooser.sizes if size != 1] or [Integer(2)])
    return chooser.size()


COMPOSED: dict[str, Production] = {name: _production(record) for name, record in DEFINITIONS.items()}
