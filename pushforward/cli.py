"""The command line. A command's module is loaded only when it runs, so that --help answers at once.

Exit codes: 0 done; 1 a check failed; 2 wrong usage; 3 the program (or what was asked of it) is wrong; 4 a file
cannot be read or written.
"""

from __future__ import annotations

import importlib
import io
import sys
from typing import Any

import click

from codegen.version import VERSION
from symbolic.errors import PushforwardError

COMMANDS = {
    "demo": "The question that started it: four equations, their differential, a kernel, its check.",
    "derive": "Print the differential of a program in closed form.",
    "jacobian": "The Jacobian: closed form, axes, structure; a kernel, numbers or a picture of it.",
    "explain": "Explain how the differential comes about, step by step, as text, Markdown, LaTeX or a page.",
    "cost": "What values, differential and pullback cost: flops, memory, statement by statement.",
    "generate": "Write the kernel of a program's differential.",
    "verify": "Check the kernel of a program's differential against differences and the complex step.",
    "grade": "Mark a derivation made by hand, equality by equality.",
    "exercise": "Ask a question at one of five levels, give hints, mark the answer; or print sheets.",
    "operations": "List the operations that are known; of one, show its differential, an example and its code.",
}
EXIT_FAILED, EXIT_PROGRAM, EXIT_FILE = 1, 3, 4


class _LazyGroup(click.Group):
    """Commands by name; each lives in pushforward.commands."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"pushforward.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """What is wrong with the input is said in words, never as a traceback."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise  # click ends quietly when nobody reads on
        except PushforwardError as error:
            click.echo(f"error: {error}", err=True)
            ctx.exit(EXIT_PROGRAM)
        except OSError as error:
            click.echo(f"error: {error.filename or 'output'}: {error.strerror or error}", err=True)
            ctx.exit(EXIT_FILE)


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(VERSION, prog_name="pushforward")
def main() -> None:
    """Differentials of matrix programs: derive them, generate kernels, verify them.

    A program is a file (.pf or .jl: text; .tex: LaTeX), `-` for standard input, or text after -e:

        pushforward derive -e "X1 = X0*W1; X2 = f(X1)" --wrt X0

    Exit codes: 0 done, 1 a check failed, 2 wrong usage, 3 the program is wrong, 4 a file cannot be used.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and not _can_write_mathematics(stream.encoding):
            stream.reconfigure(encoding="utf-8")


def _can_write_mathematics(encoding: str) -> bool:
    try:
        "δ₂ ⊙ ⊘ ᵀ − ² × · …".encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


if __name__ == "__main__":
    main()
