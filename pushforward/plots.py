"""Pictures, drawn with matplotlib (the extra `plot`)."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from codegen.check import CheckReport
from symbolic.dependence.analysis import Dependence
from symbolic.dependence.reasons import certainty, claim
from symbolic.errors import LimitError, NotSupported, PushforwardError

FORMATS = (".png", ".svg")
ORDERS = {"vec": ("F", "column by column"), "vec-row-major": ("C", "row by row")}
MOST_CELLS = 4_000_000
MOST_NAMES = 24
"""Entries whose names are written beside the picture."""


def require(path: str) -> Any:
    """matplotlib's Figure class. Raises PushforwardError when it is missing or the format is unknown."""
    if Path(path).suffix not in FORMATS:
        raise PushforwardError(f"{path}: pictures are written as {' or '.join(FORMATS)}")
    try:
        matplotlib = importlib.import_module("matplotlib")
        figure = importlib.import_module("matplotlib.figure").Figure
    except ImportError:
        raise PushforwardError("drawing needs matplotlib: pip install 'pushforward[plot]'") from None
    matplotlib.rcParams["svg.hashsalt"] = "pushforward"
    return figure


def remainder(report: CheckReport, path: str) -> None:
    """|F(X + hδX) - F(X) - hδF| and the central difference's error against h, beside a line of slope 2.

    Raises OSError when the file cannot be written, PushforwardError when there is nothing to draw.
    """
    figure = require(path)(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    styles = {"remainder": ("o-", "C0"), "central difference": ("s--", "C1")}
    drawn = [m for m in report.measurements if m.method in styles and len(m.errors) > 1 and max(m.errors) > 0]
    if not drawn:
        raise PushforwardError("there is no remainder to draw: every difference is exact or empty")
    for measurement in drawn:
        line, colour = styles[measurement.method]
        shown = [(h, e) for h, e in zip(measurement.steps, measurement.errors, strict=True) if e > 0]
        axes.loglog(*zip(*shown, strict=True), line, color=colour, alpha=0.5, markersize=3)
    steps = drawn[0].steps
    top = max(m.errors[0] for m in drawn)
    axes.loglog(steps, [top * (h / steps[0]) ** 2 for h in steps], "k:", label="slope 2")
    for method, (line, colour) in styles.items():
        axes.plot([], [], line, color=colour, label=method)
    axes.set(
        xlabel="step h", ylabel="error relative to the largest entry", title=f"{report.kernel}: the remainder is O(h²)"
    )
    axes.legend()
    axes.grid(True, which="major", alpha=0.3)
    figure.savefig(path, metadata={"Date": None} if path.endswith(".svg") else {"Software": None}, dpi=150)


def structure(found: Dependence, path: str, sizes: Mapping[str, int] | None = None, order: str | None = None) -> None:
    """Where a Jacobian can be different from zero: an output entry a row, an input entry a column, blocks outlined.

    `sizes`: lengths of the symbolic sizes. `order`: of the entries, "vec" or "vec-row-major"; by default the one in
    which blocks are seen. Raises LimitError for a picture too large to draw, PushforwardError where there is nothing
    to draw, OSError when the file cannot be written.
    """
    figure_class = require(path)
    order = order or ("vec-row-major" if found.rows_independent and not found.columns_independent else "vec")
    if order not in ORDERS:
        raise NotSupported(f"there is no order {order!r}; there are {', '.join(ORDERS)}")
    numpy_order, words = ORDERS[order]
    rows, cols, in_rows, in_cols = lengths = found.lengths(sizes or {})
    if rows * cols * in_rows * in_cols > MOST_CELLS:
        raise LimitError(f"{rows * cols:,} × {in_rows * in_cols:,} cells are too many to draw; give smaller sizes")
    if not rows * cols * in_rows * in_cols:
        raise PushforwardError("there is nothing to draw: one of the matrices has no entries")
    filled = flattened(found.mask(sizes), numpy_order)
    figure = figure_class(figsize=(7, 7), layout="constrained")
    axes = figure.subplots()
    axes.imshow(filled, cmap="Greys", vmin=0, vmax=1.6, interpolation="nearest", aspect="auto")
    _outline(axes, filled.shape, lengths, numpy_order)
    _name_entries(axes, found, lengths, numpy_order)
    axes.set(xlabel=f"entries of {found.wrt}, {words}", ylabel=f"entries of {found.of}, {words}")
    figure.suptitle(f"{claim(found)}\n{filled.sum():,} of {filled.size:,} entries; {certainty(found).split(':')[0]}")
    figure.savefig(path, metadata={"Date": None} if path.endswith(".svg") else {"Software": None}, dpi=150)


def flattened(mask: Any, order: str) -> Any:
    """n×p×m×q as a matrix, np × mq, the entries of both row by row (C) or column by column (F)."""
    rows, cols, in_rows, in_cols = mask.shape
    if order == "F":
        mask = mask.transpose(1, 0, 3, 2)
    return mask.reshape(rows * cols, in_rows * in_cols)


def _outline(axes: Any, shape: tuple[int, int], lengths: tuple[int, int, int, int], order: str) -> None:
    """Lines between the rows (or columns) of the output, and of the input."""
    rows, cols, in_rows, in_cols = lengths
    below, across = (rows, in_rows) if order == "F" else (cols, in_cols)
    for place in np.arange(below, shape[0], max(below, 1)):
        axes.axhline(place - 0.5, color="C0", linewidth=0.6)
    for place in np.arange(across, shape[1], max(across, 1)):
        axes.axvline(place - 0.5, color="C0", linewidth=0.6)


def _name_entries(axes: Any, found: Dependence, lengths: tuple[int, int, int, int], order: str) -> None:
    """X4[1,2] beside the row of that entry, where there are few."""
    rows, cols, in_rows, in_cols = lengths
    for axis, name, shape in ((axes.yaxis, found.of, (rows, cols)), (axes.xaxis, found.wrt, (in_rows, in_cols))):
        if 0 < shape[0] * shape[1] <= MOST_NAMES:
            places = [np.unravel_index(k, shape, order=order) for k in range(shape[0] * shape[1])]  # type: ignore[call-overload]
            axis.set_ticks(range(len(places)), [f"{name}[{i + 1},{j + 1}]" for i, j in places])
    axes.tick_params(axis="x", labelrotation=90)
