"""pushforward explain"""

from __future__ import annotations

import click

import pushforward as pf
from codegen.files import write_text
from pushforward.commands.options import program_options
from pushforward.lesson.build import LEVELS
from pushforward.lesson.render import FORMATS
from symbolic.differential import Differential


@click.command("explain")
@program_options
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option(
    "--level", type=click.Choice(LEVELS), default="full", show_default=True,
    help="brief: the equalities alone; beginner: every step, and the signs in words.",
)  # fmt: skip
@click.option("-o", "--output", metavar="PATH", help="Write to a file instead of the terminal.")
def command(differential: Differential, format_: str, level: str, output: str | None) -> None:
    """Explain how the differential of a program comes about, step by step.

    FILE holds the program; - is standard input. HTML is one page, LaTeX a whole document.
    """
    text = pf.explain(differential, format_, level)
    if output is None:
        click.echo(text, nl=False)
    else:
        changed = write_text(output, text)
        click.echo(f"{output}: {'written' if changed else 'unchanged'}", err=True)
