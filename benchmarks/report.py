"""Results as Markdown and JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from typing import Any

import compare
import derivation
import grid
from contenders import numpy_by_hand, pushforward_kernels

Results = dict[str, Any]
C, NUMPY = pushforward_kernels.C, pushforward_kernels.NUMPY
HAND = numpy_by_hand.NAME
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"))
MEGABYTE = 1e6
WORTH_NAMING = 8e6
"""Bytes of results below which peak memory is noise."""


def as_json(results: Results) -> str:
    return json.dumps(results, indent=1, ensure_ascii=False) + "\n"


def as_markdown(results: Results) -> str:
    cells = results["cells"]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            "One run, side by side: every round runs each contender once, in shuffled order. Times are medians, with",
            "the quartiles in brackets; ratios are taken within each round. Before anything is timed, all must agree,",
            f"to {compare.TOLERANCE[grid.DOUBLE]:g} of the largest entry in double precision and to "
            f"{compare.TOLERANCE[grid.SINGLE]:g} in single.",
            "Every library chooses its threads itself; Pushforward's NumPy kernels are given one for each core.",
            "",
            *(f"- {name}: {value}" for name, value in results["machine"].items()),
            "",
            *summary(cells),
            *tables(cells),
            *_memory(cells),
            *(f"Left out: {error}." for error in results["left out"]),
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


# What a row says


def peers(row: Results) -> list[str]:
    """Those that the question is the same for, ours apart."""
    return [name for name in row["seconds"] if name not in (*compare.OURS, *compare.DENSE)]


def best_peer(row: Results) -> str:
    return min(peers(row), key=lambda name: row["seconds"][name]["median"])


def against(row: Results, name: str, base: str) -> Results | None:
    """How many times as long `name` takes as `base`."""
    found: Results | None = row["ratio"].get(base, {}).get(name)
    return found


def ahead(row: Results, ours: str) -> float | None:
    """How many times as long the fastest peer takes as ours."""
    found = against(row, best_peer(row), ours)
    return found["median"] if found else None


def of_limit(row: Results, ours: str) -> float | None:
    if row["limit"] is None or ours not in row["seconds"]:
        return None
    seconds: float = row["seconds"][ours]["median"]
    return seconds / row["limit"]


# Tables


def summary(cells: list[Results]) -> Iterable[str]:
    """Geometric means over the cells of each question: how many times as long the fastest peer takes."""
    yield "## In short"
    yield ""
    yield "How many times as long as ours the fastest peer takes, over all cells of a question: the geometric mean,"
    yield "and the least. Above one, Pushforward is faster."
    yield ""
    yield from _header(
        ["question", "cells", *(f"{ours}: {what}" for ours in compare.OURS for what in ("mean", "least"))]
    )
    for question in dict.fromkeys(row["question"] for row in cells):
        rows = [row for row in cells if row["question"] == question]
        found = []
        for ours in compare.OURS:
            values = [value for row in rows if (value := ahead(row, ours)) is not None]
            mean = math.exp(sum(map(math.log, values)) / len(values)) if values else None
            found += [plain(mean), plain(min(values, default=None))]
        yield line([question, str(len(rows)), *found])
    yield ""


def tables(cells: list[Results]) -> Iterable[str]:
    for question in dict.fromkeys(row["question"] for row in cells):
        rows = [row for row in cells if row["question"] == question]
        yield f"## {question[0].upper()}{question[1:]}"
        yield ""
        yield from _table(rows)
        yield ""


def _table(rows: list[Results]) -> Iterable[str]:
    names = list(dict.fromkeys(name for row in rows for name in row["seconds"]))
    ours = [name for name in compare.OURS if name in names]
    limited = any(row["limit"] is not None for row in rows)
    yield from _header(
        ["program", "f", "sizes", "precision", *names, *(f"fastest peer / {name}" for name in ours),
         f"{NUMPY} / by hand", *(f"{name} / limit" for name in ours if limited), "rounds"]
    )  # fmt: skip
    for row in rows:
        times = [time(row["seconds"][name]) if name in row["seconds"] else "–" for name in names]
        best = best_peer(row)
        leads = [_ratio(against(row, best, name)) for name in ours]
        limits = [plain(of_limit(row, name)) for name in ours if limited]
        yield line(
            [row["problem"], row["f"] or "–", ", ".join(map(str, row["sizes"])), row["precision"], *times, *leads,
             _ratio(against(row, NUMPY, HAND)), *limits, str(row["rounds"])]
        )  # fmt: skip


def _memory(cells: list[Results]) -> Iterable[str]:
    rows = [row for row in cells if row["outputs"] >= WORTH_NAMING and any(row["peak"].values())]
    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row["peak"]))
    yield "## Peak memory"
    yield ""
    yield "In MB, beyond what was there before the call, results included; where these have more than 8 MB."
    yield ""
    yield from _header(["question", "program", "f", "sizes", "precision", "results", *names])
    for row in rows:
        peaks = [_megabytes(row["peak"].get(name)) for name in names]
        sizes = ", ".join(map(str, row["sizes"]))
        about = [row["question"], row["problem"], row["f"] or "–", sizes, row["precision"]]
        yield line([*about, _megabytes(row["outputs"]), *peaks])
    yield ""


def _derivation_table(rows: list[Results]) -> Iterable[str]:
    if not rows:
        return
    names = list(rows[0]["seconds"])
    yield from _header(["layers", *names, "ratio", "rounds"])
    for row in rows:
        times = [time(row["seconds"][name]) for name in names]
        yield line([str(row["layers"]), *times, _ratio(row["ratio to JAX"]), str(row["rounds"])])


def _linearity_lines(found: Results | None) -> Iterable[str]:
    if found is None:
        return
    few, many = found["layers"]
    each = [time(value) for value in found["seconds a layer"].values()]
    yield f"A layer takes {each[0]} in a chain of {few} and {each[1]} in a chain of {many}:"
    yield f"{number(found['ratio'])} times as much ({found['rounds']} rounds)."


# Words and numbers


def _header(cells: list[str]) -> Iterable[str]:
    yield line(cells)
    yield "|" + "---|" * len(cells)


def line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def time(found: dict[str, float], spread: bool = True) -> str:
    """1.58 (1.51–1.66) ms"""
    scale, unit = next((u for u in UNITS if found["median"] >= u[0]), UNITS[-1])
    median, low, high = (found[key] / scale for key in ("median", "low", "high"))
    between = f" ({_digits(low)}–{_digits(high)})" if spread else ""
    return f"{_digits(median)}{between} {unit}"


def _digits(value: float) -> str:
    """Three digits, and every digit before the point."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def number(found: dict[str, float]) -> str:
    """0.97 (0.95–0.99)"""
    return "{median:.2f} ({low:.2f}–{high:.2f})".format(**found)


def _ratio(found: dict[str, float] | None) -> str:
    return number(found) if found else "–"


def plain(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _megabytes(value: int | None) -> str:
    return "–" if value is None else f"{value / MEGABYTE:.0f}"
