"""Inverses, linear systems, pseudo-inverses, projectors."""

from __future__ import annotations

from symbolic.operations.record import Definition, MatrixOperation

OPERATIONS = (
    MatrixOperation(
        "inv", "A : n x n -> n x n", "-inv(A)*dA*inv(A)", "Matrix Cookbook 2012, (40)", "A : n x n\nY = inv(A)",
        singular="A is singular", meaning="the inverse, also A^-1",
    ),
    MatrixOperation(
        "solve", "A : n x n, B : n x k -> n x k", "A \\ (dB - dA*(A \\ B))", "Giles 2008, section 2.3.1, matrix inverse product",
        "A : n x n\nB : n x k\nY = A \\ B", linear_in=(1,), form="A \\ B", singular="A is singular",
        meaning="the solution of A X = B, also A \\ B; B / A solves X A = B",
    ),
    MatrixOperation(
        "pinv", "A : n x m -> m x n",
        "-P*dA*P + P*P'*dA'*(eye(n) - A*P) + (eye(m) - P*A)*dA'*P'*P", "Golub and Pereyra 1973, theorem 4.3",
        "A : n x m\nY = pinv(A)", where=("P = pinv(A)",), singular="the rank of A changes: A must have full rank",
        meaning="the Moore-Penrose pseudo-inverse, at full rank",
    ),
)  # fmt: skip

DEFINITIONS = (
    Definition(
        "proj", "A : n x m -> n x n", "A*pinv(A)", "Golub and Pereyra 1973", "A : n x m\nY = proj(A)",
        singular="the rank of A changes", meaning="the orthogonal projector onto the range of A",
    ),
)  # fmt: skip
