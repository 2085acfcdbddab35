"""docs/c-target.md says what the C and the Python in it do."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import numpy as np
import pytest
from c_samples import lightly, needs_compiler
from click.testing import CliRunner

import pushforward as pf
from pushforward.cli import main

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docs" / "c-target.md").read_text("utf-8")

pytestmark = [needs_compiler, lightly]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_program_finds_what_the_python_kernel_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (source,) = blocks("c")
    (tmp_path / "main.c").write_text(source, "utf-8")
    generate, compile_both = (shlex.split(line) for line in blocks("sh")[1].splitlines())
    assert CliRunner().invoke(main, generate[1:]).exit_code == 0
    subprocess.run([*compile_both, "-Wall", "-Wextra", "-Werror", "-pedantic"], check=True, timeout=300)
    done = subprocess.run([tmp_path / "main"], check=True, capture_output=True, text=True, timeout=60)
    X0, dX0 = np.array([[1.0, 2], [3, 4], [5, 6]]), np.array([[1.0, 0], [0, 1], [1, 1]])
    W1, W2 = np.array([[0.1, 0.2], [0.3, 0.4]]), np.array([[1.0], [-1]])
    kernel = pf.compile(pf.differential(pf.read(ROOT / "examples" / "seed_sin.pf"), "X0"))
    expected = np.hstack(kernel(X0, W1, W2, dX0))
    assert done.stdout == "".join(f"{value:.6f} {slope:.6f}\n" for value, slope in expected)


def test_the_python_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    exec("\n".join(blocks("python")), {})
    assert "passed" in capsys.readouterr().out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["seed.c", "seed.h"]


def test_the_commands_are_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(ROOT)
    generate, verify = (shlex.split(line)[1:] for line in blocks("sh")[0].splitlines())
    assert CliRunner().invoke(main, [*generate[:-1], str(tmp_path / "seed_sin.c")]).exit_code == 0
    assert CliRunner().invoke(main, verify).exit_code == 0
