"""pushforward derive"""

from __future__ import annotations

from typing import Any

import click

from pushforward.commands.options import echo_json, program_options
from pushforward.wording import step_line
from symbolic.differential import Differential
from symbolic.language.styles import STYLES


@click.command("derive")
@program_options
@click.option(
    "--of", "outputs", multiple=True, metavar="NAME", help="Whose differential; repeatable [default: all outputs]."
)
@click.option("--steps", is_flag=True, help="Print every step: the rule, what it was applied to, what it gave.")
@click.option("--program", "tangent", is_flag=True, help="Print the tangent program instead of the closed form.")
@click.option("--format", "style", type=click.Choice(STYLES), default="unicode", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(
    differential: Differential, outputs: tuple[str, ...], steps: bool, tangent: bool, style: str, as_json: bool
) -> None:
    """Print the differential of a program in closed form.

    FILE holds the program; - is standard input.
    """
    outputs = outputs or differential.moving_outputs
    if as_json:
        echo_json(as_dict(differential, outputs))
        return
    if steps:
        for number, step in enumerate(differential.steps, start=1):
            click.echo(f"{number:4}. {step_line(step, differential, style)}")
        click.echo()
    if tangent:
        click.echo(differential.program.text(style))
        return
    for output in outputs:
        click.echo(differential.closed_form(output).equation(style))


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
