"""pushforward derive"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

import pushforward as pf
from codegen.modes import compare_modes
from pushforward.api.derivatives import gradient_of
from pushforward.commands.options import echo_json, program_options, size_option, sizes_from
from pushforward.wording import adjoint_step_line, mode_lines, step_line
from symbolic.differential import Differential
from symbolic.indices.form import index_statements
from symbolic.language.styles import STYLES
from symbolic.reverse.adjoint import Adjoint

MODES = ("forward", "reverse", "gradient", "auto")


@click.command("derive")
@program_options
@click.option(
    "--of", "outputs", multiple=True, metavar="NAME", help="Whose differential; repeatable [default: all outputs]."
)
@click.option(
    "--mode", type=click.Choice(MODES), default="forward", show_default=True,
    help="forward: differentials; reverse: cotangents of the inputs; gradient: of a scalar; auto: what costs less for "
    "the whole derivative. With another mode than forward, or with --size, the cost of both is told.",
)  # fmt: skip
@size_option
@click.option("--steps", is_flag=True, help="Print every step: the rule, what it was applied to, what it gave.")
@click.option("--program", "whole", is_flag=True, help="Print the tangent or adjoint program, not the closed form.")
@click.option("--index", "by_index", is_flag=True, help="Print sums over indices, δY[i,j] = Σ_k …, not matrices.")
@click.option("--format", "style", type=click.Choice(STYLES), default="unicode", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(
    differential: Differential,
    outputs: tuple[str, ...],
    mode: str,
    size: tuple[str, ...],
    steps: bool,
    whole: bool,
    by_index: bool,
    style: str,
    as_json: bool,
) -> None:
    """Print the differential of a program in closed form, or with --mode reverse its pullback.

    FILE holds the program; - is standard input.
    """
    if by_index:
        if mode != "forward" or as_json:
            raise click.UsageError("--index is of the differential, --mode forward, in words")
        say_by_index(differential, outputs, whole, style)
        return
    sizes = sizes_from(size)
    if mode == "forward" and sizes is None:
        say_forward(differential, outputs, steps, whole, style, as_json)
        return
    adjoint = pf.adjoint(differential, outputs or None)
    modes = compare_modes(adjoint, sizes)
    chosen = modes.cheaper if mode == "auto" else mode
    if chosen == "forward":
        say_forward(differential, outputs, steps, whole, style, as_json)
    elif chosen == "reverse":
        say_reverse(adjoint, steps, whole, style, as_json)
    else:
        say_reverse(gradient_of(differential, *outputs[:1]), steps, whole, style, as_json)
    for line in mode_lines(modes, adjoint):
        click.echo(f"# {line}", err=as_json)


def say_forward(
    differential: Differential, outputs: tuple[str, ...], steps: bool, whole: bool, style: str, as_json: bool
) -> None:
    """The differentials of the outputs."""
    outputs = outputs or differential.moving_outputs
    if as_json:
        echo_json(as_dict(differential, outputs))
        return
    if steps:
        _say_steps(step_line(step, differential, style) for step in differential.steps)
    if whole:
        click.echo(differential.program.text(style))
        return
    for output in outputs:
        click.echo(differential.closed_form(output).equation(style))


def say_by_index(differential: Differential, outputs: tuple[str, ...], whole: bool, style: str) -> None:
    """The differentials of the outputs, or with --program of each statement, as sums over indices."""
    if whole:
        for form in index_statements(differential):
            click.echo(form.equation(style))
        return
    for output in outputs or differential.moving_outputs:
        click.echo(pf.index_form(differential, output).equation(style))


def say_reverse(adjoint: Adjoint, steps: bool, whole: bool, style: str, as_json: bool) -> None:
    """The cotangents of the inputs."""
    if as_json:
        echo_json(adjoint_as_dict(adjoint))
        return
    if steps:
        _say_steps(adjoint_step_line(step, style) for step in adjoint.steps)
    if whole:
        click.echo(adjoint.program.text(style))
        return
    for name in adjoint.wrt:
        click.echo(adjoint.closed_form(name).equation(style))


def _say_steps(lines: Iterable[str]) -> None:
    for number, line in enumerate(lines, start=1):
        click.echo(f"{number:4}. {line}")
    click.echo()


def as_dict(differential: Differential, outputs: tuple[str, ...]) -> dict[str, Any]:
    """Everything that `derive` can print."""
    primal = differential.primal
    return {
        "program": primal.lines("text"),
        "wrt": list(differential.wrt),
        "seeds": dict(differential.seeds),
        "closed_form": {
            output: {style: differential.closed_form(output).equation(style) for style in STYLES} for output in outputs
        },
        "tangent_program": differential.program.lines("text"),
        "steps": [
            {
                "statement": step.where,
                "rule": step.rule.name,
                "formula": step.rule.formula,
                "step": step_line(step, differential, "text"),
            }
            for step in differential.steps
        ],
    }


def adjoint_as_dict(adjoint: Adjoint) -> dict[str, Any]:
    """Everything that `derive --mode reverse` can print."""
    return {
        "program": adjoint.primal.lines("text"),
        "wrt": list(adjoint.wrt),
        "seeds": dict(adjoint.seeds),
        "closed_form": {
            name: {style: adjoint.closed_form(name).equation(style) for style in STYLES} for name in adjoint.wrt
        },
        "adjoint_program": adjoint.program.lines("text"),
        "steps": [
            {
                "statement": step.where,
                "rule": step.rule.name,
                "formula": step.rule.formula,
                "step": adjoint_step_line(step, "text"),
            }
            for step in adjoint.steps
        ],
    }
