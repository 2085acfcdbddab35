"""A lesson as one HTML page: MathML and SVG in it, no script, nothing fetched. What is not Markup is escaped."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files

from markupsafe import Markup, escape

from pushforward.lesson.model import Chain, Diagram, Grid, Ladder, Prose, Value, Written
from pushforward.lesson.notations.base import Notation, Record
from pushforward.lesson.notations.graph import graph
from pushforward.lesson.notations.plot import plot
from symbolic.language.mathml import breakable, element, mathml_printer
from symbolic.language.printer import Printer
from symbolic.language.styles import UNICODE

_UNBROKEN = 400
"""A row of so many characters of MathML is short enough to stay on one line."""


@cache
def style_sheet() -> Record:
    """The style of the page and its hash, which its security policy allows alone."""
    text = files("pushforward.lesson").joinpath("templates/lesson.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    return {"text": Markup(text), "policy": policy}


class Html(Notation):
    any_change = "<mi>δ</mi>"

    def __init__(self) -> None:
        super().__init__(mathml_printer(), Printer(UNICODE))

    def words(self, text: str) -> Markup:
        return escape(text)

    def code(self, text: str) -> Markup:
        return Markup("<code>{}</code>").format(text)

    def strong(self, text: str) -> Markup:
        return Markup("<strong>{}</strong>").format(text)

    def prose(self, parts: Prose) -> Markup:
        return Markup("").join(map(self.part, parts))

    def inline(self, written: str) -> Markup:
        """Elements of the printer, in which every name is escaped."""
        return Markup(element(written) if len(written) < _UNBROKEN else breakable(written))

    def chain(self, chain: Chain) -> Markup:
        first, *rest = map(self.side, chain.formula.sides)
        equals = self.printer.style.equals
        rows = [first + equals + rest[0] if rest else first, *(equals + side for side in rest[1:])]
        line = Markup('<div class="{}">{}</div>')
        return Markup("").join(line.format("side" if k else "first", self.row(row)) for k, row in enumerate(rows))

    def row(self, written: str) -> Markup:
        return Markup(breakable(written))

    def written(self, formula: Written) -> Markup:
        return self.row(formula.mathml)

    def values(self, row: tuple[Value, ...]) -> Markup:
        equals = self.printer.style.equals
        return Markup("").join(self.inline(self.equality(v.name) + equals + matrix(v.grid)) for v in row)

    def diagram(self, diagram: Diagram) -> Markup:
        return graph(diagram, self.box_label)

    def ladder(self, ladder: Ladder) -> Markup:
        return plot(ladder)


def matrix(grid: Grid) -> str:
    rows = "".join(f"<mtr>{''.join(map(_cell, row))}</mtr>" for row in grid)
    return f"<mrow><mo>[</mo><mtable>{rows}</mtable><mo>]</mo></mrow>"


def _cell(entry: str) -> str:
    return f"<mtd><mn>{escape(entry.replace('-', '−'))}</mn></mtd>"
