"""From nodes to instructions: the same values, and equal nodes once; what is known of a matrix decides."""

import random
import re

import numpy as np
import pytest
from lowered import lowered, renumbered
from oracles import random_program, relative_error
from schedules import body_of, run_schedule

from codegen.lower import lower
from codegen.passes import remove_dead
from codegen.reference import evaluate
from codegen.sampling import sample
from symbolic.errors import NotSupported, ProgramError
from symbolic.language.read import read_program
from symbolic.nodes import NODES

LINES = {
    "A*B*A": ["Y = matmul A B A"],
    "A'": ["Y = transpose A"],
    "A": ["Y = copy A"],
    "zeros(n,n)": ["Y = zeros"],
    "eye(n) + A": [".1 = eye", "Y = add .1 A"],
    "sin(A) .* sin(A)": [".1 = sin A", "Y = multiply .1 .1"],
}


@pytest.mark.parametrize("expression", LINES)
def test_the_instructions_of_an_expression(expression):
    assert renumbered(body_of(lowered(expression))) == LINES[expression]


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


# Named operations: what is known of a matrix decides how systems with it are solved


SYSTEMS = {
    "A \\ B": [".1 = factor_lu A", "Y = solve_lu .1 B trans=0"],
    "A' \\ B": [".1 = factor_lu A", "Y = solve_lu .1 B trans=1"],
    "inv(A)": [".1 = factor_lu A", "Y = inv_lu .1"],
    "inv(A')": [".1 = factor_lu A", ".2 = inv_lu .1", "Y = transpose .2"],
    "det(A)": [".1 = factor_lu A", "Y = det_lu .1"],
    "logdet(A')": [".1 = factor_lu A", "Y = logdet_lu .1"],
    "S \\ B": [".1 = chol S", "Y = solve_cho .1 B"],
    "inv(S)": [".1 = chol S", "Y = inv_cho .1"],
    "det(S)": [".1 = chol S", "Y = det_cho .1"],
    "logdet(S + A*A')": [".1 = transpose A", ".2 = matmul A .1", ".3 = add S .2", ".4 = chol .3", "Y = logdet_cho .4"],
    "chol(S) \\ B": [".1 = chol S", "Y = solve_triangular .1 B lower=1 trans=0"],
    "chol(S)' \\ B": [".1 = chol S", "Y = solve_triangular .1 B lower=1 trans=1"],
    "L \\ B": ["Y = solve_triangular L B lower=1 trans=0"],
    "L' \\ B": ["Y = solve_triangular L B lower=1 trans=1"],
    "U \\ B": ["Y = solve_triangular U B lower=0 trans=0"],
    "inv(L)": ["Y = inv_triangular L lower=1"],
    "logdet(U)": ["Y = logdet_triangular U"],
    "det(L')": ["Y = det_triangular L"],
    "Q \\ B": [".1 = transpose Q", "Y = matmul .1 B"],
    "Q' \\ B": ["Y = matmul Q B"],
    "inv(Q)": ["Y = transpose Q"],
    "D \\ B": [".1 = diagonal D", "Y = divide B .1 checked=1"],
    "inv(D)": [".1 = diagonal D", ".2 = divide 1.0 .1 checked=1", "Y = diag .2"],
    "diag(v) \\ B": ["Y = divide B v checked=1"],
    "D*B": [".1 = diagonal D", ".2 = diag .1", "Y = matmul .2 B"],
    "B*diag(v)": [".1 = diag v", "Y = matmul B .1"],
    "S'": ["Y = copy S"],
    "sylvester(A, B, C)": [".1 = schur A", ".2 = schur B", "Y = solve_sylvester .1 .2 C trans_a=0 trans_b=0"],
    "sylvester(A, A', C)": [".1 = schur A", ".2 = schur A", "Y = solve_sylvester .1 .2 C trans_a=0 trans_b=1"],
    "sylvester(S, S, C)": [".1 = spectrum S", ".2 = spectrum S", "Y = sylvester_of_spectra .1 .2 C"],
    "expm(A)": ["Y = expm A"],
    "A^5": [".1 = matmul A A", ".2 = matmul .1 .1", "Y = matmul .2 A"],
    "A[1:2, :]": ["Y = slice A"],
    "tril(A, -1)": ["Y = tril A k=-1"],
    "reshape(A, 1, n^2)": ["Y = reshape A"],
    "eigvecsh(S)": [".1 = eigh S", "Y = part .1 part=1"],
    "eigvec(A')": [".1 = eig A", "Y = part .1 part=2"],
    "eigval(A')": [".1 = eig A", "Y = part .1 part=0"],
    "svdvals(A')": [".1 = transpose A", ".2 = svd .1", "Y = part .2 part=1"],
    "max(A, 1)": [".1 = largest_1 A", "Y = part .1 part=0"],
}


@pytest.mark.parametrize("expression", SYSTEMS)
def test_the_structure_of_a_matrix_decides(expression):
    facts = {"S": "spd", "L": "lower", "U": "upper", "Q": "orthogonal", "D": "diagonal"}
    inputs = "".join(f"{name} : n x n {facts.get(name, '')}\n" for name in "ABCSLUQD")
    schedule = remove_dead(lower(read_program(f"{inputs}v : n\nY = {expression}")))
    lines = [re.sub(r" (first|end)_\w+=\S+", "", line) for line in renumbered(body_of(schedule))]
    assert lines == SYSTEMS[expression]


def test_functions_of_symmetric_matrices_are_those_of_eigenvalues():
    schedule = lower(
        read_program("S : n x n spd\nC : n x n\nR = sqrtm(S)\nY = sylvester(R, R, C)\nZ = logm(R)\nreturn Y, Z")
    )
    ops = [instr.op for instr in schedule.instrs]
    assert ops.count("mapped_spectrum") == 3 and "schur" not in ops
    assert {instr.attr("function") for instr in schedule.instrs if instr.op.endswith("of_spectrum")} == {
        "sqrtm",
        "logm",
    }


def test_a_matrix_known_by_the_name_of_its_transpose():
    schedule = lower(read_program("A : n x n\nB : n x n\nT = A'\nY = T \\ B\nZ = A \\ B\nreturn Y, Z"))
    factored = {instr.args for instr in schedule.instrs if instr.op == "factor_lu"}
    assert factored == {("A",)}


def test_nothing_is_asked_of_the_structure_without_a_square_matrix(monkeypatch):
    """Long programs of rectangular layers are lowered without it."""
    monkeypatch.setattr("codegen.lower.structure_of", lambda inputs, lets: pytest.fail("asked"))
    lower(read_program("X : n x m\nW : m x h\nb : h\nY = tanh(X*W + ones(n,1)*b')\nZ = Y'*X"))
