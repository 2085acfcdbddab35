"""docs/jacobians.md says what the commands and the Python in it do."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from pushforward.cli import main

PAGE = Path(__file__).parent.parent / "docs" / "jacobians.md"
TEXT = PAGE.read_text("utf-8")
CONSOLE = re.findall(r"```console\n\$ pushforward (.*)\n((?:.*\n)*?)```", TEXT)
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


def printed(command: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(PAGE.parent.parent)
    return CliRunner().invoke(main, shlex.split(command), prog_name="pushforward").output


@pytest.mark.parametrize("command, output", CONSOLE, ids=[command for command, _ in CONSOLE])
def test_a_command_prints_what_the_page_shows(command: str, output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert printed(command, monkeypatch) == output


def test_the_python_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert len(PYTHON) == 3
    exec("\n".join(PYTHON), {})
    shown = capsys.readouterr().out
    assert "Row i of X4 depends on row i of X0 alone." in shown
    assert "J[i, o, a, b] = ∂X4[i, o]/∂X0[a, b], of shape n × p × n × m" in shown
    assert "(14, 5)" in shown
