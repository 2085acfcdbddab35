"""pushforward exercise"""

from __future__ import annotations

import sys
from pathlib import Path

import click

import pushforward as pf
from codegen.files import write_text
from pushforward.api.programs import decode, read_content
from pushforward.cli import EXIT_FAILED
from pushforward.commands.options import echo_json
from pushforward.exercises.dialogue import converse
from pushforward.exercises.model import Exercise
from pushforward.exercises.sheet import MOST, page
from pushforward.lesson.render import FORMATS


@click.command("exercise")
@click.option("--level", type=click.IntRange(1, 5), default=1, show_default=True, help="From sums to attention.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="The same seed, the same question.")
@click.option("--answer", metavar="TEXT|FILE", help="Mark an answer: text, a file, or - for standard input.")
@click.option("--reveal", is_flag=True, help="With --answer: show how a mistake is repaired, and not only a hint.")
@click.option("--hints", type=click.IntRange(0), default=0, metavar="N", help="Show the first N hints.")
@click.option("--solution", "--solutions", "solutions", is_flag=True, help="Show the solution; with --sheet, theirs.")
@click.option("--sheet", is_flag=True, help="A sheet of exercises to print, with the seeds from --seed on.")
@click.option("--count", type=click.IntRange(1, MOST), default=10, show_default=True, help="How many, with --sheet.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("-o", "--output", metavar="PATH", help="Write to a file instead of the terminal.")
@click.option("--json", "as_json", is_flag=True, help="Print the exercise, or with --answer its marks, as JSON.")
@click.pass_context
def command(
    context: click.Context, level: int, seed: int, answer: str | None, reveal: bool, hints: int, solutions: bool,
    sheet: bool, count: int, format_: str, output: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Ask a question, give hints, mark answers; or make a sheet of questions, and one of solutions.

    In a terminal it asks for an answer until there is a right one. Exit code 1 where an answer is not right.
    """
    if answer is not None:
        _refuse_with("--answer", sheet=sheet, solution=solutions, hints=hints > 0, output=output is not None)
        marked = pf.exercise(level, seed).mark(_read(answer))
        echo_json(marked.to_dict(reveal)) if as_json else click.echo(marked.report(reveal))
        context.exit(0 if marked.passed else EXIT_FAILED)
    if sheet:
        _refuse_with("--sheet", hints=hints > 0, json=as_json)
        _write(pf.exercise_sheet(level, seed, count, format_, solutions), output)
        return
    found = pf.exercise(level, seed)
    if as_json:
        echo_json(found.to_dict())
    elif format_ != "text" or output is not None:
        _write(page([found], format_, solutions), output)
    elif solutions or hints:
        click.echo(_shown(found, hints, solutions))
    elif sys.stdin.isatty() and sys.stdout.isatty():
        converse(found, _ask, click.echo)
    else:
        click.echo(str(found))


def _refuse_with(option: str, **given: bool) -> None:
    for name, there in given.items():
        if there:
            raise click.UsageError(f"{option} does not go with --{name}")


def _read(answer: str) -> str:
    """The text of an answer: standard input, a file if there is one of this name, or the argument itself."""
    if answer == "-":
        return decode(sys.stdin.buffer.read(), "<stdin>")
    path = Path(answer)
    if _is_file(path):
        return decode(read_content(path), path.name)
    return answer


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False  # a text that cannot be the name of a file


def _shown(found: Exercise, hints: int, solutions: bool) -> str:
    shown = [str(found)]
    shown += [found.hint(k) for k in range(1, min(hints, len(found.hints)) + 1)]
    shown += [f"Solution\n\n{found.solved()}"] if solutions else []
    return "\n\n".join(shown)


def _ask(prompt: str) -> str:
    try:
        return input(prompt)
    except KeyboardInterrupt:
        raise EOFError from None


def _write(text: str, output: str | None) -> None:
    if output is None:
        click.echo(text, nl=False)
    else:
        changed = write_text(output, text)
        click.echo(f"{output}: {'written' if changed else 'unchanged'}", err=True)
