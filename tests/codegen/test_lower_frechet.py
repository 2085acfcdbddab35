"""What is found to be a derivative of a Fréchet derivative, and what looks like it and is not."""

import pytest

from codegen.lower import lower
from codegen.passes import optimize
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.reverse.adjoint import adjoint

GIVEN = "A : n x n; E : n x n; F : n x n; G : n x n; S : n x n symmetric\n"
FORWARD = "expm_frechet([A, E; zeros(n,n), A], [F, G; zeros(n,n), F])[1:n, n+1:2*n]"
REVERSE = "expm_frechet([A, E; zeros(n,n), A]', [zeros(n,n), G; zeros(n,n), zeros(n,n)])"
DIAGONAL = f"{REVERSE}[1:n, 1:n] + {REVERSE}[n+1:2*n, n+1:2*n]"
FOUND = {
    FORWARD: ["expm_frechet2", "expm_frechet", "add"],
    FORWARD.replace("A", "S"): ["spectrum", "frechet2_of_spectrum", "frechet_of_spectrum", "add"],
    FORWARD.replace("G", "zeros(n,n)"): ["expm_frechet2"],
    FORWARD.replace("F", "zeros(n,n)"): ["expm_frechet"],
    f"{REVERSE}[1:n, n+1:2*n]": ["transpose", "expm_frechet"],
    DIAGONAL: ["transpose", "transpose", "expm_frechet2"],
    f"{DIAGONAL} + F": ["transpose", "transpose", "expm_frechet2", "add"],
}
DIFFERENT = (
    FORWARD.replace("[1:n, n+1:2*n]", "[1:n, 1:n]"),
    FORWARD.replace("[1:n, n+1:2*n]", "[1:n, 2:n+1]"),
    FORWARD.replace("zeros(n,n), A]", "zeros(n,n), E]"),
    FORWARD.replace("zeros(n,n), F]", "zeros(n,n), E]"),
    FORWARD.replace("zeros(n,n), F]", "E, F]"),
    FORWARD.replace("zeros(n,n), A]", "G, A]"),
    f"{REVERSE}[n+1:2*n, 1:n]",
    f"{REVERSE}[1:n, 1:n]",
    f"{REVERSE}[1:n, 1:n] + {REVERSE}[1:n, n+1:2*n]",
    f"{REVERSE}[1:n, 1:n] - {REVERSE}[n+1:2*n, n+1:2*n]",
    DIAGONAL.replace("zeros(n,n), zeros(n,n)]", "zeros(n,n), F]"),
)


def instructions(expression):
    return [instr.op for instr in optimize(lower(read_program(f"{GIVEN}X = {expression}\nreturn X"))).instrs]


@pytest.mark.parametrize("expression, ops", FOUND.items())
def test_found(expression, ops):
    assert instructions(expression) == ops


@pytest.mark.parametrize("expression", DIFFERENT)
def test_something_else(expression):
    found = instructions(expression)
    assert {"vstack", "hstack"} <= set(found) and not any("frechet2" in op for op in found)


@pytest.mark.parametrize("name", ["expm", "logm", "sinm", "cosm"])
def test_no_derivative_of_a_frechet_derivative_takes_a_larger_matrix(name):
    differential = differentiate(read_program(f"A : n x n; E : n x n; Y = {name}_frechet(A, E)"))
    for derived in (differential.tangent, adjoint(differential).program):
        ops = [instr.op for instr in optimize(lower(derived)).instrs]
        assert f"{name}_frechet2" in ops and "vstack" not in ops
