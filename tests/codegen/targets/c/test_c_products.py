"""Products of all forms at sizes that cross tiles, panels, slices and blocks, against NumPy's."""

import numpy as np
import pytest
from c_samples import needs_compiler

from codegen.kernel import compile_kernel
from symbolic.language.read import read_program

pytestmark = needs_compiler

FORMS = {
    "A : n x m; B : m x p; Y = A*B": lambda A, B: A @ B,
    "A : m x n; B : m x p; Y = A'*B": lambda A, B: A.T @ B,
    "A : n x m; B : p x m; Y = A*B'": lambda A, B: A @ B.T,
    "A : m x n; B : p x m; Y = A'*B'": lambda A, B: A.T @ B.T,
}
SIZES = [(1, 1, 1), (13, 3, 5), (50, 257, 33), (401, 600, 131), (203, 513, 258), (7, 1030, 300), (300, 40, 1)]
SIZES += [(10, 10, 10), (31, 2, 3), (17, 4, 9), (5, 300, 15), (1, 7, 31), (0, 3, 2), (3, 0, 2), (3, 2, 0)]
"""Rows, the length that is summed over, columns."""


@pytest.mark.parametrize("text", FORMS)
def test_products_are_numpys(text):
    program = read_program(text, "product")
    kernel = compile_kernel(program, "c")
    shapes = [tuple(map(str, each.shape)) for each in program.inputs]
    rng = np.random.default_rng(2)
    for n, m, p in SIZES:
        lengths = {"n": n, "m": m, "p": p}
        for entries in ("float64", "float32"):
            A, B = (rng.standard_normal([lengths[s] for s in shape]).astype(entries) for shape in shapes)
            bound = FORMS[text](abs(A), abs(B)) * np.finfo(entries).eps * 4 * np.sqrt(m)
            found, expected = kernel(A, B), FORMS[text](A.astype("float64"), B.astype("float64"))
            assert (abs(found - expected) <= bound).all(), (n, m, p, entries)
