"""Sheets: questions and solutions apart, the same bytes each time, well formed in every format."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest

import pushforward as pf
from pushforward.lesson.render import FORMATS

LEVELS = range(1, 6)


@pytest.mark.parametrize("format", FORMATS)
def test_questions_and_solutions_are_apart(format: str) -> None:
    questions, solutions = (pf.exercise_sheet(2, 3, 4, format, solutions) for solutions in (False, True))
    for seed in range(3, 7):
        assert f"seed {seed}:" in questions and f"seed {seed}:" in solutions
    assert "Put together" in solutions and "Put together" not in questions
    assert "seed 7:" not in questions
    assert questions == pf.exercise_sheet(2, 3, 4, format)


@pytest.mark.parametrize("level", LEVELS)
def test_a_page_is_one_file_under_a_strict_policy(level: int) -> None:
    for solutions in (False, True):
        page = pf.exercise_sheet(level, 0, 9, "html", solutions)
        ElementTree.fromstring(page.replace("<!DOCTYPE html>", ""))
        style = re.search(r"<style>(.*?)</style>", page, re.S)
        assert style is not None
        digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        assert f"default-src 'none'; style-src 'sha256-{digest}'" in unescape(page)
        assert "<script" not in page and " style=" not in page and "url(" not in page
        assert ('<details class="folded">' in page) is not solutions
        assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="pdflatex is not installed")
@pytest.mark.parametrize("level", LEVELS)
def test_latex_compiles_as_it_stands(level: int, tmp_path: Path) -> None:
    for solutions in (False, True):
        (tmp_path / "sheet.tex").write_text(pf.exercise_sheet(level, 0, 9, "latex", solutions), "utf-8")
        command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "sheet.tex"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stdout[-800:]
        assert b"Overfull" not in done.stdout or max(overfull(done.stdout)) < 20


def overfull(log: bytes) -> list[float]:
    return [float(points) for points in re.findall(rb"Overfull \\hbox \(([\d.]+)pt", log)] or [0.0]


@pytest.mark.parametrize("count", [0, 101, "3", True, 1.0])
def test_a_sheet_has_a_sensible_number_of_exercises(count: object) -> None:
    with pytest.raises(pf.NotSupported, match="from 1 to 100"):
        pf.exercise_sheet(1, 0, count)  # type: ignore[arg-type]


def test_another_format_is_refused() -> None:
    with pytest.raises(pf.NotSupported, match="there is no format"):
        pf.exercise_sheet(1, 0, 2, "docx")
