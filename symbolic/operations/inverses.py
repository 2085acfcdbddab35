"""Inverses, linear systems, pseudo-inverses, projectors."""

from __future__ import annotations

from symbolic.operations.record import Definition, MatrixOperation

OPERATIONS = (
    MatrixOperation(
        "inv",
        "A : n x n -> n x n",
        differential="-inv(A)*dA*inv(A)",
        cite="Matrix Cookbook 2012, (40)",
        singular="A is singular",
        meaning="the inverse, also A^-1",
        example="A : n x n\nY = inv(A)",
    ),
    MatrixOperation(
        "solve",
        "A : n x n, B : n x k -> n x k",
        differential="A \\ (dB - dA*(A \\ B))",
        linear_in=(1,),
        adjoint=("A' \\ Y",),
        entries="Σ_k inv(A)[i,k] B[k,j]",
        vec=("kron(eye(k), inv(A))",),
        form="A \\ B",
        cite="Giles 2008, section 2.3.1, matrix inverse product",
        singular="A is singular",
        meaning="the solution of A X = B, also A \\ B; B / A solves X A = B",
        example="A : n x n\nB : n x k\nY = A \\ B",
    ),
    MatrixOperation(
        "pinv",
        "A : n x m -> m x n",
        differential="-P*dA*P + P*P'*dA'*(eye(n) - A*P) + (eye(m) - P*A)*dA'*P'*P",
        where=("P = pinv(A)",),
        cite="Golub and Pereyra 1973, theorem 4.3",
        singular="the rank of A changes: A must have full rank",
        meaning="the Moore-Penrose pseudo-inverse, at full rank",
        example="A : n x m\nY = pinv(A)",
    ),
)

DEFINITIONS = (
    Definition(
        "proj",
        "A : n x m -> n x n",
        body="A*pinv(A)",
        cite="Golub and Pereyra 1973",
        singular="the rank of A changes",
        meaning="the orthogonal projector onto the range of A",
        example="A : n x m\nY = proj(A)",
    ),
)
