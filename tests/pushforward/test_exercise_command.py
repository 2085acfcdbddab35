"""pushforward exercise: what it prints, and with which exit code."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import pushforward as pf
from pushforward.cli import main

DONE, FAILED, USAGE, PROGRAM, FILE = range(5)
FIRST = pf.exercise(1, 0)


def run(*arguments, given=None):
    return CliRunner().invoke(main, ["exercise", *arguments], input=given, prog_name="pushforward")


def test_the_question_alone():
    result = run()
    assert result.exit_code == DONE and result.output == f"{FIRST}\n"
    assert FIRST.answer not in result.output


def test_hints_and_solution():
    result = run("--hints", "2", "--solution")
    assert FIRST.hint(2) in result.output and FIRST.hint(3) not in result.output.partition("Solution")[0]
    assert FIRST.answer in result.output
    assert run("--hints", "99").output.count("Hint ") == len(FIRST.hints)


def test_answers_as_text_as_a_file_and_from_standard_input(tmp_path):
    path = tmp_path / "answer.txt"
    path.write_text(FIRST.answer, "utf-8")
    for given, text in ((FIRST.answer, None), (str(path), None), ("-", FIRST.answer)):
        result = run("--answer", given, given=text)
        assert result.exit_code == DONE and result.output.startswith("Right.")


def test_a_wrong_answer():
    wrong = FIRST.answer.replace("δA B", "B δA")
    short, long = run("--answer", wrong), run("--answer", wrong, "--reveal")
    assert short.exit_code == long.exit_code == FAILED
    assert "hint:" in short.output and "it is right as" not in short.output and "it is right as" in long.output


def test_json():
    found = json.loads(run("--level", "3", "--seed", "5", "--json").output)
    assert found == pf.exercise(3, 5).to_dict()
    assert json.loads(run("--answer", "δD", "--json").output)["passed"] is False


def test_sheets_are_written(tmp_path):
    path = tmp_path / "sheet.html"
    arguments = ("--level", "2", "--seed", "4", "--sheet", "--count", "3", "--format", "html", "-o", str(path))
    assert run(*arguments).exit_code == DONE
    assert path.read_text("utf-8") == pf.exercise_sheet(2, 4, 3, "html")
    assert "unchanged" in run(*arguments).output
    assert run("--sheet", "--solutions", "--count", "2").output == pf.exercise_sheet(1, 0, 2, "text", solutions=True)
    assert "\\documentclass" in run("--format", "latex").output


@pytest.mark.parametrize(
    "arguments, given, code, said",
    [
        (("--level", "6"), None, USAGE, "--level"),
        (("--seed", "-1"), None, USAGE, "--seed"),
        (("--seed", "9" * 20), None, PROGRAM, "a seed is"),
        (("--sheet", "--count", "0"), None, USAGE, "--count"),
        (("--sheet", "--hints", "1"), None, USAGE, "--sheet does not go with --hints"),
        (("--answer", "x", "--solution"), None, USAGE, "--answer does not go with --solution"),
        (("--answer", "δD = δQ"), None, PROGRAM, "Q"),
        (("--answer", ""), None, PROGRAM, "no equation"),
        (("--answer", "-"), b"\xff", PROGRAM, "UTF-8"),
        (("--answer", "(" * 5000), None, PROGRAM, "nest"),
        (("--solution", "-o", str(Path(__file__) / "x")), None, FILE, "test_exercise_command"),
    ],
)
def test_what_is_wrong_is_said(arguments, given, code, said):
    result = run(*arguments, given=given)
    assert result.exit_code == code and said in result.output
    assert "Traceback" not in result.output


def test_the_same_seed_gives_the_same_bytes():
    command = [
        sys.executable,
        "-m",
        "pushforward",
        "exercise",
        "--sheet",
        "--level",
        "5",
        "--count",
        "4",
        "--solutions",
    ]
    outputs = {subprocess.run(command, capture_output=True, timeout=60).stdout for _ in range(2)}
    assert len(outputs) == 1 and outputs != {b""}


def test_the_page_says_what_is_true():
    page = (Path(__file__).resolve().parents[2] / "docs" / "exercises.md").read_text("utf-8")
    for line in page.splitlines():
        if line.startswith("pushforward exercise "):
            arguments = line.partition("#")[0].split()[2:]
            if "-o" not in arguments and "--answer" not in arguments:
                assert run(*arguments).exit_code == DONE
