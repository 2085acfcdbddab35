"""Calls of named operations: which record of the table is meant, and which arguments are operands."""

from __future__ import annotations

from dataclasses import dataclass

from symbolic.errors import ReadError
from symbolic.language.syntax import Call, Number, Sum, Syntax
from symbolic.operations import CALLS, RESULTS, Definition, MatrixOperation, canonical_call

Record = MatrixOperation | Definition

_FACTORS = {"qr": "Q, R", "lu": "L, U", "eigh": "w, V", "svd": "U, s, V"}

OTHERWISE = {
    "softmax": "write softmax(X, 1) over each column, softmax(X, 2) over each row",
    "log_softmax": "write log_softmax(X, 1) over each column, log_softmax(X, 2) over each row",
    "norm_1": "norm(x, 1) is of a column; the sum of absolute values is sum(abs(X))",
    "norm_2": "norm(x, 2) is of a column; of a matrix, the spectral norm is opnorm(X), the Frobenius norm is norm(X)",
    "sqnorm_2": "sqnorm(x, 2) is of a column; of a matrix, the spectral norm is opnorm(X), the square of the Frobenius "
    "norm is sqnorm(X)",
    "diag": "diag(x) is the matrix with the diagonal x; the diagonal of a matrix is diagonal(A)",
    "outer": "the outer product is of two columns; of matrices it is A*B'",
}
"""What may be meant where the shapes of an operation do not fit."""


@dataclass(frozen=True)
class Resolved:
    """A record, and the arguments sorted into operands and parameters."""

    record: Record
    operands: tuple[Syntax, ...]
    parameters: tuple[Syntax, ...]


def resolve(call: Call) -> Resolved:
    """The record that a call means. Raises ReadError, saying how the operation is written."""
    name = canonical_call(call.function)
    if name in RESULTS:
        raise ReadError(f"{name} gives {len(RESULTS[name])} matrices", call.span, hint=result_form(name))
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
    if len(arguments) < count or len(arguments) - count not in _parameter_counts(record):
        raise ReadError(f"{name} is written {forms(name)}", call.span)
    return Resolved(record, arguments[:count], arguments[count:])


def _parameter_counts(record: Record) -> tuple[int, ...]:
    wanted = len(record.parameters) if isinstance(record, MatrixOperation) else 0
    return (0, wanted) if isinstance(record, MatrixOperation) and record.default else (wanted,)


def result_form(name: str) -> str:
    """How a call that gives several matrices is written: Q, R = qr(A)."""
    return f"write {_FACTORS[name]} = {name}(A)"


def forms(name: str) -> str:
    """How an operation is called: sum(A), sum(A, 1) or sum(A, 2); tril(A) or tril(A, k)."""
    records = CALLS[name].values()
    *others, last = (f"{r.written}({', '.join(arguments)})" for r in records for arguments in _argument_lists(r))
    return f"{', '.join(others)} or {last}" if others else last


def _argument_lists(record: Record) -> list[list[str]]:
    operands = [*record.shapes.operands, *([str(record.axis)] if record.axis else [])]
    if not isinstance(record, MatrixOperation) or not record.parameters:
        return [operands]
    letters = "nmpq"[: len(record.parameters)] if "size" in record.parameters else "k"
    return [*([operands] if record.default else []), [*operands, *letters]]


def _operand_count(record: Record) -> int:
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
