"""The named matrix operations: what each needs of its operands, and what is known of its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sympy import Expr, Integer

from symbolic import nodes
from symbolic.language.elaborate import on_top, side_by_side
from symbolic.nodes import Node
from symbolic.operations import OPERATIONS
from tools.generator import sizes
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
    Need,
    Plan,
    Production,
    Request,
    ask,
)  # fmt: skip
from tools.generator.signatures import from_record

Gives = Mapping[Need, Need]
_KEEPS: Gives = {need: need for need in ANYWHERE}


def _given(chooser: Chooser, gives: Gives, request: Request, least: Need = ANY) -> Need | None:
    """What is needed of an operand so that the result has what is asked for; `least` for a result of any kind.

    In hope, the operand has what the result should have.
    """
    if request.need is ANY:
        return least
    found = gives.get(request.need)
    if found is None and chooser.hopeful:
        return least if least is not ANY else request.need
    return found


def _call(name: str, *parameters: Any) -> Callable[..., Node]:
    return lambda *operands: nodes.operate(name, *operands, parameters=parameters)


# Entries moved about


def _kron(chooser: Chooser, request: Request) -> Plan | None:
    """The factors of a square matrix are square wherever that is asked for."""
    need = _given(chooser, {**_KEEPS, REGULAR: REGULAR, SPECTRUM: SPD, SYMMETRIC: SYMMETRIC, SPD: SPD}, request)
    rows = cols = chooser.pick(sizes.products(request.rows))
    if not (request.is_square and need not in ANYWHERE):
        cols = chooser.pick(sizes.products(request.cols))
    if need is None:
        return None
    left, right = zip(rows, cols, strict=True)
    return Plan((ask(*left, need), ask(*right, need)), _call("kron"))


def _hstack(chooser: Chooser, request: Request) -> Plan | None:
    need = _given(chooser, {**_KEEPS, REGULAR: DISTINCT}, request)
    cols = _cut_up(chooser, request.cols)
    if need is None or len(cols) < 2:
        return None
    need = ANY if need in (SPECTRUM, SYMMETRIC, SPD) else need
    return Plan(tuple(ask(request.rows, part, need) for part in cols), side_by_side)


def _vstack(chooser: Chooser, request: Request) -> Plan | None:
    need = _given(chooser, {**_KEEPS, REGULAR: DISTINCT}, request)
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
    need = _given(chooser, {**_KEEPS, REGULAR: DISTINCT}, request)
    if need is None:
        return None
    rows, r0, r1 = sizes.inside(request.rows, chooser)
    cols, c0, c1 = sizes.inside(request.cols, chooser)
    need = need if need in ANYWHERE or rows == cols else ANY
    return Plan((ask(rows, cols, need),), _call("slice", *map(nodes.expand_size, (r0, r1, c0, c1))))


def _reshape(chooser: Chooser, request: Request) -> Plan | None:
    need = _given(chooser, {**_KEEPS, REGULAR: DISTINCT}, request)
    shapes = sizes.reshapes(*request.shape)
    if need is None:
        return None
    rows, cols = chooser.pick(shapes)
    need = need if need in ANYWHERE else ANY
    return Plan((ask(rows, cols, need),), _call("reshape", *request.shape))


def _rearrange(chooser: Chooser, request: Request) -> Plan | None:
    need = _given(chooser, {**_KEEPS, REGULAR: DISTINCT}, request)
    if need is None:
        return None
    (n, m), (p, q) = (chooser.pick(sizes.products(size)) for size in request.shape)
    need = need if need in ANYWHERE else ANY
    operand = ask(nodes.expand_size(n * p), nodes.expand_size(m * q), need)
    return Plan((operand,), _call("rearrange", n, m, p, q))


def _diag(chooser: Chooser, request: Request) -> Plan | None:
    gives = {UNIT: UNIT, **dict.fromkeys((DISTINCT, REGULAR, SPECTRUM, SYMMETRIC, SPD), POSITIVE)}
    if request.is_scalar:
        gives[POSITIVE] = POSITIVE
    need = _given(chooser, gives, request)
    if need is None or not request.is_square:
        return None
    return Plan((ask(request.rows, ONE, need if need in ANYWHERE else POSITIVE),), _call("diag"))


def _diagonal(chooser: Chooser, request: Request) -> Plan | None:
    need = _given(chooser, {**_KEEPS, REGULAR: DISTINCT}, request)
    if need is None or request.cols != 1:
        return None
    return Plan((ask(request.rows, request.rows, need),), _call("diagonal"))


def _band(name: str) -> Production:
    """tril or triu; with a diagonal that keeps everything where entries have to be positive."""

    def plan(chooser: Chooser, request: Request) -> Plan | None:
        gives = {UNIT: UNIT}
        if request.is_square:
            gives |= dict.fromkeys((DISTINCT, REGULAR, SPECTRUM), POSITIVE)
        everything = request.cols - 1 if name == "tril" else 1 - request.rows
        whole = request.need not in (ANY, UNIT) and everything.is_Integer and (request.is_scalar or chooser.chance(0.3))
        if whole or (request.need is POSITIVE and everything.is_Integer):
            return Plan((request,), _call(name, everything))
        need = _given(chooser, gives, request)
        if need is None:
            return None
        k = chooser.pick((0, 0, 1, -1)) if request.need in (ANY, UNIT) else 0
        return Plan((request.but(need),), _call(name, Integer(k)))

    return plan


# Reductions


def _reduction(name: str, axis: int | None, gives: Gives, least: Need) -> Production:
    """Of all entries, of each column (1) or of each row (2)."""

    def plan(chooser: Chooser, request: Request) -> Plan | None:
        need = _given(chooser, gives, request, least)
        rows, cols = chooser.size(), chooser.size()
        if axis == 1:
            cols = request.cols
        if axis == 2:
            rows = request.rows
        fits = {None: request.is_scalar, 1: request.rows == 1, 2: request.cols == 1}[axis]
        if need is None or not fits:
            return None
        return Plan((ask(rows, cols, need),), _call(name))

    return plan


_SUMS: Gives = {DISTINCT: POSITIVE, REGULAR: DISTINCT, POSITIVE: POSITIVE}
_EXTREMES: Gives = {DISTINCT: POSITIVE, POSITIVE: POSITIVE, UNIT: UNIT}
_LOGARITHMS: Gives = {DISTINCT: POSITIVE, POSITIVE: POSITIVE, REGULAR: DISTINCT}


def _scalar_of_square(name: str, gives: Gives, least: Need) -> Production:
    def plan(chooser: Chooser, request: Request) -> Plan | None:
        need = _given(chooser, gives, request, least)
        size = chooser.size()
        return Plan((ask(size, size, need),), _call(name)) if need is not None and request.is_scalar else None

    return plan


# Square matrices to square matrices


def _square(name: str, gives: Gives, least: Need = ANY, *more: Need) -> Production:
    """`least`: what the first operand needs for a result of any kind; `more`: what the others need."""

    def plan(chooser: Chooser, request: Request) -> Plan | None:
        need = _given(chooser, gives, request, least)
        if need is None or not request.is_square:
            return None
        others = tuple(request.but(SYMMETRIC if need in (SYMMETRIC, SPD) else m) for m in more)
        return Plan((request.but(need), *others), _call(name))

    return plan


def _matrix_power(chooser: Chooser, request: Request) -> Plan | None:
    gives = {**_KEEPS, REGULAR: REGULAR, SPECTRUM: SPD, SYMMETRIC: SYMMETRIC, SPD: SPD}
    need = _given(chooser, gives, request)
    if need is None or not request.is_square or request.is_scalar:
        return None
    exponent = chooser.pick((2, 2, 3, 3, 4, 9))
    base = request.but(UNIT if exponent == 9 and need is ANY else need)
    return Plan((base,), lambda A: nodes.matrix_power(A, exponent))


_ANALYTIC: Gives = {DISTINCT: DISTINCT, REGULAR: DISTINCT, SYMMETRIC: SYMMETRIC}
_POSITIVE_POWERS: Gives = {DISTINCT: SPD, REGULAR: SPD, SPECTRUM: SPD, SYMMETRIC: SPD, SPD: SPD}


def _and_of_one(request: Request, gives: Gives) -> Gives:
    """Of a 1×1 matrix also a positive result of a positive operand."""
    return {**gives, POSITIVE: POSITIVE} if request.is_scalar else gives


def _square_or_one(name: str, gives: Gives, least: Need) -> Production:
    """As `_square`; a 1×1 result is positive where the operand is."""
    return lambda chooser, request: _square(name, _and_of_one(request, gives), least)(chooser, request)


# Equations


def _solve(chooser: Chooser, request: Request) -> Plan | None:
    """A \\ B, where a 1×1 A would be a quotient."""
    if request.rows == 1:
        return None
    if request.need is SPECTRUM:
        return Plan((request.but(SPD),) * 2, _call("solve"))
    need = _given(chooser, {DISTINCT: DISTINCT, REGULAR: DISTINCT}, request)
    if need is None:
        return None
    above = chooser.pick((REGULAR, REGULAR, SPECTRUM, DISTINCT)) if need is ANY else SPD
    return Plan((ask(request.rows, request.rows, above), request.but(need)), _call("solve"))


def _pinv(chooser: Chooser, request: Request) -> Plan | None:
    gives = {DISTINCT: DISTINCT, REGULAR: DISTINCT, SPECTRUM: SPD, SYMMETRIC: SPD, SPD: SPD}
    if ONE in request.shape:
        gives[POSITIVE] = POSITIVE
    need = _given(chooser, gives, request, DISTINCT)
    return None if need is None else Plan((ask(*request.flipped, need),), _call("pinv"))


def _sylvester(chooser: Chooser, request: Request) -> Plan | None:
    need = _given(chooser, _and_of_one(request, {DISTINCT: DISTINCT, REGULAR: DISTINCT}), request)
    if need is None:
        return None
    A, B = (ask(size, size, SPECTRUM) for size in request.shape)
    return Plan((A, B, request.but(need)), _call("sylvester"))


# Factorisations

_TRIANGULAR: Gives = {REGULAR: DISTINCT, SPECTRUM: DISTINCT}


def _chol(chooser: Chooser, request: Request) -> Plan | None:
    of_one = (POSITIVE, SPD, SYMMETRIC, DISTINCT) if request.is_scalar else ()
    return _square("chol", dict.fromkeys((REGULAR, SPECTRUM, *of_one), SPD), SPD)(chooser, request)


def _orthonormal(request: Request, least: Need) -> Gives:
    """Of orthonormal columns: a single one has positive entries if its operand does; a single entry is 1 or -1."""
    gives = {REGULAR: least}
    if request.rows != 1:
        gives[UNIT] = least
    if request.cols == 1:
        gives |= {POSITIVE: POSITIVE, DISTINCT: least}
    return gives


def _qr_q(chooser: Chooser, request: Request) -> Plan | None:
    need = _given(chooser, _orthonormal(request, DISTINCT), request, DISTINCT)
    if need is None or not sizes.is_at_least(request.rows, request.cols):
        return None
    return Plan((request.but(need),), _call("qr_q"))


def _qr_r(chooser: Chooser, request: Request) -> Plan | None:
    need = _given(chooser, _and_of_one(request, _TRIANGULAR), request, DISTINCT)
    if need is None or not request.is_square:
        return None
    rows = chooser.pick([size for size in chooser.sizes if sizes.is_at_least(size, request.cols)] or [request.cols])
    return Plan((ask(rows, request.cols, need),), _call("qr_r"))


def _column_of(name: str, gives: Gives, least: Need, of_two: Gives | None = None) -> Production:
    """A column of numbers of a square matrix; `of_two`: what is known of more than one."""

    def plan(chooser: Chooser, request: Request) -> Plan | None:
        need = _given(chooser, gives if request.rows == 1 else {**gives, **(of_two or {})}, request, least)
        if need is None or request.cols != 1:
            return None
        need = least if least in (SYMMETRIC, POSITIVE) and need not in (SYMMETRIC, SPD, POSITIVE) else need
        return Plan((ask(request.rows, request.rows, need),), _call(name))

    return plan


def _eigvecsh(chooser: Chooser, request: Request) -> Plan | None:
    need = _given(chooser, _orthonormal(request, SYMMETRIC), request, SYMMETRIC)
    return None if need is None or not request.is_square else Plan((request.but(SYMMETRIC),), _call("eigvecsh"))


def _svdvals(chooser: Chooser, request: Request) -> Plan | None:
    need = _given(chooser, dict.fromkeys((DISTINCT, REGULAR, POSITIVE), DISTINCT), request, DISTINCT)
    if need is None or request.cols != 1:
        return None
    longer = [size for size in chooser.sizes if sizes.smaller(size, request.rows) == request.rows] or [request.rows]
    shape = sizes.of_minimum(request.rows) or (request.rows, chooser.pick(longer))
    shape = shape[::-1] if chooser.chance(0.5) else shape
    return Plan((ask(*shape, DISTINCT),), _call("svdvals"))


def _svd(name: str, flipped: bool) -> Production:
    """U of A, n×min(n, m), or V, which is U of A'."""

    def plan(chooser: Chooser, request: Request) -> Plan | None:
        need = _given(chooser, _orthonormal(request, DISTINCT), request, DISTINCT)
        pair = sizes.of_minimum(request.cols)
        if need is None or not (pair or sizes.smaller(*request.shape) == request.cols):
            return None
        need = POSITIVE if need is POSITIVE else DISTINCT
        cols = request.cols
        if pair is not None:
            if request.rows not in pair:
                return None
            cols = pair[1] if request.rows == pair[0] else pair[0]
        elif request.is_square:
            cols = chooser.pick([size for size in chooser.sizes if sizes.smaller(size, cols) == cols] or [cols])
        shape = (request.rows, cols)
        return Plan((ask(*(shape[::-1] if flipped else shape), need),), _call(name))

    return plan


_KNOWN: dict[str, Production] = {
    "matrix_power": _matrix_power,
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
    "sum": _reduction("sum", None, _SUMS, ANY),
    "sum_1": _reduction("sum_1", 1, _SUMS, ANY),
    "sum_2": _reduction("sum_2", 2, _SUMS, ANY),
    "tr": _scalar_of_square("tr", {POSITIVE: POSITIVE, DISTINCT: POSITIVE}, ANY),
    "det": _scalar_of_square("det", {POSITIVE: SPD, DISTINCT: DISTINCT}, REGULAR),
    "logdet": _scalar_of_square("logdet", {POSITIVE: SPD, DISTINCT: DISTINCT}, REGULAR),
    "max": _reduction("max", None, _EXTREMES, DISTINCT),
    "max_1": _reduction("max_1", 1, _EXTREMES, DISTINCT),
    "max_2": _reduction("max_2", 2, _EXTREMES, DISTINCT),
    "logsumexp": _reduction("logsumexp", None, _LOGARITHMS, ANY),
    "logsumexp_1": _reduction("logsumexp_1", 1, _LOGARITHMS, ANY),
    "logsumexp_2": _reduction("logsumexp_2", 2, _LOGARITHMS, ANY),
    "inv": _square_or_one("inv", {**_POSITIVE_POWERS, REGULAR: REGULAR, DISTINCT: DISTINCT}, REGULAR),
    "solve": _solve,
    "pinv": _pinv,
    "expm": _square("expm", {**_ANALYTIC, POSITIVE: POSITIVE, SPECTRUM: SYMMETRIC, SPD: SYMMETRIC}),
    "logm": _square("logm", {DISTINCT: SPD, REGULAR: SPD, SYMMETRIC: SPD}, SPECTRUM),
    "sqrtm": _square_or_one("sqrtm", _POSITIVE_POWERS, SPECTRUM),
    "sinm": _square("sinm", _ANALYTIC),
    "cosm": _square("cosm", _ANALYTIC),
    "expm_frechet": _square("expm_frechet", {**_ANALYTIC, POSITIVE: POSITIVE}, ANY, ANY),
    "logm_frechet": _square("logm_frechet", {DISTINCT: SPD, REGULAR: SPD, SYMMETRIC: SPD}, SPECTRUM, ANY),
    "sinm_frechet": _square("sinm_frechet", _ANALYTIC, ANY, ANY),
    "cosm_frechet": _square("cosm_frechet", _ANALYTIC, ANY, ANY),
    "sylvester": _sylvester,
    "chol": _chol,
    "qr_q": _qr_q,
    "qr_r": _qr_r,
    "lu_l": _square_or_one("lu_l", _TRIANGULAR, DISTINCT),
    "lu_u": _square_or_one("lu_u", {REGULAR: SPD, SPECTRUM: SPD}, DISTINCT),
    "eigvalsh": _column_of("eigvalsh", {POSITIVE: SPD, DISTINCT: SYMMETRIC, REGULAR: SYMMETRIC}, SYMMETRIC),
    "eigvecsh": _eigvecsh,
    "eigval": _scalar_of_square("eigval", {POSITIVE: POSITIVE, DISTINCT: POSITIVE}, POSITIVE),
    "eigvec": _column_of("eigvec", dict.fromkeys((POSITIVE, DISTINCT, REGULAR), POSITIVE), POSITIVE, {UNIT: POSITIVE}),
    "svdvals": _svdvals,
    "svd_u": _svd("svd_u", flipped=False),
    "svd_v": _svd("svd_v", flipped=True),
}

NAMED: dict[str, Production] = {
    name: _KNOWN.get(name) or from_record(operation) for name, operation in OPERATIONS.items()
}
