"""docs/course is what its sources give; every equality on it is right, and what is not is seen."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from pushforward.grading.marks import Status
from tools.course.__main__ import COURSE, SOURCES, compare, files, main, pages, write
from tools.course.marking import formulas
from tools.course.page import Page, read_page
from tools.course.source import CourseError

STEMS = [path.stem for path in sorted(SOURCES.glob("*.md"))]


@cache
def course() -> dict[str, Page]:
    """The pages by their stems, all marked."""
    return {page.stem: page for page in pages()}


def made(tmp_path: Path, text: str) -> Page:
    path = tmp_path / "01-test.md"
    path.write_text(text, "utf-8")
    return read_page(path)


PRODUCT = "# A title\n\nA summary.\n\n```program A B\nY = A*B\n```\n\n"


def test_the_course_is_what_its_sources_give() -> None:
    assert compare(COURSE, files([*course().values()])) == [], "run make course"


def test_there_are_ten_pages_in_order_each_with_an_exercise() -> None:
    assert [int(page.heading.partition(".")[0]) for page in course().values()] == list(range(1, 11))
    assert all(page.solution and page.summary for page in course().values())


@pytest.mark.parametrize("stem", STEMS)
def test_every_equality_is_marked_right(stem: str) -> None:
    found = [equality.status for verdict in course()[stem].verdicts for equality in verdict.equalities]
    assert set(found) <= {Status.RIGHT, Status.DEFINITION}
    assert found.count(Status.RIGHT) >= 4


@pytest.mark.parametrize("stem", STEMS)
def test_mistakes_are_shown_as_mistakes_and_right_lines_as_right(stem: str) -> None:
    page = course()[stem]
    mistakes = re.findall(r"^```(?:wrong)", (SOURCES / f"{stem}.md").read_text("utf-8"), re.MULTILINE)
    assert page.body.count("\n✗ line") == len(mistakes)
    assert "? line" not in page.body and "↳" not in page.body


@pytest.mark.parametrize("stem", STEMS)
def test_pages_are_well_formed(stem: str) -> None:
    text = files([*course().values()])[f"{stem}.md"]
    assert text.count("```") % 2 == 0 and text.count("$$") % 2 == 0
    assert text.count("<details>") == text.count("</details>") == text.count("\n✗ line")


# What is wrong is seen


@pytest.mark.parametrize(
    "added, said",
    [
        (r"So $\delta Y = \delta A\, B$.", "a term was dropped"),
        ("$$\n\\delta Y = A\\, \\delta B - \\delta A\\, B\n$$", "a sign is wrong"),
        ("```right\nδY = δA B\n```", "this is not right"),
        ("```wrong sign\nδY = δA B\n```", "the first mistake is not 'sign'"),
        ("```wrong sign\nδY = δA B + A δB\n```", "the first mistake is not 'sign'"),
        ("```command\npushforward derive nowhere.pf\n```", "nowhere.pf"),
        ("```right\nδY = δA B + A δB", "never closed"),
    ],
)
def test_what_is_not_so_is_refused(tmp_path: Path, added: str, said: str) -> None:
    with pytest.raises(CourseError, match=re.escape(said)) as caught:
        made(tmp_path, PRODUCT + added)
    assert str(caught.value).startswith("01-test.md: ")


@pytest.mark.parametrize(
    "text, said",
    [
        ("No title.", "begins with #"),
        ("# T\n\nS.\n\n```carried\n```\n", "no program was given"),
        ("# T\n\nS: $A = B$.\n", "before a program is given"),
    ],
)
def test_a_page_begins_with_a_title_and_a_program(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CourseError, match=said):
        made(tmp_path, text)


def test_cotangents_are_marked_over_the_pullback(tmp_path: Path) -> None:
    page = made(tmp_path, PRODUCT + r"Backwards, $\bar{A} = \bar{Y} B^\top$.")
    assert [verdict.passed for verdict in page.verdicts] == [True]
    with pytest.raises(CourseError, match="transpose"):
        made(tmp_path, PRODUCT + r"Backwards, $\bar{A} = \bar{Y} B$.")


def test_formulas_are_what_stands_between_dollar_signs() -> None:
    text = "Take $A$ and $B = C$.\n\n$$\nD = E \\\\\n= F\n$$\n"
    assert list(formulas(text)) == ["B = C", r"D = E \\ = F"]


class TestMain:
    def test_writes_once_and_compares(self, tmp_path: Path) -> None:
        wanted = {"a.md": "A\n", "b.md": "B\n"}
        (tmp_path / "old.md").write_text("old", "utf-8")
        assert compare(tmp_path, wanted) == ["a.md: missing", "b.md: missing", "old.md: is no page of the course"]
        assert write(tmp_path, wanted) == ["old.md: removed", "a.md: written", "b.md: written"]
        assert write(tmp_path, wanted) == [] == compare(tmp_path, wanted)
        (tmp_path / "a.md").write_text("other", "utf-8")
        assert compare(tmp_path, wanted) == ["a.md: differs"]

    def test_other_arguments_are_refused(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["--wrong"]) == 2
        assert "usage" in capsys.readouterr().err
