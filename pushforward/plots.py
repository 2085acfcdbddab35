"""Pictures, drawn with matplotlib (the extra `plot`)."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

from codegen.check import CheckReport
from symbolic.errors import PushforwardError

FORMATS = (".png", ".svg")


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
