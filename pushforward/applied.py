"""Derivatives as they are plugged in elsewhere: k directions at once, linear maps, operators and matrices for SciPy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pushforward.siblings  # noqa: F401  (first: it checks which packages the next lines get)
from codegen.jacobian.operators import JacobianOperator, SparseJacobian
from codegen.jacobian.operators import sparsity as pattern
from codegen.linear.batch import BatchKernel, compile_batch
from codegen.linear.directions import DirectionsKernel, compile_directions
from codegen.linear.linearization import LinearizedKernel, compile_linearization
from codegen.linear.program import pullback_of, pushforward_of
from symbolic.differential import Differential
from symbolic.program import Program
from symbolic.reverse.adjoint import Adjoint

Sizes = Mapping[str, int] | None
Names = str | Iterable[str] | None


def directions(
    what: Differential, sizes: Sizes = None, name: str | None = None, target: str = "numpy"
) -> DirectionsKernel:
    """A kernel for k directions at once, which evaluates the program once: k(X0, W1, W2, dX0) -> (X4, dX4).

    dX0 is k × n × m, dX4 k × n × p. sizes: sample lengths, by which the order of products is chosen. target: "numpy" or
    "c", as for `compile`. Raises NotSupported for a differential that is not linear in its seeds, one of order 2.
    """
    return compile_directions(what, sizes, name, target)


def batch(
    what: Program | Differential | Adjoint,
    over: Names = None,
    sizes: Sizes = None,
    name: str | None = None,
    target: str = "numpy",
) -> BatchKernel:
    """A kernel for many problems at once, stacked along an axis in front: k(X0, W1, W2, dX0) -> (X4, dX4).

    over: the arguments that are stacked, ["X0", "dX0"] for X0 and dX0 of b × n × m, by default all. Others are shared,
    and what depends on no stack is computed once, and returned as one matrix; all other results are stacked.
    target: "numpy" or "c". Raises NameError_ for an unknown argument, and as `compile` does.
    """
    return compile_batch(what, over, sizes, name, target)


def linearize(
    what: Differential | Adjoint, sizes: Sizes = None, name: str | None = None, target: str = "numpy"
) -> LinearizedKernel:
    """A kernel, linearized at a point once and applied often: X4, state = k(X0, W1, W2); dX4 = k.apply(state, dX0).

    Of an adjoint, X0_bar = k.apply(state, X4_bar). The state holds arguments themselves. target: "numpy" or "c".
    Raises NotSupported for a differential that is not linear in its seeds, one of order 2.
    """
    if isinstance(what, Adjoint):
        return compile_linearization(what.differential, pullback_of(what), sizes, name, target)
    return compile_linearization(what, pushforward_of(what), sizes, name, target)


def linear_operator(
    program: Program, of: str | None = None, wrt: str | None = None, order: str = "C", sizes: Sizes = None
) -> JacobianOperator:
    """The Jacobian as scipy.sparse.linalg.LinearOperator, never formed: J = pf.linear_operator(program)(X0, W1, W2).

    order: how entries are numbered, "C" row after row, as `ravel` does, or "F" column after column, as vec does.
    Raises NotSupported for another order, NameError_ for an unknown name, PushforwardError where SciPy is missing.
    """
    return JacobianOperator(program, of, wrt, order, sizes)


def sparse_jacobian(
    program: Program, of: str | None = None, wrt: str | None = None, order: str = "C", sizes: Sizes = None
) -> SparseJacobian:
    """The Jacobian as scipy.sparse.csr_matrix: pf.sparse_jacobian(program)(X0, W1, W2).

    Computed along as few directions as the proved pattern needs. order: as for `linear_operator`, and raises the same.
    """
    return SparseJacobian(program, of, wrt, order, sizes)


def sparsity(
    program: Program, sizes: Mapping[str, int], of: str | None = None, wrt: str | None = None, order: str = "C"
) -> Any:
    """Where the Jacobian may be different from zero, as a scipy.sparse matrix of ones: jac_sparsity of least_squares.

    sizes: the length of every symbolic size. Raises as `linear_operator`, and ShapeError for a length that cannot be.
    """
    return pattern(program, sizes, of, wrt, order)
