"""NumPy functions as people write them: the traced program has the values that the function itself has."""

from __future__ import annotations

import functools
import inspect

import numpy as np
import pytest
import scipy.special
from tracing_values import as_matrix, evaluate, point

import pushforward as pf
from pushforward import tracing
from pushforward.tracing.dispatch import FUNCTIONS

X, Y, N3, A, B, SPD, SYM = (
    ("n", "m"),
    ("n", "m"),
    ("n", 3),
    ("n", "n"),
    ("m", "k"),
    ("n", "n", "spd"),
    ("n", "n", "symmetric"),
)
C = np.array([[1.0, 2.0, -3.0], [0.5, 0.25, 8.0]])
V3 = np.array([1.0, -2.0, 0.5])


def softmax_rows(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def layer_norm(x, g, b, eps=1e-5):
    mean = x.mean(-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    return (x - mean) / np.sqrt(var + eps) * g + b


def attention(Q, K, V):
    return softmax_rows(Q @ K.T / np.sqrt(K.shape[-1])) @ V


def softmax_regression(X, W, b, Y):
    Z = X @ W + b
    logp = Z - np.log(np.sum(np.exp(Z), axis=1, keepdims=True))
    return -np.sum(Y * logp) / X.shape[0]


def three_layers(X, W1, b1, W2, b2, W3, b3):
    h1 = np.maximum(X @ W1 + b1, 0)
    h2 = np.tanh(h1 @ W2 + b2)
    return h2 @ W3 + b3


def gaussian(x, mu, S):
    r = x - mu
    _, logdet = np.linalg.slogdet(S)
    return -0.5 * (r @ np.linalg.solve(S, r) + logdet + len(V3) * np.log(2 * np.pi))


def ridge(X, y, lam):
    n, m = X.shape
    w = np.linalg.solve(X.T @ X + lam * np.eye(m, like=X), X.T @ y)
    return np.linalg.norm(y - X @ w) ** 2 / n


def kalman(x, P, F, H, R, z):
    x, P = F @ x, F @ P @ F.T
    S = H @ P @ H.T + R
    K = P @ H.T @ np.linalg.inv(S)
    x = x + K @ (z - H @ x)
    P = (np.eye(P.shape[0], like=P) - K @ H) @ P
    return x, P


def in_place(X, v):
    w = v.flatten()
    outer = np.outer(w, w)
    w += 1
    w /= np.linalg.norm(w[None, :] + 0)
    d = np.diag(v)
    d -= 1
    c = X.T.copy()
    c **= 2
    rows = 2 * X.shape[0]
    rows += 1
    rows -= X.shape[0]
    Z = np.zeros_like(X)
    Z += X
    Z *= 2
    same = Z
    np.add(Z, 1, out=Z)
    return same, Z, w * rows, d, c, outer


CASES = {
    # arithmetic
    "sum": (lambda x, y: x + y - 2 * x + 1, [X, Y]),
    "products": (lambda x, y: x * y / (1 + x) * 3 / 4, [X, Y]),
    "reflected": (lambda x: 1 - x + 2 / x + 3 * x, [X]),
    "number over scalar": (lambda s, x: 2 / s + x / s + s * x, [(), X]),
    "scalars": (lambda s, t: s * t / (s + t) - t / 2 + s / t, [(), ()]),
    "powers": (lambda x: x**2 + x**0.5 + x**-1 + x**0 + x**1 + 2**x, [X]),
    "power of arrays": (lambda x, y: x**y, [X, Y]),
    "power of a number": (lambda x: np.power(x, 3) + np.float_power(x, 2), [X]),
    "signs": (lambda x: -x + (+x) * 2 + abs(-x), [X]),
    "ufuncs of two": (lambda x, y: np.add(np.subtract(x, y), np.multiply(x, np.divide(x, y))), [X, Y]),
    "true_divide": (lambda x, y: np.true_divide(x, y), [X, Y]),
    "numpy scalars": (lambda x: np.float64(2) * x + np.int64(3) - x * np.float32(0.5), [X]),
    "sum builtin": (lambda x, y: sum([x, y, x]), [X, Y]),
    "in place": (in_place, [X, "n"]),
    # broadcasting
    "row": (lambda x, b: x + b, [X, "m"]),
    "row first": (lambda x, b: b * x - b, [X, "m"]),
    "column": (lambda x, c: x * c[:, None] + c[:, np.newaxis], [X, "n"]),
    "row matrix": (lambda x, b: x / b, [X, (1, "m")]),
    "column matrix": (lambda x, b: b / x + x, [X, ("n", 1)]),
    "outer sum": (lambda x, y: x[:, None] + y[None, :], ["n", "m"]),
    "outer difference": (lambda x, y: (x[:, None] - y) ** 2, ["n", "m"]),
    "vectors": (lambda x, y: x * y + x / y - 1, ["n", "n"]),
    "one entry": (lambda x, y: x + y, ["n", (1,)]),
    "broadcast_to": (lambda b, x: np.broadcast_to(b, x.shape) + x, ["m", X]),
    "row norms": (lambda x: x / np.sqrt((x**2).sum(axis=1))[:, None], [X]),
    "pairwise": (lambda x, y: (x**2).sum(1)[:, None] + (y**2).sum(1) - 2 * x @ y.T, [X, ("k", "m")]),
    # functions of entries
    "sin": (lambda x: np.sin(x) + np.cos(x) * np.tan(x), [X]),
    "arcs": (lambda x: np.arcsin(x) + np.arccos(x) - np.arctan(x), [X]),
    "hyperbolic": (lambda x: np.sinh(x) + np.cosh(x) + np.tanh(x), [X]),
    "exp": (lambda x: np.exp(x) + np.expm1(x) + np.exp2(x), [X]),
    "log": (lambda x: np.log(x) + np.log1p(x) + np.log2(x) + np.log10(x), [X]),
    "roots": (lambda x: np.sqrt(x) + np.square(x) + np.reciprocal(x) + np.cbrt(x) + np.cbrt(-x), [X]),
    "absolute": (lambda x: np.abs(x - 0.5) + np.absolute(-x) + np.fabs(x) + np.sign(x - 0.4), [X]),
    "negative": (lambda x: np.negative(x) * np.positive(x), [X]),
    "degrees": (lambda x: np.deg2rad(x) + np.rad2deg(x) + np.radians(x) + np.degrees(x), [X]),
    "heaviside": (lambda x: np.heaviside(x - 0.5, 0) + np.heaviside(x, 0.5) + np.heaviside(-x, 1), [X]),
    "relu": (lambda x: np.maximum(x - 0.5, 0) + np.maximum(0.0, x - 0.4) + np.minimum(x - 0.5, 0), [X]),
    "maximum": (lambda x, y: np.maximum(x, y) - np.minimum(x, y) * np.fmax(x, 0.5) + np.fmin(0.4, y), [X, Y]),
    "leaky": (lambda x: np.maximum(0.01 * (x - 0.5), x - 0.5), [X]),
    "clip": (lambda x: np.clip(x, 0.3, 0.6) + x.clip(0.4, None) + x.clip(max=0.5), [X]),
    "softplus": (lambda x: np.logaddexp(0, x) + np.logaddexp(x, 0) + np.logaddexp(x, 1), [X]),
    "logaddexp": (lambda x, y: np.logaddexp(x, y), [X, Y]),
    "scipy ufuncs": (lambda x: scipy.special.erf(x) + scipy.special.expit(x) + scipy.special.erfc(x), [X]),
    "scipy more": (lambda x: scipy.special.xlogy(x, x + 1) + scipy.special.entr(x) + scipy.special.ndtr(x), [X]),
    "scipy logit": (lambda x: scipy.special.logit(x) + scipy.special.log_expit(x), [X]),
    "gelu": (lambda x: 0.5 * x * (1 + scipy.special.erf(x / np.sqrt(2))), [X]),
    "conj": (lambda x: np.conj(x) + x.conj() + x.real + np.real(x), [X]),
    # reductions
    "sums": (lambda x: (x.sum(), x.sum(0), x.sum(axis=1), x.sum(-1), x.sum(axis=-2, keepdims=True)), [X]),
    "np.sum": (lambda x: (np.sum(x), np.sum(x, 0), np.sum(x, axis=1, keepdims=True), np.sum(x, (0, 1))), [X]),
    "sums of vectors": (lambda x: (x.sum(), x.sum(axis=0), x.sum(-1, keepdims=True), np.sum(x)), ["n"]),
    "means": (lambda x: (x.mean(), x.mean(0), x.mean(1, keepdims=True), np.mean(x, axis=1), np.average(x)), [X]),
    "mean by hand": (lambda x: (x.sum() / x.size, x.sum(0) / x.shape[0], x.sum() / x.shape[1]), [X]),
    "variances": (lambda x: (x.var(), x.var(0), x.var(axis=1, ddof=1), np.var(x, ddof=1), x.std(0)), [X]),
    "std": (lambda x: (np.std(x), np.std(x, axis=1, keepdims=True), x.std(ddof=1)), [X]),
    "extremes": (lambda x: (x.max(), x.min(), x.max(0), x.min(axis=1), np.max(x, 1), np.amin(x, 0), np.amax(x)), [X]),
    "ptp": (lambda x: np.ptp(x, axis=0), [X]),
    "centred": (lambda x: x - x.mean(axis=0), [X]),
    "of a scalar": (lambda s: s.sum() + s.mean() + s.max(), [()]),
    "reduce": (lambda x: (np.add.reduce(x), np.add.reduce(x, axis=1), np.maximum.reduce(x, axis=None)), [X]),
    "logaddexp reduce": (lambda x: np.logaddexp.reduce(x, axis=1), [X]),
    "outer ufunc": (lambda x, y: np.add.outer(x, y) + np.multiply.outer(x, y), ["n", "m"]),
    # products
    "matmul": (lambda x, b: x @ b, [X, B]),
    "matrix vector": (lambda x, v: x @ v, [X, "m"]),
    "vector matrix": (lambda v, x: v @ x, ["n", X]),
    "vector vector": (lambda u, v: u @ v, ["n", "n"]),
    "np.matmul": (lambda x, b: np.matmul(x, b) + x.dot(b) + np.dot(x, b), [X, B]),
    "dot": (lambda u, v, s: np.dot(u, v) + np.dot(s, u).sum(), ["n", "n", ()]),
    "inner": (lambda x, y, v: (np.inner(x, y), np.inner(x, v), np.inner(v, v), np.inner(v, x)), [X, Y, "m"]),
    "outer": (lambda u, v: np.outer(u, v), ["n", "m"]),
    "outer of matrices": (lambda x, b: np.outer(x, b), [X, B]),
    "vdot": (lambda x, y, u: np.vdot(x, y) + np.vdot(u, u), [X, Y, "n"]),
    "kron": (lambda x, b, u, v: (np.kron(x, b), np.kron(u, v), np.kron(x, v)), [X, B, "n", "m"]),
    "tensordot": (lambda x, y, b: np.tensordot(x, y) + np.tensordot(x, b, axes=1).sum(), [X, Y, B]),
    "multi_dot": (lambda x, b, c: np.linalg.multi_dot([x, b, c]), [X, B, ("k", "h")]),
    "matrix_power": (lambda a: [np.linalg.matrix_power(a, k) for k in (3, 2, 1, 0, -1, -2)], [SPD]),
    "quadratic form": (lambda x, a: x @ a @ x, ["n", A]),
    "tile": (lambda v, x: (np.tile(v, (3, 1)), np.tile(v, 2), np.tile(x, (2, 3)), np.tile(x, 2)), ["n", X]),
    "tile rows": (lambda v, x: np.tile(v, (x.shape[0], 1)) + x, ["m", X]),
    # einsum
    **{
        f"einsum {form}": (functools.partial(np.einsum, form), shapes)
        for form, shapes in {
            "ij,jk->ik": [X, B], "ij,kj->ik": [X, ("k", "m")], "ji,jk": [X, ("n", "k")], "ij,ij->": [X, Y],
            "ij,ij->i": [X, Y], "ij,ij->j": [X, Y], "ij,ij->ij": [X, Y], "ii->": [A], "ii->i": [A],
            "i,j->ij": ["n", "m"], "i,j->ji": ["n", "m"],
            "ij->ji": [X], "ij->i": [X], "ij->j": [X], "ij->": [X], "ij->ij": [X],
            "i,i->": ["n", "n"], "i,i->i": ["n", "n"], "ij,j->i": [X, "m"], "i,ij->j": ["n", X], "ij,j->ij": [X, "m"],
            "ij,i->ij": [X, "n"], "ij,ji->": [X, ("m", "n")], "i,ij,j->": ["n", X, "m"],
            "ij,jk,kl->il": [X, B, ("k", "h")],
            "ij,jk->": [X, B], "ij,ik->jk": [X, ("n", "k")], "ii,i->i": [A, "n"], "i,j->": ["n", "m"],
            ",ij->ij": [(), X], "ij,ij,ij->i": [X, Y, X], "i,i,i->": ["n", "n", "n"], "ij,i,j->": [X, "n", "m"],
            "ij,jk,ik->": [X, B, ("n", "k")], "ij, ij": [X, Y],
        }.items()
    },
    # shapes
    "transposes": (lambda x: (x.T, np.transpose(x), x.transpose(), x.transpose(1, 0), x.swapaxes(0, 1), x.T.T), [X]),
    "transposes of vectors": (lambda v: (v.T, np.transpose(v) * 2), ["n"]),
    "reshape": (lambda x: (x.reshape(3, 4), x.reshape((2, 6)), x.reshape(-1), x.reshape(4, -1)), [(6, 2)]),
    "reshape F": (lambda x: (x.reshape(3, 4, order="F"), np.reshape(x, (12, 1), order="F")), [(6, 2)]),
    "reshape sizes": (lambda x: (x.reshape(-1, 1), x.reshape(1, -1), x.reshape(x.shape[1], x.shape[0])), [X]),
    "reshape vectors": (lambda v: (v.reshape(-1, 1), v.reshape(1, -1), v.reshape(2, 3), v.reshape(3, -1)), [(6,)]),
    "ravel": (lambda x, v: (x.ravel(), np.ravel(x), x.flatten(), x.ravel(order="F"), v.ravel()), [X, "n"]),
    "ravel rows": (lambda x, y: (x.ravel(), y.ravel(), x.T.reshape(-1)), [("n", 1), (1, "n")]),
    "diagonals": (lambda a, v: (np.diag(a), np.diag(v), a.diagonal(), np.diagonal(a)), [A, "n"]),
    "traces": (lambda a: a.trace() + np.trace(a), [A]),
    "diagonal of a rectangle": (lambda x: np.diag(x), [(5, 3)]),
    "triangles": (lambda x: (np.tril(x), np.triu(x), np.tril(x, -1), np.triu(x, k=1)), [X]),
    "squeeze": (lambda x, y: (x.squeeze(), np.squeeze(y, axis=0), np.squeeze(y)), [("n", 1), (1, "n")]),
    "new axes": (lambda v: (np.expand_dims(v, 0), np.expand_dims(v, -1), np.atleast_2d(v), v[None]), ["n"]),
    "at least": (lambda s, v: (np.atleast_1d(s), np.atleast_2d(s), np.atleast_1d(v)), [(), "n"]),
    "copies": (lambda x: x.copy() + np.copy(x) + x.astype(float) + x.astype("float64"), [X]),
    # joining
    "hstack": (lambda x, y, u, v: (np.hstack([x, y]), np.hstack((u, v))), [X, ("n", "k"), "n", "m"]),
    "vstack": (lambda x, b, v: (np.vstack([x, b]), np.vstack([v, v * 2]), np.vstack((x, v))), [X, ("k", "m"), "m"]),
    "concatenate": (
        lambda x, y, u, v: (np.concatenate([x, y]), np.concatenate([x, y], axis=1), np.concatenate((u, v)),
                            np.concatenate([x, y], axis=-1), np.concatenate([x, y], axis=None)),
        [X, Y, "n", "m"],
    ),
    "stack": (lambda u, v: (np.stack([u, v]), np.stack([u, v], axis=1), np.stack([u, v], -1)), ["n", "n"]),
    "stack of numbers": (lambda s, t: np.stack([s, t, s * t]), [(), ()]),
    "column_stack": (lambda u, v, x: np.column_stack([u, v, x]), ["n", "n", X]),
    "block": (
        lambda a, x, s, v: (np.block([[a, x], [x.T, np.zeros_like(x, shape=(x.shape[1], x.shape[1]))]]),
                            np.block([a, x]), np.block([[v], [v]]),
                            np.block([v, s])),
        [A, X, (), "n"],
    ),
    "bias column": (lambda x, w: np.hstack([x, np.ones((x.shape[0], 1), like=x)]) @ w, [N3, (4, "h")]),
    "append": (lambda u, v: np.append(u, v), ["n", "m"]),
    "like": (lambda s, t: np.array([[s, t], [t, s]], like=s) + np.asarray(s, like=s), [(), ()]),
    # indexing
    "places": (lambda x: (x[0], x[-1], x[1, 2], x[:, 0], x[:, -1], x[-1, -1], x[2, :]), [X]),
    "slices": (lambda x: (x[1:], x[:-1], x[1:3], x[:, 1:], x[:2, :2], x[-2:], x[1:-1, :1], x[:]), [X]),
    "slices of vectors": (lambda v: (v[0], v[-1], v[1:], v[:-1], v[1:] - v[:-1], v[1:-1], v[...]), ["n"]),
    "ellipsis": (lambda x: (x[..., 0], x[0, ...], x[...], x[..., None, 0], x[0, ..., 1:]), [X]),
    "new axes by index": (lambda x, v: (v[:, None], v[None, :], x[0][:, None], x[None, 0], x[0, :, None]), [X, "n"]),
    "beyond the end": (lambda x: (x[:10], x[-10:2], x[2:99, 0]), [(5, 3)]),
    "sizes as places": (lambda x: (x[: x.shape[0] - 1], x[x.shape[0] - 2], x[:, x.shape[1] - 1]), [X]),
    "iteration": (lambda x: [row * number for number, row in enumerate(x, 1)], [(3, "m")]),
    "length": (lambda x: x.sum() * len(x) / x.shape[0], [(3, "m")]),
    "loop over rows": (lambda x: sum(x[i] * i for i in range(x.shape[0])), [(4, "m")]),
    "nested index": (lambda x: x[1:][0][1:] + x[0, 1:], [X]),
    # filling
    "ones_like": (lambda x: np.ones_like(x) + np.zeros_like(x) + np.full_like(x, 2.5) * x, [X]),
    "eye": (lambda a: a + np.eye(a.shape[0], like=a) + np.identity(5) * 2, [(5, 5)]),
    "eye of a name": (lambda a: a - 3 * np.eye(a.shape[0], like=a) + np.identity(a.shape[0], like=a), [A]),
    "full": (lambda x: np.full((x.shape[0], 1), 2, like=x) * x + np.zeros_like(x, shape=(x.shape[0], 1)), [X]),
    "centring": (lambda x: (np.eye(len(V3) + 2) - np.ones((5, 5)) / 5) @ x, [(5, 3)]),
    # constants
    "constant": (lambda x: x @ C.T + np.array([1, 2]), [N3]),
    "constant first": (lambda x: C @ x.T, [N3]),
    "constant vector": (lambda x: x * V3 + V3 - [1, 2, 3], [N3]),
    "constant diagonal": (lambda x: x @ np.diag(V3), [N3]),
    "lists": (lambda x: np.dot(x, [[1, 0], [2, -1], [0, 0.5]]), [N3]),
    "constant result": (lambda x: (x, 2, np.eye(2), V3), [X]),
    # linear algebra
    "inv": (lambda a: np.linalg.inv(a) @ a + np.linalg.inv(a), [SPD]),
    "solve": (lambda a, x, v: (np.linalg.solve(a, x), np.linalg.solve(a, v)), [SPD, X, "n"]),
    "det": (lambda a: np.linalg.det(a) + np.linalg.slogdet(a)[1] * np.linalg.slogdet(a).sign, [SPD]),
    "slogdet": (lambda a: np.linalg.slogdet(a).logabsdet, [A]),
    "norms": (lambda x, v: [np.linalg.norm(x), np.linalg.norm(x, "fro"), np.linalg.norm(v)], [X, "n"]),
    "norms of order": (
        lambda x, v: [np.linalg.norm(x, p) for p in (1, 2, np.inf, "nuc")]
        + [np.linalg.norm(v, p) for p in (1, 2, 3, np.inf)],
        [X, "n"],
    ),
    "norms along": (
        lambda x: (np.linalg.norm(x, axis=1), np.linalg.norm(x, axis=0, keepdims=True), np.linalg.norm(x, 1, axis=1),
                   np.linalg.norm(x, axis=(0, 1)), np.linalg.norm(x, 1, axis=(1, 0)), np.linalg.norm(x, keepdims=True),
                   x / np.linalg.norm(x, axis=1)[:, None]),
        [X],
    ),
    "pinv": (lambda x: np.linalg.pinv(x), [X]),
    "cholesky": (lambda s: (np.linalg.cholesky(s), np.linalg.cholesky(s) @ np.linalg.cholesky(s).T), [SPD]),
    "qr": (lambda x: (lambda q, r: (q @ r, np.abs(r)))(*np.linalg.qr(x)), [X]),
    "qr r": (lambda x: np.abs(np.linalg.qr(x, mode="r")), [X]),
    "eigvalsh": (lambda s: np.linalg.eigvalsh(s), [SYM]),
    "eigh": (lambda s: (lambda w, v: (v * np.exp(w)) @ v.T)(*np.linalg.eigh(s)), [SYM]),
    "svd": (lambda x: (lambda u, s, vt: (u * s) @ vt)(*np.linalg.svd(x, full_matrices=False)), [X]),
    "singular values": (lambda x: np.linalg.svd(x, compute_uv=False), [X]),
    # SciPy's, by the functions that take both kinds of arrays
    **{
        name: (getattr(tracing, name), [SPD]) for name in ("expm", "logm", "sqrtm", "sinm", "cosm")
    },
    "sylvester": (tracing.solve_sylvester, [SPD, ("m", "m", "spd"), X]),
    "lyapunov": (tracing.solve_continuous_lyapunov, [SPD, A]),
    "logsumexp": (
        lambda x, v: (tracing.logsumexp(x), tracing.logsumexp(x, axis=1), tracing.logsumexp(x, 0, keepdims=True),
                      tracing.logsumexp(v)),
        [X, "n"],
    ),
    "softmax": (
        lambda x, v: (tracing.softmax(x, axis=1), tracing.softmax(x, 0), tracing.softmax(v), tracing.softmax(x)),
        [X, "n"],
    ),
    "log_softmax": (lambda x: tracing.log_softmax(x, axis=1), [X]),
    # programs
    "softmax by hand": (softmax_rows, [X]),
    "layer norm": (layer_norm, [X, "m", "m"]),
    "attention": (attention, [("n", "k"), ("m", "k"), ("m", "h")]),
    "softmax regression": (softmax_regression, [X, ("m", "k"), "k", ("n", "k")]),
    "three layers": (three_layers, [X, ("m", "k"), "k", ("k", "h"), "h", ("h", 1), (1,)]),
    "gaussian": (gaussian, ["n", "n", SPD]),
    "ridge": (ridge, [X, "n", ()]),
    "kalman": (kalman, ["n", SPD, A, ("m", "n"), ("m", "m", "spd"), "m"]),
    "sizes as numbers": (lambda x: x * x.shape[0] + (x.shape[0] - 1) / x.shape[1] - x.size**0.5, [X]),
    "functions of sizes": (lambda x: np.log(x.shape[0]) * x - np.exp(x.shape[1] / 4) + np.sqrt(x.size), [X]),
}  # fmt: skip

NEW_NUMPY = np.lib.NumpyVersion(np.__version__) >= "2.2.0"
if NEW_NUMPY:
    CASES |= {
        "vecdot": (lambda x, y: np.linalg.vecdot(x, y), [X, Y]),
        "matrix_norm": (lambda x: np.linalg.matrix_norm(x) + np.linalg.vector_norm(x, ord=3), [X]),
        "vector_norm": (lambda x: np.linalg.vector_norm(x, axis=1), [X]),
        "linalg trace": (lambda a: np.linalg.trace(a) + np.linalg.diagonal(a).sum(), [A]),
        "matrix transpose": (lambda x: np.linalg.matrix_transpose(x) + x.mT + np.matrix_transpose(x), [X]),
        "svdvals": (lambda x: np.linalg.svdvals(x), [X]),
    }  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_program_has_the_values_of_the_function(name):
    function, shapes = CASES[name]
    points = [point(shape, seed) for seed, shape in enumerate(shapes)]
    names = [f"x{number}" for number in range(len(shapes))]
    given = dict(zip(names, shapes, strict=True))

    def called(*arrays):
        return function(*arrays)

    program = pf.trace(called, {"arrays": list(map(as_tuple, given.values()))})
    expected = function(*points)
    expected = expected if isinstance(expected, tuple | list) else [expected]
    found = evaluate(program, [as_matrix(array) for array in points])
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        assert one.shape == as_matrix(other).shape
        np.testing.assert_allclose(one, as_matrix(other), rtol=1e-9, atol=1e-11)


@pytest.mark.skipif(not NEW_NUMPY, reason="older names of arguments")
def test_arguments_have_the_places_and_names_that_numpy_gives_them():
    for name, handler in FUNCTIONS.items():
        function = functools.reduce(lambda part, word: getattr(part, word, None), name.split("."), np)
        try:
            theirs = list(inspect.signature(function).parameters.values())
        except (TypeError, ValueError):
            continue  # one of C, or of another version of NumPy
        if theirs[0].kind is inspect.Parameter.VAR_POSITIONAL:
            continue
        kinds = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.KEYWORD_ONLY
        for place, ours in enumerate(list(inspect.signature(handler).parameters.values())[1:]):
            if ours.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD and place < len(theirs):
                assert theirs[place].name == ours.name or theirs[place].kind in kinds, (name, ours.name)
            known = {parameter.name: parameter.default for parameter in theirs}
            if isinstance(known.get(ours.name), int | str | None) and ours.default is not inspect.Parameter.empty:
                assert known.get(ours.name, ours.default) == ours.default, (name, ours.name)


@pytest.mark.parametrize("name", CASES)
def test_the_program_reads_back(name):
    function, shapes = CASES[name]
    program = pf.trace(lambda *arrays: function(*arrays), {"arrays": list(map(as_tuple, shapes))})
    for style in ("text", "unicode", "latex"):
        assert pf.parse(program.text(style)) == program, style


def as_tuple(shape):
    return shape if isinstance(shape, tuple) else (shape,)
