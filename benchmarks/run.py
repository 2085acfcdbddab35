"""Measure everything in one run: python benchmarks/run.py [--quick] [--json PATH]

Without --quick the results are written to benchmarks/results as Markdown, JSON and a picture.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import derivation
import jacobians
import kernels
import machine
import peers
import picture
import report
from timing import FULL, QUICK, Effort

RESULTS = Path(__file__).parent / "results"
QUICK_SIZES = kernels.SIZES[:4]
QUICK_LAYERS = derivation.LAYERS[:2]
QUICK_LINEARITY = (30, 300)
QUICK_JACOBIANS = jacobians.SIZES[:1]


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Emitted kernels and their derivation, side by side with the peers.")
    parser.add_argument("--quick", action="store_true", help="fewer sizes and rounds; only prints")
    parser.add_argument("--json", type=Path, metavar="PATH", help="also write the numbers to PATH")
    given = parser.parse_args(arguments)
    results = collect(QUICK_SIZES, QUICK_LAYERS, QUICK_LINEARITY, QUICK_JACOBIANS, QUICK) if given.quick else collect()
    print(report.as_markdown(results))
    if given.json:
        given.json.write_text(report.as_json(results), encoding="utf-8")
    if not given.quick:
        save(results, RESULTS)


def collect(
    sizes: Sequence[kernels.Sizes] = kernels.SIZES,
    layers: Sequence[int] = derivation.LAYERS,
    linearity: tuple[int, int] = derivation.LINEARITY,
    of_jacobians: Sequence[kernels.Sizes] = jacobians.SIZES,
    effort: Effort = FULL,
) -> dict[str, Any]:
    """Run every comparison. Raises kernels.Disagreement before anything wrong is timed."""
    jax = peers.load_jax()
    results: dict[str, Any] = {"machine": machine.describe(jax), "kernels": [], "jacobians": [], "derivation": []}
    for function in kernels.FUNCTIONS:
        for size in sizes:
            tell(f"{function} at {size}")
            results["kernels"].append(kernels.compare(function, size, jax, effort))
    torch = peers.load_torch()
    for size in of_jacobians:
        tell(f"Jacobian at {size}")
        results["jacobians"].append(jacobians.compare(size, jax, torch, effort))
    for number in layers:
        tell(f"chain of {number} layers")
        results["derivation"].append(derivation.compare(number, jax, effort))
    tell(f"linearity from {linearity[0]} to {linearity[1]} layers")
    results["linearity"] = derivation.linearity(linearity, effort)
    return results


def save(results: dict[str, Any], folder: Path) -> None:
    """benchmarks.md, benchmarks.json and benchmarks.svg."""
    folder.mkdir(exist_ok=True)
    (folder / "benchmarks.md").write_text(report.as_markdown(results), encoding="utf-8")
    (folder / "benchmarks.json").write_text(report.as_json(results), encoding="utf-8")
    picture.draw(results, folder / "benchmarks.svg")


def tell(what: str) -> None:
    print(f"measuring {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
