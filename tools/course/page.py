"""A page of the course, from its source: prose as it stands, fences as the program fills them, equalities marked."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pushforward.grading.verdict import Verdict
from tools.course.blocks import MAKERS, Subject, code, printed, solution
from tools.course.marking import formulas, marked
from tools.course.source import CourseError, Fence, read_source

EXERCISE, REVERSE = "exercise", "reverse"
PAGE_SEED = 7
KINDS = frozenset({*MAKERS, EXERCISE})


@dataclass(frozen=True)
class Page:
    """`summary`: the first paragraph; `solution`: of its exercise; `verdicts`: on all that is said in formulas."""

    stem: str
    title: str
    summary: str
    body: str
    solution: str
    verdicts: tuple[Verdict, ...]

    @property
    def heading(self) -> str:
        return heading(self.stem, self.title)


def read_page(path: Path) -> Page:
    """Raises CourseError, with the place, where something on the page is not so."""
    try:
        return _Builder(path.stem).page(path.read_text("utf-8"))
    except CourseError as error:
        raise CourseError(f"{path.name}: {error}") from None


def heading(stem: str, title: str) -> str:
    """3. Entry by entry: f or f'?"""
    return f"{int(stem.partition('-')[0])}. {title}"


def anchor(text: str) -> str:
    """The name by which GitHub links to a heading."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


@dataclass
class _Builder:
    stem: str
    title: str = ""
    body: list[str] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    solution: str = ""
    subject: Subject | None = None
    said: list[str] = field(default_factory=list)
    """What is to be marked, since the program at hand was given."""

    def page(self, source: str) -> Page:
        first, _, rest = source.partition("\n")
        if not first.startswith("# "):
            raise CourseError("line 1: a page begins with # and its title")
        self.title = first.removeprefix("# ")
        for part in read_source(f"\n{rest}", KINDS):
            if isinstance(part, Fence):
                self.fence(part)
            else:
                self.body.append(part)
                self.said.append(part)
        self.mark()
        summary = self.body[0].partition("\n\n")[0]
        text = "\n\n".join(self.body)
        return Page(self.stem, self.title, summary, text, self.solution, tuple(self.verdicts))

    def fence(self, fence: Fence) -> None:
        if fence.kind == EXERCISE:
            self.exercise(fence)
            return
        if fence.kind == "program":
            self.mark()
            self.subject = Subject.of(fence.text, fence.words)
        if self.subject is None:
            raise CourseError(f"line {fence.line}: no program was given before this {fence.kind}")
        piece = MAKERS[fence.kind](fence, self.subject)
        self.body.append(piece.text)
        if piece.marked:
            self.said.append(piece.text)

    def exercise(self, fence: Fence) -> None:
        """The program of an exercise.

        A word as=rows is a view that its solution shows, as=reverse the way back, level=2 where there are more like it.
        """
        asked, levels = (
            [word.partition("=")[2] for word in fence.words if word.startswith(f"{key}=")] for key in ("as", "level")
        )
        subject = Subject.of(fence.text, tuple(word for word in fence.words if "=" not in word))
        pieces = solution(subject, tuple(view for view in asked if view != REVERSE), REVERSE in asked)
        given = code(fence.text).text
        more = [f"pushforward exercise --level {level} --seed {PAGE_SEED}" for level in levels]
        for line in more:
            printed(line)
        self.body += [given, f"[The solution](solutions.md#{anchor(heading(self.stem, self.title))})"]
        self.body += [f"More of this kind, each seed another one: `{line}`" for line in more]
        self.solution = "\n\n".join([given, *(piece.text for piece in pieces)])
        said = "\n\n".join(piece.text for piece in pieces if piece.marked)
        self.verdicts += marked(said, subject.differential)

    def mark(self) -> None:
        """Mark what was said of the program at hand."""
        text = "\n\n".join(self.said)
        self.said = []
        if self.subject is not None:
            self.verdicts += marked(text, self.subject.differential)
        elif any(formulas(text)):
            raise CourseError("a formula says that two things are equal before a program is given")
