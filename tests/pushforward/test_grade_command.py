"""pushforward grade: what it prints, and with which exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import pushforward as pf
from pushforward.cli import main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
QUESTION, DERIVATION = str(EXAMPLES / "question.tex"), str(EXAMPLES / "derivation.tex")
DONE, FAILED, USAGE, PROGRAM, FILE = range(5)


def run(*arguments, given=None):
    return CliRunner().invoke(main, ["grade", *arguments], input=given, prog_name="pushforward")


@pytest.fixture
def wrong(tmp_path):
    path = tmp_path / "wrong.tex"
    text = Path(DERIVATION).read_text("utf-8")
    path.write_text(text.replace(r"\delta X_0 W_1 \\", r"\delta X_0 W_1^T \\"), "utf-8")
    return str(path)


def test_a_right_derivation():
    result = run(QUESTION, DERIVATION, "--wrt", "X0")
    assert result.exit_code == DONE
    assert result.output.count("✓") == 6 and "6 right" in result.output
    assert "δX4 is reached in terms of δX0" in result.output


def test_a_wrong_one(wrong):
    short, long = run(QUESTION, wrong), run(QUESTION, wrong, "--reveal")
    assert short.exit_code == long.exit_code == FAILED
    assert "hint:" in short.output and "it is right as" not in short.output
    assert r"it is right as: X_0 W_1 + \delta X_0 W_1" in long.output


def test_standard_input():
    assert run(QUESTION, "-", given="δX1 = δX0 W1").exit_code == DONE


def test_json(wrong):
    marks = json.loads(run(QUESTION, wrong, "--json", "--reveal").output)
    assert [equality["verdict"] for equality in marks["equalities"]] == ["wrong"] + ["right"] * 5
    assert marks["equalities"][0]["mistake"]["kind"] == "extra transpose"
    assert not marks["passed"]


@pytest.mark.parametrize(
    "arguments, given, code, said",
    [
        ((QUESTION,), None, USAGE, "DERIVATION"),
        ((QUESTION, "nowhere.tex"), None, FILE, "nowhere.tex"),
        ((QUESTION, "-"), "δX1 = δX9 W1", PROGRAM, "unknown name"),
        ((QUESTION, "-"), b"\xff", PROGRAM, "UTF-8"),
        ((QUESTION, "-", "--wrt", "X7"), "δX1 = δX0 W1", PROGRAM, "is not an input"),
    ],
)
def test_what_is_wrong_is_said(arguments, given, code, said):
    result = run(*arguments, given=given)
    assert result.exit_code == code and said in result.output
    assert "Traceback" not in result.output


def test_the_same_derivation_gives_the_same_bytes(wrong):
    command = [sys.executable, "-m", "pushforward", "grade", QUESTION, wrong, "--reveal"]
    outputs = {subprocess.run(command, capture_output=True, timeout=60).stdout for _ in range(2)}
    assert len(outputs) == 1


def test_the_page_says_what_is_true():
    page = (Path(__file__).resolve().parents[2] / "docs" / "marking.md").read_text("utf-8")
    assert "below 1e-30" in page
    program = pf.parse("A : n x m; B : m x p; Y = A*B; y = tr(Y'*Y)")
    for text in ("d(A B) = dA B + A dB", "let G = 2 Y; dy = tr(G' dY)", "∂y/∂A = 2 Y B'", "∇_A y = 2 Y B'"):
        assert pf.grade(program, text).passed
