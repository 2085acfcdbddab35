"""A lesson as a LaTeX document: plain pdflatex with amsmath and amssymb. Formulas break where lines end."""

from __future__ import annotations

import re
from dataclasses import replace

from pushforward.lesson.model import Box, Chain, Diagram, Grid, Ladder, Value, Written
from pushforward.lesson.notations.base import Notation
from pushforward.lesson.notations.picture import picture
from symbolic.language.names import GREEK
from symbolic.language.printer import Printer
from symbolic.language.styles import LATEX, UNICODE

_GROWING = re.compile(r"\\(?:left|right)(?![A-Za-z])")
_THIN = r"\,\allowbreak "
BREAKING = replace(LATEX, brackets=("(", ")"), product=_THIN, multiple=_THIN, comma=r",\allowbreak ")
"""Brackets that lines may break in, as \\left( and \\right) do not let them."""

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "−": "$-$", "…": r"\dots{}", "–": "--", "²": "$^2$", "⁻": "$^-$", "¹": "$^1$",
    "ᵀ": r"$^\top$", "×": r"$\times$", "⊙": r"$\odot$", "∘": r"$\circ$", "⊘": r"$\oslash$", "⊗": r"$\otimes$",
    "·": r"$\cdot$", "≤": r"$\le$", "≥": r"$\ge$", **{letter: rf"$\{word}$" for letter, word in GREEK.items()},
}  # fmt: skip
_ACCENTED = frozenset("äöüÄÖÜéèêëáàâíìîóòôúùûçñßÉ")


def escaped(text: str) -> str:
    """Words as they are; a character that a plain engine has no sign for is a question mark."""
    return "".join(_SPECIAL.get(c, c if (c.isascii() and c.isprintable()) or c in _ACCENTED else "?") for c in text)


class Latex(Notation):
    any_change = r"\delta"

    def __init__(self) -> None:
        super().__init__(Printer(BREAKING), Printer(UNICODE))

    def words(self, text: str) -> str:
        return escaped(text)

    def code(self, text: str) -> str:
        return rf"\texttt{{{escaped(text)}}}"

    def strong(self, text: str) -> str:
        return rf"\textbf{{{escaped(text)}}}"

    def inline(self, written: str) -> str:
        return f"${written}$"

    def chain(self, chain: Chain) -> str:
        """The first two sides on a line, each further one on its own."""
        first, *rest = map(self.side, chain.formula.sides)
        lines = [f"${first}$" + (f" ${{}}= {rest[0]}$" if rest else "")]
        return "\\\\\n".join([*lines, *(rf"\hspace*{{1.5em}}${{}}= {side}$" for side in rest[1:])])

    def written(self, formula: Written) -> str:
        """With brackets that lines may break in."""
        return f"${_GROWING.sub('', formula.latex)}$"

    def values(self, row: tuple[Value, ...]) -> str:
        return r" \qquad ".join(f"${self.equality(value.name)} = {matrix(value.grid)}$" for value in row)

    def diagram(self, diagram: Diagram) -> str:
        """One line a statement: what it uses, an arrow, and a box, with a thick frame where something moves."""
        return " \\\\[6pt]\n".join(self.box(box) for box in diagram.boxes)

    def box(self, box: Box) -> str:
        names = ", ".join(map(self.printer.style.name, box.uses))
        used = self.inline(names + r" \longrightarrow") if box.uses else ""
        frame = r"\moves" if box.moves else r"\rests"
        result = r"\quad result" if box.is_output else ""
        label = self.inline(self.label_of(box))
        return rf"{used} & {frame}{{{label}}} & {self.inline(self.size(box.shape))}{result}"

    def label_of(self, box: Box) -> str:
        """The equation where its Unicode print is short, else the name alone."""
        name = self.printer.style.name(box.name)
        short = box.written is not None and not self.box_label(box.name, box.written).endswith("…")
        return self.printer.equation(box.name, box.written) if short else name

    def ladder(self, ladder: Ladder) -> str:
        return picture(ladder)


def matrix(grid: Grid) -> str:
    rows = r" \\ ".join(" & ".join(entry for entry in row) for row in grid)
    return rf"\begin{{bmatrix}} {rows} \end{{bmatrix}}"
