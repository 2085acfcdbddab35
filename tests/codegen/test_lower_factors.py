"""What is found to be the differential or the cotangent of a factor, and what looks like it and is not."""

import pytest

from codegen.cost import flops
from codegen.lower import lower
from codegen.passes import optimize
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.reverse.adjoint import adjoint

GIVEN = "A : n x n spd; S : n x n symmetric; Y : n x n; Z : n x n; L = chol(A); M = chol(A + S*S); K, U = lu(Y)\n"
PUSHED = "L*(tril((L \\ {S}) / L') - diag(diagonal((L \\ {S}) / L'))/2)"
PULLED = "L' \\ ({P}) / L + L' \\ ({P})' / L"
PHI = "tril(L'*Y) - diag(diagonal(L'*Y))/2"
FOUND = {
    PUSHED.format(S="S"): "chol_pushforward",
    "Z*" + PUSHED.format(S="S") + "*Z": "chol_pushforward",
    PUSHED.format(S="(Z + Z')"): "chol_pushforward",
    PULLED.format(P=PHI): "chol_pullback",
    "K*tril((K \\ Z) / U, -1)": "lu_pushforward",
    "Z*triu((K \\ Z) / U)*U": "lu_pushforward",
    "K' \\ tril(K'*Z, -1) / U'": "lu_pullback",
    "K' \\ triu(Z*U') / U'": "lu_pullback",
    "K' \\ tril(K'*Z, -1) / U' + K' \\ triu(Z*U') / U'": "lu_pullback",
}
DIFFERENT = (
    PUSHED.format(S="Z"),
    PUSHED.format(S="S").replace("/ L'", "/ M'"),
    PUSHED.format(S="S").replace("/2", "/3"),
    PUSHED.format(S="S").replace("tril(", "triu("),
    PUSHED.format(S="S").replace("L", "U'"),
    PULLED.format(P=PHI.replace("L'*Y", "M'*Y")),
    PULLED.format(P=PHI.replace("L'*Y", "Y")),
    f"L' \\ ({PHI}) / L + L' \\ ({PHI}) / M",
    f"L' \\ ({PHI}) / L - L' \\ ({PHI})' / L",
    f"L' \\ ({PHI}) / L",
    "K*tril((K \\ Z) / U)",
    "K*tril((K \\ Z) / L, -1)",
    "triu((K \\ Z) / U, 1)*U",
    "L*tril((L \\ Z) / U, -1)",
    "K' \\ tril(K'*Z) / U'",
    "K' \\ triu(Z*U) / U'",
    "K' \\ tril(L'*Z, -1) / U'",
)


def instructions(expression):
    return [instr.op for instr in optimize(lower(read_program(f"{GIVEN}X = {expression}\nreturn X"))).instrs]


@pytest.mark.parametrize("expression, op", FOUND.items())
def test_found(expression, op):
    assert instructions(expression).count(op) == 1


@pytest.mark.parametrize("expression", DIFFERENT)
def test_something_else(expression):
    assert not any(op.endswith(("_pushforward", "_pullback")) for op in instructions(expression))


@pytest.mark.parametrize("text", ["A : n x n spd\nL = chol(A)", "A : n x n\nL, U = lu(A)"])
def test_both_factors_cost_at_most_four_factorisations(text):
    """Also where each of two factors has a cotangent."""
    program = read_program(text)
    differential = differentiate(program)
    values = flops(optimize(lower(program)))
    for derived in (differential.tangent, adjoint(differential).program):
        assert flops(optimize(lower(derived))) < 3.6 * values
