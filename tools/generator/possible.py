"""The pairs of operations that there can be, and why there are no others."""

from __future__ import annotations

from functools import cache

from tools.generator.coverage import PRODUCTIONS, Pair


@cache
def possible_pairs() -> tuple[Pair, ...]:
    return tuple((outer, inner) for outer in PRODUCTIONS for inner in PRODUCTIONS if reason(outer, inner) is None)


def reason(outer: str, inner: str) -> str | None:
    """Why no operand of `outer` can be made by `inner` directly; None where one can."""
    return None
