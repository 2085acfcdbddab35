"""Matrix programs from texts and files."""

from __future__ import annotations

from pathlib import Path

from symbolic.errors import ReadError
from symbolic.language.read import read_program
from symbolic.language.tokens import MAX_CHARACTERS
from symbolic.program import Program

_DIALECTS = {".tex": "latex", ".jl": "text", ".pf": "text"}


def parse(text: str, name: str = "", dialect: str | None = None) -> Program:
    """A matrix program from text.

    text: one statement a line or between `;`, in ASCII, Unicode, Julia or LaTeX notation; shapes may be
    declared (`X0 : n x 2`) and are inferred where they are not. name: a label for messages and files.
    dialect: "text" (ASCII, Unicode, Julia) or "latex"; by default the text is looked at.
    Raises ProgramError: ReadError, NameError_, ShapeError, LimitError or NotSupported, with line, column, caret.
    """
    return read_program(text, name, dialect)


def read(path: str | Path) -> Program:
    """A matrix program from a file in UTF-8: `.pf` and `.jl` are text, `.tex` is LaTeX, others are looked at.

    Raises OSError when there is no such file, ProgramError as `parse` does.
    """
    path = Path(path)
    return read_bytes(read_content(path), path.name, _DIALECTS.get(path.suffix)).renamed(path.stem)


def read_content(path: Path) -> bytes:
    """The bytes of a file, and no more of them than are read as a text."""
    with path.open("rb") as file:
        return file.read(4 * MAX_CHARACTERS + 1)


def read_bytes(content: bytes, name: str, dialect: str | None = None) -> Program:
    """A matrix program from the bytes of a text in UTF-8. Raises ProgramError."""
    return read_program(decode(content, name), name, dialect)


def decode(content: bytes, name: str) -> str:
    """A text in UTF-8. Raises ReadError, naming the byte that is none."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReadError(f"{name} is not UTF-8 text: byte {error.start} is {content[error.start]:#04x}") from None
