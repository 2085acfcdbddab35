"""pushforward grade"""

from __future__ import annotations

import sys
from pathlib import Path

import click

import pushforward as pf
from pushforward.api.programs import decode, read_content
from pushforward.cli import EXIT_FAILED
from pushforward.commands.options import echo_json, load_program


@click.command("grade")
@click.argument("program")
@click.argument("derivation")
@click.option(
    "--wrt", multiple=True, metavar="NAME",
    help="An input that moves; repeatable [default: those whose δ the derivation names].",
)  # fmt: skip
@click.option("--reveal", is_flag=True, help="Show how the first mistake is repaired, and not only a hint.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.pass_context
def command(
    context: click.Context, program: str, derivation: str, wrt: tuple[str, ...], reveal: bool, as_json: bool
) -> None:
    """Mark a derivation made by hand, equality by equality.

    PROGRAM is a file; DERIVATION is a file in text or LaTeX, or - for standard input. Exit code 1 unless every
    equality is right.
    """
    read = load_program(program, None)
    if derivation == "-":
        content, name = sys.stdin.buffer.read(), "<stdin>"
    else:
        content, name = read_content(Path(derivation)), Path(derivation).name
    verdict = pf.grade(read, decode(content, name), wrt or None, name)
    if as_json:
        echo_json(verdict.to_dict(reveal))
    else:
        click.echo(verdict.report(reveal))
    context.exit(0 if verdict.passed else EXIT_FAILED)
