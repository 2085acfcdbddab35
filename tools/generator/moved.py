"""Operations that move entries about: blocks, slices, other shapes, bands."""

from __future__ import annotations

from typing import Any

from sympy import Expr, Integer

from symbolic import nodes
from symbolic.language.elaborate import on_top, side_by_side
from tools.generator import sizes
from tools.generator.given import KEEPS, call, given
from tools.generator.requests import (
    ANY,
    ANYWHERE,
    DISTINCT,
    ONE,
    POSITIVE,
    REGULAR,
    SPD,
    SPECTRUM,
    SYMMETRIC,
    UNIT,
    Chooser,
    Plan,
    Production,
    Request,
    ask,
)


def _kron(chooser: Chooser, request: Request) -> Plan | None:
    """The factors of a square matrix are square wherever that is asked for."""
    need = given(chooser, {**KEEPS, REGULAR: REGULAR, SPECTRUM: SPD, SYMMETRIC: SYMMETRIC, SPD: SPD}, request)
    rows = cols = chooser.pick(sizes.products(request.rows))
    if not (request.is_square and need not in ANYWHERE):
        cols = chooser.pick(sizes.products(request.cols))
    if need is None:
        return None
    left, right = zip(rows, cols, strict=True)
    return Plan((ask(*left, need), ask(*right, need)), call("kron"))


def _hstack(chooser: Chooser, request: Request) -> Plan | None:
    need = given(chooser, {**KEEPS, REGULAR: DISTINCT}, request)
    cols = _cut_up(chooser, request.cols)
    if need is None or len(cols) < 2:
        return None
    need = ANY if need in (SPECTRUM, SYMMETRIC, SPD) else need
    return Plan(tuple(ask(request.rows, part, need) for part in cols), side_by_side)


def _vstack(chooser: Chooser, request: Request) -> Plan | None:
    need = given(chooser, {**KEEPS, REGULAR: DISTINCT}, request)
    rows = _cut_up(chooser, request.rows)
    if need is None or len(rows) < 2:
        return None
    need = ANY if need in (SPECTRUM, SYMMETRIC, SPD) else need
    return Plan(tuple(ask(part, request.cols, need) for part in rows), on_top)


def _cut_up(chooser: Chooser, size: Expr) -> list[Any]:
    """Two parts of a size, or three."""
    pairs = sizes.sums(size)
    if not pairs:
        return []
    first, second = chooser.pick(pairs)
    more = _cut_up(chooser, second) if chooser.chance(0.2) else []
    return [first, *(more or [second])]


def _slice(chooser: Chooser, request: Request) -> Plan | None:
    need = given(chooser, {**KEEPS, REGULAR: DISTINCT}, request)
    if need is None:
        return None
    rows, r0, r1 = sizes.inside(request.rows, chooser)
    cols, c0, c1 = sizes.inside(request.cols, chooser)
    need = need if need in ANYWHERE or rows == cols else ANY
    return Plan((ask(rows, cols, need),), call("slice", *map(nodes.expand_size, (r0, r1, c0, c1))))


def _reshape(chooser: Chooser, request: Request) -> Plan | None:
    need = given(chooser, {**KEEPS, REGULAR: DISTINCT}, request)
    shapes = sizes.reshapes(*request.shape)
    if need is None:
        return None
    rows, cols = chooser.pick(shapes)
    need = need if need in ANYWHERE else ANY
    return Plan((ask(rows, cols, need),), call("reshape", *request.shape))


def _rearrange(chooser: Chooser, request: Request) -> Plan | None:
    need = given(chooser, {**KEEPS, REGULAR: DISTINCT}, request)
    if need is None:
        return None
    (n, m), (p, q) = (chooser.pick(sizes.products(size)) for size in request.shape)
    need = need if need in ANYWHERE else ANY
    operand = ask(nodes.expand_size(n * p), nodes.expand_size(m * q), need)
    return Plan((operand,), call("rearrange", n, m, p, q))


def _diag(chooser: Chooser, request: Request) -> Plan | None:
    gives = {UNIT: UNIT, **dict.fromkeys((DISTINCT, REGULAR, SPECTRUM, SYMMETRIC, SPD), POSITIVE)}
    if request.is_scalar:
        gives[POSITIVE] = POSITIVE
    need = given(chooser, gives, request)
    if need is None or not request.is_square:
        return None
    return Plan((ask(request.rows, ONE, need if need in ANYWHERE else POSITIVE),), call("diag"))


def _diagonal(chooser: Chooser, request: Request) -> Plan | None:
    need = given(chooser, {**KEEPS, REGULAR: DISTINCT}, request)
    if need is None or request.cols != 1:
        return None
    return Plan((ask(request.rows, request.rows, need),), call("diagonal"))


def _band(name: str) -> Production:
    """tril or triu; with a diagonal that keeps everything where entries have to be positive."""

    def plan(chooser: Chooser, request: Request) -> Plan | None:
        gives = {UNIT: UNIT}
        if request.is_square:
            gives |= dict.fromkeys((DISTINCT, REGULAR, SPECTRUM), POSITIVE)
        everything = request.cols - 1 if name == "tril" else 1 - request.rows
        whole = request.need not in (ANY, UNIT) and everything.is_Integer and (request.is_scalar or chooser.chance(0.3))
        if whole or (request.need is POSITIVE and everything.is_Integer):
            return Plan((request,), call(name, everything))
        need = given(chooser, gives, request)
        if need is None:
            return None
        k = chooser.pick((0, 0, 1, -1)) if request.need in (ANY, UNIT) else 0
        return Plan((request.but(need),), call(name, Integer(k)))

    return plan


MOVED: dict[str, Production] = {
    "kron": _kron,
    "hstack": _hstack,
    "vstack": _vstack,
    "slice": _slice,
    "reshape": _reshape,
    "rearrange": _rearrange,
    "diag": _diag,
    "diagonal": _diagonal,
    "tril": _band("tril"),
    "triu": _band("triu"),
}
