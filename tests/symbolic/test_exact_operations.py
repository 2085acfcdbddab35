"""The named operations over the field: identities that determine them, and their differentials by hand."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import reduce
from itertools import permutations

import pytest

from symbolic.errors import ShapeError
from symbolic.exact_operations import EXACT_OPERATIONS
from symbolic.field import ONE, ZERO, Dual, Infinitesimal, Matrix, P, Singular, identity, ones, with_dual_part, zeros

ORDERS = [1, 2, 3, 5]
"""Of square matrices; where the empty one is meaningful, 0 is added."""
SHAPES = [(1, 1), (2, 3), (4, 2), (1, 4), (3, 1), (0, 3), (3, 0), (0, 0)]

power, kron, hstack, vstack, block, reshape, diag, diagonal, tril, triu, rearrange = (
    EXACT_OPERATIONS[name]
    for name in (
        "matrix_power",
        "kron",
        "hstack",
        "vstack",
        "slice",
        "reshape",
        "diag",
        "diagonal",
        "tril",
        "triu",
        "rearrange",
    )
)
total, column_sums, row_sums, tr, det, inv, solve, pinv, sylvester, lu_l, lu_u = (
    EXACT_OPERATIONS[name]
    for name in ("sum", "sum_1", "sum_2", "tr", "det", "inv", "solve", "pinv", "sylvester", "lu_l", "lu_u")
)


def drawn(rows: int, cols: int, seed: int = 0) -> Matrix:
    """A random matrix with a random ε part."""
    source = random.Random(f"{rows} {cols} {seed}")
    return Matrix.of(rows, cols, lambda _i, _j: Dual(source.randrange(1, P), source.randrange(1, P)))


def whole(*rows: list[int]) -> Matrix:
    return Matrix.of(len(rows), len(rows[0]), lambda i, j: Dual(rows[i][j] % P))


def permutation(*order: int) -> Matrix:
    """Row i has its 1 in the column order[i]; the ε part is random, zeros have one too."""
    exchange = Matrix.of(len(order), len(order), lambda i, j: ONE if order[i] == j else ZERO)
    return with_dual_part(exchange, drawn(len(order), len(order)))


def parts(A: Matrix) -> tuple[Matrix, Matrix]:
    return A.real, A.dual


def scalar(matrix: Matrix) -> Dual:
    assert matrix.shape == (1, 1)
    return matrix[0, 0]


def times(A: Matrix, B: Matrix) -> Matrix:
    """Hadamard's product."""
    return A.entrywise(Dual.__mul__, B)


# Entries moved about. These are linear, so that the ε part is the operation on the ε part.

LINEAR: list[tuple[str, Callable[..., Matrix], tuple[tuple[int, int], ...]]] = [
    ("hstack", hstack, ((2, 1), (2, 3), (2, 0))),
    ("vstack", vstack, ((1, 2), (3, 2), (0, 2))),
    ("slice", lambda A: block(A, 2, 3, 1, 2), ((4, 3),)),
    ("reshape", lambda A: reshape(A, 6, 2), ((3, 4),)),
    ("rearrange", lambda A: rearrange(A, 2, 2, 1, 3), ((2, 6),)),
    ("diag", diag, ((3, 1),)),
    ("diagonal", diagonal, ((3, 3),)),
    ("tril", lambda A: tril(A, 1), ((3, 5),)),
    ("triu", lambda A: triu(A, -1), ((4, 3),)),
    ("sum", total, ((3, 4),)),
    ("sum_1", column_sums, ((3, 4),)),
    ("sum_2", row_sums, ((3, 4),)),
    ("tr", tr, ((4, 4),)),
]


@pytest.mark.parametrize("operation, shapes", [pytest.param(*rest, id=name) for name, *rest in LINEAR])
def test_the_differential_of_a_linear_operation_is_itself(
    operation: Callable[..., Matrix], shapes: tuple[tuple[int, int], ...]
) -> None:
    operands = [drawn(*shape, seed) for seed, shape in enumerate(shapes)]
    result = operation(*operands)
    assert result.real == operation(*[A.real for A in operands])
    assert result.dual == operation(*[A.dual for A in operands]) != zeros(*result.shape)


def test_kron_is_the_matrix_of_blocks() -> None:
    A, B = whole([1, 2], [3, 4], [5, 6]), whole([7, 8, 9])
    rows = [[7, 8, 9, 14, 16, 18], [21, 24, 27, 28, 32, 36], [35, 40, 45, 42, 48, 54]]
    assert kron(A, B) == whole(*rows)


@pytest.mark.parametrize("first", SHAPES)
@pytest.mark.parametrize("second", [(2, 2), (1, 3), (0, 2), (2, 0)])
def test_the_mixed_product(first: tuple[int, int], second: tuple[int, int]) -> None:
    """(A ⊗ B)(C ⊗ D) = AC ⊗ BD, and d(A ⊗ B) = dA ⊗ B + A ⊗ dB."""
    A, B = drawn(*first), drawn(*second, 1)
    C, D = drawn(first[1], 2, 2), drawn(second[1], 3, 3)
    assert kron(A, B) @ kron(C, D) == kron(A @ C, B @ D)
    assert kron(A, B).shape == (first[0] * second[0], first[1] * second[1])
    assert kron(A, B).dual == kron(A.dual, B.real) + kron(A.real, B.dual)


@pytest.mark.parametrize("shape", SHAPES)
def test_stacks_act_as_block_matrices(shape: tuple[int, int]) -> None:
    """[A B][C; D] = AC + BD, and the blocks can be cut out again."""
    n, m = shape
    A, B, C, D = drawn(n, m), drawn(n, 2, 1), drawn(m, 3, 2), drawn(2, 3, 3)
    beside, above = hstack(A, B), vstack(C, D)
    assert beside @ above == A @ C + B @ D
    assert block(beside, 1, n, 1, m) == A and block(beside, 1, n, m + 1, m + 2) == B
    assert block(above, 1, m, 1, 3) == C and block(above, m + 1, m + 2, 1, 3) == D


def test_stacks_of_one_and_of_three() -> None:
    A, B, C = whole([1], [2]), whole([3, 4], [5, 6]), whole([7], [8])
    assert hstack(A) == vstack(A) == A
    assert hstack(A, B, C) == whole([1, 3, 4, 7], [2, 5, 6, 8])
    assert vstack(A.T, B, C.T) == whole([1, 2], [3, 4], [5, 6], [7, 8])


def test_slices_count_from_one_and_include_both_ends() -> None:
    A = whole([1, 2, 3], [4, 5, 6], [7, 8, 9])
    assert block(A, 2, 3, 1, 2) == whole([4, 5], [7, 8])
    assert block(A, 3, 3, 3, 3) == whole([9])
    assert block(A, 1, 3, 1, 3) == A
    assert block(A, 4, 3, 1, 3) == zeros(0, 3) and block(A, 1, 3, 1, 0) == zeros(3, 0)


@pytest.mark.parametrize("ends", [(0, 2, 1, 3), (1, 4, 1, 3), (1, 3, 0, 3), (1, 3, 1, 4), (3, 1, 1, 3), (5, 4, 1, 3)])
def test_slices_beyond_the_matrix_are_refused(ends: tuple[int, int, int, int]) -> None:
    with pytest.raises(ShapeError, match="block"):
        block(drawn(3, 3), *ends)


def test_reshape_goes_down_the_columns() -> None:
    A = whole([1, 3, 5], [2, 4, 6])
    assert reshape(A, 6, 1) == whole([1], [2], [3], [4], [5], [6])
    assert reshape(A, 3, 2) == whole([1, 4], [2, 5], [3, 6])
    assert reshape(zeros(0, 3), 5, 0) == zeros(5, 0)


@pytest.mark.parametrize("shape", SHAPES)
def test_vec_of_a_product(shape: tuple[int, int]) -> None:
    """vec(A X B) = (B' ⊗ A) vec X."""
    n, m = shape
    A, X, B = drawn(2, n), drawn(n, m, 1), drawn(m, 3, 2)
    assert reshape(A @ X @ B, 6, 1) == kron(B.T, A) @ reshape(X, n * m, 1)
    assert reshape(reshape(X, n * m, 1), n, m) == X


@pytest.mark.parametrize("n", [0, *ORDERS])
def test_diagonals(n: int) -> None:
    x, A = drawn(n, 1), drawn(n, n, 1)
    assert diag(x) == times(identity(n), x @ ones(1, n))
    assert diagonal(diag(x)) == x and diagonal(A + identity(n)) == diagonal(A) + ones(n, 1)
    assert tr(A) == total(times(identity(n), A))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("k", [-5, -1, 0, 2, 5])
def test_triangles(shape: tuple[int, int], k: int) -> None:
    A = drawn(*shape)
    assert tril(A, k) + triu(A, k + 1) == A
    assert tril(A, k) == triu(A.T, -k).T


def test_triangles_entry_by_entry() -> None:
    A = whole([1, 2, 3], [4, 5, 6])
    assert tril(A, 0) == whole([1, 0, 0], [4, 5, 0]) and tril(A, 1) == whole([1, 2, 0], [4, 5, 6])
    assert triu(A, 0) == whole([1, 2, 3], [0, 5, 6]) and triu(A, 1) == whole([0, 2, 3], [0, 0, 6])


@pytest.mark.parametrize("shape", SHAPES)
def test_sums(shape: tuple[int, int]) -> None:
    """Twice the sum, by columns and by rows, and the trace of Gram's matrix."""
    n, m = shape
    A = drawn(n, m)
    assert column_sums(A).shape == (1, m) and row_sums(A).shape == (n, 1)
    assert row_sums(column_sums(A)) == column_sums(row_sums(A)) == total(A)
    assert tr(A.T @ A) == tr(A @ A.T) == total(times(A, A))


def test_sums_entry_by_entry() -> None:
    A = whole([1, 2, 3], [4, 5, 6])
    assert column_sums(A) == whole([5, 7, 9]) and row_sums(A) == whole([6], [15]) and total(A) == whole([21])
    assert total(zeros(0, 3)) == whole([0])


# Inverses


SQUARE = [
    *(drawn(n, n) for n in (0, *ORDERS)),
    permutation(1, 0),
    permutation(1, 2, 0),
    permutation(3, 2, 0, 1),
    with_dual_part(whole([0, 0, 2], [0, 3, 1], [5, 0, 0]), drawn(3, 3)),
]
"""Invertible, also where the first pivots met are zero."""


@pytest.mark.parametrize("A", SQUARE)
def test_the_inverse(A: Matrix) -> None:
    """d inv(A) = -A⁻¹ dA A⁻¹."""
    unit, (at, moved) = identity(A.rows), parts(A)
    assert A @ inv(A) == inv(A) @ A == unit
    assert inv(A).dual == -(inv(at) @ moved @ inv(at))
    assert inv(A) == solve(A, unit)


@pytest.mark.parametrize("A", SQUARE)
@pytest.mark.parametrize("cols", [0, 1, 3])
def test_linear_systems(A: Matrix, cols: int) -> None:
    """d(A⁻¹ B) = A⁻¹ (dB - dA A⁻¹ B)."""
    B = drawn(A.rows, cols, 1)
    X = solve(A, B)
    assert A @ X == B and X.shape == B.shape
    assert X.dual == solve(A.real, B.dual - A.dual @ X.real)


@pytest.mark.parametrize("A", SQUARE)
def test_powers(A: Matrix) -> None:
    """d(A³) = dA A² + A dA A + A² dA, and d(A^-2) = -A^-2 d(A²) A^-2."""
    at, moved = parts(A)
    assert power(A, 2) == A @ A and power(A, 3) == A @ A @ A
    assert power(A, 11) == reduce(Matrix.__matmul__, [A] * 11)
    assert power(A, -2) @ power(A, 2) == identity(A.rows) and power(A, -3) == power(inv(A), 3)
    assert power(A, 3).dual == moved @ at @ at + at @ moved @ at + at @ at @ moved
    back = inv(at) @ inv(at)
    assert power(A, -2).dual == -(back @ (moved @ at + at @ moved) @ back)


def test_a_power_of_a_singular_matrix() -> None:
    nilpotent = whole([0, 1], [0, 0])
    assert power(nilpotent, 2) == zeros(2, 2)
    with pytest.raises(Singular):
        power(nilpotent, -2)


RANK_ONE = with_dual_part(whole([1, 2, 3], [2, 4, 6], [3, 6, 9]), drawn(3, 3))


@pytest.mark.parametrize("A", [zeros(1, 1), whole([1, 2], [2, 4]), RANK_ONE, with_dual_part(zeros(2, 2), drawn(2, 2))])
def test_singular_matrices_ask_for_another_point(A: Matrix) -> None:
    for operation in (inv, lambda A: solve(A, ones(A.rows, 1)), pinv):
        with pytest.raises(Singular):
            operation(A)


# Determinants


def leibniz(A: Matrix) -> Dual:
    """The sum over permutations, with the sign of each by its inversions."""
    result = ZERO
    for order in permutations(range(A.rows)):
        inversions = sum(order[i] > order[j] for j in range(A.rows) for i in range(j))
        product = reduce(Dual.__mul__, [A[i, j] for i, j in enumerate(order)], ONE)
        result = result - product if inversions % 2 else result + product
    return result


def determinants() -> Iterator[Matrix]:
    """Of every rank, where elimination meets zeros: the ε part decides for a rank that is lower by one."""
    yield from SQUARE
    yield from (with_dual_part(zeros(n, n), drawn(n, n)) for n in (1, 2, 3))
    yield RANK_ONE
    yield permutation(0, 1, 3, 2)
    for rank in range(5):
        yield with_dual_part(drawn(4, rank) @ drawn(rank, 4, 1), drawn(4, 4, 2))
        yield with_dual_part(block(permutation(2, 3, 1, 0), 1, 4, 1, rank) @ drawn(rank, 4), drawn(4, 4))


@pytest.mark.parametrize("A", list(determinants()))
def test_determinants_are_the_sum_over_permutations(A: Matrix) -> None:
    assert scalar(det(A)) == leibniz(A)
    assert det(A) == det(A.T)


@pytest.mark.parametrize("A", SQUARE)
def test_determinants_multiply(A: Matrix) -> None:
    """det(AB) = det A det B, det(A ⊗ B) = (det A)^m (det B)^n, and Jacobi's d det A = det A tr(A⁻¹ dA)."""
    n, B, C = A.rows, drawn(A.rows, A.rows, 1), drawn(2, 2, 2)
    assert det(A @ B) == times(det(A), det(B))
    assert det(kron(A, C)) == whole([1]).map(lambda x: x * scalar(det(A)) ** 2 * scalar(det(C)) ** n)
    assert det(A).dual == times(det(A.real), tr(inv(A.real) @ A.dual))


def test_the_differential_of_a_determinant_that_is_zero() -> None:
    """d det A = tr(adj(A) dA), where rank 1 of 2×2 has adj(A) = [[a22, -a12], [-a21, a11]]."""
    at, moved = whole([1, 2], [3, 6]), drawn(2, 2).real
    assert scalar(det(with_dual_part(at, moved))) == Dual(0, scalar(tr(whole([6, -2], [-3, 1]) @ moved)).a)


def test_a_large_determinant() -> None:
    """det(I + x y') = 1 + y'x, beyond what the sum over permutations can do."""
    x, y = drawn(12, 1), drawn(12, 1, 1)
    assert scalar(det(identity(12) + x @ y.T)) == ONE + scalar(y.T @ x)


# Pseudo-inverses


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (4, 2), (2, 4), (3, 1), (1, 3), (0, 3), (3, 0), (0, 0)])
def test_the_four_conditions_of_penrose(shape: tuple[int, int]) -> None:
    A = drawn(*shape)
    X = pinv(A)
    assert X.shape == shape[::-1]
    assert A @ X @ A == A and X @ A @ X == X
    assert (A @ X).T == A @ X and (X @ A).T == X @ A


@pytest.mark.parametrize("shape", [(1, 1), (3, 3), (4, 2), (2, 4), (3, 1), (1, 3), (0, 3)])
def test_the_differential_of_the_pseudo_inverse(shape: tuple[int, int]) -> None:
    """-P dA P + P P' dA' (I - A P) + (I - P A) dA' P' P."""
    at, moved = parts(drawn(*shape))
    X, (n, m) = pinv(at), shape
    left, right = identity(n) - at @ X, identity(m) - X @ at
    expected = -(X @ moved @ X) + X @ X.T @ moved.T @ left + right @ moved.T @ X.T @ X
    assert pinv(drawn(*shape)).dual == expected


def test_pseudo_inverses_of_low_rank_are_refused() -> None:
    for A in (whole([1, 2], [2, 4], [3, 6]), whole([1, 2], [2, 4], [3, 6]).T):
        with pytest.raises(Singular):
            pinv(A)


# Sylvester's equation and L U


@pytest.mark.parametrize("n", [0, 1, 2, 4])
@pytest.mark.parametrize("m", [0, 1, 3])
def test_sylvester(n: int, m: int) -> None:
    """A dX + dX B = dC - dA X - X dB."""
    A, B, C = drawn(n, n), drawn(m, m, 1), drawn(n, m, 2)
    X = sylvester(A, B, C)
    assert A @ X + X @ B == C and X.shape == (n, m)
    moved = C.dual - A.dual @ X.real - X.real @ B.dual
    assert X.dual == sylvester(A.real, B.real, moved)
    assert A.real @ X.dual + X.dual @ B.real == moved


def test_sylvester_with_zeros() -> None:
    A, B, C = permutation(1, 0), with_dual_part(whole([0, 2], [0, 0]), drawn(2, 2, 1)), drawn(2, 2, 2)
    X = sylvester(A, B, C)
    assert A @ X + X @ B == C


def test_sylvester_where_a_sum_of_eigenvalues_is_zero() -> None:
    with pytest.raises(Singular):
        sylvester(whole([1, 5], [0, 2]), whole([-2]), ones(2, 1))


@pytest.mark.parametrize("n", [0, *ORDERS])
def test_lower_and_upper(n: int) -> None:
    """d L = L tril(L⁻¹ dA U⁻¹, -1) and dU = triu(L⁻¹ dA U⁻¹) U."""
    A = drawn(n, n)
    L, U = lu_l(A), lu_u(A)
    assert L @ U == A
    assert tril(L, -1) + identity(n) == L and triu(U, 0) == U
    inner = inv(L.real) @ A.dual @ inv(U.real)
    assert L.dual == L.real @ tril(inner, -1) and U.dual == triu(inner, 0) @ U.real


def test_only_the_last_pivot_may_be_zero() -> None:
    A = with_dual_part(whole([1, 2], [2, 4]), drawn(2, 2))
    assert lu_l(A) @ lu_u(A) == A and lu_u(A)[1, 1].a == 0
    for operation in (lu_l, lu_u):
        with pytest.raises(Singular):
            operation(permutation(1, 0))


# The tests themselves, and operands that do not fit


@pytest.mark.parametrize(
    "operation, shapes",
    [
        (kron, ()),
        (hstack, ((2, 1), (3, 1))),
        (vstack, ((1, 2), (1, 3))),
        (hstack, ((0, 1), (1, 1))),
        (lambda A: reshape(A, 4, 2), ((3, 3),)),
        (diag, ((1, 3),)),
        *((operation, ((2, 3),)) for operation in (diagonal, tr, det, inv, lu_l, lu_u)),
        (lambda A: power(A, 2), ((2, 3),)),
        (solve, ((2, 2), (3, 1))),
        (sylvester, ((2, 2), (3, 3), (3, 2))),
    ][1:],
)
def test_operands_that_do_not_fit_are_refused(operation: Callable[..., Matrix], shapes: tuple) -> None:
    with pytest.raises(ShapeError):
        operation(*[drawn(*shape) for shape in shapes])


def test_every_operation_is_tested() -> None:
    by_identity = {"matrix_power", "kron", "det", "inv", "solve", "pinv", "sylvester", "lu_l", "lu_u"}
    assert by_identity | {name for name, *_ in LINEAR} == EXACT_OPERATIONS.keys()


@pytest.mark.parametrize(
    "shape, holds",
    [
        ((3, 3), lambda f, A: A @ f(inv(A)) == identity(3)),
        ((3, 3), lambda f, A: A @ f(solve(A, A.T)) == A.T),
        ((3, 3), lambda f, A: f(lu_l(A)) @ lu_u(A) == A),
        ((3, 3), lambda f, A: lu_l(A) @ f(lu_u(A)) == A),
        ((3, 3), lambda f, A: f(det(A)) == Matrix(1, 1, ((leibniz(A),),))),
        ((3, 3), lambda f, A: A @ f(sylvester(A, A, A.T)) + f(sylvester(A, A, A.T)) @ A == A.T),
        ((4, 2), lambda f, A: A @ f(pinv(A)) @ A == A),
        ((2, 4), lambda f, A: A @ f(pinv(A)) @ A == A),
        ((2, 2), lambda f, A: f(kron(A, A)) @ kron(A, A) == kron(A @ A, A @ A)),
        ((3, 3), lambda f, A: f(power(A, 2)) == A @ A),
    ],
)
def test_a_wrong_sign_in_one_entry_is_seen(
    shape: tuple[int, int], holds: Callable[[Callable[[Matrix], Matrix], Matrix], bool]
) -> None:
    """Of the last entry that moves: first of all of it, then of its ε part only."""
    A = drawn(*shape)

    def spoil(change: Callable[[Dual], Dual]) -> Callable[[Matrix], Matrix]:
        def spoiled(X: Matrix) -> Matrix:
            last = max((i, j) for i in range(X.rows) for j in range(X.cols) if X[i, j].b)
            return Matrix.of(X.rows, X.cols, lambda i, j: change(X[i, j]) if (i, j) == last else X[i, j])

        return spoiled

    assert holds(spoil(lambda x: x), A)
    assert not holds(spoil(Dual.__neg__), A)
    assert not holds(spoil(lambda x: Dual(x.a, -x.b % P)), A)


def test_what_is_infinitely_small_has_no_inverse() -> None:
    small = Matrix.of(2, 2, lambda i, j: Dual(0, 1 + i + 2 * j))
    with pytest.raises(Infinitesimal, match="infinitely small"):
        EXACT_OPERATIONS["inv"](small)
