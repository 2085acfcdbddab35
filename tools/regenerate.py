"""Write generated/ from examples/zoo.toml, one folder a program, one file a kernel; `--check` only compares."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pushforward as pf

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
GENERATED = ROOT / "generated"


@dataclass(frozen=True)
class Entry:
    """One kernel of the zoo: a program, and the inputs it is differentiated by."""

    program: str
    wrt: tuple[str, ...]
    sizes: tuple[tuple[str, int], ...]

    def kernel(self) -> pf.Kernel:
        program = pf.read(EXAMPLES / f"{self.program}.pf")
        return pf.compile(pf.differential(program, self.wrt), sizes=dict(self.sizes))


def entries() -> Iterator[Entry]:
    """The whole zoo, in the order of its file."""
    zoo = tomllib.loads((EXAMPLES / "zoo.toml").read_text(encoding="utf-8"))
    for program, table in zoo.items():
        for wrt in table["wrt"]:
            yield Entry(program, tuple(wrt), tuple(table.get("sizes", {}).items()))


def kernels() -> dict[str, pf.Kernel]:
    """Each kernel by the place of its file in generated/."""
    compiled = ((entry.program, entry.kernel()) for entry in entries())
    return {f"{program}/{kernel.signature.function}.py": kernel for program, kernel in compiled}


def present(folder: Path) -> dict[str, Path]:
    """The files in a folder by their places; what Python caches there is not counted."""
    files = (path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path for path in files}


def compare(folder: Path) -> list[str]:
    """What differs between a folder and the zoo, one line a file."""
    wanted, found = kernels(), present(folder)
    return [
        *(f"{place}: missing" for place in wanted if place not in found),
        *(f"{p}: differs" for p, k in wanted.items() if p in found and found[p].read_bytes() != k.source.encode()),
        *(f"{place}: not in the zoo" for place in found if place not in wanted),
    ]


def write(folder: Path) -> list[str]:
    """Make a folder equal to the zoo; what was done, one line a changed file."""
    wanted = kernels()
    stale = [place for place in present(folder) if place not in wanted]
    for place in stale:
        (folder / place).unlink()
    written = [place for place, kernel in wanted.items() if kernel.save(folder / place)]
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
