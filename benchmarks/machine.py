"""What the numbers were measured on: never a name, a path or a date."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

import numpy as np
import sympy

import pushforward as pf


def describe(jax: Any) -> dict[str, str]:
    """Processor, cores, libraries."""
    blas = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "NumPy": f"{np.__version__} with {blas['name']} {blas['version']}",
        "SymPy": sympy.__version__,
        "JAX": jax.__version__ if jax is not None else "not installed",
        "Pushforward": pf.__version__,
    }


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
