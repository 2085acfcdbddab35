"""Arithmetic in the field, its dual numbers, and matrices of these."""

from __future__ import annotations

import random

import pytest

from symbolic.errors import ShapeError
from symbolic.field import ONE, ZERO, Dual, Matrix, P, Singular, identity, ones, with_dual_part, zeros

SHAPES = [(1, 1), (2, 3), (3, 1), (0, 3), (3, 0), (0, 0)]


def random_matrix(rows: int, cols: int, seed: int = 0) -> Matrix:
    source = random.Random(f"{rows} {cols} {seed}")
    return Matrix.of(rows, cols, lambda _i, _j: Dual(source.randrange(1, P), source.randrange(1, P)))


def test_the_modulus_is_prime() -> None:
    """By Lucas and Lehmer's test, for 2^q - 1 with q an odd prime: s -> s² - 2 from 4 is 0 after q - 2 steps."""
    residue = 4
    for _ in range(59):
        residue = (residue * residue - 2) % P
    assert P == 2**61 - 1 and residue == 0


def test_dual_numbers_are_a_ring_with_nilpotent_part() -> None:
    source = random.Random(0)
    a, b, c = (Dual(source.randrange(1, P), source.randrange(P)) for _ in range(3))
    assert (a + b) * c == a * c + b * c
    assert a * a.inverse() == ONE and b / a * a == b
    assert (a - b) + b == a
    assert a + -a == ZERO
    assert Dual(0, 5) * Dual(0, 7) == ZERO
    assert a**3 == a * a * a
    assert a**-2 == (a * a).inverse()
    assert a**0 == ONE


def test_results_are_reduced() -> None:
    """Equality of dual numbers is equality of integers, so each has one form only."""
    largest = Dual(P - 1, P - 1)
    for value in (largest + largest, -largest, largest * largest, ZERO - ONE, largest.inverse(), largest**5, -ZERO):
        assert 0 <= value.a < P and 0 <= value.b < P


@pytest.mark.parametrize("divide", [Dual.inverse, lambda x: ONE / x, lambda x: x**-1])
def test_division_by_zero_asks_for_another_point(divide) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Singular):
        divide(Dual(0, 1))


@pytest.mark.parametrize("shape", SHAPES)
def test_matrices_form_a_ring(shape: tuple[int, int]) -> None:
    n, m = shape
    A, B, C, D = random_matrix(n, m), random_matrix(n, m, 1), random_matrix(m, 2), random_matrix(2, n)
    assert (A + B) @ C == A @ C + B @ C
    assert (D @ A) @ C == D @ (A @ C)
    assert A - B + B == A and zeros(n, m) == A + -A
    assert identity(n) @ A == A == A @ identity(m)
    assert (A @ C).T == C.T @ A.T and A.T.T == A
    assert (A @ C).shape == (n, 2) and A.T.shape == (m, n)


def test_a_product_entry_by_entry() -> None:
    A, B = random_matrix(2, 3), random_matrix(3, 2)
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        assert (A @ B)[i, j] == A[i, 0] * B[0, j] + A[i, 1] * B[1, j] + A[i, 2] * B[2, j]


def test_an_empty_sum_is_zero() -> None:
    assert random_matrix(2, 0) @ random_matrix(0, 3) == zeros(2, 3)
    assert ones(1, 0) @ ones(0, 1) == zeros(1, 1)


@pytest.mark.parametrize("shape", SHAPES)
def test_real_and_dual_part_make_the_matrix(shape: tuple[int, int]) -> None:
    A = random_matrix(*shape)
    assert with_dual_part(A.real, A.dual) == A == with_dual_part(A, A.dual)
    assert A.real.dual == zeros(*shape)


def test_matrices_without_entries_differ_in_shape() -> None:
    assert zeros(0, 3) != zeros(0, 2) and zeros(0, 3) != zeros(3, 0)


@pytest.mark.parametrize(
    "build",
    [
        lambda: Matrix(1, 2, ((ONE,),)),
        lambda: Matrix(2, 1, ((ONE,),)),
        lambda: Matrix(2, 2, ((ONE, ONE), (ONE,))),
        lambda: zeros(-1, 2),
        lambda: ones(2, 3) + ones(3, 2),
        lambda: ones(0, 3) - ones(0, 2),
        lambda: ones(2, 3) @ ones(2, 3),
        lambda: ones(0, 3) @ ones(0, 3),
    ],
)
def test_shapes_that_do_not_fit_are_refused(build) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ShapeError):
        build()
