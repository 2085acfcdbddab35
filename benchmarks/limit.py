"""The limit: the matrix products at BLAS speed, and each function of an entry once at vector speed, measured in C.

Nothing that computes value and tangent of two layers can be faster, but where a product is so narrow that it is no
product for BLAS: there a kernel that multiplies as it goes is below the limit.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from grid import DOUBLE, JVP, Cell
from problems import SEED

COMPILED = ("-O3", "-march=native", "-ffast-math", "-fPIC", "-fopenmp", "-std=gnu99", "-c")
LINKED = ("-shared", "-fopenmp")
"""Without -ffast-math: linked with it, a library flushes subnormal numbers of the whole process to zero."""
TYPES = {DOUBLE: ("double", ""), "float32": ("float", "f")}
FORMS = {
    "sin": ("sin{s}(x)", "cos{s}(x)"),
    "tanh": ("tanh{s}(x)", "1 - x * x"),
    "relu": ("x > 0 ? x : 0", "x > 0 ? 1 : 0"),
    "sigmoid": ("1 / (1 + exp{s}(-x))", "x * (1 - x)"),
    "exp": ("exp{s}(x)", "x"),
}
BLOCK, REPEATS = 2048, 9

LOOP = """
void {name}(const {type} *in, {type} *out, long blocks) {{
    #pragma omp parallel for
    for (long b = 0; b < blocks; b++) {{
        {type} y[{block}];
        for (int i = 0; i < {block}; i++) {{ {type} x = in[i]; y[i] = {form}; }}
        out[b % 64] = y[b % {block}] + y[0];
    }}
}}
"""


def seconds(cell: Cell) -> float | None:
    """None where the question or the program is another, or there is no compiler."""
    if cell.problem is not SEED or cell.question != JVP or shutil.which("gcc") is None:
        return None
    n, _, h, p = cell.sizes
    entries = n * h + n * p
    return _products(cell) + entries * sum(_an_entry(cell.f, cell.precision))


def _products(cell: Cell) -> float:
    """X0 W1, δX0 W1, X2 W2, δX2 W2 into memory that is there."""
    X0, W1, W2 = cell.problem.inputs(cell.sizes, cell.precision).values()
    X1 = X0 @ W1
    X3 = X1 @ W2

    def run() -> None:
        for _ in range(2):
            np.matmul(X0, W1, out=X1)
            np.matmul(X1, W2, out=X3)

    return _fastest(run)


@lru_cache(maxsize=16)
def _an_entry(f: str, precision: str) -> tuple[float, float]:
    """Seconds of f and of f' of one entry, all cores at work on entries that are in the cache."""
    blocks = 4096
    given = np.linspace(-2, 2, BLOCK).astype(precision)
    out = np.empty(64, precision)
    library = _library(precision)

    def call(name: str) -> Callable[[], Any]:
        function = getattr(library, name)
        function.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_long)
        return lambda: function(given.ctypes.data, out.ctypes.data, blocks)

    return tuple(_fastest(call(f"{f}_{k}")) / (blocks * BLOCK) for k in (0, 1))  # type: ignore[return-value]


def _fastest(run: Callable[[], Any]) -> float:
    found = []
    for _ in range(REPEATS):
        start = perf_counter()
        run()
        found.append(perf_counter() - start)
    return min(found)


@lru_cache(maxsize=2)
def _library(precision: str) -> ctypes.CDLL:
    kind, suffix = TYPES[precision]
    source = "#include <math.h>\n" + "".join(
        LOOP.format(name=f"{f}_{k}", type=kind, block=BLOCK, form=form.format(s=suffix))
        for f, forms in FORMS.items()
        for k, form in enumerate(forms)
    )
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / "limit.c").write_text(source, encoding="utf-8")
        for command in (("gcc", *COMPILED, "limit.c"), ("gcc", *LINKED, "limit.o", "-o", "limit.so", "-lm")):
            subprocess.run(command, check=True, cwd=folder, env={**os.environ, "LC_ALL": "C"})
        return ctypes.CDLL(str(folder / "limit.so"))
    finally:
        shutil.rmtree(folder)
