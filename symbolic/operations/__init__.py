"""The named matrix operations: the closed list, and how they are called."""

from __future__ import annotations

from types import ModuleType

from symbolic.operations import algebra, factorisations, functions, inverses, layers, scalars
from symbolic.operations.factorisations import RESULTS
from symbolic.operations.record import Definition, MatrixOperation

FAMILIES: dict[str, ModuleType] = {
    "algebra": algebra,
    "scalars of matrices": scalars,
    "inverses": inverses,
    "functions of matrices": functions,
    "factorisations": factorisations,
    "layers": layers,
}

OPERATIONS: dict[str, MatrixOperation] = {o.name: o for family in FAMILIES.values() for o in family.OPERATIONS}
DEFINITIONS: dict[str, Definition] = {d.name: d for family in FAMILIES.values() for d in family.DEFINITIONS}
CALLS: dict[str, dict[int | None, MatrixOperation | Definition]] = {}
_RECORDS: list[MatrixOperation | Definition] = [*OPERATIONS.values(), *DEFINITIONS.values()]
for _record in _RECORDS:
    if _record.name in ("slice", "matrix_power"):
        continue  # written A[1:2, :] and A^3
    CALLS.setdefault(_record.written, {})[_record.axis] = _record

ALIASES = {
    "trace": "tr", "Tr": "tr", "Det": "det", "inverse": "inv", "cholesky": "chol", "dot": "inner", "frobenius": "norm",
    "log_det": "logdet", "layer_norm": "layernorm", "crossentropy": "cross_entropy",
    "logsoftmax": "log_softmax", "hcat": "hstack", "vcat": "vstack",
    "diagm": "diag", "Diagonal": "diag",
}  # fmt: skip


def canonical_call(name: str) -> str:
    """The table's own name for `name`, or `name` itself."""
    return ALIASES.get(name, name)


__all__ = [
    "ALIASES", "CALLS", "DEFINITIONS", "FAMILIES", "OPERATIONS", "RESULTS", "Definition", "MatrixOperation",
    "canonical_call",
]  # fmt: skip
