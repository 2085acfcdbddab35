"""One cell of the grid: every contender, agreed, timed in rounds, and its memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import limit
import memory
import numpy as np
from contenders import autograd_numpy, jax_jit, numpy_by_hand, pushforward_kernels, pytensor_numba, torch_func
from grid import ROWS, Cell
from timing import Effort, measure, ratio, spread

LIBRARIES = (pushforward_kernels, numpy_by_hand, jax_jit, torch_func, pytensor_numba, autograd_numpy)
OURS = (pushforward_kernels.C, pushforward_kernels.NUMPY)
DENSE = (jax_jit.DENSE, torch_func.DENSE)
"""They compute n times as many entries, and are no peers where the question is of rows."""
TOLERANCE = {"float64": 1e-11, "float32": 1e-3}
"""Of the largest entry of a result; sums of a million entries among them."""

Contenders = dict[str, Callable[[], Any]]


class Disagreement(Exception):
    """Two contenders give different results."""


def compare(cell: Cell, effort: Effort) -> dict[str, Any]:
    """Seconds of each contender, its ratios to ours and to NumPy by hand within each round, and its peak memory."""
    contenders = gather(cell)
    check_agreement(cell, contenders)
    seconds_at_least = limit.seconds(cell)
    peaks = {name: memory.peak(run) for name, run in contenders.items() if name not in DENSE}
    samples = measure(contenders, effort)
    ours = next(name for name in OURS if name in contenders)
    return {
        "question": cell.question,
        "problem": cell.problem.name,
        "f": cell.f,
        "sizes": cell.sizes,
        "precision": cell.precision,
        "rounds": len(samples[ours]),
        "limit": seconds_at_least,
        "outputs": memory.bytes_of(contenders[ours]()),
        "seconds": {name: asdict(spread(samples[name])) for name in samples},
        "peak": peaks,
        "ratio": {
            base: {name: asdict(ratio(samples, name, base)) for name in samples if name != base}
            for base in (*OURS, numpy_by_hand.NAME)
            if base in samples
        },
    }


def gather(cell: Cell) -> Contenders:
    found: Contenders = {}
    for library in LIBRARIES:
        found |= library.contenders(cell)
    return found


def check_agreement(cell: Cell, contenders: Contenders) -> None:
    """Raises Disagreement when a result differs from that of the first contender."""
    reference, *others = contenders
    expected = [np.squeeze(np.asarray(each)) for each in _results(contenders[reference]())]
    for name in others:
        found = [np.squeeze(_dense_rows(cell, np.asarray(each))) for each in _results(contenders[name]())]
        for number, (wanted, got) in enumerate(zip(expected, found, strict=True)):
            error = np.max(np.abs(got - wanted)) / max(np.max(np.abs(wanted)), np.finfo(cell.precision).tiny)
            if got.shape != wanted.shape or not error <= TOLERANCE[cell.precision]:
                raise Disagreement(
                    f"{cell}: result {number} of {name} is {got.shape}, {error:.1e} of its largest entry "
                    f"from that of {reference}, {wanted.shape}"
                )


def _results(found: Any) -> tuple[Any, ...]:
    return tuple(found) if isinstance(found, tuple | list) else (found,)


def _dense_rows(cell: Cell, found: Any) -> Any:
    """Of a dense Jacobian, (n, o, n, i), the blocks that are not zero."""
    return np.einsum("ioia->ioa", found) if cell.question == ROWS and found.ndim == 4 else found
