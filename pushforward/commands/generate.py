"""pushforward generate"""

from __future__ import annotations

import click

from codegen.kernel import emit_kernel
from codegen.kernel_file import save
from pushforward.commands.options import (
    in_mode,
    mode_option,
    program_options,
    size_option,
    sizes_from,
    target_option,
)
from symbolic.differential import Differential


@click.command("generate")
@program_options
@mode_option
@size_option
@target_option
@click.option("--name", help="The name of the generated function.")
@click.option("--threads", default=1, show_default=True, help="How many share many rows, for numpy.")
@click.option("-o", "--output", metavar="PATH", help="The file to write [default: standard output].")
def command(
    differential: Differential,
    mode: str,
    size: tuple[str, ...],
    target: str,
    name: str | None,
    threads: int,
    output: str | None,
) -> None:
    """Write the kernel of a program's differential: value and tangent, or pullback or gradient, in one function.

    FILE holds the program; - is standard input. A file is written whole or not at all, and left alone if it
    already holds the same kernel. Beside a C file NAME.c stands its header, NAME.h; no compiler is needed.
    """
    kernel = emit_kernel(in_mode(differential, mode), target, sizes_from(size), name, threads)
    if output is None:
        click.echo(kernel.source, nl=False)
        return
    changed = save(kernel, output)
    click.echo(f"{output}: {'written' if changed else 'unchanged'}", err=True)
