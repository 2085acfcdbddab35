"""Calls of named operations: which record of the table is meant, and which arguments are operands."""

from __future__ import annotations

from dataclasses import dataclass

from symbolic.errors import ReadError, ShapeError
from symbolic.language.syntax import Call, Number, Sum, Syntax
from symbolic.operations import CALLS, RESULTS, Definition, MatrixOperation, canonical_call


@dataclass(frozen=True)
class Resolved:
    """A record, and the arguments sorted into operands and parameters."""

    record: MatrixOperation | Definition
    operands: tuple[Syntax, ...]
    parameters: tuple[Syntax, ...]


def resolve(call: Call) -> Resolved:
    """The record that a call means. Raises ReadError, saying how the operation is written."""
    name = canonical_call(call.function)
    if name in RESULTS:
        names = ", ".join("ABC"[: len(RESULTS[name])])
        raise ReadError(f"{name} gives {len(RESULTS[name])} matrices", call.span, hint=f"write {names} = {name}(X)")
    variants = CALLS[name]
    arguments = call.arguments
    axis = _axis(arguments[-1])
    if axis is not None and axis in variants and len(arguments) == 1 + _operand_count(variants[axis]):
        return Resolved(variants[axis], arguments[:-1], ())
    record = variants.get(None)
    if record is None:
        raise ReadError(f"{name} needs its axis", call.span, hint=f"write {name}(X, 1) or {name}(X, 2)")
    if isinstance(record, MatrixOperation) and record.variadic:
        return Resolved(record, arguments, ())
    count = _operand_count(record)
    wanted = len(record.parameters) if isinstance(record, MatrixOperation) else 0
    given = arguments[count:]
    optional = isinstance(record, MatrixOperation) and bool(record.default)
    if len(arguments) < count or len(given) > wanted or (given and len(given) < wanted) or (wanted and not given and not optional):
        forms = " or ".join(variant.expression for variant in variants.values())
        raise ReadError(f"{name} is written {forms}", call.span)
    return Resolved(record, arguments[:count], given)


def _operand_count(record: MatrixOperation | Definition) -> int:
    return len(record.shapes.operands)


def _axis(argument: Syntax) -> int | None:
    return int(argument.value) if isinstance(argument, Number) and argument.value in (1, 2) else None


def whole_number(syntax: Syntax) -> int:
    """A parameter such as the -1 of tril(A, -1). Raises ReadError."""
    match syntax:
        case Number(value) if value.denominator == 1:
            return int(value)
        case Sum(((-1, Number(value)),)) if value.denominator == 1:
            return -int(value)
    raise ReadError("a whole number is expected here", syntax.span)


def misfit(call: Call, record: MatrixOperation | Definition, error: ShapeError) -> ShapeError:
    """The shape error of a call, at its place."""
    return ShapeError(f"{record.written}: {error.message}", call.span, hint=error.hint)
