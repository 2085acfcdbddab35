"""The compiler: found, asked who it is, and what it says when it fails."""

from __future__ import annotations

import ctypes
import shutil
import stat
from pathlib import Path

import pytest
from c_samples import needs_compiler

from codegen.native.compiler import COMMANDS, SUFFIX, Compiler, find_compiler
from symbolic.errors import NotSupported, PushforwardError


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@needs_compiler
def test_a_source_becomes_a_library(tmp_path: Path) -> None:
    (tmp_path / "kernel.c").write_text("int seven(void) { return 7; }")
    library = tmp_path / f"kernel{SUFFIX}"
    find_compiler().compile(tmp_path / "kernel.c", library)
    assert ctypes.CDLL(str(library)).seven() == 7


@needs_compiler
def test_it_is_asked_for_whom_it_compiles() -> None:
    compiler = find_compiler()
    assert "#define __VERSION__" in compiler.identity or "__clang_version__" in compiler.identity
    assert "#define __STDC__ 1" in compiler.identity


@needs_compiler
def test_cc_is_honoured_with_its_arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = next(filter(None, map(shutil.which, COMMANDS)))
    monkeypatch.setenv("CC", f"{real} -DSEVEN=7")
    (tmp_path / "kernel.c").write_text("int seven(void) { return SEVEN; }")
    library = tmp_path / f"chosen{SUFFIX}"
    find_compiler().compile(tmp_path / "kernel.c", library)
    assert ctypes.CDLL(str(library)).seven() == 7
    assert "#define SEVEN 7" in find_compiler().identity


@needs_compiler
def test_a_compiler_without_openmp_compiles_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = next(filter(None, map(shutil.which, COMMANDS)))
    reluctant = program(tmp_path / "cc", f'case "$*" in *-fopenmp*) exit 1;; esac\nexec {real} "$@"')
    monkeypatch.setenv("CC", str(reluctant))
    (tmp_path / "kernel.c").write_text("int threads(void) {\n#ifdef _OPENMP\nreturn 2;\n#endif\nreturn 1; }")
    library = tmp_path / f"serial{SUFFIX}"
    find_compiler().compile(tmp_path / "kernel.c", library)
    assert ctypes.CDLL(str(library)).threads() == 1


@needs_compiler
def test_what_the_compiler_says_is_shown_shortly(tmp_path: Path) -> None:
    (tmp_path / "kernel.c").write_text("int seven(void) { return eight; }\n" + "int x = nothing;\n" * 40)
    with pytest.raises(PushforwardError, match=r"cannot compile kernel\.c:\n") as caught:
        find_compiler().compile(tmp_path / "kernel.c", tmp_path / f"kernel{SUFFIX}")
    lines = str(caught.value).splitlines()
    assert "eight" in lines[1] and "error" in lines[1]
    assert 2 <= len(lines) <= 7


def test_without_a_compiler_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotSupported, match="there is no C compiler") as caught:
        find_compiler()
    assert "apt install gcc" in str(caught.value) and "xcode-select --install" in str(caught.value)
    assert 'kernels of the target "numpy" need none' in str(caught.value)


def test_a_wrong_cc_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler -O2")
    with pytest.raises(NotSupported, match="CC is 'no-such-compiler -O2', and there is no such program"):
        find_compiler()


def test_a_cc_that_is_no_compiler_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", str(program(tmp_path / "notcc", "echo 'what is this?' >&2; exit 3")))
    with pytest.raises(NotSupported, match=r"notcc is no C compiler like gcc or clang:\n  what is this\?"):
        find_compiler()


def test_a_cc_that_cannot_be_run_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken"
    broken.write_bytes(b"\x7fELF no program")
    broken.chmod(0o700)
    monkeypatch.setenv("CC", str(broken))
    with pytest.raises(PushforwardError, match="broken cannot be run: "):
        find_compiler()


def test_a_command_that_cannot_be_taken_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "gcc 'oops")
    with pytest.raises(NotSupported, match=r"CC is .* which is no command: No closing quotation"):
        find_compiler()


def test_a_compiler_that_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "kernel.c").write_text("int x;")
    lazy = Compiler((str(program(tmp_path / "lazycc", "exit 0")),), (), "")
    with pytest.raises(PushforwardError, match=r"lazycc says that it has compiled kernel\.c, but wrote no library"):
        lazy.compile(tmp_path / "kernel.c", tmp_path / "library.so")
