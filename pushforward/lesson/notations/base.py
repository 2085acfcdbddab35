"""What every notation of a lesson does alike: prose part by part, formulas by the printer of the language.

A notation gives strings; the templates arrange them and know nothing of what they say.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from pushforward.lesson.model import (
    Beside,
    Block,
    Bullets,
    Chain,
    Code,
    Column,
    Definition,
    Diagram,
    Folded,
    Formula,
    Ladder,
    Lesson,
    Lines,
    Paragraph,
    Part,
    Prose,
    Room,
    Section,
    Side,
    Size,
    Strong,
    Use,
    Uses,
    Value,
    Values,
    Written,
)
from symbolic.language.names import unicode_name
from symbolic.language.printer import Printer
from symbolic.nodes import Shape

Record = dict[str, Any]
"""What a template receives: strings, and lists of records of strings."""

LONGEST_LABEL = 30
"""How many characters a statement may have in a picture."""


class Notation(ABC):
    """One way to write. The abstract methods are each notation's own. `any_change`: the δ of no one matrix."""

    any_change = "δ"

    def __init__(self, printer: Printer, label: Printer) -> None:
        self.printer = printer
        self.label = label

    # Words

    @abstractmethod
    def words(self, text: str) -> str: ...

    @abstractmethod
    def code(self, text: str) -> str: ...

    @abstractmethod
    def strong(self, text: str) -> str: ...

    @abstractmethod
    def inline(self, written: str) -> str:
        """Mathematics inside a line."""

    @abstractmethod
    def chain(self, chain: Chain) -> str: ...

    @abstractmethod
    def diagram(self, diagram: Diagram) -> str: ...

    @abstractmethod
    def ladder(self, ladder: Ladder) -> str: ...

    @abstractmethod
    def written(self, formula: Written) -> str: ...

    @abstractmethod
    def values(self, row: tuple[Value, ...]) -> str:
        """X1 and δX1 in numbers."""

    # Mathematics

    def prose(self, parts: Prose) -> str:
        return "".join(map(self.part, parts))

    def part(self, part: Part) -> str:
        match part:
            case str():
                return self.words(part)
            case Strong(text):
                return self.strong(text)
            case Code(text):
                return self.code(text)
            case Formula():
                return self.inline(self.equality(part))
            case Size(shape):
                return self.inline(self.size(shape))
            case Definition(function, body, order):
                return self.inline(self.printer.definition(function, body, order))

    def equality(self, formula: Formula) -> str:
        return self.printer.style.equals.join(map(self.side, formula.sides))

    def side(self, side: Side) -> str:
        style, written = self.printer.style, self.printer.or_number(side.node)
        if side.moved:
            return style.function("d") + self.printer.bracket(written)
        return written + (style.plus + self.remainder(side.remainder) if side.remainder else "")

    def remainder(self, seeds: tuple[str, ...]) -> str:
        """O(δX0²); of several perturbations, O(δ²)"""
        style = self.printer.style
        perturbation = style.name(seeds[0]) if len(seeds) == 1 else self.any_change
        return style.function("O") + self.printer.bracket(style.raised(perturbation, style.matrix_power(2)))

    def size(self, shape: Shape) -> str:
        return self.printer.style.size_sign.join(map(self.printer.declared_size, shape))

    def box_label(self, name: str, written: Any) -> str:
        """X1 = X0 W1 in Unicode, cut where it is long; of an input its name."""
        text = unicode_name(name) if written is None else self.label.equation(name, written)
        return text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip() + "…"

    # Records for the templates

    def lesson(self, lesson: Lesson) -> Record:
        return self.document(title(lesson), lesson.sections)

    def document(self, title: str, sections: tuple[Section, ...], lead: Prose = ()) -> Record:
        return {
            "title": self.words(title),
            "lead": self.prose(lead),
            "sections": [
                {"title": self.words(section.title), "blocks": list(map(self.block, section.blocks))}
                for section in sections
            ],
        }

    def block(self, block: Block) -> Record:
        match block:
            case Paragraph(parts):
                return {"kind": "paragraph", "text": self.prose(parts)}
            case Bullets(items):
                return {"kind": "bullets", "items": list(map(self.prose, items))}
            case Chain():
                return {"kind": "chain", **self.chain_record(block)}
            case Uses(summary, uses):
                return {"kind": "uses", "summary": self.prose(summary), "uses": list(map(self.use, uses))}
            case Values(rows):
                return {"kind": "values", "rows": list(map(self.values, rows))}
            case Diagram():
                return {"kind": "diagram", "drawing": self.diagram(block), "left_out": self.left_out(block)}
            case Lines(lines):
                return {"kind": "lines", "lines": list(map(self.written, lines))}
            case Beside(columns):
                return {"kind": "beside", "columns": list(map(self.column, columns))}
            case Ladder():
                return {"kind": "ladder", "drawing": self.ladder(block), "rows": list(map(list, rungs(block)))}
            case Folded(summary, blocks):
                return {"kind": "folded", "summary": self.prose(summary), "blocks": list(map(self.block, blocks))}
            case Room():
                return {"kind": "room"}

    def column(self, column: Column) -> Record:
        return {"heading": self.words(column.heading), "chains": list(map(self.chain_record, column.chains))}

    def chain_record(self, chain: Chain) -> Record:
        where = [self.inline(self.equality(formula)) for formula in chain.where]
        return {"display": self.chain(chain), "note": self.prose(chain.note), "where": where}

    def use(self, use: Use) -> Record:
        return {
            "rule": self.words(use.rule),
            "line": self.code(use.line),
            "why": self.words(use.why),
            "source": self.words(use.source),
            **self.chain_record(use.chain),
        }

    def left_out(self, diagram: Diagram) -> str:
        return self.words(f"{diagram.left_out} more statements are not shown.") if diagram.left_out else ""


def title(lesson: Lesson) -> str:
    """The program's own name is any text, and is cut and made printable."""
    name = "".join(c if c.isprintable() else "?" for c in lesson.name)[:80]
    seeds = " and ".join(unicode_name(name) for name in lesson.wrt)
    of = f" of {name}" if name else ""
    return f"The differential{of} with respect to {seeds}"


def rungs(ladder: Ladder) -> list[tuple[str, str]]:
    """Step and remainder in words, every other one."""
    pairs = list(zip(ladder.steps, ladder.errors, strict=True))
    return [(f"{step:.0e}", f"{error:.1e}") for step, error in pairs[::2]]
