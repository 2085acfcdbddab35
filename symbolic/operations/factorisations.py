"""Factorisations, one factor an operation: `Q, R = qr(A)` in a program is Q = qr_q(A), R = qr_r(A)."""

from __future__ import annotations

from symbolic.operations.record import Definition, MatrixOperation

_CHOLESKY = ("L = chol(A)", "M = L \\ dA / L'")
_QR = ("Q = qr_q(A)", "R = qr_r(A)", "C = Q'*dA / R", "W = tril(C, -1) - tril(C, -1)'")
_LU = ("L = lu_l(A)", "U = lu_u(A)", "M = L \\ dA / U")
_EIGH = ("V = eigvecsh(A)", "l = eigvalsh(A)", "F = 1 ./ (ones(n,1)*l' - l*ones(1,n) + eye(n)) - eye(n)")
_EIG = ("v = eigvec(A)", "w = eigvec(A')")
_EIGENVECTOR = ("v = eigvec(A)", "z = (eigval(A)*eye(n) - A + v*v') \\ (dA*v)")
_SVD = (
    "U = svd_u(A)",
    "s = svdvals(A)",
    "V = svd_v(A)",
    "P = U'*dA*V",
    "G = ones(min(n,m),1)*(s .* s)' - (s .* s)*ones(1,min(n,m))",
    "F = 1 ./ (G + eye(min(n,m))) - eye(min(n,m))",
)
_REPEATED = "two eigenvalues are equal"
_REPEATED_SINGULAR = "two singular values are equal, or one is zero"
_TRIANGULAR = "de Hoog, Anderssen and Lukas 2011, (3.6)"
_THIN_QR = "Walter and Lehmann 2010, the rectangular QR decomposition"

OPERATIONS = (
    MatrixOperation(
        "chol",
        "A : n x n -> n x n",
        differential="L*(tril(M) - 0.5*diag(diagonal(M)))",
        where=_CHOLESKY,
        symmetric=True,
        cite="Murray 2016, section 3",
        singular="A is not positive definite",
        meaning="the lower Cholesky factor, L L' = A",
        example="A : n x n spd\nY = chol(A)",
    ),
    MatrixOperation(
        "qr_q",
        "A : n x m -> n x m",
        differential="D - Q*(C - W)",
        where=(*_QR, "D = dA / R"),
        cite=_THIN_QR,
        singular="A does not have full column rank",
        meaning="Q of the thin A = Q R, where R has a positive diagonal",
        example="A : 5 x 3\nY = qr_q(A)",
    ),
    MatrixOperation(
        "qr_r",
        "A : n x m -> m x m",
        differential="(C - W)*R",
        where=_QR,
        cite=_THIN_QR,
        singular="A does not have full column rank",
        meaning="R of the thin A = Q R, with a positive diagonal",
        example="A : 5 x 3\nY = qr_r(A)",
    ),
    MatrixOperation(
        "lu_l",
        "A : n x n -> n x n",
        differential="L*tril(M, -1)",
        where=_LU,
        cite=_TRIANGULAR,
        singular="a leading principal minor is zero",
        meaning="L of A = L U without pivoting, with a unit diagonal",
        example="A : n x n\nY = lu_l(A)",
    ),
    MatrixOperation(
        "lu_u",
        "A : n x n -> n x n",
        differential="triu(M)*U",
        where=_LU,
        cite=_TRIANGULAR,
        singular="a leading principal minor is zero",
        meaning="U of A = L U without pivoting",
        example="A : n x n\nY = lu_u(A)",
    ),
    MatrixOperation(
        "eigvalsh",
        "A : n x n -> n x 1",
        differential="diagonal(V'*dA*V)",
        where=_EIGH[:1],
        symmetric=True,
        cite="Magnus 1985, theorem 1",
        singular=_REPEATED,
        meaning="the eigenvalues of a symmetric matrix, ascending",
        example="A : n x n symmetric\ny = eigvalsh(A)",
    ),
    MatrixOperation(
        "eigvecsh",
        "A : n x n -> n x n",
        differential="V*(F .* (V'*dA*V))",
        where=_EIGH,
        symmetric=True,
        cite="Magnus 1985, theorem 1",
        singular=_REPEATED,
        meaning="its orthonormal eigenvectors as columns; in each the entry of largest size is positive",
        example="A : n x n symmetric\nY = eigvecsh(A)",
    ),
    MatrixOperation(
        "eigval",
        "A : n x n -> 1 x 1",
        differential="(w'*dA*v)/(w'*v)",
        where=_EIG,
        cite="Magnus 1985, theorem 2",
        singular="the eigenvalue of largest size is not simple, or not real",
        meaning="the eigenvalue of largest absolute value, which has to be real and simple",
        example="A : n x n positive\ny = eigval(A)",
    ),
    MatrixOperation(
        "eigvec",
        "A : n x n -> n x 1",
        differential="z - v*(v'*z)",
        where=_EIGENVECTOR,
        cite="Magnus 1985, theorem 2",
        singular="the eigenvalue of largest size is not simple, or not real",
        meaning="the eigenvector of that eigenvalue, of length 1, its entry of largest size positive",
        example="A : n x n positive\ny = eigvec(A)",
    ),
    MatrixOperation(
        "svdvals",
        "A : n x m -> min(n,m) x 1",
        differential="diagonal(U'*dA*V)",
        where=(_SVD[0], _SVD[2]),
        cite="Townsend 2016",
        singular=_REPEATED_SINGULAR,
        meaning="the singular values, descending",
        example="A : n x m\ny = svdvals(A)",
    ),
    MatrixOperation(
        "svd_u",
        "A : n x m -> n x min(n,m)",
        differential="U*(F .* (P*diag(s) + diag(s)*P')) + (dA*V - U*P)*diag(1 ./ s)",
        where=_SVD,
        cite="Townsend 2016",
        singular=_REPEATED_SINGULAR,
        meaning="the left singular vectors of the thin A = U diag(s) V'; in each the entry of largest size is positive",
        example="A : n x m\nY = svd_u(A)",
    ),
    MatrixOperation(
        "svd_v",
        "A : n x m -> m x min(n,m)",
        differential="V*(F .* (diag(s)*P + P'*diag(s))) + (dA'*U - V*P')*diag(1 ./ s)",
        where=_SVD,
        cite="Townsend 2016",
        singular=_REPEATED_SINGULAR,
        meaning="the right singular vectors of the thin A = U diag(s) V'",
        example="A : n x m\nY = svd_v(A)",
    ),
)

DEFINITIONS: tuple[Definition, ...] = ()
RESULTS = {
    "qr": ("qr_q", "qr_r"),
    "lu": ("lu_l", "lu_u"),
    "eigh": ("eigvalsh", "eigvecsh"),
    "svd": ("svd_u", "svdvals", "svd_v"),
}
"Calls that give several matrices, and the operation of each."
