"""Reports as tables in the terminal."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from codegen.check import CheckReport, Measurement
from codegen.cost.counts import KINDS
from codegen.cost.report import Cost

_WHAT = {
    "value": "the values, against an independent evaluation",
    "complex step": "Im F(X + ihδX)/h, exact to rounding",
    "central difference": "(F(X + hδX) − F(X − hδX))/2h: its error falls as h²",
    "remainder": "F(X + hδX) − F(X) − hδF: falls as h², the O(δX²)",
    "five-point difference": "a fourth-order difference, at its best step",
    "dot product": "⟨Ȳ, J δX⟩ = ⟨X̄, δX⟩: forward and reverse agree",
    "exact dot product": "the same over a prime field: exact",
    "NumPy kernel": "the results of the same kernel in NumPy, also at larger sizes",
    "blocks": "a kernel in blocks of rows, against the same in one piece",
    "dual numbers": "the derivation, over a prime field with ε² = 0: exact",
}

LONGEST_STATEMENT = 60


def cost_table(costs: Mapping[str, Cost], whole: str) -> RenderableType:
    """The statements of one of several programs, and the totals of all, the first being that of the values alone."""
    cost = costs[whole]
    lengths = ", ".join(f"{name} = {size}" for name, size in cost.sizes.items())
    statements = Table(box=box.SIMPLE_HEAD, title=f"values and {whole}", title_justify="left")
    statements.add_column("statement")
    for column in ("flops", "number", "numbers moved"):
        statements.add_column(column, justify="right")
    for row in cost.statements:
        text = row.text if len(row.text) <= LONGEST_STATEMENT else row.text[: LONGEST_STATEMENT - 2] + " …"
        statements.add_row(text, cost.text(row.flops), f"{cost.number(row.flops):,}", cost.text(row.moved))
    totals = Table(box=box.SIMPLE_HEAD)
    totals.add_column("in all")
    for column in costs:
        totals.add_column(column if column == "values" else f"+ {column}", justify="right")
    for label, entry in _TOTALS.items():
        entries = [entry(each) for each in costs.values()]
        if any(text != "0" for text in entries):
            totals.add_row(label, *entries)
    return Group(statements, totals, Text(f"numbers at {lengths}; bytes in double precision" if lengths else "", "dim"))


def _of_kind(kind: str) -> Callable[[Cost], str]:
    return lambda cost: cost.text(cost.kinds[kind])


_TOTALS: dict[str, Callable[[Cost], str]] = {
    "flops": lambda cost: cost.text(cost.flops),
    "  in numbers": lambda cost: f"{cost.number(cost.flops):,}",
    **{f"  {kind}": _of_kind(kind) for kind in KINDS},
    "numbers moved": lambda cost: cost.text(cost.moved),
    "  in bytes": lambda cost: f"{cost.bytes(cost.moved):,}",
    "flops a byte": lambda cost: f"{cost.intensity:.2g}",
    "temporaries": lambda cost: str(cost.temporaries),
    "peak memory": lambda cost: cost.text(cost.peak),
    "  in bytes ": lambda cost: f"{cost.bytes(cost.peak):,}",
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
