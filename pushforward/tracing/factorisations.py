"""np.linalg: inverses, systems, determinants, factorisations, eigenvalues and singular values."""

from __future__ import annotations

from typing import Any, NamedTuple

from pushforward.tracing.array import Array
from pushforward.tracing.errors import TracingError
from pushforward.tracing.operands import as_array
from pushforward.tracing.tape import Tape
from symbolic import nodes
from symbolic.errors import ShapeError
from symbolic.language import elaborate
from symbolic.nodes import same_size
from symbolic.operations import RESULTS


class SlogdetResult(NamedTuple):
    sign: Array
    logabsdet: Array


class QRResult(NamedTuple):
    Q: Array
    R: Array


class EighResult(NamedTuple):
    eigenvalues: Array
    eigenvectors: Array


class SVDResult(NamedTuple):
    U: Array
    S: Array
    Vh: Array


def matrix(tape: Tape, value: Any) -> Array:
    """An array of two axes. Raises ShapeError for others."""
    array = as_array(tape, value)
    if array.ndim != 2:
        raise ShapeError(f"a matrix is expected, not an array of {array.ndim} axes")
    return array


def operated(tape: Tape, name: str, array: Any, ndim: int = 2) -> Array:
    """A named operation of a matrix."""
    a = matrix(tape, array)
    return a.new(nodes.operate(name, a.node), ndim)


def inv(tape: Tape, a: Any) -> Array:
    return operated(tape, "inv", a)


def solve(tape: Tape, a: Any, b: Any) -> Array:
    left, right = matrix(tape, a), as_array(tape, b)
    if not right.ndim:
        raise ShapeError("the right side of a system is an array of one or two axes")
    if not same_size(*left.lengths) or not same_size(left.lengths[1], right.lengths[0]):
        raise ShapeError(f"np.linalg.solve takes n×n and n×k, not {left!r} and {right!r}")
    return left.new(elaborate.solve(left.node, right.node), right.ndim)


def det(tape: Tape, a: Any) -> Array:
    return operated(tape, "det", a, 0)


def slogdet(tape: Tape, a: Any) -> SlogdetResult:
    sign = det(tape, a)
    return SlogdetResult(sign.new(nodes.apply("sign", sign.node), 0), operated(tape, "logdet", a, 0))


def pinv(tape: Tape, a: Any, rcond: Any = None, hermitian: bool = False, rtol: Any = None) -> Array:
    """At full rank, where the limits below which a singular value is zero make no difference."""
    return operated(tape, "pinv", a)


def cholesky(tape: Tape, a: Any, upper: bool = False) -> Array:
    lower = operated(tape, "chol", a)
    return lower.T if upper else lower


def qr(tape: Tape, a: Any, mode: str = "reduced") -> Any:
    rows, cols = matrix(tape, a).lengths
    if (rows - cols).is_negative:
        raise TracingError("np.linalg.qr is read for matrices with at least as many rows as columns")
    if mode not in ("reduced", "r"):
        raise TracingError("np.linalg.qr is read with mode='reduced' or 'r'")
    factors = QRResult(*(operated(tape, name, a) for name in RESULTS["qr"]))
    return factors.R if mode == "r" else factors


def eigh(tape: Tape, a: Any, UPLO: str = "L") -> EighResult:
    return EighResult(eigvalsh(tape, a), operated(tape, "eigvecsh", a))


def eigvalsh(tape: Tape, a: Any, UPLO: str = "L") -> Array:
    return operated(tape, "eigvalsh", a, 1)


def svd(tape: Tape, a: Any, full_matrices: bool = True, compute_uv: bool = True, hermitian: bool = False) -> Any:
    if not compute_uv:
        return svdvals(tape, a)
    if full_matrices and not same_size(*matrix(tape, a).lengths):
        raise TracingError("np.linalg.svd is read for the thin U and Vt", hint="write full_matrices=False")
    left, values, right = RESULTS["svd"]
    return SVDResult(operated(tape, left, a), operated(tape, values, a, 1), operated(tape, right, a).T)


def svdvals(tape: Tape, x: Any) -> Array:
    return operated(tape, "svdvals", x, 1)


FUNCTIONS = {
    "linalg.inv": inv, "linalg.solve": solve, "linalg.det": det, "linalg.slogdet": slogdet, "linalg.pinv": pinv,
    "linalg.cholesky": cholesky, "linalg.qr": qr, "linalg.eigh": eigh, "linalg.eigvalsh": eigvalsh,
    "linalg.svd": svd, "linalg.svdvals": svdvals,
}  # fmt: skip
