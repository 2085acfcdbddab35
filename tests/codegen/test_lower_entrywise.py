"""Entry by entry: the cheap form of each operation, and constants as numbers."""

import numpy as np
import pytest
from lowered import lowered, renumbered
from oracles import relative_error
from schedules import body_of, run_schedule

from codegen.lower import lower
from codegen.reference import evaluate
from symbolic.language.read import read_program

LINES = {
    "A + B - 2*A": [".1 = add A B", ".2 = multiply A 2.0", "Y = subtract .1 .2"],
    "-A + B": ["Y = subtract B A"],
    "-A - B": [".1 = negative A", "Y = subtract .1 B"],
    "1 - A": ["Y = subtract 1.0 A"],
    "A .* B .* A": [".1 = multiply A B", "Y = multiply .1 A"],
    "a*A": ["Y = multiply A a"],
    "A/4": ["Y = multiply A 0.25"],
    "3 ./ A": ["Y = divide 3.0 A"],
    "A ./ B": ["Y = divide A B"],
    "A.^2": ["Y = multiply A A"],
    "A.^3": [".1 = multiply A A", "Y = multiply .1 A"],
    "A.^4": [".1 = multiply A A", "Y = multiply .1 .1"],
    "A.^-1": ["Y = divide 1.0 A"],
    "A.^-2": [".1 = multiply A A", "Y = divide 1.0 .1"],
    "A.^0.5": ["Y = sqrt A"],
    "A.^2.5": ["Y = power A 2.5"],
    "A.^17": ["Y = power A 17.0"],
    "A.^0": ["Y = ones"],
    "a*ones(n,n)": ["Y = broadcast a"],
    "square(A)": ["Y = multiply A A"],
}


@pytest.mark.parametrize("expression", LINES)
def test_the_instructions_of_an_expression(expression):
    assert renumbered(body_of(lowered(expression))) == LINES[expression]


CONSTANTS = ["ones(n,n) .* ones(n,n)", "square(ones(n,n))", "ones(n,n) ./ (ones(n,n) + 1)", "sin(ones(n,n))",
             "ones(n,n) + 2*ones(n,n)", "3*ones(n,n)", "-ones(n,n)", "ones(n,n)'", "ones(n,n).^3",
             "ones(n,n)*ones(n,n)",
             "tanh(2*ones(n,n)) ./ ones(n,n)", "sigmoid(zeros(n,n))", "1 ./ ones(n,n)"]  # fmt: skip


@pytest.mark.parametrize("expression", CONSTANTS)
def test_constants_alone_are_matrices(expression):
    """An instruction has at least one matrix among its operands, or is a constant itself."""
    schedule = lowered(expression)
    assert all(instr.names or instr.kind == "constant" for instr in schedule.instrs)
    found = run_schedule(
        schedule, {"a": np.ones((1, 1)), "A": np.ones((3, 3)), "B": np.ones((3, 3)), "v": np.ones((3, 1))}
    )
    program = read_program(f"A : n x n\nY = {expression}")
    assert relative_error(found["Y"], evaluate(program, {"A": np.ones((3, 3))})["Y"]) < 1e-12


def test_functions_of_ones_own_are_written_out():
    schedule = lower(read_program("A : n x n\nf(x) = x*sin(x)\nY = f(A)"))
    assert body_of(schedule) == [".1 = sin A", "Y = multiply A .1"]


def test_unknown_functions_are_calls():
    instr = lower(read_program("A : n x n\nY = f'(A)")).instrs[0]
    assert (instr.op, instr.attr("function"), instr.attr("order")) == ("call", "f", 1)
