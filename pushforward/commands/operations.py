"""pushforward operations"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

import click
from rich import box
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

from pushforward import catalogue
from pushforward.catalogue import Entry, Form, stated_source
from pushforward.commands.options import echo_json
from pushforward.sources import work_cited
from pushforward.wording import step_line
from pushforward.worked import Worked, work_out
from symbolic.language.styles import STYLES

UNBROKEN = 10_000
"""The width of a table that nobody looks at: each operation on one line, for other programs."""


@click.command("operations")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def command(name: str | None, as_json: bool) -> None:
    """List the operations that are known; of one, show its differential, an example and its code.

    NAME is that of an operation or a function, another name of it, or its sign: solve, cholesky, qr, tanh, '.*'.
    """
    if name is None:
        _list(as_json)
        return
    entry, form = catalogue.find(name)
    if as_json:
        echo_json(as_dict(entry))
        return
    _show(entry, form)


# All of them


def _list(as_json: bool) -> None:
    if as_json:
        echo_json([_in_brief(entry) for entry in catalogue.ENTRIES])
        return
    looked_at = sys.stdout.isatty()
    console = Console(width=None if looked_at else UNBROKEN, markup=False)
    between = "\n" if looked_at else " or "
    for family, entries in catalogue.families().items():
        table = Table(box=box.SIMPLE_HEAD, title=family, title_justify="left", title_style="bold")
        for column in ("name", "written", "meaning", "shapes"):
            table.add_column(column, overflow="fold")
        for entry in entries:
            shapes = dict.fromkeys(form.shapes for form in entry.forms)
            table.add_row(entry.name, between.join(written(entry)), entry.meaning, between.join(shapes))
        console.print(table)


def written(entry: Entry) -> list[str]:
    return list(dict.fromkeys(form.written for form in entry.forms))


def _in_brief(entry: Entry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "family": entry.family,
        "meaning": entry.meaning,
        "also": list(entry.also),
        "written": written(entry),
        "shapes": [form.shapes for form in entry.forms],
    }


# One of them


def _show(entry: Entry, chosen: Form) -> None:
    console = Console(markup=False, highlight=False)

    def say(*lines: str, style: str = "") -> None:
        for line in lines:
            console.print(line, soft_wrap=True, style=style)

    say(f"{entry.name}: {entry.meaning}", style="bold")
    say(f"  {entry.family}{''.join(f', also {name}' for name in entry.also)}")
    for form in entry.forms:
        say("", *_facts(form))
    say(*(f"  {'reference':<15}{work}" for work in works_cited(entry)))
    worked = work_out(chosen.example)
    say("", "For example", style="bold")
    say("", *_indented(chosen.example))
    say("", "Its differential", style="bold")
    say("", *_indented("\n".join(worked.closed_forms())))
    say("", "Its pullback, from the cotangent of the result to those of the operands", style="bold")
    say("", *_indented("\n".join(worked.pullbacks())))
    say("", "Step by step", style="bold")
    say("", *(f"{number:4}. {line}" for number, line in enumerate(_steps(worked), start=1)))
    say("", "In NumPy, value and differential", style="bold")
    say("")
    code = Syntax("\n".join(_indented(worked.code)), "python", background_color="default")
    console.print(code, soft_wrap=True)


def _facts(form: Form) -> list[str]:
    """What is known of one form, a line each."""
    facts = [
        ("stands for" if form.composed else "differential", form.formula),
        *(("  with", name) for name in form.where),
        ("transpose", form.transpose),
        *form.lines,
        ("shapes", form.shapes),
        ("needs", form.needs),
        ("domain", form.domain),
        ("no derivative", form.no_derivative),
        ("source" if work_cited(form.source) else "", stated_source(form).removeprefix("source: ")),
    ]
    return [f"  {what:<15}{text}" for what, text in facts if text]


def works_cited(entry: Entry) -> list[str]:
    """The full references of what the forms of an operation cite, each once."""
    return list(dict.fromkeys(filter(None, (work_cited(form.source) for form in entry.forms))))


def _steps(worked: Worked, style: str = "unicode") -> Iterable[str]:
    return (step_line(step, worked.differential, style) for step in worked.differential.steps)


def _indented(text: str) -> list[str]:
    return [f"    {line}" for line in text.splitlines()]


def as_dict(entry: Entry) -> dict[str, Any]:
    """Everything that `operations NAME` can print, of every form."""
    return {**_in_brief(entry), "forms": [_form_as_dict(form) for form in entry.forms]}


def _form_as_dict(form: Form) -> dict[str, Any]:
    worked = work_out(form.example)
    return {
        "name": form.name,
        "written": form.written,
        "shapes": form.shapes,
        "definition" if form.composed else "differential": form.formula,
        "where": list(form.where),
        "lines": dict(form.lines),
        "source": form.source,
        "reference": work_cited(form.source),
        "needs": form.needs,
        "domain": form.domain,
        "no_derivative": form.no_derivative,
        "example": form.example,
        "transpose": form.transpose,
        "pullback": {style: list(worked.pullbacks(style)) for style in STYLES},
        "closed_form": {style: list(worked.closed_forms(style)) for style in STYLES},
        "steps": list(_steps(worked, "text")),
        "code": worked.code,
    }
