"""Results as a picture: times relative to NumPy by hand, and seconds of derivation against layers."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import derivation
import kernels

COLOURS = {kernels.KERNEL: "C0", kernels.JAX: "C1", derivation.PUSHFORWARD: "C0"}


def draw(results: dict[str, Any], path: Path) -> None:
    """An SVG whose bytes depend on the results alone."""
    importlib.import_module("matplotlib").rcParams["svg.hashsalt"] = "pushforward"
    figure = importlib.import_module("matplotlib.figure").Figure(figsize=(11, 4.5), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(2, 1))
    _draw_ratios(left, results["kernels"])
    _draw_derivation(right, results["derivation"])
    figure.savefig(path, metadata={"Date": None})


def _draw_ratios(axes: Any, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0]["ratio to hand"])
    width = 0.8 / len(names)
    for place, name in enumerate(names):
        found = [row["ratio to hand"][name] for row in rows]
        heights = [f["median"] for f in found]
        errors = [[f["median"] - f["low"] for f in found], [f["high"] - f["median"] for f in found]]
        at = [number + (place - (len(names) - 1) / 2) * width for number in range(len(rows))]
        axes.bar(at, heights, width, yerr=errors, color=COLOURS[name], label=name, error_kw={"elinewidth": 1})
    axes.axhline(1, color="black", linewidth=1, label=kernels.HAND)
    labels = [f"{row['function']}\n" + "\n".join(map(str, row["sizes"])) for row in rows]
    axes.set_xticks(range(len(rows)), labels, fontsize=8)
    axes.set_yscale("log")
    axes.set(title="Value and tangent, f and n, m, h, p", ylabel="time / time of NumPy by hand")
    axes.legend(fontsize=8)


def _draw_derivation(axes: Any, rows: list[dict[str, Any]]) -> None:
    layers = [row["layers"] for row in rows]
    for name in rows[0]["seconds"]:
        found = [row["seconds"][name] for row in rows]
        axes.loglog(layers, [f["median"] for f in found], "o-", color=COLOURS[name], label=name)
        axes.fill_between(layers, [f["low"] for f in found], [f["high"] for f in found], color=COLOURS[name], alpha=0.2)
    axes.set(title="From program to derivative", xlabel="layers", ylabel="seconds")
    axes.grid(True, which="major", alpha=0.3)
    axes.legend(fontsize=8)
