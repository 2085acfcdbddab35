"""generated/ is what the zoo gives, byte for byte, and its files stand alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import regenerate

# Run by a fresh interpreter: every file given is loaded and called where nothing but NumPy can be imported, and
# its differential is compared with a central difference of its own value.
STANDALONE = '''
import inspect, runpy, sys

class OnlyNumpy:
    """Stands before all finders, and refuses what is neither Python's own nor NumPy."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in {*sys.stdlib_module_names, "numpy"}:
            raise ImportError(f"{name} is imported")

sys.meta_path.insert(0, OnlyNumpy())
import numpy as np

random = np.random.default_rng(1)
LENGTHS = {"n": 3, "m": 4, "h": 2, "p": 5, "k": 6}
H = 1e-5
for path in sys.argv[1:]:
    module = runpy.run_path(path)
    kernel = module[path.rpartition("/")[2].removesuffix(".py")]
    shapes = {name: [LENGTHS.get(s, s) for s in shape] for name, shape in module["SHAPES"].items()}
    point = {name: random.standard_normal(shape) for name, shape in shapes.items()}
    point = {name: X + X.T if X.shape[0] == X.shape[1] else X for name, X in point.items()}  # some have to be symmetric
    parameters = inspect.signature(kernel).parameters.values()
    functions = {p.name: {"f": np.sin, "df": np.cos}[p.name] for p in parameters if p.kind is p.KEYWORD_ONLY}
    values = {}
    for step in (0, H, -H):
        moved = {x: X + step * point["d" + x] if "d" + x in point else X for x, X in point.items()}
        values[step] = kernel(**moved, **functions)
    Y, dY = values[0]
    difference = (values[H][0] - values[-H][0]) / (2 * H)
    assert Y.shape == dY.shape and np.abs(dY).max() > 0, path
    assert np.abs(difference - dY).max() < 1e-7 * np.abs(dY).max(), path
    print(path)
'''


def _isolated(*paths: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-c", STANDALONE, *(path.as_posix() for path in paths)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_generated_is_what_the_zoo_gives() -> None:
    wanted = {place: text.encode() for place, text in regenerate.texts().items()}
    found = {place: path.read_bytes() for place, path in regenerate.present(regenerate.GENERATED).items()}
    assert sorted(found) == sorted(wanted), "run make generated"
    for place, content in wanted.items():
        assert found[place] == content, f"{place} differs: run make generated"


def test_every_entry_of_the_zoo_has_a_file_of_its_own() -> None:
    sources = [place for place in regenerate.texts() if not place.endswith(".h")]
    assert len(sources) == len([*regenerate.entries(), *regenerate.entries("c")])


def test_generated_files_need_only_numpy() -> None:
    found = [path for path in regenerate.present(regenerate.GENERATED).values() if path.suffix == ".py"]
    paths = [path for path in found if "scipy" not in path.read_text("utf-8")]
    done = _isolated(*paths)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:-1] == [path.as_posix() for path in paths]


@pytest.mark.parametrize(
    "old, new, complaint",
    [
        ("from numpy import", "import sympy\nfrom numpy import", "sympy is imported"),
        ("from numpy import", "import codegen\nfrom numpy import", "codegen is imported"),
        ("    return X4, dX4", "    return X4, dX4 * (1 + 1e-6)", "AssertionError"),
    ],
)
def test_a_planted_fault_in_a_generated_file_is_found(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    source = (regenerate.GENERATED / "seed_sin" / "seed_sin_wrt_X0.py").read_text("utf-8")
    faulty = tmp_path / "seed_sin_wrt_X0.py"
    assert old in source
    faulty.write_text(source.replace(old, new, 1), "utf-8")
    done = _isolated(faulty)
    assert done.returncode == 1
    assert complaint in done.stderr


@pytest.mark.parametrize("seed", ["0", "1"])
def test_emission_does_not_depend_on_the_hash_seed(seed: str) -> None:
    done = subprocess.run(
        [sys.executable, regenerate.ROOT / "tools" / "regenerate.py", "--check"],
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, "generated/ is up to date\n"), done.stdout + done.stderr


class TestRegenerate:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(regenerate, "GENERATED", tmp_path)
        texts = dict(list(regenerate.texts().items())[:2])
        monkeypatch.setattr(regenerate, "texts", lambda: texts)
        return tmp_path

    def test_writes_once(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert regenerate.main([]) == 0
        assert capsys.readouterr().out == "seed/seed_wrt_X0.py: written\nseed/seed_wrt_W1.py: written\n"
        before = {path: path.stat().st_mtime_ns for path in regenerate.present(folder).values()}
        assert len(before) == 2
        assert regenerate.main([]) == 0
        assert capsys.readouterr().out == "generated/ is up to date\n"
        assert {path: path.stat().st_mtime_ns for path in regenerate.present(folder).values()} == before

    def test_check_names_what_differs_and_changes_nothing(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        regenerate.main([])
        assert regenerate.main(["--check"]) == 0
        (folder / "seed" / "seed_wrt_X0.py").unlink()
        with (folder / "seed" / "seed_wrt_W1.py").open("ab") as file:
            file.write(b"\n")
        (folder / "old").mkdir()
        (folder / "old" / "stale.py").write_text("")
        capsys.readouterr()
        assert regenerate.main(["--check"]) == 1
        assert capsys.readouterr().out.splitlines() == [
            "seed/seed_wrt_X0.py: missing",
            "seed/seed_wrt_W1.py: differs",
            "old/stale.py: not in the zoo",
        ]
        assert sorted(regenerate.present(folder)) == ["old/stale.py", "seed/seed_wrt_W1.py"]

    def test_stale_files_are_removed(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        regenerate.main([])
        (folder / "stale.py").write_text("")
        capsys.readouterr()
        assert regenerate.main([]) == 0
        assert capsys.readouterr().out == "stale.py: removed\n"
        assert regenerate.main(["--check"]) == 0

    def test_refuses_other_arguments(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert regenerate.main(["--chekc"]) == 2
        assert "usage" in capsys.readouterr().err
