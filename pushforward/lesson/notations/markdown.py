"""A lesson in Markdown: formulas in LaTeX between dollar signs, the graph in Mermaid."""

from __future__ import annotations

import re
from itertools import count

from pushforward.lesson.model import Chain, Diagram, Ladder, Value, Written
from pushforward.lesson.notations.base import Notation
from pushforward.lesson.notations.latex import matrix
from pushforward.lesson.notations.text import picture
from symbolic.language.printer import Printer
from symbolic.language.styles import LATEX, UNICODE
from symbolic.shapes import words as shape_words

_ENTITIES = {"#": "#35;", '"': "#quot;", "&": "#amp;", "<": "#lt;", ">": "#gt;"}
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|$~&!])")


class Markdown(Notation):
    any_change = r"\delta"

    def __init__(self) -> None:
        super().__init__(Printer(LATEX), Printer(UNICODE))

    def words(self, text: str) -> str:
        return _SPECIAL.sub(r"\\\1", text)

    def code(self, text: str) -> str:
        return f"`{text.replace('`', '?')}`"

    def strong(self, text: str) -> str:
        return f"**{self.words(text)}**"

    def inline(self, written: str) -> str:
        return f"${written}$"

    def chain(self, chain: Chain) -> str:
        first, *rest = map(self.side, chain.formula.sides)
        if not rest:
            return f"$$\n{first}\n$$"
        lines = [f"{first} &= {rest[0]}", *(f"&= {side}" for side in rest[1:])]
        body = " \\\\\n".join(lines)
        return f"$$\n\\begin{{aligned}}\n{body}\n\\end{{aligned}}\n$$"

    def written(self, formula: Written) -> str:
        return f"$$\n{formula.latex}\n$$"

    def values(self, row: tuple[Value, ...]) -> str:
        body = r" \qquad ".join(f"{self.equality(value.name)} = {matrix(value.grid)}" for value in row)
        return f"$$\n{body}\n$$"

    def diagram(self, diagram: Diagram) -> str:
        ids = {box.name: f"n{k}" for k, box in enumerate(diagram.boxes)}
        lines = ["flowchart TD"]
        for box in diagram.boxes:
            label = f"{self.box_label(box.name, box.written)}<br/>{shape_words(box.shape)}"
            lines.append(f'  {ids[box.name]}["{mermaid(label)}"]')
        numbers, marked = count(), []
        for box in diagram.boxes:
            for name in box.uses:
                if name in ids:
                    lines.append(f"  {ids[name]} --> {ids[box.name]}")
                    number = next(numbers)
                    if any(other.name == name and other.moves for other in diagram.boxes):
                        marked.append(str(number))
        lines.append("  classDef moves stroke-width:4px")
        moving = ",".join(ids[box.name] for box in diagram.boxes if box.moves)
        lines += [f"  class {moving} moves"] if moving else []
        lines += [f"  linkStyle {','.join(marked)} stroke-width:4px"] if marked else []
        return "\n".join(lines)

    def ladder(self, ladder: Ladder) -> str:
        return picture(ladder)


def mermaid(label: str) -> str:
    """A label between quotes, where nothing but the line break is markup."""
    return "<br/>".join("".join(_ENTITIES.get(c, c) for c in line) for line in label.split("<br/>"))
