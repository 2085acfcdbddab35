"""Value and tangent of the seed program: the emitted kernel, NumPy by hand, JAX."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from peers import BY_HAND, Array, seed_in_jax
from timing import Effort, measure, ratio, spread

import pushforward as pf

PROGRAM = "X1 = X0*W1; X2 = {f}(X1); X3 = X2*W2; X4 = {f}(X3)"
FUNCTIONS = ("sin", "tanh")
KERNEL, HAND, JAX = "kernel", "NumPy by hand", "JAX jit"
TOLERANCE = 1e-12

Sizes = tuple[int, int, int, int]
SIZES: tuple[Sizes, ...] = (
    (10, 10, 10, 10),
    (1000, 2, 64, 1),
    (100_000, 2, 64, 1),
    (1000, 256, 256, 256),
    (2048, 2048, 2048, 2048),
)


class Disagreement(Exception):
    """Two contenders give different results."""


def compare(function: str, sizes: Sizes, jax: Any, effort: Effort) -> dict[str, Any]:
    """One row of the report: seconds of each contender, and its ratio to NumPy by hand within each round."""
    contenders = make_contenders(function, make_inputs(sizes), jax)
    check_agreement(contenders)
    samples = measure(contenders, effort)
    return {
        "function": function,
        "sizes": sizes,
        "rounds": len(samples[HAND]),
        "seconds": {name: asdict(spread(samples[name])) for name in samples},
        "ratio to hand": {name: asdict(ratio(samples, name, HAND)) for name in samples if name != HAND},
    }


def make_inputs(sizes: Sizes) -> tuple[Array, Array, Array, Array]:
    """X0, W1, W2, dX0 with entries such that X1 and X3 stay near one."""
    n, m, h, p = sizes
    normal = np.random.default_rng(0).standard_normal
    return normal((n, m)), normal((m, h)) / np.sqrt(m), normal((h, p)) / np.sqrt(h), normal((n, m))


def make_contenders(function: str, inputs: tuple[Array, ...], jax: Any) -> dict[str, Callable[[], Any]]:
    """The same derivative as functions of nothing; JAX gets its inputs as its own arrays."""
    program = pf.parse(PROGRAM.format(f=function), "seed")
    kernel, by_hand = pf.compile(pf.differential(program, wrt="X0")), BY_HAND[function]
    contenders: dict[str, Callable[[], Any]] = {KERNEL: lambda: kernel(*inputs), HAND: lambda: by_hand(*inputs)}
    if jax is not None:
        compiled, arrays = seed_in_jax(jax, function), [jax.numpy.asarray(given) for given in inputs]
        contenders[JAX] = lambda: jax.block_until_ready(compiled(*arrays))
    return contenders


def check_agreement(contenders: dict[str, Callable[[], Any]]) -> None:
    """Raises Disagreement when a value or a tangent differs from the one by hand."""
    expected = contenders[HAND]()
    for name, run in contenders.items():
        for label, wanted, found in zip(("value", "tangent"), expected, run(), strict=True):
            error = np.max(np.abs(np.asarray(found) - wanted)) / np.max(np.abs(wanted))
            if not error <= TOLERANCE:
                raise Disagreement(f"the {label} of {name} is off by {error:.1e} of its largest entry")
