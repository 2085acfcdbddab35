"""docs/add-an-operation.md, done in a copy of the project: its changes, and no others, make a whole operation."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "add-an-operation.md"
COPIED = ("symbolic", "codegen", "pushforward", "tools", "docs", "tests")
CHANGE = re.compile(r"^`(\S+\.py)`\n\n```diff\n(.*?)```$", re.MULTILINE | re.DOTALL)
CHANGES = CHANGE.findall(PAGE.read_text("utf-8"))
NAME = "polar"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for folder in COPIED:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def change(copy: Path, place: str, difference: str) -> None:
    """Add the lines with + after the line that stands before them, or before the line that stands after them."""
    lines = difference.splitlines()
    added = "".join(f"{line[1:]}\n" for line in lines if line.startswith("+"))
    (context,) = (line[1:] for line in lines if not line.startswith("+"))
    first, last = ("", f"{context}\n") if lines[-1] == f" {context}" else (f"{context}\n", "")
    text = (copy / place).read_text("utf-8")
    before, found, after = text.partition(f"\n{context}\n")
    assert found, f"{place} has no line {context!r}"
    (copy / place).write_text(f"{before}\n{first}{added}{last}{after}", "utf-8")


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a Python in the copy says."""
    return subprocess.run([sys.executable, *arguments], cwd=copy, capture_output=True, text=True, timeout=120)


def completeness(copy: Path) -> subprocess.CompletedProcess[str]:
    return run(copy, "-m", "pytest", "-p", "no:cacheprovider", "tests/test_completeness.py", "-k", NAME)


def test_the_page_makes_a_whole_operation(copy: Path) -> None:
    for place, difference in CHANGES:
        change(copy, place, difference)
    made = run(copy, "-c", "from tools import reference; print(reference.main())")
    assert made.stdout == "operations.md: written\n0\n", made.stderr
    done = completeness(copy)
    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout
    shown = run(copy, "-m", "pushforward", "operations", NAME)
    assert "Higham, Functions of Matrices" in shown.stdout
    assert f"Y = _{NAME}(A)" in shown.stdout


def test_with_the_record_alone_every_other_place_is_named(copy: Path) -> None:
    (record, difference), *others = CHANGES
    change(copy, record, difference)
    derived = run(copy, "-m", "pushforward", "derive", "-e", f"A : n x m; Y = {NAME}(A)", "--format", "text")
    assert derived.stdout.startswith("dY = Y*sylvester(Y'*A, Y'*A, Y'*dA - dA'*Y)"), derived.stderr
    done = completeness(copy)
    assert done.returncode == 1
    message, *_ = re.findall(rf"AssertionError: ({NAME} lacks .*)", done.stdout)
    assert f"; see {PAGE.relative_to(ROOT)}" in message
    for place, _ in others:
        folder = place.rpartition("/")[0].removesuffix("/helpers")
        assert place in message or (folder in message and folder.endswith("numpy")), message
    assert "docs/operations.md: run make docs" in message
