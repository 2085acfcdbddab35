"""Measure everything in one run: python benchmarks/run.py [--quick] [--only TEXT] [--json PATH]

Without --quick and --only the results are written to benchmarks/results as Markdown, JSON and a picture, and the
short table into the README.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import compare
import derivation
import grid
import machine
import picture
import report
import short
from contenders import jax_jit
from timing import FULL, QUICK, Effort

RESULTS = Path(__file__).parent / "results"
README = Path(__file__).parent.parent / "README.md"
QUICK_LAYERS = derivation.LAYERS[:2]
QUICK_LINEARITY = (30, 300)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Emitted kernels and their derivation, side by side with the peers.")
    parser.add_argument("--quick", action="store_true", help="one cell of each kind and fewer rounds; only prints")
    parser.add_argument("--only", metavar="TEXT", help="only the cells whose description has TEXT in it; only prints")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the numbers to PATH, after every cell")
    given = parser.parse_args(arguments)

    def keep(results: report.Results) -> None:
        if given.json:
            given.json.write_text(report.as_json(results), encoding="utf-8")

    if given.quick:
        results = collect(grid.quick(), QUICK_LAYERS, QUICK_LINEARITY, QUICK, keep)
    elif given.only:
        results = collect([cell for cell in grid.whole() if given.only in str(cell)], (), None, FULL, keep)
    else:
        results = collect(keep=keep)
        save(results, RESULTS)
        short.put_into_file(README, results["cells"])
    print(report.as_markdown(results))


def collect(
    cells: Sequence[grid.Cell] | None = None,
    layers: Sequence[int] = derivation.LAYERS,
    linearity: tuple[int, int] | None = derivation.LINEARITY,
    effort: Effort = FULL,
    keep: Callable[[report.Results], None] = lambda results: None,
) -> report.Results:
    """Run every comparison; a cell in which contenders disagree is not timed, and said to be left out.

    What derives is measured first: the processes of PyTorch's compiler stay, and would disturb it. `keep` is given what
    there is after every cell.
    """
    results: report.Results = {
        "machine": machine.describe(), "cells": [], "left out": [], "derivation": [], "linearity": None
    }  # fmt: skip
    jax = jax_jit.load()
    for number in layers:
        tell(f"chain of {number} layers")
        results["derivation"].append(derivation.compare(number, jax, effort))
    if linearity is not None:
        tell(f"linearity from {linearity[0]} to {linearity[1]} layers")
        results["linearity"] = derivation.linearity(linearity, effort)
    cells = grid.whole() if cells is None else cells
    for number, cell in enumerate(cells, start=1):
        tell(f"{number} of {len(cells)}: {cell}")
        try:
            results["cells"].append(compare.compare(cell, effort))
        except compare.Disagreement as error:
            tell(f"nothing: {error}")
            results["left out"].append(str(error))
        keep(results)
    return results


def save(results: report.Results, folder: Path) -> None:
    """benchmarks.md, benchmarks.json and benchmarks.svg."""
    folder.mkdir(exist_ok=True)
    (folder / "benchmarks.md").write_text(report.as_markdown(results), encoding="utf-8")
    (folder / "benchmarks.json").write_text(report.as_json(results), encoding="utf-8")
    picture.draw(results, folder / "benchmarks.svg")


def tell(what: str) -> None:
    print(f"measuring {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
