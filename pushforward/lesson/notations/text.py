"""A lesson for the terminal: 96 columns, boxes and arrows of characters."""

from __future__ import annotations

import textwrap

from pushforward.lesson.model import Box, Chain, Diagram, Grid, Ladder, Value, Written
from pushforward.lesson.notations.axes import Axes
from pushforward.lesson.notations.base import Notation
from symbolic.language.printer import Printer
from symbolic.language.styles import UNICODE
from symbolic.shapes import words as shape_words

WIDTH = 96
ROOM = 56
"""The columns of a page, and those between the smallest and the largest remainder."""
_INDENT = "    "
INSET = 2
"""How much further to the right the equalities of single steps stand."""


class Text(Notation):
    def __init__(self) -> None:
        printer = Printer(UNICODE)
        super().__init__(printer, printer)

    def words(self, text: str) -> str:
        return text

    def code(self, text: str) -> str:
        return text

    def strong(self, text: str) -> str:
        return text

    def inline(self, written: str) -> str:
        return written

    def size(self, shape: tuple[object, object]) -> str:
        return shape_words(shape)

    def chain(self, chain: Chain) -> str:
        """On one line where it fits, else one side a line below the first `=`."""
        sides = list(map(self.side, chain.formula.sides))
        whole = " = ".join(sides)
        if len(whole) + len(_INDENT) <= WIDTH - INSET and len(sides) <= 3:
            return _INDENT + whole
        first, *rest = sides
        margin = _INDENT + " " * min(len(first), 16)
        lines = [f"{margin if k else _INDENT + first} = {side}" for k, side in enumerate(rest)]
        return "\n".join(wrapped(line, len(margin) + 3, width=WIDTH - INSET) for line in lines)

    def written(self, formula: Written) -> str:
        return wrapped(formula.unicode, 2 * len(_INDENT), len(_INDENT))

    def values(self, row: tuple[Value, ...]) -> str:
        return beside([_matrix(self.equality(value.name), value.grid) for value in row])

    def diagram(self, diagram: Diagram) -> str:
        return "\n".join(line for box in diagram.boxes for line in self.box(box, diagram))

    def box(self, box: Box, diagram: Diagram) -> list[str]:
        """What it uses, with arrows, and the box; double lines where something moves."""
        text = f" {self.box_label(box.name, box.written)}   {shape_words(box.shape)} "
        left, line, right, bottom_left, bottom_right, side = "╔═╗╚╝║" if box.moves else "┌─┐└┘│"
        arrows = [self.arrow(name, diagram) for name in box.uses]
        top = left + line * len(text) + right
        middle = side + text + side + ("  result" if box.is_output else "")
        bottom = bottom_left + line * len(text) + bottom_right
        lines = [top, middle, bottom, *[""] * max(0, len(arrows) - 3)]
        start = 1 if len(arrows) == 1 else 0
        placed = [""] * start + arrows
        placed += [""] * (len(lines) - len(placed))
        return [f"{arrow:>14} {part}".rstrip() for arrow, part in zip(placed, lines, strict=True)]

    def arrow(self, name: str, diagram: Diagram) -> str:
        moves = any(box.name == name and box.moves for box in diagram.boxes)
        return f"{self.printer.style.name(name)} {'══▶' if moves else '──▶'}"

    def ladder(self, ladder: Ladder) -> str:
        return picture(ladder)


def picture(ladder: Ladder) -> str:
    """One line a step; the further to the left the mark, the smaller the remainder."""
    axes = Axes.of(ladder)
    floor = round(axes.up(ladder.floor) * ROOM)
    lines = ["    step h    remainder"]
    for step, error in zip(ladder.steps, ladder.errors, strict=True):
        row = [" "] * (ROOM + 1)
        row[floor] = ":"
        row[round(axes.up(error) * ROOM)] = "●"
        lines.append(f"    {step:.1e}   {error:.1e}   {''.join(row).rstrip()}")
    return "\n".join([*lines, f"{' ' * (24 + floor)}: rounding"])


def _matrix(name: str, grid: Grid) -> list[str]:
    """X1 = [ 1  2 ] over as many lines as it has rows."""
    if not grid or not grid[0]:
        return [f"{name} is empty"]
    widths = [max(len(row[k]) for row in grid) for k in range(len(grid[0]))]
    rows = ["[ " + "  ".join(entry.rjust(w) for entry, w in zip(row, widths, strict=True)) + " ]" for row in grid]
    middle = (len(rows) - 1) // 2
    label = f"{name} = "
    return [(label if k == middle else " " * len(label)) + row for k, row in enumerate(rows)]


def beside(columns: list[list[str]]) -> str:
    """Texts of several lines next to each other; below each other where they do not fit."""
    height = max(map(len, columns))
    filled = [column + [""] * (height - len(column)) for column in columns]
    widths = [max(map(len, column)) for column in filled]
    if sum(widths) + 4 * len(widths) + len(_INDENT) > WIDTH:
        return "\n".join(_INDENT + line for column in columns for line in column)
    rows = zip(*([line.ljust(w) for line in column] for column, w in zip(filled, widths, strict=True)), strict=True)
    return "\n".join((_INDENT + "    ".join(row)).rstrip() for row in rows)


def wrapped(text: str, indent: int = 0, first: int = 0, width: int = WIDTH) -> str:
    """A paragraph of at most `width` columns."""
    return textwrap.fill(
        text, width, initial_indent=" " * first, subsequent_indent=" " * indent, drop_whitespace=True,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip
