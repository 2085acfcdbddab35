"""pushforward explain"""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import pushforward as pf
from pushforward.cli import main
from pushforward.lesson.render import FORMATS

SEED = "X1 = X0*W1; X2 = f(X1)"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments], prog_name="pushforward")


@pytest.mark.parametrize("format", FORMATS)
def test_prints_what_explain_gives(format: str) -> None:
    result = run("-e", SEED, "--wrt", "X0", "--format", format, "--level", "beginner")
    assert result.exit_code == 0
    assert result.output == pf.explain(pf.parse(SEED), format, "beginner", "X0")


def test_is_text_and_full_by_default() -> None:
    assert run("-e", SEED, "--wrt", "X0").output == pf.explain(pf.parse(SEED), wrt="X0")


def test_writes_a_file_once(tmp_path: Path) -> None:
    path = tmp_path / "lesson.html"
    assert run("-e", SEED, "--format", "html", "-o", str(path)).output == f"{path}: written\n"
    assert path.read_text("utf-8") == pf.explain(pf.parse(SEED), "html")
    assert run("-e", SEED, "--format", "html", "-o", str(path)).output == f"{path}: unchanged\n"


@pytest.mark.parametrize(
    "arguments, code, said",
    [
        (("-e", "X1 = X0*", "--wrt", "X0"), 3, "^"),
        (("-e", SEED, "--wrt", "Z"), 3, "'Z' is not a name of this program"),
        (("-e", SEED, "--order", "2"), 3, "a lesson is of a first differential"),
        (("-e", SEED, "--format", "docx"), 2, "html"),
        (("-e", SEED, "--level", "expert"), 2, "beginner"),
        (("-e", SEED, "-o", "/"), 4, "error: /"),
    ],
)
def test_says_what_is_wrong(arguments: tuple[str, ...], code: int, said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code and said in result.output and "Traceback" not in result.output
