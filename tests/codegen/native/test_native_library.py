"""Libraries are found again by all that decides what they are: source, compiler, flags, options and other needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.native import library
from codegen.native.compiler import Compiler


class Compiling(Compiler):
    """A compiler of which a library is the source itself."""

    def compile(self, source: Path, library: Path, options: tuple[str, ...] = ()) -> None:
        library.write_text(source.read_text())


GIVEN: dict[str, Any] = {
    "source": "int x;", "command": ("cc",), "flags": ("-O3",), "options": ("-DA",), "identity": "one",
    "depends_on": ("headers",),
}  # fmt: skip


def built(patch: pytest.MonkeyPatch, **changed: Any) -> Path:
    given = GIVEN | changed
    compiler = Compiling(given["command"], given["flags"], given["identity"])
    patch.setattr(library, "find_compiler", lambda: compiler)
    return library.build(given["source"], "kernel", given["options"], given["depends_on"])


@pytest.mark.parametrize(
    "changed",
    [{"source": "int y;"}, {"command": ("clang",)}, {"flags": ("-O2",)}, {"options": ()}, {"identity": "other"},
     {"depends_on": ("other headers",)}],
    ids=lambda changed: next(iter(changed)),
)  # fmt: skip
def test_all_that_decides_what_a_library_is_gives_it_its_name(
    changed: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PUSHFORWARD_CACHE", str(tmp_path / "cache"))
    first = built(monkeypatch)
    assert built(monkeypatch) == first
    assert built(monkeypatch, **changed).name.partition("-")[0] != first.name.partition("-")[0]
