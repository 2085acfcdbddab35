"""k directions, batches and linearized programs in C programs: compiled strictly, and under the sanitizers."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from c_programs import SANITIZED, STRICT, CProgram, is_possible
from c_samples import lightly, needs_compiler

import pushforward as pf
from codegen.native.compiler import FLAGS, OPENMP
from codegen.native.emit import NativeKernel

pytestmark = needs_compiler

FAST = (*STRICT, *FLAGS, OPENMP)
PROGRAMS = {
    "layers": "X0 : n x m\nX1 = X0*W1\nX2 = f(X1)\nX3 = X2*W2\nX4 = tanh(X3)",
    "sums": "X0 : n x m\nW : m x p\nY = softmax(X0, 2)*W\nz = sum(Y)",
    "columns": "X0 : m x n\nW : p x m\nY = sin(W*X0)",
}
LENGTHS = ({"n": 3, "m": 4, "h": 2, "p": 5}, {"n": 301, "m": 5, "h": 67, "p": 3}, {"n": 0, "m": 3, "h": 2, "p": 4})
PRECISIONS = (("f64", np.float64, 1e-12), ("f32", np.float32, 5e-5))


def _always(name: str, of: str, options: tuple[str, ...]) -> bool:
    """Every program, every form and every choice of options with one other; the rest is for the long run."""
    return sum((name == "layers", of == "directions", options == SANITIZED)) >= 2


CASES = [
    pytest.param(*case, marks=() if _always(*case) else pytest.mark.long)
    for case in product(PROGRAMS, ("directions", "batch", "shared"), (FAST, SANITIZED))
]


@lightly
@pytest.mark.parametrize(("name", "of", "options"), CASES)
def test_a_c_program_finds_what_numpy_finds(name: str, of: str, options: tuple[str, ...], tmp_path: Path) -> None:
    if not is_possible(options, tmp_path):
        pytest.skip(f"this compiler cannot do {' '.join(options)}")
    d = pf.differential(pf.parse(PROGRAMS[name], "sample"), "X0")
    over = {"batch": None, "shared": ["X0", "dX0"]}
    c, twin = (pf.batch(d, over[of], target=t) if of in over else pf.directions(d, target=t) for t in ("c", "numpy"))
    program = CProgram(c.file, tmp_path, options)
    for number in (0, 3):
        for lengths in LENGTHS:
            named = {**lengths, "k": number, "batch": number}
            for suffix, dtype, tolerance in PRECISIONS:
                given = [value.astype(dtype) for value in program.inputs(named)]
                expected = twin(*given, **program.functions())
                for found, wanted in zip(program.run(named, suffix), expected, strict=True):
                    assert found.shape == wanted.shape
                    assert np.abs(found - wanted).max(initial=0.0) <= tolerance * max(
                        1.0, np.abs(wanted).max(initial=0.0)
                    )


@lightly
@pytest.mark.parametrize("options", [FAST, SANITIZED], ids=["fast", "sanitized"])
def test_both_functions_of_a_linearized_program(options: tuple[str, ...], tmp_path: Path) -> None:
    if not is_possible(options, tmp_path):
        pytest.skip(f"this compiler cannot do {' '.join(options)}")
    kernel = pf.linearize(pf.differential(pf.parse("X : n x m; W : m x n; Y = tanh(X*W)*X", "sample")), target="c")
    file: Any = kernel.file
    first = NativeKernel(file.made.values, file.made.first, file.about, file.along.shapes)
    for part in (first, file.along):
        program, function = CProgram(part, tmp_path, options), part.load()
        for lengths in ({"n": 3, "m": 4}, {"n": 33, "m": 66}):
            given = program.inputs(lengths)
            expected = function(*given)
            expected = expected if isinstance(expected, tuple) else (expected,)
            for found, wanted in zip(program.run(lengths), expected, strict=True):
                assert np.allclose(found, wanted, rtol=1e-9, atol=1e-9 * np.abs(wanted).max())
