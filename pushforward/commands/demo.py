"""pushforward demo"""

from __future__ import annotations

import click
from rich.console import Console
from rich.syntax import Syntax

import pushforward as pf
from pushforward.tables import check_table
from symbolic.language.printer import Printer
from symbolic.language.styles import UNICODE

QUESTION = r"""X_1 = X_0 \cdot W_1
X_2 = f(X_1)
X_3 = X_2 \cdot W_2
X_4 = f(X_3)
"""


@click.command("demo")
def command() -> None:
    """The question that started it: four equations, their differential, a kernel, its check."""
    console = Console()
    say(console, "The question, in LaTeX; f is any function applied to each entry:")
    console.print(_indented(QUESTION), markup=False, highlight=False)
    program = pf.parse(QUESTION, "question")
    differential = pf.differential(program, wrt="X0")
    say(console, "Perturb X0 by a small δX0 and carry it through, statement by statement:")
    equations = [Printer(UNICODE).equation(let.name, let.expr) for let in differential.tangents]
    console.print(_indented("\n".join(equations)), markup=False, highlight=False)
    say(console, "Substituted, that is the differential in closed form:")
    console.print(_indented(str(differential)), markup=False, highlight=False)
    kernel = pf.compile(differential)
    say(console, "As a NumPy kernel, value and tangent together (one evaluation each of f and f' a layer):")
    body = kernel.source[kernel.source.index("def ") : kernel.source.index("def _fits")]
    console.print(Syntax(body.rstrip(), "python", background_color="default"), soft_wrap=True)
    report = pf.verify(kernel)
    say(console, "And it agrees with finite differences and with the complex step:")
    console.print(check_table(report))
    say(console, 'Next:  pushforward derive -e "Y = tanh(A*B + ones(n,1)*b\'); A : n x m; b : p" --wrt A --steps')
    if not report.passed:
        raise SystemExit(1)


def say(console: Console, text: str) -> None:
    console.print(f"\n{text}\n", markup=False, highlight=False, style="bold")


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines())
