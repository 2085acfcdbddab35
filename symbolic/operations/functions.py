"""Functions of matrices, and the linear matrix equations of Sylvester and Lyapunov.

L_f(A, E), the Fréchet derivative, is a node of its own, f_frechet(A, E): the upper right block of f([A, E; 0, A])
(Higham 2008, section 3.2). Its own differential is the same block one size larger, so they can be differentiated again
and again.
"""

from __future__ import annotations

from symbolic.operations.record import Definition, MatrixOperation

_SPECTRUM = "an eigenvalue is zero or real and negative"
_SINGULAR = {"logm": _SPECTRUM}
_MEANING = {
    "expm": "the matrix exponential; exp(A) is that of each entry",
    "logm": "the principal logarithm of a matrix",
    "sinm": "the sine of a matrix, by its power series",
    "cosm": "the cosine of a matrix, by its power series",
}


def _function(name: str) -> tuple[MatrixOperation, MatrixOperation]:
    given = "A : n x n spd" if name in _SINGULAR else "A : n x n"
    singular = _SINGULAR.get(name, "")
    value = MatrixOperation(
        name,
        "A : n x n -> n x n",
        differential=f"{name}_frechet(A, dA)",
        cite="Higham 2008, section 3.2, theorem 3.6",
        singular=singular,
        meaning=_MEANING[name],
        example=f"{given}\nY = {name}(A)",
    )
    frechet = MatrixOperation(
        f"{name}_frechet",
        "A : n x n, E : n x n -> n x n",
        differential=f"{name}_frechet(A, dE)"
        f" + {name}_frechet([A, E; zeros(n,n), A], [dA, zeros(n,n); zeros(n,n), dA])[1:n, n+1:2*n]",
        linear_in=(1,),
        vec=(f"{name}([kron(A', eye(n)), eye(n*n); zeros(n*n,n*n), kron(eye(n), A)])[1:n*n, n*n+1:2*n*n]",),
        adjoint=(f"{name}_frechet(A', Y)",),
        cite="Higham and Relton 2014",
        singular=singular,
        meaning=f"the Fréchet derivative of {name} at A in the direction E",
        example=f"{given}\nE : n x n\nY = {name}_frechet(A, E)",
    )
    return value, frechet


OPERATIONS = (
    *(operation for name in _MEANING for operation in _function(name)),
    MatrixOperation(
        "sqrtm",
        "A : n x n -> n x n",
        differential="sylvester(R, R, dA)",
        where=("R = sqrtm(A)",),
        cite="Higham 2008, section 6.1: R dR + dR R = dA",
        singular=_SPECTRUM,
        meaning="the principal square root",
        example="A : n x n spd\nY = sqrtm(A)",
    ),
    MatrixOperation(
        "sylvester",
        "A : n x n, B : m x m, C : n x m -> n x m",
        differential="sylvester(A, B, dC - dA*X - X*dB)",
        where=("X = sylvester(A, B, C)",),
        linear_in=(2,),
        adjoint=("sylvester(A', B', Y)",),
        entries="Σ_k,l inv(kron(eye(m), A) + kron(B', eye(n)))[i + n*(j-1), k + n*(l-1)] C[k,l]",
        vec=("inv(kron(eye(m), A) + kron(B', eye(n)))",),
        cite="Matrix Cookbook 2012, (37), on both sides of A X + X B = C",
        singular="A and -B have an eigenvalue in common",
        meaning="the solution X of A X + X B = C",
        example="A : n x n\nB : m x m\nC : n x m\nY = sylvester(A, B, C)",
    ),
)

DEFINITIONS = (
    Definition(
        "lyapunov",
        "A : n x n, C : n x n -> n x n",
        body="sylvester(A, A', C)",
        cite="definition",
        singular="A and -A have an eigenvalue in common",
        meaning="the solution X of A X + X A' = C",
        example="A : n x n\nC : n x n\nY = lyapunov(A, C)",
    ),
)
