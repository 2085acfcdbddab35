"""What the kernels are compared with: NumPy written by hand, JAX and PyTorch where they are installed."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Pair = tuple[Array, Array]


def load_jax() -> Any:
    """JAX in double precision, or None where it is not installed."""
    try:
        jax = importlib.import_module("jax")
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    return jax


def load_torch() -> Any:
    """PyTorch, or None where it is not installed."""
    try:
        return importlib.import_module("torch")
    except ImportError:
        return None


def sin_by_hand(X0: Array, W1: Array, W2: Array, dX0: Array) -> Pair:
    X1 = X0 @ W1
    X3 = np.sin(X1) @ W2
    return np.sin(X3), np.cos(X3) * ((np.cos(X1) * (dX0 @ W1)) @ W2)


def tanh_by_hand(X0: Array, W1: Array, W2: Array, dX0: Array) -> Pair:
    X2 = np.tanh(X0 @ W1)
    X4 = np.tanh(X2 @ W2)
    return X4, (1 - X4**2) * (((1 - X2**2) * (dX0 @ W1)) @ W2)


BY_HAND: dict[str, Callable[[Array, Array, Array, Array], Pair]] = {"sin": sin_by_hand, "tanh": tanh_by_hand}


def seed_in_jax(jax: Any, function: str) -> Callable[..., Any]:
    """Value and tangent of the seed program, compiled."""
    f = getattr(jax.numpy, function)

    def with_tangent(X0: Any, W1: Any, W2: Any, dX0: Any) -> Any:
        return jax.jvp(lambda X: f(f(X @ W1) @ W2), (X0,), (dX0,))

    compiled: Callable[..., Any] = jax.jit(with_tangent)
    return compiled


def compile_chain_in_jax(jax: Any, layers: int, size: int) -> Any:
    """Trace, differentiate and compile a chain of tanh(X W); the function is new each time, so nothing is cached."""

    def chain(X: Any, weights: list[Any]) -> Any:
        for W in weights:
            X = jax.numpy.tanh(X @ W)
        return X

    def with_tangent(X: Any, weights: list[Any], dX: Any) -> Any:
        return jax.jvp(lambda X: chain(X, weights), (X,), (dX,))

    matrix = jax.ShapeDtypeStruct((size, size), "float64")
    return jax.jit(with_tangent).lower(matrix, [matrix] * layers, matrix).compile()
