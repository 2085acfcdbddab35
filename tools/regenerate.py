"""Write generated/ from examples/zoo.toml, one folder a program, a file or two a kernel; `--check` only compares."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pushforward as pf
from codegen.files import write_text
from codegen.kernel import emit_kernel
from codegen.kernel_file import KernelFile

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
GENERATED = ROOT / "generated"
KINDS = {"wrt": ("numpy", "forward"), "c": ("c", "forward"), "c_gradient": ("c", "gradient")}
"""What the keys of the zoo's file stand for: a target, and what is computed."""
SUFFIXES = {"numpy": ".py", "c": ".c"}


@dataclass(frozen=True)
class Entry:
    """One kernel of the zoo: a program, and the inputs it is differentiated by."""

    program: str
    wrt: tuple[str, ...]
    sizes: tuple[tuple[str, int], ...]
    target: str = "numpy"
    mode: str = "forward"

    def derived(self) -> pf.Differential | pf.Adjoint:
        program = pf.read(EXAMPLES / f"{self.program}.pf")
        return pf.gradient(program, self.wrt) if self.mode == "gradient" else pf.differential(program, self.wrt)

    def kernel(self) -> pf.Kernel:
        return pf.compile(self.derived(), self.target, sizes=dict(self.sizes))

    def file(self) -> KernelFile:
        return emit_kernel(self.derived(), self.target, sizes=dict(self.sizes))

    def texts(self) -> dict[str, str]:
        """Each of its files by its place in generated/."""
        file = self.file()
        place = f"{self.program}/{file.signature.function}"
        header = {f"{place}.h": file.header} if file.header else {}
        return {f"{place}{SUFFIXES[self.target]}": file.source, **header}


def entries(target: str = "numpy") -> Iterator[Entry]:
    """The zoo of a target, in the order of its file."""
    zoo = tomllib.loads((EXAMPLES / "zoo.toml").read_text(encoding="utf-8"))
    for program, table in zoo.items():
        for key, (of, mode) in KINDS.items():
            for wrt in table.get(key, ()) if of == target else ():
                yield Entry(program, tuple(wrt), tuple(table.get("sizes", {}).items()), target, mode)


def texts() -> dict[str, str]:
    """Each file of the zoo by its place in generated/."""
    whole = (entry for target in SUFFIXES for entry in entries(target))
    return {place: text for entry in whole for place, text in entry.texts().items()}


def present(folder: Path) -> dict[str, Path]:
    """The files in a folder by their places; what Python caches there is not counted."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path for path in files}


def compare(folder: Path) -> list[str]:
    """What differs between a folder and the zoo, one line a file."""
    wanted, found = texts(), present(folder)
    return [
        *(f"{place}: missing" for place in wanted if place not in found),
        *(f"{p}: differs" for p, text in wanted.items() if p in found and found[p].read_bytes() != text.encode()),
        *(f"{place}: not in the zoo" for place in found if place not in wanted),
    ]


def write(folder: Path) -> list[str]:
    """Make a folder equal to the zoo; what was done, one line a changed file."""
    wanted = texts()
    stale = [place for place in present(folder) if place not in wanted]
    for place in stale:
        (folder / place).unlink()
    written = [place for place, text in wanted.items() if write_text(folder / place, text)]
    return [*(f"{place}: removed" for place in stale), *(f"{place}: written" for place in written)]


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(f"usage: {Path(__file__).name} [--check]", file=sys.stderr)
        return 2
    check = bool(arguments)
    changes = compare(GENERATED) if check else write(GENERATED)
    print("\n".join(changes) or "generated/ is up to date")
    return 1 if check and changes else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
