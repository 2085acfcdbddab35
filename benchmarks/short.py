"""The short table of the README: value and tangent of the seed program in double precision."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import grid
import report
from contenders import jax_jit

FIRST, LAST = "<!-- short table of benchmarks/results -->", "<!-- end of the table -->"
SHOWN = ("sin", "tanh")
LARGE = 100_000
HEAD = (
    "n, m, h, p", "f", "C", "NumPy", "NumPy by hand", "JAX jit", "fastest peer / C", "fastest peer / NumPy", "C / limit"
)  # fmt: skip


def table(cells: list[report.Results]) -> str:
    lines = [report.line(HEAD), "|" + " --- |" * len(HEAD)]
    for f in SHOWN:
        lines += [report.line(_row(row)) for row in cells if _is_shown(row) and row["f"] == f]
    return "\n".join(lines)


def put_into(text: str, cells: list[report.Results]) -> str:
    """The text with the table between its two marks. Raises ValueError where a mark is missing."""
    before, _, rest = _parted(text, FIRST)
    _, _, after = _parted(rest, LAST)
    return f"{before}{FIRST}\n\n{table(cells)}\n\n{LAST}{after}"


def put_into_file(path: Path, cells: list[report.Results]) -> None:
    path.write_text(put_into(path.read_text(encoding="utf-8"), cells), encoding="utf-8")


def _parted(text: str, mark: str) -> tuple[str, str, str]:
    if mark not in text:
        raise ValueError(f"there is no line {mark}")
    return text.partition(mark)


def _is_shown(row: report.Results) -> bool:
    return (row["question"], row["problem"], row["precision"]) == (grid.JVP, grid.SEED.name, grid.DOUBLE)


def _row(row: report.Results) -> list[str]:
    seconds = row["seconds"]
    times = [_time(seconds.get(name)) for name in (report.C, report.NUMPY, report.HAND, jax_jit.NAME)]
    ratios = [report.ahead(row, report.C), report.ahead(row, report.NUMPY), report.of_limit(row, report.C)]
    return [", ".join(map(_size, row["sizes"])), row["f"], *times, *map(report.plain, ratios)]


def _size(size: int) -> str:
    """100000 is 1e5."""
    return f"{size:.0e}".replace("e+0", "e") if size >= LARGE else str(size)


def _time(found: Any) -> str:
    return report.time(found, spread=False) if found else "–"
