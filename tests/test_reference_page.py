"""docs/operations.md is what the tables give, and every link and citation of the documentation leads somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from pushforward import catalogue
from pushforward.sources import SOURCES, work_cited
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.rules import RULES
from tools import reference

ROOT = reference.PAGE.parent.parent
page = cache(reference.page)
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
CITES = {record.cite for record in (*OPERATIONS.values(), *DEFINITIONS.values(), *RULES.values())}


def test_the_page_is_what_the_tables_give() -> None:
    assert reference.PAGE.read_text("utf-8") == page(), "run make docs"


def test_the_page_does_not_depend_on_the_hash_seed() -> None:
    """That of this process is drawn anew each time."""
    code = "import sys; from tools import reference; sys.stdout.buffer.write(reference.page().encode())"
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, timeout=60)
    assert done.stdout.decode() == page(), done.stderr.decode()


def test_every_operation_stands_in_its_family_with_all_that_is_known_of_it() -> None:
    sections = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", page(), re.MULTILINE | re.DOTALL))
    for family, entries in catalogue.families().items():
        section = sections[family[0].upper() + family[1:]]
        for entry in entries:
            for form in entry.forms:
                assert form.source in section or form.source == "definition", form.name
                assert form.no_derivative in section, form.name
                assert family == "functions of each entry" or f"`{form.formula}`" in section.replace("\\|", "|"), (
                    form.name
                )


def test_the_page_is_well_formed() -> None:
    assert page().count("\n```") % 2 == 0
    assert page().count("<details>") == page().count("</details>") == page().count("\n### ")
    for table in re.findall(r"(?:^\|.*\|\n)+", page(), re.MULTILINE):
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in table.splitlines()}) == 1, table


def anchors(text: str) -> set[str]:
    """As GitHub makes them of headings outside code."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken_links(document: Path, text: str) -> list[str]:
    """Links to files that are not there, or to headings that their page does not have."""
    broken = []
    for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text)):
        place, _, heading = link.partition("#")
        target = (document.parent / place).resolve() if place else document
        if "://" in link or (target.exists() and not heading):
            continue
        if not target.is_file() or heading not in anchors(text if target == document else target.read_text("utf-8")):
            broken.append(link)
    return broken


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    assert broken_links(document, document.read_text("utf-8")) == []


def test_broken_links_are_found() -> None:
    text = "# A page\n[a](docs/none.md) [b](#a-page) [c](#b) [d](docs/operations.md#inv) [e](docs/operations.md#invv)"
    assert broken_links(ROOT / "README.md", text) == ["docs/none.md", "#b", "docs/operations.md#invv"]


def test_the_python_of_the_readme_prints_what_it_says() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    promised = re.findall(r"^print\(.*\) +# (.*)$", "".join(blocks), re.MULTILINE)
    done = subprocess.run([sys.executable, "-c", "\n".join(blocks)], cwd=ROOT, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr.decode()
    lines = done.stdout.decode().splitlines()
    assert [line for line in promised if line.startswith(("δ", "X̄"))] == [line for line in lines if line in promised]
    assert len(promised) >= 4


def test_every_source_is_cited_and_every_year_has_its_source() -> None:
    assert {words for words in SOURCES if any(cite.startswith(words) for cite in CITES)} == SOURCES.keys()
    assert [cite for cite in CITES if re.search(r"\b\d{4}\b", cite) and not work_cited(cite)] == []
    assert list(SOURCES) == sorted(SOURCES, key=str.lower)


class TestMain:
    @pytest.fixture
    def written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        file = tmp_path / "operations.md"
        monkeypatch.setattr(reference, "PAGE", file)
        monkeypatch.setattr(reference, "page", page)
        return file

    def run(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
    ) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["reference.py", *arguments])
        return reference.main(), capsys.readouterr().out

    def test_writes_once_and_compares(
        self, written: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self.run(monkeypatch, capsys, "--check") == (1, "operations.md is out of date: run make docs\n")
        assert self.run(monkeypatch, capsys) == (0, "operations.md: written\n")
        assert self.run(monkeypatch, capsys) == (0, "operations.md: unchanged\n")
        assert self.run(monkeypatch, capsys, "--check") == (0, "operations.md is up to date\n")
        written.write_text(written.read_text("utf-8").replace("d(inv(A)) = -inv(A)", "d(inv(A)) = inv(A)"), "utf-8")
        assert self.run(monkeypatch, capsys, "--check")[0] == 1
