"""The prime field of 2^61 - 1 elements, its dual numbers a + bε with ε² = 0, and matrices of these.

Plain Python integers, no rounding. The dual numbers are a local ring: a + bε has an inverse exactly where a ≠ 0,
so a matrix has one exactly where its real part has. (Griewank and Walther 2008, chapter 13.)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from symbolic.errors import PushforwardError, ShapeError

P = 2**61 - 1


class Singular(PushforwardError):
    """A division by zero in the field: another random point has to be drawn."""


class Infinitesimal(Singular):
    """A division by what is infinitely small, which no other point makes larger."""


@dataclass(frozen=True, slots=True)
class Dual:
    """a + b ε over F_p."""

    a: int
    b: int = 0

    def __add__(self, other: Dual) -> Dual:
        return Dual((self.a + other.a) % P, (self.b + other.b) % P)

    def __sub__(self, other: Dual) -> Dual:
        return Dual((self.a - other.a) % P, (self.b - other.b) % P)

    def __neg__(self) -> Dual:
        return Dual(-self.a % P, -self.b % P)

    def __mul__(self, other: Dual) -> Dual:
        return Dual(self.a * other.a % P, (self.a * other.b + self.b * other.a) % P)

    def inverse(self) -> Dual:
        """1/(a + bε) = 1/a - b/a² ε. Raises Singular where a = 0."""
        if self.a == 0:
            raise Singular("division by zero in the field")
        reciprocal = pow(self.a, -1, P)
        return Dual(reciprocal, -self.b * reciprocal * reciprocal % P)

    def __truediv__(self, other: Dual) -> Dual:
        return self * other.inverse()

    def __pow__(self, exponent: int) -> Dual:
        if exponent < 0:
            return self.inverse() ** -exponent
        value = pow(self.a, exponent, P)
        slope = exponent * pow(self.a, exponent - 1, P) if exponent else 0
        return Dual(value, slope * self.b % P)


ZERO, ONE = Dual(0), Dual(1)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Dual numbers, row by row. The shape is stated, because a matrix without rows does not show its columns."""

    rows: int
    cols: int
    entries: tuple[tuple[Dual, ...], ...]

    def __post_init__(self) -> None:
        if len(self.entries) != self.rows or any(len(row) != self.cols for row in self.entries):
            raise ShapeError(f"these entries do not make a matrix that is {self.rows}×{self.cols}")

    @classmethod
    def of(cls, rows: int, cols: int, entry: Callable[[int, int], Dual]) -> Matrix:
        """The matrix of the entries entry(i, j), counted from 0."""
        return cls(rows, cols, tuple(tuple(entry(i, j) for j in range(cols)) for i in range(rows)))

    def __getitem__(self, at: tuple[int, int]) -> Dual:
        return self.entries[at[0]][at[1]]

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.cols

    @property
    def T(self) -> Matrix:
        return Matrix.of(self.cols, self.rows, lambda i, j: self.entries[j][i])

    @property
    def real(self) -> Matrix:
        """A of A + Bε."""
        return self.map(lambda x: Dual(x.a))

    @property
    def dual(self) -> Matrix:
        """B of A + Bε."""
        return self.map(lambda x: Dual(x.b))

    def map(self, function: Callable[[Dual], Dual]) -> Matrix:
        return Matrix(self.rows, self.cols, tuple(tuple(map(function, row)) for row in self.entries))

    def entrywise(self, combine: Callable[[Dual, Dual], Dual], other: Matrix) -> Matrix:
        if self.shape != other.shape:
            raise ShapeError(f"the shapes {self.shape} and {other.shape} differ")
        pairs = zip(self.entries, other.entries, strict=True)
        return Matrix(self.rows, self.cols, tuple(tuple(map(combine, a, b)) for a, b in pairs))

    def __add__(self, other: Matrix) -> Matrix:
        return self.entrywise(Dual.__add__, other)

    def __sub__(self, other: Matrix) -> Matrix:
        return self.entrywise(Dual.__sub__, other)

    def __neg__(self) -> Matrix:
        return self.map(Dual.__neg__)

    def __matmul__(self, other: Matrix) -> Matrix:
        if self.cols != other.rows:
            raise ShapeError(f"the inner dimensions {self.cols} and {other.rows} differ")
        columns = other.T.entries
        return Matrix.of(self.rows, other.cols, lambda i, j: _dot(self.entries[i], columns[j]))


def _dot(left: Sequence[Dual], right: Sequence[Dual]) -> Dual:
    """Σ xᵢ yᵢ, reduced modulo p once."""
    value = slope = 0
    for x, y in zip(left, right, strict=True):
        value += x.a * y.a
        slope += x.a * y.b + x.b * y.a
    return Dual(value % P, slope % P)


def zeros(rows: int, cols: int) -> Matrix:
    return Matrix.of(rows, cols, lambda _i, _j: ZERO)


def ones(rows: int, cols: int) -> Matrix:
    return Matrix.of(rows, cols, lambda _i, _j: ONE)


def identity(size: int) -> Matrix:
    return Matrix.of(size, size, lambda i, j: ONE if i == j else ZERO)


def with_dual_part(values: Matrix, parts: Matrix) -> Matrix:
    """A + Bε from the real parts of two matrices."""
    return values.entrywise(lambda value, part: Dual(value.a, part.a), parts)
