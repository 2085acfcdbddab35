"""What the operations and functions of the project are in JAX."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

Array = Any

NOT_IN_JAX = frozenset(("logm", "logm_frechet", "sqrtm"))
"""JAX has no derivative of the Schur form that its own are computed by."""


@cache
def functions(jax: Any) -> dict[str, Callable[[Array], Array]]:
    n = jax.numpy
    erf = jax.scipy.special.erf
    sigmoid = jax.nn.sigmoid
    own = {
        "asin": n.arcsin,
        "acos": n.arccos,
        "atan": n.arctan,
        "reciprocal": lambda X: 1 / X,
        "step": lambda X: n.where(X > 0, 1.0, 0.0),
        "relu": lambda X: n.where(X > 0, X, 0.0),
        "leaky_relu": lambda X: n.where(X > 0, X, X / 100),
        "softplus": lambda X: n.logaddexp(X, 0.0),
        "sigmoid": sigmoid,
        "silu": lambda X: X * sigmoid(X),
        "gelu": lambda X: X * (1 + erf(X / 2**0.5)) / 2,
        "erf": erf,
    }
    trigonometric = ("sin", "cos", "tan", "sinh", "cosh", "tanh")
    others = ("exp", "expm1", "log", "log1p", "sqrt", "square", "abs", "sign")
    return {**{name: getattr(n, name) for name in (*trigonometric, *others)}, **own}


class _Matrices:
    """The named operations in jax.numpy."""

    def __init__(self, jax: Any) -> None:
        self.jax, self.np, self.linalg = jax, jax.numpy, jax.numpy.linalg
        self.expm_of_small = jax.scipy.linalg.expm

    # Functions of matrices

    def rotation(self, A: Array) -> Array:
        """[[cos A, -sin A], [sin A, cos A]]"""
        zero = self.np.zeros_like(A)
        return self.expm(self.np.block([[zero, -A], [A, zero]]))

    def expm(self, A: Array) -> Array:
        """exp(A) = exp(A/2)²: JAX halves a matrix once too little, and loses ten digits just below twice its limit."""
        root = self.expm_of_small(A / 2)
        return root @ root

    def sinm(self, A: Array) -> Array:
        return self.rotation(A)[len(A) :, : len(A)]

    def cosm(self, A: Array) -> Array:
        return self.rotation(A)[: len(A), : len(A)]

    def frechet(self, f: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
        return lambda A, E: self.jax.jvp(f, (A,), (E,))[1]

    def sylvester(self, A: Array, B: Array, C: Array) -> Array:
        equations = self.np.kron(self.np.eye(len(B)), A) + self.np.kron(B.T, self.np.eye(len(A)))
        return self.linalg.solve(equations, C.reshape((-1, 1), order="F")).reshape(C.shape, order="F")

    # Factorisations, with the signs of the project

    def signs(self, V: Array) -> Array:
        """What makes the entry of largest absolute value in each column positive."""
        largest = self.np.take_along_axis(V, self.np.argmax(self.np.abs(V), axis=0, keepdims=True), axis=0)
        return self.np.where(largest < 0, -1.0, 1.0)

    def qr(self, A: Array) -> tuple[Array, Array]:
        Q, R = self.linalg.qr(A)
        signs = self.np.where(self.np.diag(R) < 0, -1.0, 1.0)
        return Q * signs, signs[:, None] * R

    def lu(self, A: Array) -> tuple[Array, Array]:
        """Gaussian elimination, a column at a time."""
        L, U = self.np.eye(len(A)), A
        for k in range(len(A)):
            below = self.np.where(self.np.arange(len(A)) > k, U[:, k] / U[k, k], 0.0)
            L, U = L.at[:, k].add(below), U - self.np.outer(below, U[k])
        return L, self.np.triu(U)

    def svd(self, A: Array) -> tuple[Array, Array, Array]:
        U, s, Vt = self.linalg.svd(A, full_matrices=False)
        signs = self.signs(U)
        return U * signs, s[:, None], Vt.T * signs

    def eigvecsh(self, A: Array) -> Array:
        V = self.linalg.eigh(A)[1]
        return V * self.signs(V)

    def eigval(self, A: Array) -> Array:
        values = self.linalg.eigvals(A)
        return values[self.np.argmax(self.np.abs(values))].real.reshape(1, 1)

    def eigvec(self, A: Array) -> Array:
        values, vectors = self.jax.lax.linalg.eig(A, compute_left_eigenvectors=False, enable_eigvec_derivs=True)
        v = vectors[:, self.np.argmax(self.np.abs(values))].real[:, None]
        v = v / self.np.sqrt(self.np.sum(v * v))
        return v * self.signs(v)

    # Reductions

    def over(self, reduction: Callable[..., Array], axis: int | None) -> Callable[[Array], Array]:
        return lambda A: reduction(A, axis=axis, keepdims=True)

    def weights(self, axis: int | None) -> Callable[[Array], Array]:
        """1 where the largest entry is, which has no derivative."""

        def where(A: Array) -> Array:
            largest = (self.np.max(A, axis=axis, keepdims=True) == A) * 1.0
            return self.jax.lax.stop_gradient(largest / self.np.sum(largest, axis=axis, keepdims=True))

        return where


@cache
def operations(jax: Any) -> dict[str, Callable[..., Array]]:
    n, linalg, m = jax.numpy, jax.numpy.linalg, _Matrices(jax)
    axes = (("", None), ("_1", 0), ("_2", 1))
    reductions = {"sum": n.sum, "max": n.max, "logsumexp": jax.scipy.special.logsumexp}
    return {
        **{name + ending: m.over(of, axis) for name, of in reductions.items() for ending, axis in axes},
        **{f"max_weights{ending}": m.weights(axis) for ending, axis in axes},
        "matrix_power": linalg.matrix_power,
        "kron": n.kron,
        "hstack": lambda *parts: n.hstack(parts),
        "vstack": lambda *parts: n.vstack(parts),
        "slice": lambda A, r0, r1, c0, c1: A[r0 - 1 : r1, c0 - 1 : c1],
        "rearrange": lambda A, n_, m_, p_, q_: A.reshape(n_, p_, m_, q_).swapaxes(1, 2).reshape(n_ * m_, p_ * q_),
        "reshape": lambda A, rows, cols: A.reshape((rows, cols), order="F"),
        "diag": lambda x: n.diag(x[:, 0]),
        "diagonal": lambda A: n.diag(A)[:, None],
        "tril": n.tril,
        "triu": n.triu,
        "tr": lambda A: n.trace(A).reshape(1, 1),
        "det": lambda A: linalg.det(A).reshape(1, 1),
        "logdet": lambda A: linalg.slogdet(A)[1].reshape(1, 1),
        "inv": linalg.inv,
        "solve": linalg.solve,
        "pinv": linalg.pinv,
        "expm": m.expm,
        "sinm": m.sinm,
        "cosm": m.cosm,
        "expm_frechet": m.frechet(m.expm),
        "sinm_frechet": m.frechet(m.sinm),
        "cosm_frechet": m.frechet(m.cosm),
        "sylvester": m.sylvester,
        "chol": linalg.cholesky,
        "qr_q": lambda A: m.qr(A)[0],
        "qr_r": lambda A: m.qr(A)[1],
        "lu_l": lambda A: m.lu(A)[0],
        "lu_u": lambda A: m.lu(A)[1],
        "eigvalsh": lambda A: linalg.eigh(A)[0][:, None],
        "eigvecsh": m.eigvecsh,
        "eigval": m.eigval,
        "eigvec": m.eigvec,
        "svdvals": lambda A: m.svd(A)[1],
        "svd_u": lambda A: m.svd(A)[0],
        "svd_v": lambda A: m.svd(A)[2],
    }
