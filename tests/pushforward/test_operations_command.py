"""`pushforward operations`: all of them, one of them, and what it says of a name that is none."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner, Result

import pushforward as pf
from pushforward import catalogue
from pushforward.cli import main
from pushforward.worked import work_out
from symbolic.language.words import INSTEAD
from symbolic.operations import ALIASES, DEFINITIONS, OPERATIONS, RESULTS

DONE, USAGE, PROGRAM = 0, 2, 3
NAMES = [entry.name for entry in catalogue.ENTRIES]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ("operations", *arguments), prog_name="pushforward")


class TestAll:
    def test_each_has_one_line_where_nobody_looks(self) -> None:
        result = run()
        assert result.exit_code == DONE
        lines = [line.split() for line in result.output.splitlines()]
        assert [line[0] for line in lines if line and line[0] in NAMES] == NAMES

    def test_by_family_with_how_it_is_written_its_meaning_and_its_shapes(self) -> None:
        output = run().output
        assert [line for line in output.splitlines() if line.strip() in catalogue.families()]
        (line,) = [line for line in output.splitlines() if line.split()[:1] == ["solve"]]
        for part in ("solve(A, B)", "the solution of A X = B", "A : n x n, B : n x k -> n x k"):
            assert part in line

    def test_json(self) -> None:
        listed = json.loads(run("--json").output)
        assert [entry["name"] for entry in listed] == NAMES
        assert all(entry["meaning"] and entry["written"] and entry["shapes"] for entry in listed)


class TestOne:
    def test_everything_that_is_known_of_it(self) -> None:
        result = run("chol")
        assert result.exit_code == DONE
        for part in (
            "chol: the lower Cholesky factor, L L' = A",
            "factorisations, also cholesky",
            "d(chol(A)) = L*(tril(M) - 0.5*diag(diagonal(M)))",
            "L = chol(A)",
            "M = L \\ dA / L'",
            "A : n x n -> n x n",
            "A that is known to be symmetric",
            "where A is not positive definite",
            "Murray 2016, section 3",
            "I. Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527, 2016.",
            "    A : n x n spd\n    Y = chol(A)\n",
            "   1. δY: d(chol(A)) = ",
        ):
            assert part in result.output, part

    @pytest.mark.parametrize("name", NAMES)
    def test_its_example_is_worked_out(self, name: str) -> None:
        result = run(name)
        assert result.exit_code == DONE, result.output
        worked = work_out(catalogue.find(name)[1].example)
        for line in (*worked.closed_forms(), *worked.code.splitlines()):
            assert f"\n    {line}".rstrip() in result.output

    @pytest.mark.parametrize(
        "name, shown",
        [*ALIASES.items(), ("arcsin", "asin"), ("\\", "solve"), (".*", ".*"), ("⊗", "kron"), ("matrix product", "*")],
    )
    def test_another_name_or_a_sign(self, name: str, shown: str) -> None:
        assert run(name).output.startswith(f"{shown}: ")

    @pytest.mark.parametrize("name", [*OPERATIONS, *DEFINITIONS])
    def test_every_name_of_the_table_shows_its_own_example(self, name: str) -> None:
        record = OPERATIONS.get(name) or DEFINITIONS[name]
        assert catalogue.find(name)[1].example == record.example

    @pytest.mark.parametrize("name", RESULTS)
    def test_a_call_with_several_results_shows_them_together(self, name: str) -> None:
        output = run(name).output
        assert all(f"d({part}(A)) = " in output for part in RESULTS[name])
        assert re.search(rf"^    \w+, \w+.* = {name}\(A\)$", output, re.MULTILINE)

    def test_a_composition_says_what_it_stands_for(self) -> None:
        assert re.search(r"^  stands for +softmax\(A, 2\) = exp", run("softmax").output, re.MULTILINE)

    def test_json(self) -> None:
        shown = json.loads(run("sum", "--json").output)
        assert [form["written"] for form in shown["forms"]] == ["sum(A)", "sum(A, 1)", "sum(A, 2)"]
        of_rows = shown["forms"][2]
        assert of_rows["differential"] == "d(sum(A, 2)) = sum(dA, 2)"
        assert of_rows["closed_form"]["text"] == ["dy = sum(dA, 2)"]
        assert of_rows["closed_form"]["latex"][0].startswith("\\delta y = ")
        assert of_rows["steps"] == ["dy: d(sum(A, 2)) = sum(dA, 2)   [sum_2: d(sum(A, 2)) = sum(dA, 2)]   n×1"]
        assert of_rows["code"].endswith("return y, dy")

    def test_the_code_of_json_is_that_of_the_kernel(self) -> None:
        (form,) = json.loads(run("logdet", "--json").output)["forms"]
        source = pf.compile(pf.differential(pf.parse(form["example"]))).source
        assert all(line.strip() in source for line in form["code"].splitlines())


class TestNone:
    @pytest.mark.parametrize(
        "name, help_",
        [
            ("sovle", "the nearest are solve"),
            ("Tanh", "the nearest are tanh"),
            ("eigenvalue", "the nearest are eigval"),
            ("Kronecker", "the nearest are kron"),
            ("matmul", INSTEAD["matmul"]),
            ("wxyz", "pushforward operations lists them all"),
        ],
    )
    def test_the_nearest_are_said(self, name: str, help_: str) -> None:
        result = run(name)
        assert result.exit_code == PROGRAM
        assert result.output.startswith(f"error: there is no operation '{name}'\n  help: {help_}")

    def test_two_names_are_wrong_usage(self) -> None:
        assert run("inv", "det").exit_code == USAGE


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "pushforward", "operations", *arguments],
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=60,
    )


@pytest.mark.parametrize("arguments", [(), ("solve",)])
def test_no_escape_codes_where_there_is_no_terminal(arguments: tuple[str, ...]) -> None:
    done = start(*arguments)
    assert (done.returncode, done.stderr) == (DONE, b"")
    assert b"\x1b" not in done.stdout


@pytest.mark.parametrize("arguments", [(), ("solve",)])
def test_a_reader_that_leaves_is_no_error(arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "pushforward", "operations", *arguments]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, timeout=60)
    os.close(writing)
    assert done.stderr == b""


@pytest.mark.parametrize("arguments", [(), ("solve",)])
@pytest.mark.parametrize("environment, coloured", [({"NO_COLOR": "1"}, False), ({}, True)])
def test_no_color(arguments: tuple[str, ...], environment: dict[str, str], coloured: bool) -> None:
    """On a terminal, colours of the code unless NO_COLOR asks for none; a list has no colours."""
    pty = pytest.importorskip("pty")
    variables = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "pushforward", "operations", *arguments],
        stdout=theirs,
        env={**variables, "TERM": "xterm-256color", "COLUMNS": "100", "PYTHONIOENCODING": "utf-8", **environment},
    )
    os.close(theirs)
    printed = b""
    try:
        while chunk := os.read(ours, 65536):
            printed += chunk
    except OSError:  # the terminal is closed when its last user ends
        pass
    os.close(ours)
    assert process.wait(timeout=60) == DONE
    parameters = {p for code in re.findall(rb"\x1b\[([\d;]*)m", printed) for p in code.split(b";")}
    colours = parameters & {b"%d" % c for c in (*range(30, 39), *range(40, 49), *range(90, 98))}
    assert bool(colours) is (coloured and bool(arguments))
    widest = max(len(re.sub(r"\x1b\[[\d;]*m", "", line)) for line in printed.decode().splitlines())
    assert arguments or widest <= 100, "a table that is looked at fits the terminal"
