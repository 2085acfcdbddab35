"""The examples that plug kernels into SciPy run; each asserts what it found."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = sorted((ROOT / "examples" / "scipy").glob("*.py"))


def test_there_is_one_for_each_convention():
    assert [path.stem for path in EXAMPLES] == ["least_squares", "linear_operator", "minimize", "solve_ivp"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_runs(path):
    pytest.importorskip("scipy")
    done = subprocess.run(
        [sys.executable, str(path)], cwd=ROOT, env={"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout
