"""What a value is when n rows are cut into blocks, and which operations give it from the same block of others.

`rows`: n rows, row i from rows i of the operands. `columns`: the transpose of such a value. `free`: the same for every
block. `summed`: free, and the sum over blocks of what each block contributes, as in XᵀY = Σ XᵢᵀYᵢ.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from codegen.schedule import Instr, Schedule
from symbolic.nodes import Shape

ROWS, COLUMNS, FREE, SUMMED = "rows", "columns", "free", "summed"
CUT = (ROWS, COLUMNS)

_FLIPPED = {ROWS: COLUMNS, COLUMNS: ROWS}
_ACROSS = {
    ROWS: ("sum_2", "max_2", "logsumexp_2", "softmax_2", "largest_2", "average_largest_2", "hstack", "choose"),
    COLUMNS: ("sum_1", "max_1", "logsumexp_1", "softmax_1", "largest_1", "average_largest_1", "vstack", "choose"),
}
"""What works on each row by itself; on each column."""
_SUMS = {
    "matmul": ((COLUMNS, ROWS),),
    "diagonal_product": ((COLUMNS, ROWS),),
    "trace_product": ((COLUMNS, ROWS), (ROWS, COLUMNS)),
    "sum": ((ROWS,), (COLUMNS,)),
    "sum_1": ((ROWS,),),
    "sum_2": ((COLUMNS,),),
}
"""What adds over the rows, and of which operands."""
_SOLVING = ("solve_lu", "solve_cho", "solve_triangular")


@lru_cache(maxsize=4096)
def kind_of_shape(shape: Shape, size: Any) -> str:
    """Of a whole matrix, by its shape alone: n×c and r×n can be cut; n×n, or 2n×c, are left whole."""
    rows, cols = shape
    if rows == size:
        return FREE if cols == size or size in cols.free_symbols else ROWS
    return COLUMNS if cols == size and size not in rows.free_symbols else FREE


def kind_in_block(instr: Instr, schedule: Schedule, size: Any, kinds: Mapping[str, str]) -> str | None:
    """The kind of a result that is computed from blocks, or None where it cannot be; `kinds`: of the operands."""
    operands = tuple([FREE if kinds[name] == SUMMED else kinds[name] for name in instr.names])
    kind = kind_of_shape(schedule.shapes[instr.out], size)
    if instr.op == "part":
        return operands[0] if operands[0] in CUT else None
    if instr.kind == "constant" or (instr.op == "broadcast" and operands == (FREE,)):
        return kind if kind in CUT and instr.op != "eye" else None
    if operands in _SUMS.get(instr.op, ()):
        return SUMMED
    if instr.op == "transpose":
        return _FLIPPED.get(operands[0])
    return kind if kind in CUT and _keeps(instr, schedule, kind, operands, size) else None


def _keeps(instr: Instr, schedule: Schedule, kind: str, operands: tuple[str, ...], size: Any) -> bool:
    """Whether a result that looks like `kind` is: row i from rows i, or column j from columns j."""
    if instr.op == "matmul":
        return operands == ((ROWS, FREE) if kind == ROWS else (FREE, COLUMNS))
    if instr.op == "diagonal_product":
        return operands == (ROWS, COLUMNS)
    if _FLIPPED[kind] in operands:
        return False
    if instr.op in _SOLVING:
        return operands == (FREE, COLUMNS)
    if instr.op == "slice":
        axis = "row" if kind == ROWS else "col"
        return operands == (kind,) and instr.attr(f"first_{axis}") == 0 and instr.attr(f"end_{axis}") == size
    if instr.kind in ("elementwise", "call") or instr.op in ("copy", "broadcast", "sin_cos"):
        across = [name for name, operand in zip(instr.names, operands, strict=True) if operand == FREE]
        return kind in operands and all(schedule.shapes[name][kind == COLUMNS] == 1 for name in across)
    return instr.op in _ACROSS[kind] and set(operands) == {kind}
