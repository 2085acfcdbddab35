"""Results as a picture: times relative to the fastest peer, and seconds of derivation against layers."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import grid
import report
from contenders import autograd_numpy, jax_jit, numpy_by_hand, pushforward_kernels, pytensor_numba, torch_func

STYLES = {
    pushforward_kernels.C: ("C3", "o"),
    pushforward_kernels.NUMPY: ("C1", "o"),
    numpy_by_hand.NAME: ("C0", "s"),
    jax_jit.NAME: ("C2", "^"),
    torch_func.NAME: ("C4", "v"),
    torch_func.COMPILED: ("C5", "v"),
    pytensor_numba.NAME: ("C6", "D"),
    autograd_numpy.NAME: ("C7", "x"),
}
DERIVATION = {"Pushforward": "C3", "JAX jit": "C2"}


def draw(results: dict[str, Any], path: Path) -> None:
    """An SVG whose bytes depend on the results alone."""
    importlib.import_module("matplotlib").rcParams["svg.hashsalt"] = "pushforward"
    figure = importlib.import_module("matplotlib.figure").Figure(figsize=(13, 11), layout="constrained")
    rows = [row for row in results["cells"] if row["precision"] == grid.DOUBLE]
    top = [row for row in rows if row["question"] == grid.JVP and row["f"]]
    others = [row for row in rows if row not in top]
    grids = figure.add_gridspec(2, 3)
    _draw_cells(figure.add_subplot(grids[0, :]), top, "Value and tangent of two layers, double precision")
    _draw_cells(figure.add_subplot(grids[1, :2]), others, "Other programs and questions")
    _draw_derivation(figure.add_subplot(grids[1, 2]), results["derivation"])
    figure.savefig(path, metadata={"Date": None})


def _draw_cells(axes: Any, rows: list[dict[str, Any]], title: str) -> None:
    """Below one is faster than every peer; a bar is the limit."""
    places = range(len(rows))
    fastest = [row["seconds"][report.best_peer(row)]["median"] for row in rows]
    for name, (colour, marker) in STYLES.items():
        at = [place for place in places if name in rows[place]["seconds"]]
        times = [rows[place]["seconds"][name]["median"] / fastest[place] for place in at]
        axes.plot(at, times, marker, color=colour, label=name, markersize=5, fillstyle="full")
    limited = [place for place in places if rows[place]["limit"] is not None]
    limits = [rows[place]["limit"] / fastest[place] for place in limited]
    axes.plot(limited, limits, "_", color="black", label="limit", markersize=9)
    axes.axhline(1, color="grey", linewidth=1)
    axes.set_xticks(places, [_label(row) for row in rows], fontsize=6, rotation=90)
    axes.set_yscale("log")
    axes.set(title=title, ylabel="time / time of the fastest peer")
    axes.legend(fontsize=7, ncols=3)


def _label(row: dict[str, Any]) -> str:
    sizes = ", ".join(f"{size:g}" for size in row["sizes"])
    if row["question"] == grid.JVP and row["f"]:
        return f"{row['f']}\n{sizes}"
    return f"{row['question']}\n{row['problem']} {row['f']}\n{sizes}"


def _draw_derivation(axes: Any, rows: list[dict[str, Any]]) -> None:
    layers = [row["layers"] for row in rows]
    for name in rows[0]["seconds"] if rows else ():
        found = [row["seconds"][name] for row in rows]
        axes.loglog(layers, [f["median"] for f in found], "o-", color=DERIVATION[name], label=name)
        low, high = ([f[key] for f in found] for key in ("low", "high"))
        axes.fill_between(layers, low, high, color=DERIVATION[name], alpha=0.2)
    axes.set(title="From program to derivative", xlabel="layers", ylabel="seconds")
    axes.grid(True, which="major", alpha=0.3)
    axes.legend(fontsize=8)
