"""Reports as tables in the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from codegen.check import CheckReport, Measurement

_WHAT = {
    "value": "the values, against an independent evaluation",
    "complex step": "Im F(X + ihδX)/h, exact to rounding",
    "central difference": "(F(X + hδX) − F(X − hδX))/2h: its error falls as h²",
    "remainder": "F(X + hδX) − F(X) − hδF: falls as h², the O(δX²)",
    "five-point difference": "a fourth-order difference, at its best step",
    "dot product": "⟨Ȳ, J δX⟩ = ⟨X̄, δX⟩: forward and reverse agree",
    "exact dot product": "the same over a prime field: exact",
    "dual numbers": "the derivation, over a prime field with ε² = 0: exact",
}


def check_table(report: CheckReport) -> RenderableType:
    """One row a method and precision; then the verdict, the shapes and what was compared."""
    table = Table(box=box.SIMPLE_HEAD, title=f"check of {report.kernel}", title_justify="left")
    table.add_column("method")
    table.add_column("type")
    for column in ("passed", "worst error", "allowed", "order"):
        table.add_column(column, justify="right")
    groups: dict[tuple[str, str], list[Measurement]] = {}
    for measurement in report.measurements:
        groups.setdefault((measurement.method, measurement.dtype), []).append(measurement)
    for (method, dtype), group in groups.items():
        table.add_row(method, dtype, *_summary(group))
    verdict = Text("passed", "bold green") if report.passed else Text("FAILED", "bold red")
    shapes = list(dict.fromkeys(m.sizes for m in report.measurements if m.sizes))
    lines = [Text.assemble(verdict, f": {sum(m.passed for m in report.measurements)} of {len(report.measurements)}")]
    if shapes:
        lines.append(Text("shapes: " + " · ".join(shapes)))
    if report.avoided:
        lines.append(Text(f"kept away from: {', '.join(report.avoided)}"))
    if report.left_out:
        lines.append(Text(f"no point was found at: {' · '.join(report.left_out)}"))
    lines += [_failure(m) for m in report.failures()[:5]]
    legend = [Text(f"  {method}: {_WHAT[method]}", "dim") for method in report.by_method()]
    return Group(table, *lines, *legend)


def _summary(group: list[Measurement]) -> tuple[str, str, str, str]:
    passed = f"{sum(m.passed for m in group)}/{len(group)}"
    orders = [m.order for m in group if m.order is not None]
    allowed = [m.tolerance for m in group if m.tolerance is not None]
    worst = max(min(m.errors, default=0.0) for m in group)
    return passed, f"{worst:.1e}", f"{max(allowed):.0e}" if allowed else "", f"{min(orders):.2f}" if orders else ""


def _failure(measurement: Measurement) -> Text:
    observed = (
        f"order {measurement.order:.2f}" if measurement.order is not None else f"error {measurement.errors[-1]:.1e}"
    )
    return Text(
        f"failed: {measurement.method} of {measurement.output} at {measurement.sizes}, seed {measurement.seed}, "
        f"{measurement.dtype}: {observed}",
        "red",
    )
