"""The system's C compiler: found, identified, run."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from symbolic.errors import NotSupported, PushforwardError

FLAGS = ("-std=c99", "-O3", "-ffp-contract=fast", "-fno-math-errno", "-fno-trapping-math")
"""What kernels are compiled with. Nothing that lets a compiler change the order of sums, or forget infinities."""
SHARED = ("-fPIC", "-shared", *(("-undefined", "dynamic_lookup") if sys.platform == "darwin" else ()))
FOR_THIS_CPU = (("-march=native",), ("-mcpu=native",), ())
"""The first of these that a compiler knows."""
OPENMP = "-fopenmp"
COMMANDS = ("cc", "gcc", "clang")
SUFFIX = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
SHOWN_LINES = 6
INSTALL = (
    "install gcc or clang: apt install gcc (Debian, Ubuntu), dnf install gcc (Fedora), xcode-select --install (macOS)"
)


@dataclass(frozen=True)
class Compiler:
    """`identity`: all that it predefines, which tells compiler, version, and the processor that it compiles for."""

    command: tuple[str, ...]
    flags: tuple[str, ...]
    identity: str

    def compile(self, source: Path, library: Path, options: tuple[str, ...] = ()) -> None:
        """A shared library, with OpenMP where there is one. Raises PushforwardError with what the compiler says."""
        flags = (*self.flags, *options, *_openmp(self.command), *SHARED)
        done = _run((*self.command, *flags, source.name, "-o", str(library), "-lm"), source.parent)
        if done.returncode:
            raise PushforwardError(f"{self.command[0]} cannot compile {source.name}:\n{_shortened(done.stderr)}")
        if not library.is_file():
            raise PushforwardError(f"{self.command[0]} says that it has compiled {source.name}, but wrote no library")


def find_compiler() -> Compiler:
    """That of the environment variable CC, else cc, gcc or clang. Raises NotSupported where there is none."""
    return _found(os.environ.get("CC", ""), os.environ.get("PATH", os.defpath))


@lru_cache(maxsize=8)
def _found(chosen: str, path: str) -> Compiler:
    try:
        commands = [tuple(shlex.split(chosen))] if chosen.strip() else [(name,) for name in COMMANDS]
    except ValueError as error:
        raise NotSupported(f"CC is {chosen!r}, which is no command: {error}", hint=INSTALL) from None
    for command in commands:
        if shutil.which(command[0], path=path):
            return _identified(command)
    missing = f"CC is {chosen!r}, and there is no such program" if chosen.strip() else "there is no C compiler"
    raise NotSupported(f'{missing}; kernels of the target "numpy" need none', hint=INSTALL)


def _identified(command: tuple[str, ...]) -> Compiler:
    for cpu in FOR_THIS_CPU:
        asked = _run((*command, *FLAGS, *cpu, "-dM", "-E", "-x", "c", os.devnull), Path(os.sep))
        if not asked.returncode:
            return Compiler(command, (*FLAGS, *cpu), asked.stdout)
    raise NotSupported(f"{command[0]} is no C compiler like gcc or clang:\n{_shortened(asked.stderr)}", hint=INSTALL)


@lru_cache(maxsize=8)
def _openmp(command: tuple[str, ...]) -> tuple[str, ...]:
    """The flag for OpenMP, where a program with it can be linked: clang may be without its library."""
    with tempfile.TemporaryDirectory(prefix="pushforward-") as folder:
        source = Path(folder) / "parallel.c"
        source.write_text("#include <omp.h>\nint threads(void) { return omp_get_max_threads(); }\n")
        done = _run((*command, OPENMP, *SHARED, source.name, "-o", f"parallel{SUFFIX}"), source.parent)
    return () if done.returncode else (OPENMP,)


def _run(command: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, cwd=folder, env={**os.environ, "LC_ALL": "C"}, stdin=subprocess.DEVNULL, capture_output=True,
            text=True, errors="replace",
        )  # fmt: skip
    except OSError as error:
        raise PushforwardError(f"{command[0]} cannot be run: {error.strerror or error}") from None


def _shortened(text: str) -> str:
    """The lines that name errors, or the first ones."""
    lines = text.splitlines()
    errors = [line for line in lines if "error" in line] or lines
    return "\n".join(f"  {line}" for line in errors[:SHOWN_LINES])
