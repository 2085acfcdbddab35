"""Write docs/course from its sources: python -m tools.course; `--check` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

from codegen.files import write_text
from symbolic.errors import PushforwardError
from tools.course.page import Page, read_page
from tools.course.source import CourseError

SOURCES = Path(__file__).resolve().parent / "pages"
COURSE = Path(__file__).resolve().parents[2] / "docs" / "course"
MADE = "<!-- Made by `make course` from tools/course/pages; everything in formulas was marked by the program. -->"
INDEX = Path(__file__).resolve().parent / "index.md"


def pages() -> list[Page]:
    return [read_page(path) for path in sorted(SOURCES.glob("*.md"))]


def files(course: list[Page]) -> dict[str, str]:
    """The texts of docs/course by the names of their files."""
    entries = "\n".join(f"{k}. [{page.title}]({page.stem}.md): {page.summary}" for k, page in enumerate(course, 1))
    found = {"README.md": INDEX.read_text("utf-8").format(made=MADE, entries=entries)}
    for before, page, after in zip([None, *course[:-1]], course, [*course[1:], None], strict=True):
        links = " · ".join(filter(None, (_link(before, "← "), "[Contents](README.md)", _link(after, "", " →"))))
        found[f"{page.stem}.md"] = f"# {page.heading}\n\n{MADE}\n\n{page.body}\n\n---\n\n{links}\n"
    answers = (f"## {page.heading}\n\n[The page]({page.stem}.md)\n\n{page.solution}\n" for page in course)
    found["solutions.md"] = "\n".join([f"# Solutions\n\n{MADE}\n", *answers])
    return found


def _link(page: Page | None, before: str = "", after: str = "") -> str:
    return f"[{before}{page.heading}{after}]({page.stem}.md)" if page else ""


def compare(folder: Path, wanted: dict[str, str]) -> list[str]:
    """What differs, one line a file."""
    found = {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.md"))}
    return [
        *(f"{name}: {'differs' if name in found else 'missing'}" for name in wanted if found.get(name) != wanted[name]),
        *(f"{name}: is no page of the course" for name in found if name not in wanted),
    ]


def write(folder: Path, wanted: dict[str, str]) -> list[str]:
    """Make a folder equal to the course; what was done, one line a changed file."""
    stale = [path for path in sorted(folder.glob("*.md")) if path.name not in wanted]
    for path in stale:
        path.unlink()
    written = [name for name, text in wanted.items() if write_text(folder / name, text)]
    return [*(f"{path.name}: removed" for path in stale), *(f"{name}: written" for name in written)]


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print("usage: python -m tools.course [--check]", file=sys.stderr)
        return 2
    try:
        wanted = files(pages())
    except (CourseError, PushforwardError) as error:
        print(error, file=sys.stderr)
        return 1
    changes = (compare if arguments else write)(COURSE, wanted)
    print("\n".join(changes) or "docs/course is up to date")
    return 1 if arguments and changes else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
