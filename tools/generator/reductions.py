"""Operations of many entries to one: of all, of each column, of each row, and scalars of square matrices."""

from __future__ import annotations

from tools.generator.given import Gives, call, given, scalar_of_square
from tools.generator.requests import (
    ANY,
    DISTINCT,
    POSITIVE,
    REGULAR,
    SPD,
    UNIT,
    Chooser,
    Need,
    Plan,
    Production,
    Request,
    ask,
)


def _reduction(name: str, axis: int | None, gives: Gives, least: Need) -> Production:
    """Of all entries, of each column (1) or of each row (2)."""

    def plan(chooser: Chooser, request: Request) -> Plan | None:
        need = given(chooser, gives, request, least)
        rows, cols = chooser.size(), chooser.size()
        if axis == 1:
            cols = request.cols
        if axis == 2:
            rows = request.rows
        fits = {None: request.is_scalar, 1: request.rows == 1, 2: request.cols == 1}[axis]
        if need is None or not fits:
            return None
        return Plan((ask(rows, cols, need),), call(name))

    return plan


_SUMS: Gives = {DISTINCT: POSITIVE, REGULAR: DISTINCT, POSITIVE: POSITIVE}
_EXTREMES: Gives = {DISTINCT: POSITIVE, POSITIVE: POSITIVE, UNIT: UNIT}
_LOGARITHMS: Gives = {DISTINCT: POSITIVE, POSITIVE: POSITIVE, REGULAR: DISTINCT}

REDUCTIONS: dict[str, Production] = {
    "sum": _reduction("sum", None, _SUMS, ANY),
    "sum_1": _reduction("sum_1", 1, _SUMS, ANY),
    "sum_2": _reduction("sum_2", 2, _SUMS, ANY),
    "tr": scalar_of_square("tr", {POSITIVE: POSITIVE, DISTINCT: POSITIVE}, ANY),
    "det": scalar_of_square("det", {POSITIVE: SPD, DISTINCT: DISTINCT}, REGULAR),
    "logdet": scalar_of_square("logdet", {POSITIVE: SPD, DISTINCT: DISTINCT}, REGULAR),
    "max": _reduction("max", None, _EXTREMES, DISTINCT),
    "max_1": _reduction("max_1", 1, _EXTREMES, DISTINCT),
    "max_2": _reduction("max_2", 2, _EXTREMES, DISTINCT),
    "logsumexp": _reduction("logsumexp", None, _LOGARITHMS, ANY),
    "logsumexp_1": _reduction("logsumexp_1", 1, _LOGARITHMS, ANY),
    "logsumexp_2": _reduction("logsumexp_2", 2, _LOGARITHMS, ANY),
}
