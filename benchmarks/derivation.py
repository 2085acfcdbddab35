"""From text to a loaded kernel, for chains of layers, against JAX's way from a function to a compiled one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from itertools import count
from typing import Any

from timing import Effort, Samples, measure, ratio, spread

import pushforward as pf

LAYERS = (10, 100, 300)
LINEARITY = (300, 3000)
MATRIX = 16
PUSHFORWARD, JAX = "Pushforward", "JAX jit"


def compare(layers: int, jax: Any, effort: Effort) -> dict[str, Any]:
    """One row of the report: seconds from text or function to something that can be called."""
    contenders: dict[str, Callable[[], object]] = {PUSHFORWARD: deriver(layers)}
    if jax is not None:
        contenders[JAX] = lambda: compile_chain_in_jax(jax, layers, MATRIX)
    samples = measured_warm(contenders, effort)
    return {
        "layers": layers,
        "rounds": len(samples[PUSHFORWARD]),
        "seconds": {name: asdict(spread(samples[name])) for name in samples},
        "ratio to JAX": asdict(ratio(samples, PUSHFORWARD, JAX)) if jax is not None else None,
    }


def linearity(layers: tuple[int, int], effort: Effort) -> dict[str, Any]:
    """Seconds a layer of a long chain as a multiple of those of a shorter one: 1 is linear."""
    few, many = layers
    samples = measured_warm({str(few): deriver(few), str(many): deriver(many)}, effort)
    a_layer = {name: [seconds / int(name) for seconds in samples[name]] for name in samples}
    return {
        "layers": layers,
        "rounds": len(samples[str(few)]),
        "seconds a layer": {name: asdict(spread(a_layer[name])) for name in a_layer},
        "ratio": asdict(ratio(a_layer, str(many), str(few))),
    }


def deriver(layers: int) -> Callable[[], pf.Kernel]:
    """Parse, derive, emit and load; the names are new each time, so nothing is cached."""
    starts = count(step=2 * layers + 1)

    def derive() -> pf.Kernel:
        first = next(starts)
        program = pf.parse(chain(layers, first), "chain")
        return pf.compile(pf.differential(program, wrt=f"X{first}"))

    return derive


def chain(layers: int, first: int = 0) -> str:
    """X1 = X0*W1; X2 = tanh(X1); … with numbers from `first` on."""
    odd = range(first + 1, first + 2 * layers, 2)
    return "\n".join(f"X{k} = X{k - 1}*W{k}\nX{k + 1} = tanh(X{k})" for k in odd)


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


def measured_warm(contenders: dict[str, Callable[[], object]], effort: Effort) -> Samples:
    """The first call of each pays for imports and is not counted."""
    for run in contenders.values():
        run()
    return measure(contenders, effort)
