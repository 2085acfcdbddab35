"""pushforward cost"""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console

import pushforward as pf
from codegen.cost.report import Cost
from pushforward.commands.options import echo_json, program_options, size_option, sizes_from
from pushforward.tables import cost_table
from symbolic.differential import Differential
from symbolic.errors import DifferentiationError, NotSupported

FORWARD, REVERSE = "forward", "reverse"


@click.command("cost")
@program_options
@click.option(
    "--mode", type=click.Choice((FORWARD, REVERSE)), default=FORWARD, show_default=True,
    help="Whose statements are listed: of the differential or of the pullback.",
)  # fmt: skip
@size_option
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(differential: Differential, mode: str, size: tuple[str, ...], as_json: bool) -> None:
    """Print what the kernels of a program cost: values alone, with the differential, with the pullback.

    Flops by kind, numbers read and written, temporaries, memory at its peak, as formulas in the symbolic sizes and
    in numbers. FILE holds the program; - is standard input.
    """
    sizes = sizes_from(size)
    costs = {"values": pf.cost(differential.primal, sizes), "differential": pf.cost(differential, sizes)}
    try:
        costs["pullback"] = pf.cost(pf.adjoint(differential), sizes)
    except (NotSupported, DifferentiationError) as error:
        if mode == REVERSE:
            raise
        click.echo(f"# no pullback: {error}", err=True)
    if as_json:
        echo_json({name: as_dict(cost) for name, cost in costs.items()})
        return
    Console().print(cost_table(costs, "differential" if mode == FORWARD else "pullback"))


def as_dict(cost: Cost) -> dict[str, Any]:
    """Everything that is known of a cost, formulas and numbers."""
    return {
        "sizes": dict(cost.sizes),
        "flops": _both(cost, cost.flops),
        "kinds": {kind: _both(cost, count) for kind, count in cost.kinds.items()},
        "moved": _both(cost, cost.moved),
        "peak": _both(cost, cost.peak),
        "temporaries": cost.temporaries,
        "intensity": cost.intensity,
        "statements": [
            {"statement": row.text, "flops": _both(cost, row.flops), "moved": _both(cost, row.moved)}
            for row in cost.statements
        ],
    }


def _both(cost: Cost, count: Any) -> dict[str, Any]:
    return {"formula": cost.text(count), "number": cost.number(count)}
