"""Factorisations, eigenvalues and singular values."""

from __future__ import annotations

from tools.generator import sizes
from tools.generator.given import Gives, and_of_one, call, given, scalar_of_square, square, square_or_one
from tools.generator.requests import (
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
)

_TRIANGULAR: Gives = {REGULAR: DISTINCT, SPECTRUM: DISTINCT}


def _chol(chooser: Chooser, request: Request) -> Plan | None:
    of_one = (POSITIVE, SPD, SYMMETRIC, DISTINCT) if request.is_scalar else ()
    return square("chol", dict.fromkeys((REGULAR, SPECTRUM, *of_one), SPD), SPD)(chooser, request)


def orthonormal(request: Request, least: Need) -> Gives:
    """Of orthonormal columns: a single one has positive entries if its operand does; a single entry is 1 or -1."""
    gives = {REGULAR: least}
    if request.rows != 1:
        gives[UNIT] = least
    if request.cols == 1:
        gives |= {POSITIVE: POSITIVE, DISTINCT: least}
    return gives


def _qr_q(chooser: Chooser, request: Request) -> Plan | None:
    need = given(chooser, orthonormal(request, DISTINCT), request, DISTINCT)
    if need is None or not sizes.is_at_least(request.rows, request.cols):
        return None
    return Plan((request.but(need),), call("qr_q"))


def _qr_r(chooser: Chooser, request: Request) -> Plan | None:
    need = given(chooser, and_of_one(request, _TRIANGULAR), request, DISTINCT)
    if need is None or not request.is_square:
        return None
    rows = chooser.pick([size for size in chooser.sizes if sizes.is_at_least(size, request.cols)] or [request.cols])
    return Plan((ask(rows, request.cols, need),), call("qr_r"))


def _column_of(name: str, gives: Gives, least: Need, of_two: Gives | None = None) -> Production:
    """A column of numbers of a square matrix; `of_two`: what is known of more than one."""

    def plan(chooser: Chooser, request: Request) -> Plan | None:
        need = given(chooser, gives if request.rows == 1 else {**gives, **(of_two or {})}, request, least)
        if need is None or request.cols != 1:
            return None
        need = least if least in (SYMMETRIC, POSITIVE) and need not in (SYMMETRIC, SPD, POSITIVE) else need
        return Plan((ask(request.rows, request.rows, need),), call(name))

    return plan


def _eigvecsh(chooser: Chooser, request: Request) -> Plan | None:
    need = given(chooser, orthonormal(request, SYMMETRIC), request, SYMMETRIC)
    return None if need is None or not request.is_square else Plan((request.but(SYMMETRIC),), call("eigvecsh"))


def _svdvals(chooser: Chooser, request: Request) -> Plan | None:
    need = given(chooser, dict.fromkeys((DISTINCT, REGULAR, POSITIVE), DISTINCT), request, DISTINCT)
    if need is None or request.cols != 1:
        return None
    longer = [size for size in chooser.sizes if sizes.smaller(size, request.rows) == request.rows] or [request.rows]
    shape = sizes.of_minimum(request.rows) or (request.rows, chooser.pick(longer))
    shape = shape[::-1] if chooser.chance(0.5) else shape
    return Plan((ask(*shape, DISTINCT),), call("svdvals"))


def _svd(name: str, flipped: bool) -> Production:
    """U of A, n×min(n, m), or V, which is U of A'."""

    def plan(chooser: Chooser, request: Request) -> Plan | None:
        need = given(chooser, orthonormal(request, DISTINCT), request, DISTINCT)
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
        return Plan((ask(*(shape[::-1] if flipped else shape), need),), call(name))

    return plan


FACTORED: dict[str, Production] = {
    "chol": _chol,
    "qr_q": _qr_q,
    "qr_r": _qr_r,
    "lu_l": square_or_one("lu_l", _TRIANGULAR, DISTINCT),
    "lu_u": square_or_one("lu_u", {REGULAR: SPD, SPECTRUM: SPD}, DISTINCT),
    "eigvalsh": _column_of("eigvalsh", {POSITIVE: SPD, DISTINCT: SYMMETRIC, REGULAR: SYMMETRIC}, SYMMETRIC),
    "eigvecsh": _eigvecsh,
    "eigval": scalar_of_square("eigval", {POSITIVE: POSITIVE, DISTINCT: POSITIVE}, POSITIVE),
    "eigvec": _column_of("eigvec", dict.fromkeys((POSITIVE, DISTINCT, REGULAR), POSITIVE), POSITIVE, {UNIT: POSITIVE}),
    "svdvals": _svdvals,
    "svd_u": _svd("svd_u", flipped=False),
    "svd_v": _svd("svd_v", flipped=True),
}
