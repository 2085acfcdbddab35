"""What a notebook shows of an object: its words, and its formulas in LaTeX, one a line, or a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

Bundle = dict[str, str]
"""Texts by media type, as Jupyter's display protocol takes them."""


def formulas(plain: str, lines: Iterable[str]) -> Bundle:
    """Plain text, and lines of LaTeX under each other."""
    body = " \\\\\n".join(line.removesuffix(r"\\").rstrip() for line in lines)
    return {"text/plain": plain, "text/latex": f"$$\\begin{{array}}{{l}}\n{body}\n\\end{{array}}$$"}


def table(plain: str, title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> Bundle:
    """Plain text, and a table of HTML in which every text is escaped."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in header)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    caption = f"<caption>{escape(title)}</caption>"
    html = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return {"text/plain": plain, "text/html": html}
