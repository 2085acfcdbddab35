"""From nodes to instructions: the same values, and the cheap form of each operation."""

import random
import re

import numpy as np
import pytest
from oracles import random_program, relative_error
from schedules import body_of, run_schedule

from codegen.lower import lower
from codegen.operations import OPERATIONS
from codegen.passes import remove_dead
from codegen.reference import evaluate
from codegen.sampling import sample
from codegen.schedule import Literal
from symbolic.errors import NotSupported, ProgramError
from symbolic.language.read import read_program
from symbolic.nodes import NODES


def lowered(expression):
    """What lowering leaves, but for what nothing needs."""
    return remove_dead(lower(read_program(f"a : scalar\nA : n x n\nB : n x n\nv : n\nY = {expression}")))


LINES = {
    "A + B - 2*A": [".1 = add A B", ".2 = multiply A 2.0", "Y = subtract .1 .2"],
    "-A + B": ["Y = subtract B A"],
    "-A - B": [".1 = negative A", "Y = subtract .1 B"],
    "1 - A": ["Y = subtract 1.0 A"],
    "A*B*A": ["Y = matmul A B A"],
    "A .* B .* A": [".1 = multiply A B", "Y = multiply .1 A"],
    "a*A": ["Y = multiply A a"],
    "A/4": ["Y = multiply A 0.25"],
    "3 ./ A": ["Y = divide 3.0 A"],
    "A ./ B": ["Y = divide A B"],
    "A'": ["Y = transpose A"],
    "A.^2": ["Y = multiply A A"],
    "A.^3": [".1 = multiply A A", "Y = multiply .1 A"],
    "A.^4": [".1 = multiply A A", "Y = multiply .1 .1"],
    "A.^-1": ["Y = divide 1.0 A"],
    "A.^-2": [".1 = multiply A A", "Y = divide 1.0 .1"],
    "A.^0.5": ["Y = sqrt A"],
    "A.^2.5": ["Y = power A 2.5"],
    "A.^17": ["Y = power A 17.0"],
    "A.^0": ["Y = ones"],
    "A": ["Y = copy A"],
    "a*ones(n,n)": ["Y = broadcast a"],
    "square(A)": ["Y = multiply A A"],
    "zeros(n,n)": ["Y = zeros"],
    "eye(n) + A": [".1 = eye", "Y = add .1 A"],
    "sin(A) .* sin(A)": [".1 = sin A", "Y = multiply .1 .1"],
}


def renumbered(lines):
    """Intermediate results as .1, .2, …, whatever gaps the numbers had."""
    text = "\n".join(lines)
    numbers = {name: f".{k}" for k, name in enumerate(dict.fromkeys(re.findall(r"(?m)^\.\d+", text)), start=1)}
    return re.sub(r"(?<!\d)\.\d+", lambda match: numbers.get(match[0], match[0]), text).splitlines()


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


@pytest.mark.parametrize("seed", range(60))
def test_random_programs_keep_their_values(seed):
    program = random_program(random.Random(seed))
    point = sample(program, (), {}, seed)
    functions = {("f", 0): np.sin}
    expected = evaluate(program, point.inputs, functions)
    found = run_schedule(lower(program), point.inputs)
    for name, value in found.items():
        assert relative_error(value, expected[name]) < 1e-12


def test_every_node_and_every_constant_is_lowered():
    text = "A : n x n\nb : scalar\nY = eye(n)*A + zeros(n,n) + ones(n,n) .* A'*A + b*(A ./ A) + A.^3 + sin(A) + inv(A)"
    program = read_program(text)
    assert {type(node) for node in program.nodes()} == set(NODES)
    assert len(lower(program).instrs) > 10


def test_equal_expressions_are_computed_once():
    schedule = lower(read_program("A : n x n\nX = sin(A*A)\nY = sin(A*A) + A*A"))
    assert [instr.op for instr in schedule.instrs].count("matmul") == 1
    assert [instr.op for instr in schedule.instrs].count("sin") == 1


def test_functions_of_ones_own_are_written_out():
    schedule = lower(read_program("A : n x n\nf(x) = x*sin(x)\nY = f(A)"))
    assert body_of(schedule) == [".1 = sin A", "Y = multiply A .1"]


def test_unknown_functions_are_calls():
    instr = lower(read_program("A : n x n\nY = f'(A)")).instrs[0]
    assert (instr.op, instr.attr("function"), instr.attr("order")) == ("call", "f", 1)


def test_sample_sizes():
    program = read_program("A : n x m\nY = A'")
    assert lower(program, {"n": 3}).sizes == {"m": 64, "n": 3}
    with pytest.raises(ProgramError, match="no size 'q'"):
        lower(program, {"q": 3})


def test_a_program_without_inputs_is_refused():
    with pytest.raises(ProgramError, match="without inputs"):
        lower(read_program("Y = ones(2,2)"))


def test_an_operation_that_is_not_generated_is_named(monkeypatch):
    program = read_program("A : n x n\nY = A'")
    monkeypatch.setattr("codegen.lower.Transpose", type("Other", (), {}))
    with pytest.raises(NotSupported, match="Transpose"):
        lower(program)


def test_operations_of_the_table_only():
    for expression in LINES:
        for instr in lowered(expression).instrs:
            assert instr.op in OPERATIONS
            assert all(isinstance(arg, str | Literal) for arg in instr.args)
