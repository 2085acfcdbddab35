"""Check random programs by every oracle: `python -m tools.fuzz --count 20000 --seed 0`; `--only K` replays one.

With `--target c` their C kernels are compiled, and compared with the NumPy kernels.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from types import FrameType

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from codegen.native.cache import VARIABLE
from symbolic.program import Program
from tools.examination import Plan, examine
from tools.generator import NODES, Pair, draw, pairs, possible_pairs
from tools.native import examine_native
from tools.shrinking import shrink
from tools.verdicts import CRASHED, SKIPPED, VERDICTS, Result

SECONDS_EACH = 60
"""What takes longer counts as a crash."""
CHUNK = 8
CHUNKS_EACH = 100
"""After so many a process is replaced, because libraries keep what they have computed."""


@dataclass(frozen=True)
class Outcome:
    """What came of one program; its text, and that of a smaller one, only where something is at fault."""

    index: int
    results: tuple[Result, ...]
    pairs: tuple[Pair, ...]
    missed: tuple[Pair, ...]
    text: str = ""
    smaller: str = ""

    @property
    def faults(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if result.is_fault)


@dataclass
class Summary:
    """All outcomes, counted."""

    programs: int = 0
    verdicts: dict[str, Counter[str]] = field(default_factory=dict)
    reasons: Counter[tuple[str, str]] = field(default_factory=Counter)
    pairs: Counter[Pair] = field(default_factory=Counter)
    missed: Counter[Pair] = field(default_factory=Counter)
    failed: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.programs += 1
        for result in outcome.results:
            self.verdicts.setdefault(result.check, Counter())[result.verdict] += 1
            if result.verdict == SKIPPED:
                self.reasons[result.check, result.detail] += 1
        self.pairs.update(outcome.pairs)
        self.missed.update(outcome.missed)
        if outcome.faults:
            self.failed.append(outcome)


def run_one(seed: int, plan: Plan, shrinking: bool, index: int) -> Outcome:
    """Draw a program and examine it. Everything that is random comes from `seed` and `index`."""
    try:
        drawn = draw(seed, index)
    except Exception as error:
        return Outcome(index, (Result("drawn", CRASHED, f"{type(error).__name__}: {error}"),), (), ())
    composed = tuple(
        pair for pair in drawn.wanted if pair not in drawn.missed and not all(name in NODES for name in pair)
    )
    results = _examined(drawn.program, index, plan)
    outcome = Outcome(index, tuple(results), (*pairs(drawn.program), *composed), drawn.missed)
    if not outcome.faults:
        return outcome
    smaller = _shrunk(drawn.program, outcome.faults[0], index, plan) if shrinking else ""
    return Outcome(index, outcome.results, outcome.pairs, outcome.missed, drawn.program.text(), smaller)


def _examined(program: Program, index: int, plan: Plan) -> list[Result]:
    try:
        with _time_limit(SECONDS_EACH), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # overflows are looked for, and are no news
            return examine_native(program, index) if plan.target == "c" else examine(program, index, plan)
    except _TooLong:
        return [Result("time", CRASHED, f"took longer than {SECONDS_EACH} seconds")]


def _shrunk(program: Program, fault: Result, index: int, plan: Plan) -> str:
    second, jax = fault.check.startswith("second"), fault.check == "JAX"
    plan = replace(plan, second_every=plan.second_every * second, jax_every=plan.jax_every * jax)

    def fails(candidate: Program) -> bool:
        found = _examined(candidate, index, plan)
        return any(_kind(result) == _kind(fault) for result in found)

    smaller = shrink(program, fails)
    faults = [result for result in _examined(smaller, index, plan) if _kind(result) == _kind(fault)]
    return "\n".join([smaller.text("text"), *(f"{result.verdict}: {result.detail}" for result in faults)])


def _kind(result: Result) -> tuple[str, ...]:
    """The check, the verdict and, of a crash, the exception and its place."""
    return result.check, result.verdict, result.detail.partition(":")[0] if result.verdict == CRASHED else ""


class _TooLong(BaseException):
    """Not an Exception, so that no check takes it for its own."""


@contextmanager
def _time_limit(seconds: int) -> Iterator[None]:
    """Of this process's own time, so that a busy machine makes no difference."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def run(seed: int, indices: Iterable[int], plan: Plan, processes: int = 1, shrinking: bool = True) -> Iterator[Outcome]:
    """The outcomes in order, whatever the number of processes."""
    work = partial(run_one, seed, plan, shrinking)
    if processes == 1:
        yield from map(work, indices)
        return
    with multiprocessing.get_context("spawn").Pool(processes, maxtasksperchild=CHUNKS_EACH) as pool:
        yield from pool.imap(work, indices, chunksize=CHUNK)


@contextmanager
def _kernels_apart() -> Iterator[None]:
    """Kernels that are compiled are kept in a folder of this run: there are thousands."""
    before = os.environ.get(VARIABLE)
    with tempfile.TemporaryDirectory(prefix="pushforward-") as folder:
        os.environ[VARIABLE] = folder
        try:
            yield
        finally:
            os.environ.pop(VARIABLE)
            os.environ.update({VARIABLE: before} if before is not None else {})


# Words


def report(console: Console, summary: Summary, seconds: float) -> None:
    table = Table("check", *VERDICTS, title=f"{summary.programs:,} programs in {seconds:.0f} s")
    for check, counts in summary.verdicts.items():
        table.add_row(check, *(f"{counts[verdict]:,}" if counts[verdict] else "" for verdict in VERDICTS))
    console.print(table)
    for (check, reason), count in sorted(summary.reasons.items(), key=lambda item: (-item[1], item[0])):
        console.print(f"skipped {count:,} of {check}: {reason}", markup=False, highlight=False, soft_wrap=True)
    reached = sum(1 for pair in possible_pairs() if summary.pairs[pair])
    fewest = min((summary.pairs[pair] for pair in possible_pairs()), default=0)
    console.print(
        f"{reached:,} of {len(possible_pairs()):,} pairs of operations reached, each {fewest} times at least",
        highlight=False,
    )
    if summary.missed:
        console.print(
            f"{sum(summary.missed.values()):,} pairs were built for in vain: {list(summary.missed)[:5]}",
            highlight=False,
        )


def show_fault(console: Console, outcome: Outcome, seed: int, target: str) -> None:
    """A failing program, so that it can be run again."""
    command = f"python -m tools.fuzz --target {target} --seed {seed} --only {outcome.index}"
    lines = [f"program {outcome.index}: {command}"]
    lines += [f"  {result.verdict} {result.check}: {result.detail}" for result in outcome.faults]
    lines += [outcome.text, *(["smaller:", outcome.smaller] if outcome.smaller else []), ""]
    for line in lines:
        console.print(line, markup=False, highlight=False, soft_wrap=True)


@click.command()
@click.option("--count", default=20_000, show_default=True, help="How many programs.")
@click.option("--seed", default=0, show_default=True, help="Of the stream of programs.")
@click.option("--start", default=0, show_default=True, help="The first program of the stream.")
@click.option("--only", type=int, help="Run this program of the stream alone.")
@click.option("--target", type=click.Choice(["numpy", "c"]), default="numpy", show_default=True)
@click.option("--processes", default=2, show_default=True)
@click.option("--second-every", default=Plan.second_every, show_default=True, help="Differentiate twice; 0: never.")
@click.option("--jax-every", default=Plan.jax_every, show_default=True, help="Ask JAX too; 0: never.")
@click.option("--shrink/--no-shrink", "shrinking", default=True, help="Look for a smaller program that fails.")
@click.option("--most", default=20, show_default=True, help="How many failing programs are printed.")
def main(
    count: int,
    seed: int,
    start: int,
    only: int | None,
    target: str,
    processes: int,
    second_every: int,
    jax_every: int,
    shrinking: bool,
    most: int,
) -> None:
    """Check random programs by every oracle."""
    plan = Plan(second_every, jax_every, target=target)
    console = Console(width=120 if not sys.stdout.isatty() else None)
    if only is not None:
        plan = Plan(1, bool(jax_every), 1, 1, target)
        indices, processes = range(only, only + 1), 1
    else:
        indices = range(start, start + count)
    summary, began = Summary(), time.monotonic()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    progress = Progress(*columns, console=console, disable=not console.is_terminal)
    with progress, _kernels_apart():
        task = progress.add_task("programs", total=len(indices))
        for outcome in run(seed, indices, plan, processes, shrinking):
            summary.add(outcome)
            if outcome.faults and len(summary.failed) <= most:
                show_fault(progress.console, outcome, seed, target)
            progress.advance(task)
    report(console, summary, time.monotonic() - began)
    if only is not None:
        console.print(draw(seed, only).program.text(), markup=False, highlight=False)
    raise SystemExit(1 if summary.failed else 0)


if __name__ == "__main__":
    main()
