"""C kernels in C programs: compiled strictly, on their own, and under the sanitizers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from c_programs import SANITIZED, STRICT, CProgram, is_possible
from c_samples import needs_compiler

import pushforward as pf
from codegen.native.compiler import FLAGS, OPENMP
from symbolic.shapes import length
from tools.regenerate import Entry, entries

pytestmark = needs_compiler

FAST = (*STRICT, *FLAGS, OPENMP)
LENGTHS = ((3, 4, 2, 5, 6), (1,), (0, 3, 2, 4), (301, 5, 67, 33), (37, 66, 70, 41))
"""Lengths of the symbolic sizes, in turn."""
PRECISIONS = (("f64", np.float64, 1e-13), ("f32", np.float32, 2e-5))
ZOO = list(entries("c"))


@pytest.mark.parametrize("options", [FAST, SANITIZED], ids=["fast", "sanitized"])
@pytest.mark.parametrize("entry", ZOO, ids=lambda entry: f"{entry.program}-{entry.mode}")
def test_a_c_program_finds_what_numpy_finds(entry: Entry, options: tuple[str, ...], tmp_path: Path) -> None:
    if not is_possible(options, tmp_path):
        pytest.skip(f"this compiler cannot do {' '.join(options)}")
    file: Any = entry.file()
    program, twin = CProgram(file, tmp_path, options), pf.compile(entry.derived())
    for lengths in LENGTHS:
        sizes = {str(size): lengths[k % len(lengths)] for k, size in enumerate(file.emitted.sizes)}
        if any(length(size, sizes) < 0 for size in file.schedule.requirements):
            continue
        for suffix, dtype, tolerance in PRECISIONS:
            given = [value.astype(dtype) for value in program.inputs(sizes)]
            expected = twin(*given, **program.functions())
            for found, wanted in zip(program.run(sizes, suffix), expected, strict=True):
                assert np.abs(found - wanted).max(initial=0.0) <= tolerance * max(1.0, np.abs(wanted).max(initial=0.0))
