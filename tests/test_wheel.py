"""What a wheel holds, and that it works where only the wheel is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from codegen.version import VERSION

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("symbolic", "codegen", "pushforward")
TEMPLATES = ("arguments.jinja", "kernel.py.jinja", "linear.py.jinja", "native.py.jinja", "top.jinja")
HELPERS = ("blocks", "functions", "halves", "movements", "products", "reductions", "systems")
C_TEMPLATES = ("apart.c.jinja", "body.c.jinja", "kernel.c.jinja", "kernel.h.jinja", "precision.c.jinja")
C_FILES = (*C_TEMPLATES, *(f"helpers/{name}.c" for name in HELPERS))
LAYOUTS = (
    "blocks.md.jinja", "lesson.css", "lesson.html.jinja", "lesson.md.jinja", "lesson.tex.jinja", "lesson.txt.jinja",
)  # fmt: skip
DATA = {
    "pushforward/py.typed",
    "codegen/native/caller.c",
    *(f"codegen/targets/c/{name}" for name in C_FILES),
    *(f"codegen/targets/numpy/{name}" for name in TEMPLATES),
    *(f"pushforward/lesson/templates/{name}" for name in LAYOUTS),
}
METADATA = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "top_level.txt", "licenses/LICENSE"}
NOT_THE_SOURCE = (".*", "__pycache__", "build", "dist", "*.egg-info")
OFFLINE = ("Could not find a version", "Connection", "Temporary failure", "No module named pip", "Max retries")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    tree = shutil.copytree(ROOT, folder / "tree", ignore=shutil.ignore_patterns(*NOT_THE_SOURCE))
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "--wheel-dir", folder, tree]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode != 0 and any(sign in done.stderr for sign in OFFLINE):
        pytest.skip(f"the build backend is not to be had: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return zipfile.ZipFile(built)


def test_the_wheel_holds_exactly_the_packages(wheel: zipfile.ZipFile) -> None:
    sources = {p.relative_to(ROOT).as_posix() for package in PACKAGES for p in (ROOT / package).rglob("*.py")}
    metadata = {f"pushforward-{VERSION}.dist-info/{name}" for name in METADATA}
    assert set(wheel.namelist()) == sources | DATA | metadata


def test_the_packages_hold_nothing_that_the_wheel_leaves_out() -> None:
    files = {p.relative_to(ROOT).as_posix() for package in PACKAGES for p in (ROOT / package).rglob("*") if p.is_file()}
    assert {name for name in files if not name.endswith((".py", ".pyc"))} == DATA


def test_the_wheel_works_on_its_own(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path / "site")
    code = (
        "import pushforward as pf; k = pf.compile(pf.differential(pf.parse('Y = sin(A*B)'), 'A'));"
        "print(pf.__file__, pf.verify(k).passed)"
    )
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == f"{tmp_path / 'site' / 'pushforward' / '__init__.py'} True\n", done.stderr
