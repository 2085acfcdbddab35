"""The pairs of operations that there can be, and why there are no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from symbolic.nodes import SCALAR
from symbolic.operations import DEFINITIONS, OPERATIONS
from tools.generator.coverage import PRODUCTIONS, Pair

_SHAPES = {
    **{operation.name: operation.shapes.result for operation in OPERATIONS.values() if operation.shape_rule is None},
    **{definition.name: definition.shapes.result for definition in DEFINITIONS.values()},
}
_SCALARS = tuple(name for name, shape in _SHAPES.items() if shape == SCALAR)
_ROWS = tuple(name for name, shape in _SHAPES.items() if shape[0] == 1)
"""What gives one row, or one entry."""
_COLUMNS = tuple(name for name, shape in _SHAPES.items() if shape[1] == 1)
_OF_COLUMNS = ("diag", "outer", "norm_1", "norm_2", "softmax", "log_softmax", "sqnorm_2")
_OF_SYMMETRIC = tuple(name for name, operation in OPERATIONS.items() if operation.symmetric)
_LOG_SOFTMAX = ("log_softmax", "log_softmax_1", "log_softmax_2")
_REACHES_ONE = ("cosh", "sign", "lu_l", "layernorm", "max_weights", "max_weights_1", "max_weights_2")
_OF_POSITIVE = ("log", "sqrt")
_OF_SPECTRUM = ("logm", "logm_frechet", "sqrtm")
_NOT_OF_ZERO = ("reciprocal", "abs", "sign", "step", "relu", "leaky_relu")


@dataclass(frozen=True)
class Impossible:
    """Why none of the `outer` operations has an operand that is made by one of the `inner`."""

    reason: str
    outer: tuple[str, ...]
    inner: tuple[str, ...]


IMPOSSIBLE: tuple[Impossible, ...] = (
    # The normal form of symbolic/nodes.py
    Impossible("a sum in a sum is one sum", ("add",), ("add",)),
    Impossible("a product in a product is one product", ("matmul",), ("matmul",)),
    Impossible("a product in a product is one product", ("hadamard",), ("hadamard",)),
    Impossible("(A')' is A", ("transpose",), ("transpose",)),
    Impossible("a number stands outermost", ("matmul", "hadamard", "quotient", "multiple", "scale"), ("multiple",)),
    Impossible("a 1×1 factor stands in front of the product", ("matmul",), ("scale",)),
    Impossible("a product with a 1×1 matrix is a multiple", ("matmul", "hadamard"), _SCALARS),
    Impossible("the transpose of a 1×1 matrix is itself", ("transpose",), _SCALARS),
    # Shapes
    Impossible("it is square only if it is 1×1, which has elementwise powers", ("matrix_power",), (*_ROWS, *_COLUMNS)),
    Impossible("with one row, A \\ B has a 1×1 A and is a quotient", ("solve",), _ROWS),
    Impossible("a power of a matrix is no column", _OF_COLUMNS, ("matrix_power",)),
    Impossible("two matrices side by side are no column", _OF_COLUMNS, ("hstack",)),
    Impossible("it is not known to be symmetric, and not 1×1", _OF_SYMMETRIC, ("hstack", "vstack", "solve")),
    # Domains
    Impossible("an entry is at least 1 in absolute value", ("asin", "acos"), _REACHES_ONE),
    Impossible("its entries are negative, so an eigenvalue is", (*_OF_POSITIVE, *_OF_SPECTRUM, "chol"), _LOG_SOFTMAX),
    Impossible("of one entry it is zero", ("det", "logdet", "inv", "lu_l", "lu_u"), ("log_softmax",)),
    Impossible("its diagonal is zero", (*_OF_POSITIVE, *_NOT_OF_ZERO, "chol", "lu_l", "lu_u"), ("skew",)),
    Impossible("of one column, it is zero", ("norm_1", "norm_2"), ("skew",)),
    Impossible("its singular values come in pairs", ("svdvals", "svd_u", "svd_v", "opnorm", "nucnorm"), ("skew",)),
    Impossible(
        "its rows add up to zero: a square one is singular",
        ("det", "logdet", "inv", *_OF_SPECTRUM, "qr_q", "qr_r", "lu_l", "lu_u", *_OF_SYMMETRIC), ("layernorm",),
    ),
    Impossible("its rows add up to zero: not every entry is positive", _OF_POSITIVE, ("layernorm",)),
    Impossible("of one column, it is zero", _OF_COLUMNS, ("layernorm",)),
    Impossible("of one column, it is zero", ("norm_1", "norm_2"), ("log_softmax_2",)),
    Impossible("the entries of that eigenvector are equal", ("eigvec",), ("softmax_2",)),
    Impossible("a row of one entry has no variance", ("layernorm",), _COLUMNS),
)  # fmt: skip


@cache
def _reasons() -> Mapping[Pair, str]:
    return {(outer, inner): case.reason for case in IMPOSSIBLE for outer in case.outer for inner in case.inner}


def reason(outer: str, inner: str) -> str | None:
    """Why no operand of `outer` can be made by `inner` directly; None where one can."""
    return _reasons().get((outer, inner))


@cache
def possible_pairs() -> tuple[Pair, ...]:
    return tuple((outer, inner) for outer in PRODUCTIONS for inner in PRODUCTIONS if reason(outer, inner) is None)
