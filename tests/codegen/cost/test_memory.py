"""Memory: the model beside what Python itself allocates while a kernel runs."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from schedules import schedule_of

from codegen.cost.memory import PARTS, moved, peak, temporaries
from codegen.cost.report import cost_of
from codegen.kernel import compile_kernel
from codegen.operations import OPERATIONS as CODED
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.shapes import length

FACTOR = 1.25
"""How far the model may be from what is measured, either way."""
BUFFERS = 3 * 8192
"""NumPy's own buffers, and Python's objects: numbers that do not grow with the matrices."""
SIZES = {"n": 150, "m": 100, "h": 60, "p": 80, "k": 70, "q": 50}
SMALL = {"n": 15, "m": 12, "p": 14, "q": 13}
EXAMPLES = Path(__file__).parents[3] / "examples"


def texts():
    named = {name: record.example for name, record in (OPERATIONS | DEFINITIONS).items()}
    return named | {path.stem: path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.pf"))}


TEXTS = texts()


def point(program, sizes):
    """Inputs at which everything is defined: square matrices are near diagonal, of well separated eigenvalues."""
    random = np.random.default_rng(0)
    for given in program.inputs:
        rows, cols = (length(size, sizes) for size in given.shape)
        X = random.uniform(0.5, 1.5, (rows, cols))
        if rows == cols:
            X = X * 0.1 / rows + np.diag(np.arange(1, rows + 1.0)) / rows
        yield X + X.T if {"spd", "symmetric"} & set(given.facts) else X


def measured(kernel, inputs):
    """The numbers allocated at once in a call, by Python's own count."""
    functions = {keyword: np.sin for keyword, _, _ in kernel.signature.functions}
    kernel(*inputs, **functions)
    tracemalloc.start()
    kernel(*inputs, **functions)
    found = tracemalloc.get_traced_memory()[1] / 8
    tracemalloc.stop()
    return found


CASES = [(name, derived) for name in TEXTS for derived in (False, True) if not (derived and "frechet" in name)]
"""Second derivatives of matrix functions take seconds."""


@pytest.mark.parametrize("name, differentiated", CASES)
def test_the_peak_is_what_python_counts(name, differentiated):
    program = read_program(TEXTS[name])
    sizes = {str(size): (SMALL if name == "kron" else SIZES).get(str(size), 90) for size in program.sizes}
    kernel = compile_kernel(differentiate(program) if differentiated else program, sizes=sizes)
    found = measured(kernel, list(point(kernel.program, sizes)))
    expected = length(cost_of(kernel.program, sizes).peak, sizes)
    assert expected / FACTOR - BUFFERS <= found <= expected * FACTOR + BUFFERS


def test_a_view_keeps_its_matrix_and_a_part_outlives_its_factor():
    schedule = schedule_of("A:n,n\nP = sin A\nT = transpose P\nY = cos T\nreturn Y", {"n": 10})
    assert str(peak(freed(schedule, {"T": ["P"], "Y": ["T"]}))) == "2*n**2"
    schedule = schedule_of("A:n,n\nF = qr A\nQ:n,n = part F part=0\nR:n,n = part F part=1\nY = sin Q\nreturn Y R")
    assert str(peak(freed(schedule, {"R": ["F"]}))) == "7*n**2/2"


def freed(schedule, frees):
    """The schedule, where the instructions of some names let go of others."""
    return schedule.with_instrs([replace(i, frees=tuple(frees.get(i.out, ()))) for i in schedule.instrs])


def test_what_is_written_over_another_takes_no_memory():
    schedule = schedule_of("A:n,m\nP = sin A\nQ = cos P into P\nY = exp Q into Q\nreturn Y")
    assert str(peak(schedule)) == "m*n" and temporaries(schedule) == 0


def test_results_that_are_no_memory_of_their_own_are_copied():
    schedule = schedule_of("A:n,m\nP = sin A\nT = transpose A\nreturn P T A")
    assert str(peak(schedule)) == "3*m*n"


def test_temporaries_are_what_is_no_result():
    schedule = schedule_of("A:n,m B:m,n\nP = matmul A B\nQ = sin P\nY = matmul Q A\nreturn Y Q")
    assert temporaries(schedule) == 1


def test_each_operand_is_read_once_and_views_move_nothing():
    schedule = schedule_of("A:n,m b:1,m\nT = transpose A\nP = multiply A A\nY = add P b\nreturn Y T")
    assert str(moved(schedule)) == "4*m*n + m"


def test_the_parts_of_every_factor_are_known():
    factors = {name for name, operation in CODED.items() if operation.kind == "factor"}
    assert factors == PARTS.keys()
