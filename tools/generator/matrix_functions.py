"""Inverses and linear equations, powers and functions of square matrices."""

from __future__ import annotations

from symbolic import nodes
from tools.generator.given import KEEPS, Gives, and_of_one, call, given, square, square_or_one
from tools.generator.requests import (
    ANY,
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


def _matrix_power(chooser: Chooser, request: Request) -> Plan | None:
    gives = {**KEEPS, REGULAR: REGULAR, SPECTRUM: SPD, SYMMETRIC: SYMMETRIC, SPD: SPD}
    need = given(chooser, gives, request)
    if need is None or not request.is_square or request.is_scalar:
        return None
    exponent = chooser.pick((2, 2, 3, 3, 4, 9))
    base = request.but(UNIT if exponent == 9 and need is ANY else need)
    return Plan((base,), lambda A: nodes.matrix_power(A, exponent))


_ANALYTIC: Gives = {DISTINCT: DISTINCT, REGULAR: DISTINCT, SYMMETRIC: SYMMETRIC}
_POSITIVE_POWERS: Gives = {DISTINCT: SPD, REGULAR: SPD, SPECTRUM: SPD, SYMMETRIC: SPD, SPD: SPD}


def _solve(chooser: Chooser, request: Request) -> Plan | None:
    """A \\ B, where a 1×1 A would be a quotient."""
    if request.rows == 1:
        return None
    if request.need is SPECTRUM:
        return Plan((request.but(SPD),) * 2, call("solve"))
    need = given(chooser, {DISTINCT: DISTINCT, REGULAR: DISTINCT}, request)
    if need is None:
        return None
    above = chooser.pick((REGULAR, REGULAR, SPECTRUM, DISTINCT)) if need is ANY else SPD
    return Plan((ask(request.rows, request.rows, above), request.but(need)), call("solve"))


def _pinv(chooser: Chooser, request: Request) -> Plan | None:
    gives = {DISTINCT: DISTINCT, REGULAR: DISTINCT, SPECTRUM: SPD, SYMMETRIC: SPD, SPD: SPD}
    if ONE in request.shape:
        gives[POSITIVE] = POSITIVE
    need = given(chooser, gives, request, DISTINCT)
    return None if need is None else Plan((ask(*request.flipped, need),), call("pinv"))


def _sylvester(chooser: Chooser, request: Request) -> Plan | None:
    need = given(chooser, and_of_one(request, {DISTINCT: DISTINCT, REGULAR: DISTINCT}), request)
    if need is None:
        return None
    A, B = (ask(size, size, SPECTRUM) for size in request.shape)
    return Plan((A, B, request.but(need)), call("sylvester"))


MATRIX_FUNCTIONS: dict[str, Production] = {
    "matrix_power": _matrix_power,
    "inv": square_or_one("inv", {**_POSITIVE_POWERS, REGULAR: REGULAR, DISTINCT: DISTINCT}, REGULAR),
    "solve": _solve,
    "pinv": _pinv,
    "expm": square("expm", {**_ANALYTIC, POSITIVE: POSITIVE, SPECTRUM: SYMMETRIC, SPD: SYMMETRIC}),
    "logm": square("logm", {DISTINCT: SPD, REGULAR: SPD, SYMMETRIC: SPD}, SPECTRUM),
    "sqrtm": square_or_one("sqrtm", _POSITIVE_POWERS, SPECTRUM),
    "sinm": square("sinm", _ANALYTIC),
    "cosm": square("cosm", _ANALYTIC),
    "expm_frechet": square("expm_frechet", {**_ANALYTIC, POSITIVE: POSITIVE}, ANY, ANY),
    "logm_frechet": square("logm_frechet", {DISTINCT: SPD, REGULAR: SPD, SYMMETRIC: SPD}, SPECTRUM, ANY),
    "sinm_frechet": square("sinm_frechet", _ANALYTIC, ANY, ANY),
    "cosm_frechet": square("cosm_frechet", _ANALYTIC, ANY, ANY),
    "sylvester": _sylvester,
}
