"""Derivatives written by hand in NumPy, as a careful reader of a textbook writes them: each value once, no buffers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from grid import DIRECTIONS, GRADIENT, JVP, NUMBER, ROWS, Cell
from problems import ATTENTION, LAYERS, LOGDET, REGRESSION, SEED, Array

NAME = "NumPy by hand"
Results = tuple[Array, ...]


def contenders(cell: Cell) -> dict[str, Callable[[], Any]]:
    written = BY_HAND.get((cell.problem.name, cell.question))
    if written is None:
        return {}
    given = cell.problem.inputs(cell.sizes, cell.precision)
    if cell.problem is SEED:
        given["f"] = FUNCTIONS[cell.f]
    if cell.question in (JVP, DIRECTIONS):
        number = NUMBER if cell.question == DIRECTIONS else None
        moved = cell.problem.directions(cell.sizes, cell.precision, number)
        given |= {f"d{name}": value for name, value in moved.items()}
    return {NAME: lambda: written(**given)}


# A function and its derivative from its value: f, and f' of x and f(x)

Function = tuple[Callable[[Array], Array], Callable[[Array, Array], Array]]


def _sigmoid(X: Array) -> Array:
    return 1 / (1 + np.exp(-X))


FUNCTIONS: dict[str, Function] = {
    "sin": (np.sin, lambda x, y: np.cos(x)),
    "tanh": (np.tanh, lambda x, y: 1 - y * y),
    "relu": (lambda x: np.maximum(x, 0), lambda x, y: (x > 0).astype(x.dtype)),
    "sigmoid": (_sigmoid, lambda x, y: y * (1 - y)),
    "exp": (np.exp, lambda x, y: y),
}


# Two layers


def seed_values(X0: Array, W1: Array, W2: Array, f: Function) -> tuple[Array, Array, Array, Array]:
    """X2, X4, f'(X1), f'(X3)"""
    value, slope = f
    X1 = X0 @ W1
    X2 = value(X1)
    X3 = X2 @ W2
    X4 = value(X3)
    return X2, X4, slope(X1, X2), slope(X3, X4)


def seed_tangent(X0: Array, W1: Array, W2: Array, dX0: Array, f: Function) -> Results:
    _, X4, D1, D3 = seed_values(X0, W1, W2, f)
    return X4, D3 * ((D1 * (dX0 @ W1)) @ W2)


def seed_rows(X0: Array, W1: Array, W2: Array, f: Function) -> Results:
    """J[i, o, a] = f'(X3)[i, o] Σ_h W1[a, h] f'(X1)[i, h] W2[h, o]"""
    _, _, D1, D3 = seed_values(X0, W1, W2, f)
    J = np.stack([(D1 * W1[a]) @ W2 for a in range(W1.shape[0])], axis=2)
    return (D3[:, :, None] * J,)


def seed_gradient(X0: Array, W1: Array, W2: Array, f: Function) -> Results:
    _, X4, D1, D3 = seed_values(X0, W1, W2, f)
    return np.sum(X4), ((D3 @ W2.T) * D1) @ W1.T


# Three layers with bias


def layers_tangent(
    X: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array,
    dW1: Array, db1: Array, dW2: Array, db2: Array, dW3: Array, db3: Array,
) -> Results:  # fmt: skip
    H1 = np.tanh(X @ W1 + b1.T)
    H2 = np.tanh(H1 @ W2 + b2.T)
    dH1 = (1 - H1 * H1) * (X @ dW1 + db1.swapaxes(-1, -2))
    dH2 = (1 - H2 * H2) * (dH1 @ W2 + H1 @ dW2 + db2.swapaxes(-1, -2))
    return H2 @ W3 + b3.T, dH2 @ W3 + H2 @ dW3 + db3.swapaxes(-1, -2)


def layers_gradient(X: Array, W1: Array, b1: Array, W2: Array, b2: Array, W3: Array, b3: Array) -> Results:
    H1 = np.tanh(X @ W1 + b1.T)
    H2 = np.tanh(H1 @ W2 + b2.T)
    Y = H2 @ W3 + b3.T
    Y_bar = np.ones_like(Y)
    Z2_bar = (Y_bar @ W3.T) * (1 - H2 * H2)
    Z1_bar = (Z2_bar @ W2.T) * (1 - H1 * H1)
    sums = (Z.sum(axis=0)[:, None] for Z in (Z1_bar, Z2_bar, Y_bar))
    b1_bar, b2_bar, b3_bar = sums
    return np.sum(Y), X.T @ Z1_bar, b1_bar, H1.T @ Z2_bar, b2_bar, H2.T @ Y_bar, b3_bar


# Softmax regression


def _probabilities(Z: Array) -> tuple[Array, Array]:
    """logsumexp and softmax of each row."""
    largest = Z.max(axis=1, keepdims=True)
    E = np.exp(Z - largest)
    total = E.sum(axis=1, keepdims=True)
    return largest + np.log(total), E / total


def regression_tangent(X: Array, P: Array, W: Array, b: Array, dW: Array, db: Array) -> Results:
    Z = X @ W + b.T
    logs, S = _probabilities(Z)
    n = X.shape[0]
    return (np.sum(logs) - np.sum(P * Z)) / n, np.sum((S - P) * (X @ dW + db.T)) / n


def regression_gradient(X: Array, P: Array, W: Array, b: Array) -> Results:
    Z = X @ W + b.T
    logs, S = _probabilities(Z)
    n = X.shape[0]
    R = (S - P) / n
    return (np.sum(logs) - np.sum(P * Z)) / n, X.T @ R, R.sum(axis=0)[:, None]


# log det and attention


def logdet_tangent(X: Array, dX: Array) -> Results:
    G = X.T @ X
    return np.linalg.slogdet(G)[1], 2 * np.sum(np.linalg.solve(G, X.T).T * dX)


def logdet_gradient(X: Array) -> Results:
    G = X.T @ X
    return np.linalg.slogdet(G)[1], 2 * np.linalg.solve(G, X.T).T


def attention_tangent(X: Array, Wq: Array, Wk: Array, Wv: Array, dX: Array) -> Results:
    scale = 1 / np.sqrt(Wq.shape[1])
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    S = _probabilities(scale * (Q @ K.T))[1]
    dZ = scale * ((dX @ Wq) @ K.T + Q @ (dX @ Wk).T)
    T = S * dZ
    return S @ V, (T - S * T.sum(axis=1, keepdims=True)) @ V + S @ (dX @ Wv)


def attention_gradient(X: Array, Wq: Array, Wk: Array, Wv: Array) -> Results:
    scale = 1 / np.sqrt(Wq.shape[1])
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    S = _probabilities(scale * (Q @ K.T))[1]
    Y = S @ V
    Y_bar = np.ones_like(Y)
    T = S * (Y_bar @ V.T)
    Z_bar = scale * (T - S * T.sum(axis=1, keepdims=True))
    return np.sum(Y), (Z_bar @ K) @ Wq.T + (Z_bar.T @ Q) @ Wk.T + (S.T @ Y_bar) @ Wv.T


BY_HAND: dict[tuple[str, str], Callable[..., Any]] = {
    (SEED.name, JVP): seed_tangent,
    (SEED.name, DIRECTIONS): seed_tangent,
    (SEED.name, ROWS): seed_rows,
    (SEED.name, GRADIENT): seed_gradient,
    (LAYERS.name, JVP): layers_tangent,
    (LAYERS.name, DIRECTIONS): layers_tangent,
    (LAYERS.name, GRADIENT): layers_gradient,
    (REGRESSION.name, JVP): regression_tangent,
    (REGRESSION.name, GRADIENT): regression_gradient,
    (LOGDET.name, JVP): logdet_tangent,
    (LOGDET.name, GRADIENT): logdet_gradient,
    (ATTENTION.name, JVP): attention_tangent,
    (ATTENTION.name, GRADIENT): attention_gradient,
}
"""Products of stacks, of 16 directions, are NumPy's own."""
