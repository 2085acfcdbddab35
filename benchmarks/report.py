"""Results as Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import derivation
import jacobians
import kernels

Results = dict[str, Any]
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))


def as_json(results: Results) -> str:
    return json.dumps(results, indent=1, ensure_ascii=False) + "\n"


def as_markdown(results: Results) -> str:
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "One run, side by side: every round runs each contender once, in shuffled order. Numbers are medians,",
            "with the quartiles in brackets; ratios are taken within each round. Below one, Pushforward is faster.",
            "",
            *(f"- {name}: {value}" for name, value in results["machine"].items()),
            "",
            "## Kernels",
            "",
            "Value and tangent of X1 = X0 W1; X2 = f(X1); X3 = X2 W2; X4 = f(X3) with respect to X0, in double",
            "precision, X0 being n×m, W1 m×h and W2 h×p. Before anything is timed, all must agree to",
            f"{kernels.TOLERANCE:g} of the largest entry. Threads are left as each library chooses.",
            "",
            *_kernel_table(results["kernels"]),
            "",
            "## Jacobians",
            "",
            "The Jacobian of X4 by X0 of the same program, f = sin, whose rows are independent: the emitted kernel of",
            "J[i, o, a] beside `jax.vmap(jax.jacrev(…))`, which is told that they are, compiled by `jax.jit` and not,",
            "and `jacfwd`, which computes all of the n×p×n×m entries. All must agree to",
            f"{jacobians.TOLERANCE:g} before anything is timed; ratios are to the kernel, above one it is faster.",
            "",
            *_jacobian_table(results["jacobians"]),
            "",
            "## Derivation",
            "",
            "From text to a loaded kernel (parse, derive, emit, load) for a chain of X1 = X0 W1; X2 = tanh(X1); … of",
            "symbolic sizes, against `jax.jit(jvp).lower().compile()` of the same chain with matrices of",
            f"{derivation.MATRIX}×{derivation.MATRIX}. Nothing is cached: names and functions are new each time.",
            "",
            *_derivation_table(results["derivation"]),
            "",
            *_linearity_lines(results["linearity"]),
            "",
        ]
    )


def _kernel_table(rows: list[Results]) -> Iterable[str]:
    names = list(rows[0]["seconds"])
    ratios = [f"{name} / by hand" for name in names if name != kernels.HAND]
    yield from _header(["f", "n, m, h, p", *names, *ratios, "rounds"])
    for row in rows:
        times = [time(row["seconds"][name]) for name in names]
        relative = [number(value) for value in row["ratio to hand"].values()]
        yield _line([row["function"], ", ".join(map(str, row["sizes"])), *times, *relative, str(row["rounds"])])


def _jacobian_table(rows: list[Results]) -> Iterable[str]:
    names = list(rows[0]["seconds"])
    yield from _header(["n, m, h, p", *names, *(f"{name} / {jacobians.ROWS}" for name in names[1:]), "rounds"])
    for row in rows:
        times = [time(row["seconds"][name]) if name in row["seconds"] else "–" for name in names]
        ratios = row["ratio to rows"]
        relative = [number(ratios[name]) if name in ratios else "–" for name in names[1:]]
        yield _line([", ".join(map(str, row["sizes"])), *times, *relative, str(row["rounds"])])


def _derivation_table(rows: list[Results]) -> Iterable[str]:
    names = list(rows[0]["seconds"])
    yield from _header(["layers", *names, "ratio", "rounds"])
    for row in rows:
        times = [time(row["seconds"][name]) for name in names]
        relative = number(row["ratio to JAX"]) if row["ratio to JAX"] else "–"
        yield _line([str(row["layers"]), *times, relative, str(row["rounds"])])


def _linearity_lines(found: Results) -> Iterable[str]:
    few, many = found["layers"]
    each = [time(value) for value in found["seconds a layer"].values()]
    yield f"A layer takes {each[0]} in a chain of {few} and {each[1]} in a chain of {many}:"
    yield f"{number(found['ratio'])} times as much ({found['rounds']} rounds)."


def _header(cells: list[str]) -> Iterable[str]:
    yield _line(cells)
    yield "|" + "---|" * len(cells)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def time(found: dict[str, float]) -> str:
    """1.58 (1.51–1.66) ms"""
    scale, unit = next((u for u in UNITS if found["median"] >= u[0]), UNITS[-1])
    median, low, high = (found[key] / scale for key in ("median", "low", "high"))
    return f"{_digits(median)} ({_digits(low)}–{_digits(high)}) {unit}"


def _digits(value: float) -> str:
    """Three digits, and every digit before the point."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def number(found: dict[str, float]) -> str:
    """0.97 (0.95–0.99)"""
    return "{median:.2f} ({low:.2f}–{high:.2f})".format(**found)
