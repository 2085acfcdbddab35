"""What the numbers were measured on: never a name, a path or a date."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
import sympy

import pushforward as pf

LIBRARIES = {"JAX": "jax", "PyTorch": "torch", "PyTensor": "pytensor", "Numba": "numba", "autograd": "autograd"}


def describe() -> dict[str, str]:
    """Processor, cores, libraries, compiler."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "NumPy": f"{np.__version__} with {blas['name']} {blas['version']}",
        "SymPy": sympy.__version__,
        **{name: _version(distribution) for name, distribution in LIBRARIES.items()},
        "C compiler": _compiler(),
        "Pushforward": pf.__version__,
    }


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return "not installed"


def _compiler() -> str:
    if shutil.which("gcc") is None:
        return "not installed"
    found = subprocess.run(["gcc", "-dumpfullversion"], capture_output=True, text=True, check=True)
    return f"GCC {found.stdout.strip()}"


def _processor() -> str:
    """Its model and, where Linux lists them, its family and widest vector instructions."""
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return platform.processor() or platform.machine()
    parts = [line.partition(":") for line in path.read_text(encoding="utf-8").splitlines()]
    facts = {name.strip(): value.strip() for name, _, value in parts}
    flags = facts.get("flags", "").split()
    widest = next((f", {label}" for flag, label in _VECTORS.items() if flag in flags), "")
    return f"{facts.get('model name', platform.machine())}, family {facts.get('cpu family', 'unknown')}{widest}"


_VECTORS = {"avx512f": "AVX-512", "avx2": "AVX2", "asimd": "NEON"}
