"""The command line: what it prints, where, with which exit code, and what it says when something is wrong."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from c_samples import needs_compiler
from click.testing import CliRunner, Result

import pushforward as pf
from codegen.version import VERSION
from pushforward.cli import COMMANDS, main

SEED = "X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)"
SINE = "X1 = X0*W1; X2 = sin(X1)"
CLOSED_FORM = "δX4 = f'(X3) ⊙ ((f'(X1) ⊙ (δX0 W1)) W2)\n"
CLOSED_FORM_IN_ASCII = "dX4 = f'(X3) .* ((f'(X1) .* (dX0*W1))*W2)\n"
DONE, FAILED, USAGE, PROGRAM, FILE = range(5)


def run(*arguments: str, given: str | bytes | None = None) -> Result:
    """In this process; `output` is what went to standard output and standard error, in order."""
    return CliRunner().invoke(main, arguments, input=given, prog_name="pushforward")


def start(*arguments: str, given: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """In a process of its own, whose output is no terminal."""
    return subprocess.run(
        [sys.executable, "-m", "pushforward", *arguments],
        input=given,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=60,
    )


class TestHelp:
    def test_lists_the_commands(self) -> None:
        result = run("--help")
        assert result.exit_code == DONE
        assert all(f"\n  {command} " in result.output for command in COMMANDS)

    @pytest.mark.parametrize("command", COMMANDS)
    def test_of_each_command(self, command: str) -> None:
        result = run(command, "--help")
        assert result.exit_code == DONE
        assert result.output.startswith(f"Usage: pushforward {command} ")

    def test_version(self) -> None:
        assert run("--version").output == f"pushforward, version {VERSION}\n"


class TestDerive:
    def test_closed_form(self) -> None:
        result = run("derive", "-e", SEED, "--wrt", "X0")
        assert (result.exit_code, result.output) == (DONE, CLOSED_FORM)

    @pytest.mark.parametrize("name, content", [("a.pf", SEED), ("a.tex", r"X_4 = f(X_0 \cdot W_1)"), ("a.txt", SEED)])
    def test_file(self, tmp_path: Path, name: str, content: str) -> None:
        (tmp_path / name).write_text(content)
        result = run("derive", str(tmp_path / name), "--wrt", "X0")
        assert result.exit_code == DONE
        assert result.output.startswith("δX4 = f'(")

    def test_standard_input(self) -> None:
        assert run("derive", "-", "--wrt", "X0", given=SEED.replace("; ", "\n")).output == CLOSED_FORM

    def test_everything_by_default(self) -> None:
        assert run("derive", "-e", "Y = A*B").output == "δY = δA B + A δB\n"

    def test_several_inputs(self) -> None:
        assert run("derive", "-e", "Y = A*B*C", "--wrt", "A", "--wrt", "C").output == "δY = δA B C + A B δC\n"

    def test_of_an_intermediate_result(self) -> None:
        assert run("derive", "-e", SEED, "--wrt", "X0", "--of", "X1").output == "δX1 = δX0 W1\n"

    def test_define(self) -> None:
        result = run("derive", "-e", "Y = f(A)", "--define", "f=sin")
        assert result.output == "δY = cos(A) ⊙ δA\n"

    @pytest.mark.parametrize(
        "style, expected",
        [
            ("unicode", "δY = f'(A) ⊙ δA\n"),
            ("text", "dY = f'(A) .* dA\n"),
            ("latex", "\\delta Y = f'\\left(A\\right) \\odot \\delta A\n"),
        ],
    )
    def test_format(self, style: str, expected: str) -> None:
        assert run("derive", "-e", "Y = f(A)", "--format", style).output == expected

    def test_steps(self) -> None:
        lines = run("derive", "-e", SEED, "--wrt", "X0", "--steps").output.splitlines()
        assert lines[0].startswith("   1. δX1: ")
        assert "d(A*B) = dA*B + A*dB" in lines[0]
        assert lines[-2:] == ["", CLOSED_FORM.strip()]

    def test_as_sums_over_indices(self) -> None:
        printed = run("derive", "-e", SEED, "--wrt", "X0", "--index").output
        assert printed == "δX4[i,o] = f'(X3)[i,o] Σ_h W2[h,o] f'(X1)[i,h] Σ_a W1[a,h] δX0[i,a]\n"
        lines = run("derive", "-e", SEED, "--wrt", "X0", "--index", "--program", "--format", "text").output.splitlines()
        assert lines[2] == "dX3[i,o] = sum_h(W2[h,o]*dX2[i,h])" and len(lines) == 4
        refused = run("derive", "-e", "A : n x n; Y = expm(A)", "--index")
        assert refused.exit_code == 3 and "expm_frechet has no index form" in refused.output
        assert run("derive", "-e", SEED, "--index", "--mode", "reverse").exit_code == 2

    def test_program(self) -> None:
        printed = run("derive", "-e", SEED, "--wrt", "X0", "--program").output
        assert pf.parse(printed) == pf.differential(pf.parse(SEED), "X0").program


class TestModes:
    def test_reverse(self) -> None:
        lines = run("derive", "-e", SEED, "--wrt", "X0", "--mode", "reverse").output.splitlines()
        assert lines[0] == "X̄0 = (f'(X1) ⊙ ((f'(X3) ⊙ X̄4) W2ᵀ)) W1ᵀ"
        assert all(line.startswith("# ") for line in lines[1:]) and "reverse: " in lines[3]

    def test_gradient(self) -> None:
        output = run("derive", "-e", "X : n x m; y = logdet(X'*X)", "--mode", "gradient", "--format", "text").output
        assert output.startswith("X_bar = 2*X*inv(X'*X)\n")

    @pytest.mark.parametrize("rows, expected", [("1", "X̄"), ("1000", "δY")])
    def test_auto(self, rows: str, expected: str) -> None:
        arguments = ("-e", "X : 10 x m; Y = ones(n,1)*sum(X,2)'; W : n x 1; Z = Y .* (W*ones(1,10))", "--wrt", "X")
        output = run(
            "derive", *arguments, "--of", "Z", "--mode", "auto", "--size", f"n={rows}", "--size", "m=30"
        ).output
        assert output.startswith(expected[0] if expected == "X̄" else "δZ")
        assert f"# cheaper for the whole derivative: {'reverse' if rows == '1' else 'forward'}" in output

    def test_sizes_tell_the_cost_of_forward(self) -> None:
        lines = run("derive", "-e", SEED, "--wrt", "X0", "--size", "n=1000").output.splitlines()
        assert lines[0] == CLOSED_FORM.strip() and "n = 1000" in lines[1]

    def test_steps(self) -> None:
        lines = run("derive", "-e", SEED, "--wrt", "X0", "--mode", "reverse", "--steps").output.splitlines()
        assert lines[1].startswith("   2. δX3: ⟨X̄3, δX2 W2⟩ = ⟨X̄3 W2ᵀ, δX2⟩   [matrix product: ")

    def test_program(self) -> None:
        printed = run("derive", "-e", SEED, "--wrt", "X0", "--mode", "reverse", "--program").output
        assert pf.parse(printed) == pf.adjoint(pf.differential(pf.parse(SEED), "X0")).program

    def test_json(self) -> None:
        found = json.loads(run("derive", "-e", SEED, "--wrt", "X0", "--mode", "reverse", "--json").stdout)
        assert found["seeds"] == {"X4": "X4_bar"} and found["closed_form"]["X0"]["text"].startswith("X0_bar = ")
        assert found["steps"][0]["step"].startswith("dX4: <X4_bar, ")

    @pytest.mark.parametrize("mode", ["reverse", "gradient"])
    def test_generate_and_verify(self, mode: str) -> None:
        program = ("-e", "X : n x m; y = sum(square(X))", "--mode", mode)
        assert "def program_" in run("generate", *program).output
        result = run("verify", *program)
        assert result.exit_code == DONE and "dot product" in result.output

    def test_a_matrix_has_no_gradient(self) -> None:
        result = run("derive", "-e", SEED, "--mode", "gradient")
        assert result.exit_code == 3 and "a gradient is that of a scalar" in result.output


class TestGenerate:
    def test_standard_output_is_the_kernel(self) -> None:
        result = run("generate", "-e", SINE, "--wrt", "X0", "--name", "g")
        assert result.exit_code == DONE
        assert result.output == pf.compile(pf.differential(pf.parse(SINE), "X0"), name="g").source

    def test_file_written_and_then_left_alone(self, tmp_path: Path) -> None:
        target = tmp_path / "kernel.py"
        assert run("generate", "-e", SINE, "-o", str(target)).output == f"{target}: written\n"
        before = target.stat().st_mtime_ns
        assert run("generate", "-e", SINE, "-o", str(target)).output == f"{target}: unchanged\n"
        assert target.stat().st_mtime_ns == before
        assert target.read_text("utf-8") == run("generate", "-e", SINE).output

    def test_c_is_a_source_and_its_header(self, tmp_path: Path) -> None:
        arguments = ("generate", "-e", SINE, "--target", "c", "--name", "g")
        target = tmp_path / "kernel.c"
        assert run(*arguments, "-o", str(target)).output == f"{target}: written\n"
        assert run(*arguments, "-o", str(target)).output == f"{target}: unchanged\n"
        assert target.read_text("utf-8") == run(*arguments).output
        assert "int g_f64(" in target.with_suffix(".h").read_text("utf-8")

    def test_missing_folders_are_made(self, tmp_path: Path) -> None:
        target = tmp_path / "a" / "b" / "kernel.py"
        assert run("generate", "-e", SINE, "-o", str(target)).exit_code == DONE
        assert target.is_file()

    def test_size_decides_the_order_of_products(self) -> None:
        arguments = ("generate", "-e", "A : n x m; B : m x n; C : n x m; Y = A*B*C", "--wrt", "A")
        assert "Y = A (B C)" in run(*arguments, "--size", "n=1000", "--size", "m=2").output
        assert "Y = (A B) C" in run(*arguments, "--size", "n=2", "--size", "m=1000").output


class TestVerify:
    def test_passes(self) -> None:
        result = run("verify", "-e", SINE)
        assert result.exit_code == DONE
        assert "passed: 60 of 60" in result.output

    @needs_compiler
    def test_c_is_also_compared_with_numpy(self) -> None:
        result = run("verify", "-e", SINE, "--target", "c")
        assert result.exit_code == DONE
        assert "NumPy kernel" in result.output

    def test_without_a_compiler_it_is_said_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.delenv("CC", raising=False)
        monkeypatch.setenv("PATH", str(tmp_path))
        result = run("verify", "-e", SINE, "--target", "c")
        assert result.exit_code == 3
        assert "error: there is no C compiler" in result.output and "apt install gcc" in result.output

    def test_a_wrong_kernel_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A coefficient of 1 + 1e-9, planted."""
        compile_right = pf.compile

        def compile_wrong(*arguments: Any) -> pf.Kernel:
            kernel = compile_right(*arguments)
            right = kernel.function
            kernel.function = lambda *a, **k: (lambda Y, dY: (Y, dY * (1 + 1e-9)))(*right(*a, **k))
            return kernel

        monkeypatch.setattr(pf, "compile", compile_wrong)
        result = run("verify", "-e", SINE)
        assert result.exit_code == FAILED
        assert "FAILED" in result.output
        assert "failed: complex step of X2" in result.output
        assert json.loads(run("verify", "-e", SINE, "--json").output)["passed"] is False

    def test_size_and_seed(self) -> None:
        report = json.loads(run("verify", "-e", SINE, "--size", "n=9", "--seed", "5", "--json").output)
        assert {m["sizes"] for m in report["measurements"]} == {"n=9, m=4, h=2"}
        assert {m["seed"] for m in report["measurements"]} == {5}

    @pytest.mark.parametrize("suffix, signature", [("png", b"\x89PNG\r\n\x1a\n"), ("svg", b"<?xml")])
    def test_plot(self, tmp_path: Path, suffix: str, signature: bytes) -> None:
        """The same picture, to the byte, in every process."""
        first, second = tmp_path / f"first.{suffix}", tmp_path / f"second.{suffix}"
        assert run("verify", "-e", SINE, "--plot", str(first)).exit_code == DONE
        assert start("verify", "-e", SINE, "--plot", str(second), PYTHONHASHSEED="7").returncode == DONE
        assert first.read_bytes().startswith(signature)
        assert first.read_bytes() == second.read_bytes()


class TestJson:
    def test_derive(self) -> None:
        derived = json.loads(run("derive", "-e", SEED, "--wrt", "X0", "--json").output)
        assert derived["wrt"] == ["X0"]
        assert derived["seeds"] == {"X0": "δX0"}
        assert derived["closed_form"]["X4"]["unicode"] + "\n" == CLOSED_FORM
        assert pf.parse("\n".join(derived["program"])) == pf.parse(SEED)
        assert list(dict.fromkeys(step["statement"] for step in derived["steps"])) == ["X1", "X2", "X3", "X4"]
        assert "d(A*B) = dA*B + A*dB" in [step["formula"] for step in derived["steps"]]

    def test_verify(self) -> None:
        report = json.loads(run("verify", "-e", SINE, "--json").output)
        assert report["passed"] is True
        assert {"value", "complex step", "central difference", "remainder"} <= {
            m["method"] for m in report["measurements"]
        }

    def test_verify_without_entries(self) -> None:
        """JSON has no word for infinity or for what is no number."""

        def refuse(word: str) -> None:
            raise AssertionError(f"{word} is not JSON")

        printed = run("verify", "-e", SINE, "--size", "n=0", "--json").output
        assert json.loads(printed, parse_constant=refuse)["passed"] is True


class TestWrongUsage:
    @pytest.mark.parametrize(
        "arguments, complaint",
        [
            ((), "Usage: pushforward"),
            (("frob",), "No such command 'frob'"),
            (("derive", "--frob"), "No such option"),
            (("derive",), "give a FILE"),
            (("derive", "a.pf", "-e", SINE), "give a FILE"),
            (("derive", "a.pf", "b.pf"), "unexpected extra argument"),
            (("derive", "-e", SINE, "--format", "pdf"), "'pdf' is not one of"),
            (("derive", "-e", "Y = f(A)", "--define", "f"), "'f' is not of the form f=sin"),
            (("generate", "-e", SINE, "--size", "n"), "'n' is not of the form n=1000"),
            (("generate", "-e", SINE, "--size", "n=many"), "'many' is not a whole number"),
            (("generate", "-e", SINE, "--size", "n=-1"), "'-1' is not a whole number"),
            (("verify", "-e", SINE, "--seed", "-1"), "-1 is not in the range"),
            (("demo", "more"), "unexpected extra argument"),
        ],
    )
    def test_is_code_2(self, arguments: tuple[str, ...], complaint: str) -> None:
        result = run(*arguments)
        assert result.exit_code == USAGE
        assert complaint in result.output


class TestWrongProgram:
    @pytest.mark.parametrize(
        "arguments, complaint",
        [
            (("derive", "-e", "X = A*"), "expected a matrix"),
            (("derive", "-e", ""), "there is no equation here"),
            (("derive", "-e", "Y = A*B; A : 2 x 3; B : 4 x 5"), "2×3"),
            (("derive", "-e", "Y = f(A)", "--wrt", "Z"), "'Z' is not a name of this program"),
            (("derive", "-e", "Y = f(A)", "--of", "Z"), "'Z' is not a name of this program"),
            (("derive", "-e", "Y = f(A)", "--define", "g=sin"), "'g' is not an unknown function"),
            (("derive", "-e", "Y = f(A)", "--define", "f=frob"), "'frob' is not a known function"),
            (("generate", "-e", SINE, "--target", "cobol"), "there is no target 'cobol'"),
            (("generate", "-e", SINE, "--size", "q=3"), "the program has no size 'q'"),
            (("verify", "-e", SINE, "--size", "q=3"), "the program has no size 'q'"),
            (("verify", "-e", SINE, "--plot", "a.pdf"), "pictures are written as .png or .svg"),
        ],
    )
    def test_is_code_3(self, arguments: tuple[str, ...], complaint: str) -> None:
        result = run(*arguments)
        assert result.exit_code == PROGRAM
        assert result.output.startswith("error: ")
        assert complaint in result.output

    def test_a_caret_stands_under_the_place(self, tmp_path: Path) -> None:
        (tmp_path / "wrong.pf").write_text("X1 = X0*W1\nX2 = X1 + ) + X1\n")
        lines = run("derive", str(tmp_path / "wrong.pf")).output.splitlines()
        assert lines[0].startswith("error: wrong.pf:2:11: ")
        assert lines[1:3] == ["  2 | X2 = X1 + ) + X1", "    |           ^"]

    def test_words_go_to_standard_error(self) -> None:
        done = start("derive", "-e", "X = A*")
        assert (done.returncode, done.stdout) == (PROGRAM, b"")
        assert b"^" in done.stderr

    @pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
    def test_input_that_is_no_text(self, encoding: str) -> None:
        done = start("derive", "-", given=b"Y = A\xff", PYTHONIOENCODING=encoding)
        assert done.returncode == PROGRAM
        assert done.stderr.startswith(b"error: ")

    def test_a_file_that_is_no_text(self, tmp_path: Path) -> None:
        (tmp_path / "a.pf").write_bytes(b"Y = A\xff")
        result = run("derive", str(tmp_path / "a.pf"))
        assert (result.exit_code, result.output) == (PROGRAM, "error: a.pf is not UTF-8 text: byte 5 is 0xff\n")


class TestFiles:
    def test_a_missing_file(self, tmp_path: Path) -> None:
        result = run("derive", str(tmp_path / "none.pf"))
        assert (result.exit_code, result.output) == (
            FILE,
            f"error: {tmp_path / 'none.pf'}: No such file or directory\n",
        )

    def test_a_folder_as_program(self, tmp_path: Path) -> None:
        result = run("derive", str(tmp_path))
        assert (result.exit_code, result.output) == (FILE, f"error: {tmp_path}: Is a directory\n")

    def test_a_folder_as_output(self, tmp_path: Path) -> None:
        result = run("generate", "-e", SINE, "-o", str(tmp_path))
        assert (result.exit_code, result.output) == (FILE, f"error: {tmp_path}: Is a directory\n")

    @pytest.mark.parametrize("arguments", [("generate", "-o"), ("verify", "--plot")])
    def test_an_output_that_cannot_be_written(self, tmp_path: Path, arguments: tuple[str, str]) -> None:
        (tmp_path / "file").write_text("a file, not a folder")
        command, option = arguments
        result = run(command, "-e", SINE, option, str(tmp_path / "file" / "out.png"))
        assert result.exit_code == FILE
        assert result.output.startswith(f"error: {tmp_path / 'file'}")
        assert (tmp_path / "file").read_text() == "a file, not a folder"

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
    def test_a_full_disk(self) -> None:
        with open("/dev/full", "wb") as full:
            done = subprocess.run(
                [sys.executable, "-m", "pushforward", "generate", "-e", SINE],
                stdout=full,
                stderr=subprocess.PIPE,
                timeout=60,
            )
        assert (done.returncode, done.stderr) == (FILE, b"error: output: No space left on device\n")


@pytest.mark.parametrize("command", [("demo",), ("generate", "-e", SINE), ("derive", "-e", SINE)], ids=lambda c: c[0])
def test_a_reader_that_leaves_is_no_error(command: tuple[str, ...]) -> None:
    """`pushforward … | head -1`: nothing to say, and nothing said."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "pushforward", *command], stdout=writing, stderr=subprocess.PIPE, timeout=60
    )
    os.close(writing)
    assert done.stderr == b""


class TestPlainTerminals:
    @pytest.mark.parametrize("command", [("demo",), ("verify", "-e", SINE)], ids=lambda c: c[0])
    def test_no_escape_codes_where_there_is_no_terminal(self, command: tuple[str, ...]) -> None:
        done = start(*command)
        assert (done.returncode, done.stderr) == (DONE, b"")
        assert b"\x1b" not in done.stdout

    @pytest.mark.parametrize("environment, coloured", [({"NO_COLOR": "1"}, False), ({}, True)])
    def test_no_color(self, environment: dict[str, str], coloured: bool) -> None:
        """On a terminal, colours unless NO_COLOR asks for none."""
        pty = pytest.importorskip("pty")
        variables = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "pushforward", "demo"],
            stdout=theirs,
            env={**variables, "TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8", **environment},
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
        assert b"passed" in printed
        parameters = {p for code in re.findall(rb"\x1b\[([\d;]*)m", printed) for p in code.split(b";")}
        assert bool(parameters & {b"%d" % c for c in (*range(30, 39), *range(40, 49), *range(90, 98))}) is coloured


class TestTerminalsOfFewCharacters:
    """ASCII, where click writes UTF-8 all the same, and Latin-1, which has × and no δ."""

    @pytest.fixture(params=["ascii", "latin-1"])
    def encoding(self, request: pytest.FixtureRequest) -> str:
        return str(request.param)

    @pytest.mark.parametrize("command", ["verify", "derive", "generate"])
    def test_nothing_is_refused(self, command: str, encoding: str) -> None:
        done = start(command, "-e", SEED, PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stderr) == (DONE, b"")

    @pytest.mark.parametrize("command", [("demo",), ("derive", "-e", SEED, "--wrt", "X0")], ids=lambda c: c[0])
    def test_mathematics_stays_readable(self, command: tuple[str, ...], encoding: str) -> None:
        """No question marks for δ and ⊙: the characters themselves, or the ASCII notation."""
        done = start(*command, PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stderr) == (DONE, b"")
        assert CLOSED_FORM.encode() in done.stdout or CLOSED_FORM_IN_ASCII.encode() in done.stdout

    def test_json_loses_nothing(self, encoding: str) -> None:
        arguments = ("derive", "-e", SEED, "--wrt", "X0", "--json")
        printed = start(*arguments, PYTHONIOENCODING=encoding).stdout.decode()
        assert json.loads(printed) == json.loads(run(*arguments).output)

    def test_a_kernel_has_the_same_bytes(self, encoding: str) -> None:
        arguments = ("generate", "-e", SEED, "--wrt", "X0")
        assert start(*arguments, PYTHONIOENCODING=encoding).stdout == run(*arguments).output.encode()

    def test_input_is_still_utf8(self, encoding: str) -> None:
        done = start("derive", "-", "--format", "text", given="Y = A ⊙ B".encode(), PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stdout) == (DONE, b"dY = dA .* B + A .* dB\n")
