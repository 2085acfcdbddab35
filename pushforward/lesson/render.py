"""A lesson → text, Markdown, LaTeX or HTML: strings from the notation, layout from the template."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import jinja2

from pushforward.lesson.model import Block, Lesson, Prose, Section
from pushforward.lesson.notations.base import Notation, Record
from pushforward.lesson.notations.html import Html, style_sheet
from pushforward.lesson.notations.latex import Latex
from pushforward.lesson.notations.markdown import Markdown
from pushforward.lesson.notations.text import Text, wrapped
from symbolic.errors import NotSupported

FORMATS: dict[str, tuple[Callable[[], Notation], str]] = {
    "text": (Text, "lesson.txt.jinja"),
    "markdown": (Markdown, "lesson.md.jinja"),
    "latex": (Latex, "lesson.tex.jinja"),
    "html": (Html, "lesson.html.jinja"),
}


def render(lesson: Lesson, format: str) -> str:
    """The whole document. Raises NotSupported for another format."""
    return _filled(format, lambda notation: notation.lesson(lesson))


def render_document(title: str, sections: tuple[Section, ...], format: str, lead: Prose = ()) -> str:
    """Sections that are no lesson, under a title of their own. Raises NotSupported for another format."""
    return _filled(format, lambda notation: notation.document(title, sections, lead))


def in_terminal(blocks: tuple[Block, ...]) -> str:
    """Blocks as text, without any heading."""
    return render_document("", (Section("", blocks),), "text").strip("\n")


def _filled(format: str, record: Callable[[Notation], Record]) -> str:
    if format not in FORMATS:
        raise NotSupported(f"there is no format {format!r}; there are {', '.join(FORMATS)}")
    notation, template = FORMATS[format]
    page = {"style": style_sheet()} if format == "html" else {}
    return _environment().get_template(template).render(**record(notation()), **page)


def markdown(blocks: Iterable[Block]) -> str:
    """Blocks of a lesson alone, to stand in a page of one's own."""
    records = list(map(Markdown().block, blocks))
    return _environment().get_template("blocks.md.jinja").render(blocks=records).strip("\n")


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("pushforward.lesson", "templates"),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(["html.jinja"]),
        keep_trailing_newline=True,
    )
    environment.filters["fill"] = lambda text, indent: wrapped(text.lstrip(" "), indent, _leading(text, indent))
    return environment


def _leading(text: str, indent: int) -> int:
    """The spaces that a paragraph begins with; one that begins with none has the indent of its other lines."""
    spaces = len(text) - len(text.lstrip(" "))
    return spaces or (0 if text.startswith("- ") else indent)
