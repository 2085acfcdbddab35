"""Jacobians for SciPy: as linear operators, as sparse matrices, and the pattern of what may be different from zero.

Rows and columns are numbered as entries lie in memory row after row, `order="C"`, which is what `ravel` does, or column
after column, `order="F"`, which is vec.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from codegen.jacobian.coloring import color
from codegen.jacobian.kernels import compile_jacobian, differential_of_one, proved
from codegen.jacobian.layouts import implied
from codegen.linear.directions import directions_kernel
from codegen.linear.linearization import LinearizedKernel, compile_linearization
from codegen.linear.program import LinearProgram, pullback_of, pushforward_of
from symbolic.dependence.analysis import dependence
from symbolic.differential import Differential
from symbolic.errors import NotSupported, PushforwardError
from symbolic.program import Program
from symbolic.reverse.adjoint import adjoint

ORDERS = ("C", "F")
_COMPRESSED = {"diagonal": "entries", "rows": "rows", "columns": "columns"}
"""The patterns that a view of its own shows, and that view."""


def scipy_part(name: str) -> Any:
    """scipy.sparse or scipy.sparse.linalg. Raises PushforwardError where SciPy is missing."""
    try:
        return importlib.import_module(f"scipy.{name}")
    except ImportError:
        raise PushforwardError("this needs SciPy: pip install 'pushforward[scipy]'") from None


class _OfOne:
    """One output by one input, the entries of both in an order; `place`: the number of the input among all."""

    def __init__(self, program: Program, of: str | None, wrt: str | None, order: str) -> None:
        self.order = checked_order(order)
        self.differential = differential_of_one(program, of, wrt)
        (self.of,), (self.wrt,) = self.differential.primal.outputs, self.differential.wrt
        self.place = [given.name for given in self.differential.primal.inputs].index(self.wrt)


class JacobianOperator(_OfOne):
    """The Jacobian of one output by one input as a scipy.sparse.linalg.LinearOperator at any point, never formed.

    operator = JacobianOperator(program); J = operator(X0, W1, W2); J @ v, J.T @ u
    """

    def __init__(
        self,
        program: Program,
        of: str | None = None,
        wrt: str | None = None,
        order: str = "C",
        sizes: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(program, of, wrt, order)
        self.forward = self._compiled(pushforward_of(self.differential).on_any_direction(), sizes)
        nothing = dependence(self.differential, self.of, self.wrt).is_zero
        self.backward = None if nothing else self._compiled(pullback_of(adjoint(self.differential, self.of)), sizes)

    def _compiled(self, linear: LinearProgram, sizes: Mapping[str, int] | None) -> LinearizedKernel:
        return compile_linearization(self.differential, linear.only(linear.results, (self.of,)), sizes)

    def __call__(self, *inputs: Any, **functions: Any) -> Any:
        """The operator at a point, of which it keeps a copy; the transpose is linearized when it is first used."""
        inputs = tuple(np.array(given) for given in inputs)
        value, state = self.forward(*inputs, **functions)
        given = np.asarray(inputs[self.place])
        shape = given.shape if given.ndim == 2 else (1, 1)
        pulled: list[Any] = []

        def transposed(covector: Any) -> Any:
            if self.backward is None:
                return np.zeros(shape[0] * shape[1], value.dtype)
            if not pulled:
                pulled.append(self.backward(*inputs, **functions)[1])
            return self._applied(self.backward.apply, pulled[0], covector, value)

        return scipy_part("sparse.linalg").LinearOperator(
            (value.size, shape[0] * shape[1]),
            matvec=lambda vector: self._applied(self.forward.apply, state, vector, np.empty(shape, value.dtype)),
            rmatvec=transposed,
            dtype=value.dtype,
        )

    def _applied(self, apply: Callable[..., Any], state: Any, vector: Any, like: Any) -> Any:
        """A vector as a matrix of the shape of `like`, through the linear map, and back."""
        direction = np.asarray(vector, like.dtype).reshape(like.shape, order=self.order)
        return apply(state, np.ascontiguousarray(direction)).ravel(order=self.order)


def sparsity(
    program: Program,
    sizes: Mapping[str, int],
    of: str | None = None,
    wrt: str | None = None,
    order: str = "C",
) -> Any:
    """Where the Jacobian may be different from zero, as a scipy.sparse matrix of ones: `jac_sparsity` of least_squares.

    `sizes`: the lengths of all symbolic sizes. Raises NotSupported for another order, ShapeError for a missing length.
    """
    differential = differential_of_one(program, of, wrt)
    rows, cols, shape = _places(differential, sizes, checked_order(order))
    return scipy_part("sparse").csr_matrix((np.ones(rows.size, np.int8), (rows, cols)), shape=shape)


class SparseJacobian(_OfOne):
    """The Jacobian of one output by one input as a scipy.sparse matrix: k(X0, W1, W2) -> csr_matrix.

    Rows, columns or entries that are proved apart are computed compressed, whatever the sizes. Otherwise entries of the
    input that share no entry of the output move together, by a coloring for the sizes of the arguments, which is kept.
    """

    def __init__(
        self,
        program: Program,
        of: str | None = None,
        wrt: str | None = None,
        order: str = "C",
        sizes: Mapping[str, int] | None = None,
    ) -> None:
        super().__init__(program, of, wrt, order)
        view = self._compressed_view()
        self.compressed = compile_jacobian(program, of, wrt, view, sizes) if view else None
        linear = pushforward_of(self.differential).on_any_direction()
        self.directions = None if view else directions_kernel(self.differential, linear, sizes)
        self.colorings: dict[tuple[int, ...], Any] = {}

    def _compressed_view(self) -> str | None:
        """The view of the pattern that is proved; one row, or one column, is no pattern."""
        found = proved(dependence(self.differential, self.of, self.wrt))
        rows, cols = self.differential.primal.symbols[self.of].shape
        apart = {name for name, size in (("rows", rows), ("columns", cols)) if name in found and size != 1}
        return next((view for pattern, view in _COMPRESSED.items() if pattern in implied(apart)), None)

    def __call__(self, *inputs: Any, **functions: Any) -> Any:
        sparse = scipy_part("sparse")
        if self.compressed is not None:
            values, rows, cols, shape = self._unpacked(self.compressed(*inputs, **functions), inputs)
        else:
            values, rows, cols, shape = self._colored(inputs, functions)
        return sparse.csr_matrix((values, (rows, cols)), shape=shape)

    def _unpacked(self, found: Any, inputs: tuple[Any, ...]) -> tuple[Any, Any, Any, tuple[int, int]]:
        """Each entry of a compressed view with its row and column."""
        assert self.compressed is not None
        lengths = dict(zip(self.compressed.view.axes, found.shape, strict=True))
        moved = np.shape(inputs[self.place]) or (1, 1)
        at = dict(zip(self.compressed.view.axes, np.indices(found.shape), strict=True))
        output = (lengths["i"], lengths["o"])
        row = np.ravel_multi_index((at["i"], at["o"]), output, order=self.order)
        source = (at.get("c", at["i"]), at.get("a", at["o"]))
        col = np.ravel_multi_index(source, moved, order=self.order)
        return found.ravel(), row.ravel(), col.ravel(), (output[0] * output[1], moved[0] * moved[1])

    def _colored(self, inputs: tuple[Any, ...], functions: Mapping[str, Any]) -> tuple[Any, Any, Any, tuple[int, int]]:
        """One direction a color; each entry is read from the direction of the color of its column."""
        assert self.directions is not None
        lengths = _lengths(self.differential, inputs)
        key = tuple(lengths.values())
        if key not in self.colorings:
            rows, cols, shape = _places(self.differential, lengths, self.order)
            self.colorings[key] = rows, cols, shape, color(rows, cols, shape)
        rows, cols, shape, colors = self.colorings[key]
        moved = np.asarray(inputs[self.place], dtype=float)
        seeds = np.zeros((int(colors.max(initial=-1)) + 1, moved.size), moved.dtype)
        seeds[colors, np.arange(moved.size)] = 1.0
        stacked = np.stack([seed.reshape(moved.shape, order=self.order) for seed in seeds]) if seeds.size else seeds
        *_, found = self.directions(*inputs, stacked, **functions)
        flat = np.stack([each.ravel(order=self.order) for each in found])
        return flat[colors[cols], rows], rows, cols, shape


def checked_order(order: str) -> Any:
    if order not in ORDERS:
        raise NotSupported(f"the order of entries is {' or '.join(map(repr, ORDERS))}, not {order!r}")
    return order


def _places(differential: Differential, sizes: Mapping[str, int], order: Any) -> tuple[Any, Any, tuple[int, int]]:
    """Rows and columns of the entries that may be different from zero, and the shape."""
    differential.primal.check_sizes(sizes)
    (of,), (wrt,) = differential.primal.outputs, differential.wrt
    found = dependence(differential, of, wrt)
    i, o, c, a = found.coordinates(sizes)
    n, p, m, q = found.lengths(sizes)
    rows = np.ravel_multi_index((i, o), (n, p), order=order)
    return rows, np.ravel_multi_index((c, a), (m, q), order=order), (n * p, m * q)


def _lengths(differential: Differential, inputs: tuple[Any, ...]) -> dict[str, int]:
    """The symbolic sizes, from the shapes of the arguments."""
    found: dict[str, int] = {}
    for given, value in zip(differential.primal.inputs, inputs, strict=True):
        for size, length in zip(given.shape, np.shape(value), strict=False):
            if size.is_Symbol:
                found.setdefault(str(size), length)
    return found
