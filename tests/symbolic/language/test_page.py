"""The language page tells what the reader does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from symbolic.language.read import read_program
from symbolic.program import Program

PAGE = (Path(__file__).parents[3] / "docs" / "language.md").read_text(encoding="utf-8")
ROWS = [line.strip("| ").split("|") for line in PAGE.split("\n") if line.startswith("| ")][2:]
OF_SEVERAL_THINGS = (
    "rows and columns",
    "entry",
    "other norms",
    "unknown function",
    "constants",
    "multiple",
    "declaration",
)
SHAPES = {"X_0": "1", "A": "n", "B": "n", "C": "n", "D": "n", "b": "1", "x": "1", "E": "m"}
DECLARED = {
    "text": "".join(f"{name} : n x {cols}; " for name, cols in SHAPES.items()) + "Y = ",
    "latex": "".join(rf"{name} \in \mathbb{{R}}^{{n \times {cols}}} \\ " for name, cols in SHAPES.items()) + "Y = ",
}


def read(written: str, dialect: str) -> Program:
    if written.startswith("X "):
        return read_program(f"{written}\nY = X", dialect=dialect)
    return read_program(DECLARED[dialect] + written.replace("[i, j]", "[1, 2]"), dialect=dialect)


@pytest.mark.parametrize("row", ROWS, ids=[row[0].strip() for row in ROWS])
def test_the_spellings_of_a_row_mean_the_same(row: list[str]) -> None:
    meaning, *cells = row
    dialects = ("text", "text", "text", "latex")
    written = [(code, d) for d, cell in zip(dialects, cells, strict=True) for code in re.findall(r"`([^`]+)`", cell)]
    first, *others = (read(code, dialect).let("Y") for code, dialect in written)
    assert meaning.startswith(OF_SEVERAL_THINGS) or all(other == first for other in others)


def test_there_are_many_rows() -> None:
    assert len(ROWS) > 25


def test_the_example_of_the_page_is_read() -> None:
    program = read_program(PAGE.split("```")[1])
    assert program.outputs == ("y", "X1")
    assert program.unknown_functions == {}
