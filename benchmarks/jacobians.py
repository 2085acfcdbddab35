"""The Jacobian of the seed program by X0, rows independent: the emitted kernels, JAX, PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from kernels import Disagreement, Sizes, make_inputs
from timing import Effort, measure, ratio, spread

import pushforward as pf

PROGRAM = "X0 : n x m; X1 = X0*W1; X2 = sin(X1); X3 = X2*W2; X4 = sin(X3)"
ROWS = "rows"
DENSE_JAX, DENSE_TORCH = "jax.jit(jacfwd)", "torch.func.jacfwd"
ROWS_JAX, COMPILED_ROWS_JAX = "jax.vmap(jacrev)", "jax.jit(vmap(jacrev))"
TOLERANCE = 1e-12
SIZES: tuple[Sizes, ...] = ((1000, 2, 64, 1), (100_000, 2, 64, 1), (1_000_000, 2, 64, 1))
LARGEST_DENSE = 2000
"""Rows beyond which the dense Jacobian, n² times as large, is left out."""

Contenders = dict[str, Callable[[], Any]]


def compare(sizes: Sizes, jax: Any, torch: Any, effort: Effort) -> dict[str, Any]:
    """One row of the report: seconds of each contender, and its ratio to the kernel within each round."""
    contenders = make_contenders(sizes, jax, torch)
    check_agreement(contenders)
    samples = measure(contenders, effort)
    return {
        "sizes": sizes,
        "rounds": len(samples[ROWS]),
        "seconds": {name: asdict(spread(samples[name])) for name in samples},
        "ratio to rows": {name: asdict(ratio(samples, name, ROWS)) for name in samples if name != ROWS},
    }


def make_contenders(sizes: Sizes, jax: Any, torch: Any) -> Contenders:
    """The Jacobian as functions of nothing; each library gets its inputs as its own arrays."""
    X0, W1, W2, _ = make_inputs(sizes)
    lengths = dict(zip("nmhp", sizes, strict=True))
    kernel = pf.jacobian(pf.parse(PROGRAM, "seed"), of="X4", wrt="X0", view="rows").kernel(lengths)
    contenders: Contenders = {ROWS: lambda: kernel(X0, W1, W2)}
    dense = sizes[0] <= LARGEST_DENSE
    if jax is not None:
        contenders |= in_jax(jax, (X0, W1, W2), dense)
    if torch is not None and dense:
        contenders |= in_torch(torch, (X0, W1, W2))
    return contenders


def in_jax(jax: Any, inputs: tuple[Any, ...], dense: bool) -> Contenders:
    sin, arrays = jax.numpy.sin, [jax.numpy.asarray(given) for given in inputs]

    def value(X: Any, W1: Any, W2: Any) -> Any:
        return sin(sin(X @ W1) @ W2)

    by_rows = jax.vmap(jax.jacrev(value), in_axes=(0, None, None))
    compiled = jax.jit(by_rows)
    contenders: Contenders = {
        ROWS_JAX: lambda: jax.block_until_ready(by_rows(*arrays)),
        COMPILED_ROWS_JAX: lambda: jax.block_until_ready(compiled(*arrays)),
    }
    if dense:
        whole = jax.jit(jax.jacfwd(value))
        contenders[DENSE_JAX] = lambda: jax.block_until_ready(whole(*arrays))
    return contenders


def in_torch(torch: Any, inputs: tuple[Any, ...]) -> Contenders:
    X0, W1, W2 = map(torch.from_numpy, inputs)
    whole = torch.func.jacfwd(lambda X: torch.sin(torch.sin(X @ W1) @ W2))
    return {DENSE_TORCH: lambda: whole(X0)}


def check_agreement(contenders: Contenders) -> None:
    """Raises Disagreement when a Jacobian differs from that of the kernel, a dense one in its blocks."""
    expected = contenders[ROWS]()
    for name, run in contenders.items():
        found = np.asarray(run())
        if found.ndim == 4:
            found = np.einsum("ioia->ioa", found)
        error = np.max(np.abs(found - expected)) / np.max(np.abs(expected))
        if not error <= TOLERANCE:
            raise Disagreement(f"the Jacobian of {name} is off by {error:.1e} of its largest entry")
