"""May a schedule be run on blocks of rows? And which of its instructions need to run only once, for all blocks?

Each value is one of three: `rows`, n rows of which row i comes from row i of the arguments; `columns`, the transpose of
such a value; or `free` of n, the same for every block. Where a value is none of these, there are no blocks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from codegen.schedule import Instr, Literal, Schedule
from symbolic.nodes import Shape

ROWS, COLUMNS, FREE = "rows", "columns", "free"
_FLIPPED = {ROWS: COLUMNS, COLUMNS: ROWS, FREE: FREE}
_ACROSS = {
    ROWS: ("sum_2", "max_2", "logsumexp_2", "softmax_2", "largest_2", "average_largest_2", "hstack", "choose"),
    COLUMNS: ("sum_1", "max_1", "logsumexp_1", "softmax_1", "largest_1", "average_largest_1", "vstack", "choose"),
}
"""What works on each row by itself; on each column."""
_SOLVING = ("solve_lu", "solve_cho", "solve_triangular")


def kinds(schedule: Schedule, size: Any, free: Iterable[str] = ()) -> dict[str, str] | None:
    """The kind of every value, `size` being n, or None where there are no blocks. `free`: inputs known to be so."""
    found: dict[str, str] = {}
    for name in schedule.inputs:
        kind = FREE if name in free else _of_shape(schedule.shapes[name], size)
        if kind is None:
            return None
        found[name] = kind
    for instr in schedule.instrs:
        kind = _kind(instr, schedule, size, found)
        if kind is None:
            return None
        found[instr.out] = kind
    return found


def _of_shape(shape: Shape, size: Any) -> str | None:
    """By the shape alone: n×c, r×n, or without n."""
    rows, cols = shape
    if size not in rows.free_symbols | cols.free_symbols:
        return FREE
    if rows == size and size not in cols.free_symbols:
        return ROWS
    return COLUMNS if cols == size and size not in rows.free_symbols else None


def _kind(instr: Instr, schedule: Schedule, size: Any, found: dict[str, str]) -> str | None:
    operands = [found[name] for name in instr.names]
    numbers = [arg.value for arg in instr.args if isinstance(arg, Literal)]
    if any(size in number.free_symbols for number in numbers):
        return None
    kind = _of_shape(schedule.shapes[instr.out], size)
    if all(operand == FREE for operand in operands):
        return kind if kind == FREE or instr.op in ("ones", "zeros", "broadcast") else None
    if instr.op == "transpose":
        return _FLIPPED[operands[0]]
    if instr.op == "part":
        return operands[0]
    return kind if kind not in (None, FREE) and _keeps(instr, schedule, kind, operands, size) else None


def _keeps(instr: Instr, schedule: Schedule, kind: Any, operands: list[str], size: Any) -> bool:
    """Whether a result that looks like `kind` is: row i from rows i, or column j from columns j."""
    along = operands[:1] if kind == ROWS else operands[-1:]
    across = operands[1:] if kind == ROWS else operands[:-1]
    if instr.kind == "product":
        return along == [kind] and all(operand == FREE for operand in across)
    if instr.op in _SOLVING:
        return kind == COLUMNS and operands == [FREE, COLUMNS]
    if instr.op == "slice":
        axis = "row" if kind == ROWS else "col"
        whole = instr.attr(f"first_{axis}") == 0 and instr.attr(f"end_{axis}") == size
        return whole and operands == [kind]
    if instr.kind in ("elementwise", "call") or instr.op in ("copy", "broadcast"):
        return all(_spreads(name, operand, schedule, kind) for name, operand in zip(instr.names, operands, strict=True))
    return instr.op in _ACROSS[kind] and all(operand == kind for operand in operands)


def _spreads(name: str, operand: str, schedule: Schedule, kind: str) -> bool:
    """Whether an operand has a row for each row, or one row for all of them."""
    return operand == kind or (operand == FREE and schedule.shapes[name][kind == COLUMNS] == 1)


def width(schedule: Schedule, found: dict[str, str]) -> Any:
    """How many entries a row of all the values together has, views apart."""
    blocks = [
        schedule.shapes[instr.out][found[instr.out] == ROWS]
        for instr in schedule.instrs
        if found[instr.out] != FREE and instr.kind not in ("view", "part") and instr.into is None
    ]
    return sum(blocks)
