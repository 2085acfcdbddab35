"""Operands from a signature: `A : n x n, B : n x k -> n x k` and the shape of the result give the shapes of A and B."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from symbolic import nodes
from symbolic.language.read import read_program
from symbolic.operations import Definition, MatrixOperation
from tools.generator.requests import (
    ANY,
    DISTINCT,
    POSITIVE,
    SPD,
    SYMMETRIC,
    Chooser,
    Need,
    Plan,
    Production,
    Request,
    ask,
)  # fmt: skip
from tools.generator.sizes import products

Bound = dict[str, Any]
SizeOf = Callable[[str, Bound], Any]
"""A size that the result does not determine, by its name and those known before it."""

_NEEDS: Mapping[tuple[str, ...], Need] = {("spd",): SPD, ("symmetric",): SYMMETRIC, ("positive",): POSITIVE}


def bind(chooser: Chooser, record: MatrixOperation | Definition, request: Request, size_of: SizeOf) -> Bound | None:
    """What the sizes of a signature stand for, given the shape of the result; None if it does not fit."""
    bound: Bound = {}
    for pattern, size in zip(record.shapes.result, request.shape, strict=True):
        if pattern.is_Mul:
            pairs = products(size)
            equal = [pair for pair in pairs if pair[0] == pair[1]]
            first, second = chooser.pick(equal if equal and chooser.chance(0.5) else pairs)
            bound |= zip(map(str, pattern.args), (first, second), strict=True)
        elif bound.setdefault(str(pattern), size) != size or (pattern.is_Integer and pattern != size):
            return None
    for name in (str(size) for shape in record.shapes.operands.values() for size in shape if size.is_Symbol):
        if name not in bound:
            bound[name] = size_of(name, bound)
    return bound


def requests(record: MatrixOperation | Definition, bound: Bound, needs: tuple[Need, ...]) -> tuple[Request, ...]:
    """The operands, with what is needed of each."""
    shapes = [[bound.get(str(size), size) for size in shape] for shape in record.shapes.operands.values()]
    return tuple(ask(rows, cols, need) for (rows, cols), need in zip(shapes, needs, strict=True))


def from_record(operation: MatrixOperation) -> Production:
    """An operation of which no more is known than its record: its operands are such as those of its example."""

    def plan(chooser: Chooser, request: Request) -> Plan | None:
        if request.need is not ANY and not chooser.hopeful:
            return None
        bound = bind(chooser, operation, request, lambda name, known: chooser.size())
        if bound is None:
            return None
        facts = {given.name: given.facts for given in read_program(operation.example).inputs}
        needs = tuple(_NEEDS.get(facts.get(name, ()), DISTINCT) for name in operation.shapes.operands)
        default = operation.default
        return Plan(
            requests(operation, bound, needs), lambda *of: nodes.operate(operation.name, *of, parameters=default)
        )

    return plan
