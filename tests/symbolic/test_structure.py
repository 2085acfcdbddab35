"""What is known of an expression: never more than is true, and as much as the examples here ask for."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from sympy import Integer

from codegen.reference import evaluate
from codegen.sampling import sample
from symbolic import nodes
from symbolic.language.read import read_program
from symbolic.statements import Let
from symbolic.structure import structure_of

GIVEN = """S : n x n symmetric
P : n x n spd
D : n x n diagonal
L : n x n lower
Q : n x n orthogonal
A : n x n
X : n x m
x : n
"""
HOLDS = {
    "symmetric": lambda A: np.allclose(A, A.T),
    "spd": lambda A: np.allclose(A, A.T) and np.linalg.eigvalsh(A).min() > 0,
    "lower": lambda A: np.allclose(np.tril(A), A),
    "upper": lambda A: np.allclose(np.triu(A), A),
    "diagonal": lambda A: np.allclose(np.diag(np.diag(A)), A),
    "orthogonal": lambda A: np.allclose(A.T @ A, np.eye(len(A))),
    "positive": lambda A: (A > 0).all(),
}
KNOWN = {
    "S": "symmetric",
    "P": "symmetric spd",
    "D": "symmetric lower upper diagonal",
    "L": "lower",
    "Q": "orthogonal",
    "A": "",
    "S'": "symmetric",
    "L'": "upper",
    "A + A'": "symmetric",
    "X*X'": "symmetric",
    "X'*X": "symmetric",
    "X*X' + eye(n)": "symmetric spd",
    "P + X*P2*X'": "symmetric spd",
    "S*P + P*S": "symmetric",
    "S*P": "",
    "(S*P)'": "",
    "A'*S*A": "symmetric",
    "inv(S)": "symmetric",
    "inv(P)": "symmetric spd",
    "inv(L)": "lower",
    "inv(L')": "upper",
    "L*L": "lower",
    "L + D": "lower",
    "L .* A": "lower",
    "2*P": "symmetric spd",
    "-P": "symmetric",
    "P .* P": "symmetric spd",
    "chol(P)": "lower",
    "lu_l(A)": "lower",
    "lu_u(A)": "upper",
    "tril(A)": "lower",
    "triu(A, 1)": "upper",
    "tril(A, 1)": "",
    "tril(L, 1)": "lower",
    "diag(x)": "symmetric lower upper diagonal",
    "D*D": "symmetric lower upper diagonal",
    "Q'": "orthogonal",
    "Q*Q": "orthogonal",
    "eigvecsh(S)": "orthogonal",
    "expm(S)": "symmetric spd",
    "expm(L)": "lower",
    "sqrtm(P)": "symmetric spd",
    "P^2": "symmetric spd",
    "S^3": "symmetric",
    "sin(S)": "symmetric",
    "S ./ (1 + S .* S)": "symmetric",
    "kron(S, P)": "symmetric",
    "kron(P, P)": "symmetric spd",
    "eye(n)": "symmetric spd lower upper diagonal orthogonal",
    "x*x'": "symmetric",
    "(x'*x)*S": "symmetric",
    "(x'*A*x)*L": "lower",
    "X*diag(diagonal(X'*X))*X'": "symmetric",
    "A*A": "",
    "sym(A)": "symmetric",
    "A - A'": "",
    "zeros(n,n)": "symmetric lower upper diagonal",
    "qr_q(A)": "orthogonal",
    "qr_r(A)": "upper",
}


def program_of(text):
    extra = "P2 : m x m spd\n" if "P2" in text else ""
    return read_program(f"{GIVEN}{extra}Z = {text}\nY = Z")


@pytest.mark.parametrize("text", KNOWN)
def test_what_is_known(text):
    program = program_of(text)
    structure = structure_of(program.inputs, program.lets)
    found = {fact for fact in HOLDS if structure.has(program.let("Z").expr, fact)}
    through_names = {fact for fact in HOLDS if structure.has(program.let("Y").symbol, fact)}
    assert found == through_names
    assert found == set(KNOWN[text].split())


@pytest.mark.parametrize("text", KNOWN)
@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_known_is_true(text, seed):
    program = program_of(text)
    structure = structure_of(program.inputs, program.lets)
    point = sample(program, (), {"n": 4, "m": 3}, seed)
    value = evaluate(program, point.inputs)["Z"]
    assert all(HOLDS[fact](value) for fact in HOLDS if structure.has(program.let("Z").expr, fact))


@pytest.mark.parametrize("seed", range(30))
def test_the_transpose_pushed_down_has_the_value_of_the_transpose(seed):
    source = random.Random(seed)
    program = read_program(f"{GIVEN}Y = S*A")
    leaves = [given.symbol for given in program.inputs if given.shape == program.inputs[0].shape]
    structure = structure_of(program.inputs, program.lets)
    named = {name: 0.2 * value for name, value in sample(program, (), {"n": 3, "m": 2}, seed).inputs.items()}

    def expression(depth):
        if depth == 0:
            return source.choice(leaves)
        one, two = expression(depth - 1), expression(depth - 1)
        return source.choice(
            [
                nodes.add(one, two), nodes.multiply(one, two), nodes.transpose(one), nodes.hadamard(one, two),
                nodes.scale(Integer(3), one), nodes.apply("sin", one),
                nodes.operate("tril", one, parameters=(Integer(0),)),
                nodes.scale(nodes.operate("tr", two), one), nodes.operate("expm", one), nodes.power(one, Integer(2)),
            ]
        )  # fmt: skip

    node = expression(3)
    both = replace(program, lets=(Let("one", node), Let("two", structure.flip(node))), outputs=("one", "two"))
    values = evaluate(both, named)
    assert np.allclose(values["two"], values["one"].T, rtol=1e-9, atol=1e-9)


def test_a_long_program_is_no_deep_recursion():
    lines = [f"X{k + 1} = X{k} + X{k}'" for k in range(3000)]
    program = read_program("X0 : n x n symmetric\n" + "\n".join(lines))
    structure = structure_of(program.inputs, program.lets)
    assert structure.has(program.lets[-1].symbol, "symmetric")
