"""Products in C of which half is known: the values of NumPy's kernels, at sizes around what is done in one piece."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from c_samples import lightly
from oracles import relative_error

from codegen.kernel import compile_kernel
from codegen.targets.c import carried
from symbolic.language.read import read_program

PROGRAMS = (
    "X : n x m; Y = X'*X",
    "A : m x m symmetric; X : m x n; Y = X'*A*X",
    "L : n x n lower; X : n x m; Y = L*X",
    "L : n x n lower; X : n x m; Y = L'*X",
    "U : n x n upper; X : m x n; Y = X*U",
    "L : n x n lower; X : m x n; Y = X*L",
    "L : n x n lower; Y = L*L'",
    "L : n x n lower; Y = L'*L",
    "L : n x n lower; A : n x n symmetric; Y = L*A*L'",
    "U : n x n upper; A : n x n symmetric; Y = U*A*U'",
)
LENGTHS = ((1, 1), (5, 3), (23, 40), (24, 25), (97, 98), (130, 101), (300, 60), (270, 260))
FACTS = {"symmetric": lambda A: A + A.T, "lower": np.tril, "upper": np.triu}


def inputs_of(program, n, m, dtype):
    random, lengths = np.random.default_rng(0), {"n": n, "m": m}
    found = []
    for given in program.inputs:
        matrix = random.standard_normal(tuple(lengths[size.name] for size in given.shape))
        for fact in given.facts:
            matrix = FACTS[fact](matrix)
        found.append(matrix.astype(dtype))
    return found


def worst_error(text, dtype):
    program = read_program(text)
    in_c, in_numpy = compile_kernel(program, target="c"), compile_kernel(program)
    assert "half_product_" in in_c.source
    cases = [inputs_of(program, n, m, dtype) for n, m in LENGTHS]
    return max(relative_error(in_c(*given), in_numpy(*(matrix.astype(float) for matrix in given))) for given in cases)


@pytest.mark.parametrize("dtype, tolerance", [(np.float64, 1e-13), (np.float32, 5e-5)])
@pytest.mark.parametrize("text", PROGRAMS)
def test_values(text, dtype, tolerance, request):
    if text not in PROGRAMS[:3]:
        request.getfixturevalue("lightly_compiled")
    assert worst_error(text, dtype) < tolerance


FAULTS = [
    ("half_product_@", "left < 0 ? end", "left < 0 ? i + 1", PROGRAMS[2]),
    ("half_product_@", "left > 0 ? i", "left > 0 ? end", PROGRAMS[3]),
    ("half_product_@", "right > 0 ? stop", "right > 0 ? j + 1", PROGRAMS[4]),
    ("half_product_@", "right < 0 ? j", "right < 0 ? stop", PROGRAMS[5]),
    ("half_product_@", "stop <= i", "stop <= end", PROGRAMS[6]),
    ("half_product_@", "j >= end", "j >= i", PROGRAMS[7]),
    ("by_panels_@", "? (j - i) /", "? least(j - i + TALL, here - 1) /", PROGRAMS[0]),
    ("by_panels_@", "least(cols, i + here)", "least(cols, i + 1)", PROGRAMS[1]),
    ("by_panels_@", "side + above * depth", "side", PROGRAMS[1]),
    ("mirror_@", "(below ? c + j * n + i", "(below ? c + i * n + j", PROGRAMS[1]),
]


@lightly
@pytest.mark.parametrize("name, right, wrong, text", FAULTS)
def test_a_planted_fault_is_seen(monkeypatch, name, right, wrong, text):
    helper = carried.HELPERS[name]
    assert right in helper.source
    monkeypatch.setitem(carried.HELPERS, name, replace(helper, source=helper.source.replace(right, wrong)))
    assert worst_error(text, np.float64) > 1e-6
