"""Rearranging, joining and cutting matrices; Kronecker products; powers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sympy import Add, Integer

from symbolic.errors import ShapeError
from symbolic.operations.record import Definition, MatrixOperation, Same, Shape, is_less

_ENTRIES = "linear: each entry is an entry of an operand, or zero"
_SUM = "linear: a sum of entries"


def _side_by_side(shapes: Sequence[Shape], parameters: Sequence[Any], same: Same) -> Shape:
    rows = shapes[0][0]
    for other, _ in shapes[1:]:
        if not same(rows, other):
            raise ShapeError(f"matrices side by side have the same rows, not {rows} and {other}")
    return (rows, Add(*(cols for _, cols in shapes)))


def _on_top(shapes: Sequence[Shape], parameters: Sequence[Any], same: Same) -> Shape:
    flipped = [(cols, rows) for rows, cols in shapes]
    try:
        cols, rows = _side_by_side(flipped, parameters, same)
    except ShapeError as error:
        raise ShapeError(
            error.message.replace("side by side have the same rows", "on top of each other have the same columns")
        ) from None
    return (rows, cols)


def _cut(shapes: Sequence[Shape], parameters: Sequence[Any], same: Same) -> Shape:
    """Rows r0 to r1 and columns c0 to c1, counted from 1, both ends included."""
    r0, r1, c0, c1 = parameters
    for first, last, length, what in ((r0, r1, shapes[0][0], "row"), (c0, c1, shapes[0][1], "column")):
        if is_less(first, Integer(1)) or is_less(length, last):
            outside = first if is_less(first, Integer(1)) else last
            raise ShapeError(f"there is no {what} {outside}: they are counted from 1 to {length}")
        if is_less(last - first, Integer(-1)):
            raise ShapeError(f"{what}s {first} to {last} are none")
    return (r1 - r0 + 1, c1 - c0 + 1)


def _reshaped(shapes: Sequence[Shape], parameters: Sequence[Any], same: Same) -> Shape:
    (rows, cols), (new_rows, new_cols) = (shapes[0], parameters)
    if not same(rows * cols, new_rows * new_cols):
        raise ShapeError(
            f"{rows}×{cols} has {rows * cols} entries, and {new_rows}×{new_cols} has {new_rows * new_cols}"
        )
    return (new_rows, new_cols)


def _rearranged(shapes: Sequence[Shape], parameters: Sequence[Any], same: Same) -> Shape:
    n, m, p, q = parameters
    (rows, cols) = shapes[0]
    if not (same(rows, n * p) and same(cols, m * q)):
        raise ShapeError(f"{n}×{m} blocks of {p}×{q} entries make {n * p}×{m * q}, not {rows}×{cols}")
    return (n * m, p * q)


OPERATIONS = (
    MatrixOperation(
        "matrix_power",
        "A : n x n -> n x n",
        differential="dA*A^2 + A*dA*A + A^2*dA",
        parameters=("integer",),
        form="A^3",
        cite="Matrix Cookbook 2012, (37), a factor at a time",
        meaning="A^k for a whole number k; A^-k is inv(A)^k",
        example="A : n x n\nY = A^3",
    ),
    MatrixOperation(
        "kron",
        "A : n x m, B : p x q -> n*p x m*q",
        differential="kron(dA, B) + kron(A, dB)",
        entries="Σ_k,l,r,s [i = p*(k-1) + r] [j = q*(l-1) + s] A[k,l] B[r,s]",
        vec=(
            "kron(eye(m), kron(K_q_n, eye(p)))*kron(eye(n*m), vec(B))",
            "kron(eye(m), kron(K_q_n, eye(p)))*kron(vec(A), eye(p*q))",
        ),
        linear_in=(0, 1),
        adjoint=(
            "reshape(rearrange(Y, n, m, p, q)*vec(B'), m, n)'",
            "reshape(rearrange(Y, n, m, p, q)'*vec(A'), q, p)'",
        ),
        cite="Matrix Cookbook 2012, (39)",
        meaning="the Kronecker product, also A ⊗ B",
        example="A : n x m\nB : p x q\nY = kron(A, B)",
    ),
    MatrixOperation(
        "hstack",
        "A : n x m, B : n x k -> n x m+k",
        jointly=True,
        shape_rule=_side_by_side,
        variadic=True,
        form="[A, B]",
        cite=_ENTRIES,
        meaning="matrices side by side, also [A, B]",
        example="A : n x m\nB : n x k\nY = [A, B]",
    ),
    MatrixOperation(
        "vstack",
        "A : n x m, B : k x m -> n+k x m",
        jointly=True,
        shape_rule=_on_top,
        variadic=True,
        form="[A; B]",
        cite=_ENTRIES,
        meaning="matrices one above the other, also [A; B]",
        example="A : n x m\nB : k x m\nY = [A; B]",
    ),
    MatrixOperation(
        "slice",
        "A : n x m -> 2 x m",
        linear_in=(0,),
        parameters=("size",) * 4,
        parameter_names=("r0", "r1", "c0", "c1"),
        entries="A[i + r0 - 1, j + c0 - 1]",
        vec=("kron(eye(m)[c0:c1, :], eye(n)[r0:r1, :])",),
        shape_rule=_cut,
        form="A[1:2, :]",
        cite=_ENTRIES,
        meaning="rows and columns counted from 1, both ends included: A[1:2, :], A[:, j], A[i, j], x[i]",
        example="A : 3 x m\nY = A[1:2, :]",
    ),
    MatrixOperation(
        "reshape",
        "A : n x m -> 9 x 1",
        linear_in=(0,),
        adjoint=("reshape(Y, n, m)",),
        parameters=("size", "size"),
        parameter_names=("r", "c"),
        entries="Σ_k,l [i + r*(j-1) = k + n*(l-1)] A[k,l]",
        vec=("eye(n*m)",),
        shape_rule=_reshaped,
        form="reshape(A, 9, 1)",
        cite=_ENTRIES,
        meaning="the entries, column by column, in another shape of as many",
        example="A : n x 4\nY = reshape(A, 2*n, 2)",
    ),
    MatrixOperation(
        "rearrange",
        "A : r x s -> 4 x 3",
        linear_in=(0,),
        parameters=("size",) * 4,
        parameter_names=("n", "m", "p", "q"),
        entries="Σ_a:n,b:m,c:p,d:q [i = m*(a-1) + b] [j = q*(c-1) + d] A[p*(a-1) + c, q*(b-1) + d]",
        vec=("kron(eye(p), K_nq_m)*K_p_nmq",),
        shape_rule=_rearranged,
        form="rearrange(A, 2, 2, 1, 3)",
        cite="Van Loan and Pitsianis 1993, section 2",
        meaning="rearrange(A, n, m, p, q), where A is n×m blocks of p×q entries: block by block, row after row, the "
        "entries of each, row after row, as one row; of A ⊗ B it is vec(A') vec(B')'",
        example="A : 2 x 6\nY = rearrange(A, 2, 2, 1, 3)",
    ),
    MatrixOperation(
        "diag",
        "x : n x 1 -> n x n",
        entries="[i = j] x[i,1]",
        vec=("diag(vec(eye(n)))*kron(ones(n,1), eye(n))",),
        linear_in=(0,),
        adjoint=("diagonal(Y)",),
        cite=_ENTRIES,
        meaning="the diagonal matrix of a column",
        example="x : n\nY = diag(x)",
    ),
    MatrixOperation(
        "diagonal",
        "A : n x n -> n x 1",
        entries="A[i,i]",
        vec=("kron(ones(1,n), eye(n))*diag(vec(eye(n)))",),
        linear_in=(0,),
        adjoint=("diag(Y)",),
        cite=_ENTRIES,
        meaning="the diagonal of a matrix, as a column",
        example="A : n x n\ny = diagonal(A)",
    ),
    *(
        MatrixOperation(
            name,
            "A : n x m -> n x m",
            linear_in=(0,),
            parameters=("integer",),
            parameter_names=("k",),
            default=(0,),
            entries=f"[{kept}] A[i,j]",
            vec=(f"diag(vec({name}(ones(n,m), k)))",),
            cite=_ENTRIES,
            meaning=f"the entries on and {side} diagonal k, {name}(A, k)",
            example=f"A : n x n\nY = {name}(A)",
        )
        for name, side, kept in (("tril", "below", "i + k ≥ j"), ("triu", "above", "j ≥ i + k"))
    ),
    *(
        MatrixOperation(
            f"sum_{axis}" if axis else "sum",
            f"A : n x m -> {shape}",
            call="sum",
            axis=axis,
            linear_in=(0,),
            adjoint=(adjoint,),
            entries=entries,
            vec=(vec,),
            cite=_SUM,
            meaning="of all entries; with 1, of each column; with 2, of each row",
            example=f"A : n x m\ny = sum(A{f', {axis}' if axis else ''})",
        )
        for axis, shape, adjoint, entries, vec in (
            (None, "1 x 1", "Y*ones(n,m)", "Σ_k,l A[k,l]", "ones(1,n*m)"),
            (1, "1 x m", "ones(n,1)*Y", "Σ_k A[k,j]", "kron(eye(m), ones(1,n))"),
            (2, "n x 1", "Y*ones(1,m)", "Σ_k A[i,k]", "kron(ones(1,m), eye(n))"),
        )
    ),
)

DEFINITIONS = (
    Definition(
        "sym",
        "A : n x n -> n x n",
        body="(A + A')/2",
        cite="definition",
        meaning="the symmetric part",
        example="A : n x n\nY = sym(A)",
    ),
    Definition(
        "skew",
        "A : n x n -> n x n",
        body="(A - A')/2",
        cite="definition",
        meaning="the skew-symmetric part",
        example="A : n x n\nY = skew(A)",
    ),
    Definition(
        "vec",
        "A : n x m -> n*m x 1",
        body="reshape(A, n*m, 1)",
        cite="Magnus and Neudecker 2019, chapter 2",
        meaning="the columns of a matrix one below the other",
        example="A : n x m\ny = vec(A)",
    ),
    Definition(
        "outer",
        "x : n x 1, y : m x 1 -> n x m",
        body="x*y'",
        cite="definition",
        meaning="the outer product of two columns",
        example="x : n\ny : m\nZ = outer(x, y)",
    ),
    Definition(
        "inner",
        "A : n x m, B : n x m -> 1 x 1",
        body="sum(A .* B)",
        cite="definition",
        meaning="the Frobenius inner product tr(A'B); of columns, their dot product",
        example="A : n x m\nB : n x m\ny = inner(A, B)",
    ),
)
