"""How operations are spelled on stacks of matrices: the last two axes are rows and columns, those in front problems."""

from __future__ import annotations

from typing import Any

from codegen.naming import Names
from codegen.operations import OPERATIONS
from codegen.schedule import Instr, Schedule
from codegen.targets.numpy import SPELLINGS, Spelling
from codegen.targets.numpy.body import Body

_ROWS_AND_COLUMNS = {"": "(-2, -1)", "_1": "-2", "_2": "-1"}
"""The axes of a reduction of all entries, of columns, of rows."""


def _called(name: str) -> Spelling:
    return Spelling(f"{name}({{0}})", "", (name,), "numpy.linalg")


STACKED: dict[str, Spelling] = {
    "matmul": Spelling("{0} @ {1}", "matmul({0}, {1}, out={out})", ("matmul",)),
    "transpose": Spelling("{0}.swapaxes(-1, -2)"),
    "broadcast": Spelling("add({0}, zeros(({rows}, {cols}), dtype={like}.dtype))", "", ("add", "zeros")),
    "slice": Spelling("{0}[..., {rows}, {cols}]"),
    "reshape": Spelling("{0}.swapaxes(-1, -2).reshape({batch}, {cols}, {rows}).swapaxes(-1, -2)"),
    "rearrange": Spelling("{0}.reshape({batch}, {n}, {p}, {m}, {q}).swapaxes(2, 3).reshape({batch}, {rows}, {cols})"),
    "diagonal": Spelling("{0}.diagonal(axis1=-2, axis2=-1).reshape({batch}, {rows}, 1)"),
    "diag": Spelling("{0} * eye({rows}, dtype={like}.dtype)", "", ("eye",)),
    "kron": Spelling("_kron_of_stacks({0}, {1}).reshape({batch}, {rows}, {cols})"),
    "hstack": Spelling("_joined({batch}, -1, {args})"),
    "vstack": Spelling("_joined({batch}, -2, {args})"),
    "tr": Spelling("{0}.trace(axis1=-2, axis2=-1).reshape({batch}, 1, 1)"),
    "trace_product": Spelling('einsum("...ij,...ji->...", {0}, {1}).reshape({batch}, 1, 1)', "", ("einsum",)),
    "diagonal_product": Spelling('einsum("...ij,...ji->...i", {0}, {1}).reshape({batch}, {rows}, 1)', "", ("einsum",)),
    **{
        f"{name}{suffix}": Spelling(f"{{0}}.{name}(axis={axis}, keepdims=True)")
        for suffix, axis in _ROWS_AND_COLUMNS.items()
        for name in ("sum", "max")
    },
    **{
        f"{name}{suffix}": Spelling(SPELLINGS[f"{name}{suffix}"].fresh.replace(f", {old})", f", {new})"))
        for (suffix, new), old in zip(_ROWS_AND_COLUMNS.items(), ("None", "0", "1"), strict=True)
        for name in ("largest", "average_largest", "logsumexp", "softmax")
    },
    "factor_lu": Spelling("{0}.copy()"),
    "solve_lu": Spelling("_solve_stacks({0}, {1}, {trans})"),
    "inv_lu": _called("inv"),
    "det_lu": Spelling("_det_of_stacks({0})"),
    "logdet_lu": Spelling("_logdet_of_stacks({0})"),
    "chol": Spelling("_chol_of_stacks({0})"),
    "solve_cho": Spelling("_solve_cho_stacks({0}, {1})"),
    "inv_cho": Spelling("_inv_cho_of_stacks({0})"),
    "det_cho": Spelling("_diagonal_product({0}) ** 2"),
    "logdet_cho": Spelling("2.0 * _sum_of_logs({0})"),
    "solve_triangular": Spelling("_solve_triangular_stacks({0}, {1}, {lower:d}, {trans})"),
    "inv_triangular": Spelling("_inv_triangular_of_stacks({0}, {lower:d})"),
    "det_triangular": Spelling("_diagonal_product({0})"),
    "logdet_triangular": Spelling("_sum_of_logs({0})"),
    "eigvalsh": Spelling("_eigvalsh_of_stacks({0})"),
    "svdvals": Spelling("_svdvals_of_stacks({0})"),
    "part": SPELLINGS["part"],
}
"""Those that are spelled otherwise than for one matrix."""

_APART = ".reshape({rows}, {batch}, {cols}).swapaxes(0, 1)"
OF_SHARED_FACTOR: dict[str, Spelling] = {
    "solve_lu": Spelling("_solve_lu({0}, _beside({1}), {trans})" + _APART),
    "solve_cho": Spelling("_solve_cho({0}, _beside({1}))" + _APART),
    "solve_triangular": Spelling("_solve_triangular({0}, _beside({1}), {lower:d}, {trans})" + _APART),
}
"""One matrix for all problems is factored once, and is solved with for the columns of all of them."""

REGULAR = Spelling("_regular({0})")
"""A factor with which something is solved; of a singular matrix there still is a determinant."""
_SOLVING = ("solve_lu", "inv_lu", "logdet_lu")

_AS_FOR_ONE = {"tril", "triu", "choose", "copy", "sin_cos"}


def has_stacks(op: str) -> bool:
    """Whether an operation is done on stacks; else it is done on one matrix at a time only."""
    return op in STACKED or op in _AS_FOR_ONE or OPERATIONS[op].kind in ("elementwise", "constant", "call")


class StackedBody(Body):
    """The lines of a kernel for `batch` problems, in which the names in `stacked` have an axis in front."""

    def __init__(
        self, schedule: Schedule, names: Names, sizes: dict[Any, str], stacked: frozenset[str], batch: str
    ) -> None:
        self.stacked, self.batch = stacked, batch
        self.solved_with = {instr.names[0] for instr in schedule.instrs if instr.op in _SOLVING}
        super().__init__(schedule, names, sizes)

    def spelling(self, instr: Instr) -> Spelling:
        if instr.out not in self.stacked:
            return super().spelling(instr)
        if instr.op in OF_SHARED_FACTOR and instr.names[0] not in self.stacked:
            return OF_SHARED_FACTOR[instr.op]
        if instr.op == "factor_lu" and instr.out in self.solved_with:
            return REGULAR
        return STACKED.get(instr.op) or SPELLINGS[instr.op]

    def fields(self, instr: Instr) -> dict[str, Any]:
        return {"batch": self.batch, **super().fields(instr)}
