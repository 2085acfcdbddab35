"""pushforward verify"""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import Progress

import pushforward as pf
from codegen.check import CheckReport
from codegen.kernel import Kernel
from codegen.verify import SEEDS
from pushforward import plots
from pushforward.cli import EXIT_FAILED
from pushforward.commands.options import (
    echo_json,
    in_mode,
    mode_option,
    program_options,
    size_option,
    sizes_from,
    target_option,
)
from pushforward.tables import check_table
from symbolic.differential import Differential


@click.command("verify")
@program_options
@mode_option
@size_option
@target_option
@click.option("--seed", "seeds", type=click.IntRange(min=0), multiple=True, default=SEEDS, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print every measurement as JSON.")
@click.option("--plot", metavar="PATH", help="Draw the remainder against the step, as .png or .svg.")
@click.pass_context
def command(
    context: click.Context,
    differential: Differential,
    mode: str,
    size: tuple[str, ...],
    target: str,
    seeds: tuple[int, ...],
    as_json: bool,
    plot: str | None,
) -> None:
    """Check the kernel of a program's differential, or of its pullback or gradient.

    FILE holds the program; - is standard input. Exit code 1 if any measurement fails. A kernel in C is compiled, and
    also compared with that in NumPy.
    """
    if plot is not None:
        plots.require(plot)
    kernel = pf.compile(in_mode(differential, mode), target)
    report = _verified(kernel, sizes_from(size), seeds)
    if plot is not None:
        plots.remainder(report, plot)
    if as_json:
        echo_json(report.to_dict())
    else:
        Console().print(check_table(report))
    context.exit(0 if report.passed else EXIT_FAILED)


def _verified(kernel: Kernel, sizes: dict[str, int] | None, seeds: tuple[int, ...]) -> CheckReport:
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("checking", total=None)
        return pf.verify(kernel, sizes, seeds, lambda done, total: progress.update(task, completed=done, total=total))
