"""The named matrix operations: how each is asked for, from its table or, where there is none, from its record."""

from __future__ import annotations

from symbolic.operations import OPERATIONS
from tools.generator.factored import FACTORED
from tools.generator.matrix_functions import MATRIX_FUNCTIONS
from tools.generator.moved import MOVED
from tools.generator.reductions import REDUCTIONS
from tools.generator.requests import Production
from tools.generator.signatures import from_record

_KNOWN = {**MOVED, **REDUCTIONS, **MATRIX_FUNCTIONS, **FACTORED}

NAMED: dict[str, Production] = {
    name: _KNOWN.get(name) or from_record(operation) for name, operation in OPERATIONS.items()
}
