"""What is needed of operands so that a result has what is asked for, as a table; and operations of square matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from symbolic import nodes
from symbolic.nodes import Node
from tools.generator.requests import (
    ANY,
    ANYWHERE,
    POSITIVE,
    SPD,
    SYMMETRIC,
    Chooser,
    Need,
    Plan,
    Production,
    Request,
    ask,
)

Gives = Mapping[Need, Need]
KEEPS: Gives = {need: need for need in ANYWHERE}


def given(chooser: Chooser, gives: Gives, request: Request, least: Need = ANY) -> Need | None:
    """What is needed of an operand so that the result has what is asked for; `least` for a result of any kind.

    In hope, the operand has what the result should have.
    """
    if request.need is ANY:
        return least
    found = gives.get(request.need)
    if found is None and chooser.hopeful:
        return least if least is not ANY else request.need
    return found


def call(name: str, *parameters: Any) -> Callable[..., Node]:
    return lambda *operands: nodes.operate(name, *operands, parameters=parameters)


def square(name: str, gives: Gives, least: Need = ANY, *more: Need) -> Production:
    """`least`: what the first operand needs for a result of any kind; `more`: what the others need."""

    def plan(chooser: Chooser, request: Request) -> Plan | None:
        need = given(chooser, gives, request, least)
        if need is None or not request.is_square:
            return None
        others = tuple(request.but(SYMMETRIC if need in (SYMMETRIC, SPD) else m) for m in more)
        return Plan((request.but(need), *others), call(name))

    return plan


def and_of_one(request: Request, gives: Gives) -> Gives:
    """Of a 1×1 matrix also a positive result of a positive operand."""
    return {**gives, POSITIVE: POSITIVE} if request.is_scalar else gives


def square_or_one(name: str, gives: Gives, least: Need) -> Production:
    """As `square`; a 1×1 result is positive where the operand is."""
    return lambda chooser, request: square(name, and_of_one(request, gives), least)(chooser, request)


def scalar_of_square(name: str, gives: Gives, least: Need) -> Production:
    def plan(chooser: Chooser, request: Request) -> Plan | None:
        need = given(chooser, gives, request, least)
        size = chooser.size()
        return Plan((ask(size, size, need),), call(name)) if need is not None and request.is_scalar else None

    return plan
