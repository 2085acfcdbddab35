"""The named operations that are rational, over the dual numbers of a prime field: each by its definition.

Eliminations exchange rows where a pivot a + bε has a = 0 and so no inverse. Nothing here is a differentiation
rule: the ε part of a result is what arithmetic makes of the ε parts of the operands.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce

from symbolic.errors import ShapeError
from symbolic.field import ONE, ZERO, Dual, Infinitesimal, Matrix, Singular, identity, ones

Rows = list[list[Dual]]


# Entries moved about


def kronecker(A: Matrix, B: Matrix) -> Matrix:
    """The blocks aᵢⱼ B."""
    (n, m), (p, q) = A.shape, B.shape
    return Matrix.of(n * p, m * q, lambda i, j: A[i // p, j // q] * B[i % p, j % q])


def side_by_side(*parts: Matrix) -> Matrix:
    return reduce(_beside, parts)


def stacked(*parts: Matrix) -> Matrix:
    return reduce(_beside, [part.T for part in parts]).T


def _beside(A: Matrix, B: Matrix) -> Matrix:
    if A.rows != B.rows:
        raise ShapeError(f"{A.rows} and {B.rows} rows cannot stand side by side")
    return Matrix.of(A.rows, A.cols + B.cols, lambda i, j: A[i, j] if j < A.cols else B[i, j - A.cols])


def block(A: Matrix, r0: int, r1: int, c0: int, c1: int) -> Matrix:
    """Rows r0 to r1 and columns c0 to c1, counted from 1, both ends included; r1 = r0 - 1 is no row."""
    if not (1 <= r0 <= r1 + 1 <= A.rows + 1 and 1 <= c0 <= c1 + 1 <= A.cols + 1):
        raise ShapeError(f"a matrix that is {A.rows}×{A.cols} has no block {r0}:{r1}, {c0}:{c1}")
    return Matrix.of(r1 - r0 + 1, c1 - c0 + 1, lambda i, j: A[r0 - 1 + i, c0 - 1 + j])


def reshape(A: Matrix, rows: int, cols: int) -> Matrix:
    """The entries taken and laid down column by column."""
    if rows * cols != A.rows * A.cols:
        raise ShapeError(f"{A.rows}×{A.cols} entries do not fill {rows}×{cols}")
    column = [x for row in A.T.entries for x in row]
    return Matrix.of(rows, cols, lambda i, j: column[i + j * rows])


def rearrange(A: Matrix, n: int, m: int, p: int, q: int) -> Matrix:
    """Entry (k, l) of block (i, j) as entry (i m + j, k q + l), counted from 0."""
    if A.shape != (n * p, m * q):
        raise ShapeError(f"{A.rows}×{A.cols} entries are not {n}×{m} blocks of {p}×{q}")
    return Matrix.of(n * m, p * q, lambda a, b: A[a // m * p + b // q, a % m * q + b % q])


def diagonal_matrix(x: Matrix) -> Matrix:
    if x.cols != 1:
        raise ShapeError(f"a column makes a diagonal matrix, not {x.rows}×{x.cols}")
    return Matrix.of(x.rows, x.rows, lambda i, j: x[i, 0] if i == j else ZERO)


def diagonal(A: Matrix) -> Matrix:
    return Matrix.of(_order(A), 1, lambda i, _: A[i, i])


def lower_triangle(A: Matrix, k: int) -> Matrix:
    """The entries on the k-th diagonal and below; k counts from the main diagonal, upwards."""
    return Matrix.of(A.rows, A.cols, lambda i, j: A[i, j] if j - i <= k else ZERO)


def upper_triangle(A: Matrix, k: int) -> Matrix:
    return Matrix.of(A.rows, A.cols, lambda i, j: A[i, j] if j - i >= k else ZERO)


# Sums


def column_sums(A: Matrix) -> Matrix:
    return ones(1, A.rows) @ A


def row_sums(A: Matrix) -> Matrix:
    return A @ ones(A.cols, 1)


def total(A: Matrix) -> Matrix:
    return column_sums(row_sums(A))


def trace(A: Matrix) -> Matrix:
    return total(diagonal(A))


# Elimination


def solve(A: Matrix, B: Matrix) -> Matrix:
    """A⁻¹ B by Gauss and Jordan. Raises Singular where A has no inverse: no row left has a pivot with one."""
    n = _order(A)
    if B.rows != n:
        raise ShapeError(f"{n} equations have right-hand sides with {n} rows, not {B.rows}")
    if not any(x.a for row in A.entries for x in row) and any(x.b for row in A.entries for x in row):
        raise Infinitesimal("a matrix that is infinitely small has no inverse")
    rows = [[*left, *right] for left, right in zip(A.entries, B.entries, strict=True)]
    for k in range(n):
        pivot = next((i for i in range(k, n) if rows[i][0].a), None)
        if pivot is None:
            raise Singular("a matrix has no inverse in the field")
        rows[k], rows[pivot] = rows[pivot], rows[k]
        reciprocal = rows[k][0].inverse()
        solved = [reciprocal * x for x in rows[k][1:]]
        rows = [solved if i == k else _minus(row[1:], row[0], solved) for i, row in enumerate(rows)]
    return Matrix(n, B.cols, tuple(map(tuple, rows)))


def inverse(A: Matrix) -> Matrix:
    return solve(A, identity(_order(A)))


def determinant(A: Matrix) -> Matrix:
    """By elimination, each pivot the first entry with an inverse, wherever it stands.

    With multiples of its row taken from the others, the pivot stands alone in its column, and Laplace's expansion
    along it leaves (-1)^(i+j) times the pivot times a smaller determinant. Where no entry has an inverse, all are
    multiples of ε, and so ε² = 0 makes a determinant of two rows or more zero. There is nothing to raise.
    """
    _order(A)
    rows: Rows = [list(row) for row in A.entries]
    product = ONE
    while rows:
        at = next(((i, j) for i, row in enumerate(rows) for j, x in enumerate(row) if x.a), None)
        if at is None:
            product = product * (rows[0][0] if len(rows) == 1 else ZERO)
            break
        product = product * _expand(rows, *at)
    return Matrix(1, 1, ((product,),))


def _expand(rows: Rows, i: int, j: int) -> Dual:
    """(-1)^(i+j) times the pivot at i, j, whose row and column are eliminated and removed."""
    pivots = rows.pop(i)
    reciprocal = pivots[j].inverse()
    for k, row in enumerate(rows):
        rows[k] = _minus(row, row[j] * reciprocal, pivots)
        del rows[k][j]
    return -pivots[j] if (i + j) % 2 else pivots[j]


def _minus(row: Sequence[Dual], factor: Dual, other: Sequence[Dual]) -> list[Dual]:
    """A row less a multiple of another."""
    if factor == ZERO:
        return list(row)
    return [x - factor * y for x, y in zip(row, other, strict=True)]


def _lower_upper(A: Matrix) -> tuple[Matrix, Matrix]:
    """A = L U without exchanges; every pivot but the last is divided by, and raises Singular where it cannot be."""
    n = _order(A)
    lower = [list(row) for row in identity(n).entries]
    upper = [list(row) for row in A.entries]
    for k in range(n):
        for i in range(k + 1, n):
            lower[i][k] = upper[i][k] / upper[k][k]
            upper[i] = _minus(upper[i], lower[i][k], upper[k])
    return Matrix(n, n, tuple(map(tuple, lower))), Matrix(n, n, tuple(map(tuple, upper)))


# What follows from these


def power(A: Matrix, exponent: int) -> Matrix:
    """A^k by squaring; A^-k = (A⁻¹)^k."""
    if exponent < 0:
        return power(inverse(A), -exponent)
    result, square = identity(_order(A)), A
    while exponent:
        if exponent % 2:
            result = result @ square
        square, exponent = square @ square, exponent // 2
    return result


def pseudo_inverse(A: Matrix) -> Matrix:
    """(A'A)⁻¹ A' of independent columns, A'(AA')⁻¹ of independent rows. Raises Singular where A has neither.

    In a field, as with real numbers, the four conditions of Penrose determine it; where A'A has no inverse
    although the columns are independent, which is rare, nothing satisfies them.
    """
    if A.rows >= A.cols:
        return solve(A.T @ A, A.T)
    return pseudo_inverse(A.T).T


def sylvester(A: Matrix, B: Matrix, C: Matrix) -> Matrix:
    """X with A X + X B = C: (I ⊗ A + B' ⊗ I) vec X = vec C."""
    n, m = _order(A), _order(B)
    if C.shape != (n, m):
        raise ShapeError(f"A X + X B is {n}×{m}, not {C.rows}×{C.cols}")
    system = kronecker(identity(m), A) + kronecker(B.T, identity(n))
    return reshape(solve(system, reshape(C, n * m, 1)), n, m)


def _order(A: Matrix) -> int:
    if A.rows != A.cols:
        raise ShapeError(f"a square matrix is needed, not {A.rows}×{A.cols}")
    return A.rows


EXACT_OPERATIONS: dict[str, Callable[..., Matrix]] = {
    "matrix_power": power,
    "kron": kronecker,
    "hstack": side_by_side,
    "vstack": stacked,
    "slice": block,
    "reshape": reshape,
    "rearrange": rearrange,
    "diag": diagonal_matrix,
    "diagonal": diagonal,
    "tril": lower_triangle,
    "triu": upper_triangle,
    "sum": total,
    "sum_1": column_sums,
    "sum_2": row_sums,
    "tr": trace,
    "det": determinant,
    "inv": inverse,
    "solve": solve,
    "pinv": pseudo_inverse,
    "sylvester": sylvester,
    "lu_l": lambda A: _lower_upper(A)[0],
    "lu_u": lambda A: _lower_upper(A)[1],
}
"""From the name of an operation to its value: operands first, then its whole parameters."""
