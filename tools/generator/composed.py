"""The compositions: which operands they take, from their signatures, and what is known of their results."""

from __future__ import annotations

from typing import Any

from sympy import Integer

from symbolic.language.elaborate import define
from symbolic.operations import DEFINITIONS, Definition
from tools.generator.requests import (
    ANY,
    DISTINCT,
    OF_ENTRIES,
    ONE,
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
)  # fmt: skip
from tools.generator.signatures import Bound, bind, requests
from tools.generator.sizes import is_at_least

_LEAST: dict[str, tuple[Need, ...]] = {
    "sym": (ANY,), "skew": (ANY,), "outer": (ANY, ANY), "inner": (ANY, ANY),
    "mean": (ANY,), "mean_1": (ANY,), "mean_2": (ANY,),
    "lyapunov": (SPECTRUM, ANY), "quadform": (ANY, ANY), "bilinear": (ANY, ANY, ANY), "rayleigh": (ANY, DISTINCT),
    "affine": (ANY, ANY, ANY), "cross_entropy": (ANY, ANY), "attention": (ANY, ANY, ANY),
    "sqnorm": (ANY,), "vec": (ANY,),
    "maximum": (DISTINCT, POSITIVE), "minimum": (DISTINCT, POSITIVE),
    "softmax": (ANY,), "softmax_1": (ANY,), "softmax_2": (ANY,),
    "log_softmax": (ANY,), "log_softmax_1": (ANY,), "log_softmax_2": (ANY,),
}  # fmt: skip
"""What the operands need for a result of any kind; DISTINCT where nothing is said."""

_SOFTMAXES = ("softmax", "softmax_1", "softmax_2")
_NORMS = ("norm", "norm_1", "norm_2", "sqnorm", "opnorm", "nucnorm", "var", "var_1", "var_2")
_SURE: dict[tuple[str, Need], Need | tuple[Need, ...]] = {
    **{(name, POSITIVE): ANY for name in _SOFTMAXES},
    **{(name, UNIT): ANY for name in _SOFTMAXES},
    **{(name, POSITIVE): DISTINCT for name in _NORMS},
    **{(name, POSITIVE): POSITIVE for name in (
        "mean", "mean_1", "mean_2", "min", "min_1", "min_2", "outer", "inner", "quadform", "bilinear", "rayleigh",
        "affine", "attention", "cross_entropy", "sym", "vec",
    )},
    **{(name, DISTINCT): DISTINCT for name in (
        "affine", "attention", "softmax", "softmax_1", "softmax_2", "log_softmax", "log_softmax_1", "log_softmax_2",
        "vec", "skew", "layernorm",
    )},
    **{(name, REGULAR): DISTINCT for name in ("skew", "log_softmax_1", "log_softmax_2", "vec")},
    ("sym", SYMMETRIC): DISTINCT,
    ("sym", SPD): SPD,
    ("sym", SPECTRUM): SPD,
    ("sym", REGULAR): SPD,
    ("skew", SPECTRUM): DISTINCT,
    ("vec", UNIT): UNIT,
    ("proj", UNIT): DISTINCT,
    ("maximum", DISTINCT): (DISTINCT, POSITIVE),
    ("minimum", DISTINCT): (DISTINCT, POSITIVE),
    ("maximum", POSITIVE): (DISTINCT, POSITIVE),
}  # fmt: skip
"""What the operands need, each of them, for a result that has a need."""
_NEEDS_TWO = {
    "var": "nm",  "var_1": "n", "var_2": "m", "layernorm": "m", "softmax": "n", "softmax_1": "n", "softmax_2": "m",
    "log_softmax": "n", "log_softmax_1": "n", "log_softmax_2": "m", "cross_entropy": "m",
}  # fmt: skip
"""Sizes at which one entry alone would be a constant."""


def _operand_needs(chooser: Chooser, record: Definition, request: Request) -> tuple[Need, ...] | None:
    """What the operands need for a result that has what is asked for, or None where nothing is known to be enough."""
    name, need = record.name, POSITIVE if request.is_scalar and request.need is DISTINCT else request.need
    count = len(record.shapes.operands)
    least = _LEAST.get(name, (DISTINCT,) * count)
    if need is ANY:
        return least
    found = _SURE.get((name, need)) if _is_sure(name, request) else None
    if found is ANY:
        return least
    if found is not None:
        return found if isinstance(found, tuple) else (found,) * count
    if not chooser.hopeful:
        return None
    wished = need if need in OF_ENTRIES else DISTINCT
    return tuple(wished if first is ANY else first for first in least)


def _is_sure(name: str, request: Request) -> bool:
    """A skew matrix is regular if it has two rows; what layernorm gives has full rank if it is wide."""
    suits = {"skew": request.rows == 2, "layernorm": not is_at_least(request.rows, request.cols)}
    return bool(suits.get(name, True))


def _production(record: Definition) -> Production:
    def plan(chooser: Chooser, request: Request) -> Plan | None:
        needs = _operand_needs(chooser, record, request)
        bound = bind(chooser, record, request, lambda name, known: _size(chooser, record.name, name, known))
        if needs is None or bound is None or (record.name == "layernorm" and request.cols == 1):
            return None
        lengths = [bound[name] for name in _NEEDS_TWO.get(record.name, "")]
        if lengths and all(length == 1 for length in lengths) and not chooser.hopeful:
            return None
        return Plan(requests(record, bound, needs), lambda *operands: define(record, operands))

    return plan


def _size(chooser: Chooser, record: str, name: str, bound: Bound) -> Any:
    fitting = chooser.sizes
    if name in _NEEDS_TWO.get(record, "") and not chooser.hopeful:
        fitting = tuple(size for size in fitting if size != 1) or (Integer(2),)
    if record == "proj" and not chooser.hopeful:
        fitting = (ONE, *(size for size in fitting if is_at_least(bound["n"], size) and size != bound["n"]))
    return chooser.pick(fitting)


COMPOSED: dict[str, Production] = {name: _production(record) for name, record in DEFINITIONS.items()}
