"""Sums in fewer operations: as they are printed, exactly the same differential, and never at a higher cost."""

from __future__ import annotations

import random

import pytest

from codegen.cost import flops
from codegen.lower import lower
from codegen.passes import VALUES, optimize
from symbolic.differential import differentiate
from symbolic.exact import differential_holds
from symbolic.language.read import read_program
from symbolic.reverse.adjoint import adjoint
from symbolic.simplify import REWRITES

NEW = ("sum of sums", "sum of what repeats", "sum by ones", "filled factor", "common factor")
WITHOUT = tuple(rewrite for rewrite in REWRITES if rewrite.name not in NEW)
SIZES = {"n": 17, "m": 15}

INPUTS = "A : n x m; B : n x m; C : n x m; b : m"
CLOSED = {
    "y = sum(sum(A .* A, 2))": "δy = 2 sum(A ⊙ δA)",
    "y = sum(sum(A, 2), 1)": "δy = sum(δA)",
    "y = sum(sum(A, 1), 1)'": "δy = sum(δA, 1)ᵀ",
    "y = sum(A')": "δy = sum(δA)",
    "y = sum(A*b*ones(1,3))": "δy = sum(δA b ones(1, 3) + A δb ones(1, 3))",
    "y = sum(ones(n,1)*b')": "δy = n sum(δb)",
    "y = ones(1,n)*A*ones(m,1)": "δy = sum(δA)",
    "y = sum(square(A)) - sum(A .* B)": "δy = 2 sum(A ⊙ δA) - sum(δA ⊙ B + A ⊙ δB)",
    "y = 3*sum(A .* B) - 3*sum(B)": "δy = 3 sum(δA ⊙ B) + 3 sum((A - 1) ⊙ δB)",
    "Y = sum(A .* B .* B, 2) + sum(A .* B, 2)": "δY = 2 sum(A ⊙ B ⊙ δB, 2) + sum((B + 1) ⊙ δA ⊙ B, 2) + sum(A ⊙ δB, 2)",
    "y = sum(A .* A .* A) - sum(A)": "δy = 3 sum(A ⊙ A ⊙ δA) - sum(δA)",
    "y = 2*sum(A .* A) + 4*sum(A .* B)": "δy = 4 sum((A + B) ⊙ δA) + 4 sum(A ⊙ δB)",
    "y = 2*sum(A .* B) + 3*sum(A .* C)": "δy = 2 sum(δA ⊙ B + A ⊙ δB) + 3 sum(δA ⊙ C + A ⊙ δC)",
}


def flops_of(program):
    return flops(optimize(lower(program, {str(size): SIZES[str(size)] for size in program.sizes}), VALUES))


def assert_exact_and_no_dearer(text):
    found, before = (differentiate(read_program(f"{INPUTS}; {text}"), rewrites=each) for each in (REWRITES, WITHOUT))
    assert differential_holds(found, SIZES, 1)
    assert flops_of(found.tangent) <= flops_of(before.tangent)
    assert flops_of(adjoint(found).program) <= flops_of(adjoint(before).program)
    return found


@pytest.mark.parametrize("text, closed", CLOSED.items())
def test_examples(text, closed):
    assert str(assert_exact_and_no_dearer(text)) == closed


@pytest.mark.parametrize("seed", range(60))
def test_random_sums(seed):
    """Without squares: an A∘A that the value has is multiplied with for nothing."""
    source = random.Random(seed)
    axis = source.choice(["", "", ", 1", ", 2"])
    terms = [
        f"{source.choice([1, 1, 2, 3, 6])}*sum({' .* '.join(source.sample('ABC', source.randint(1, 3)))}{axis})"
        for _ in range(source.randint(2, 4))
    ]
    assert_exact_and_no_dearer(f"Y = {' - '.join(terms)}")


def test_softmax_regression_takes_one_sum():
    """Before, δy was the sum of the sums of rows less another sum, 4 n m + n flops; now it takes 3 n m."""
    text = "X : n x m; P : n x m; W : m x m; Z = X*W; y = (sum(logsumexp(Z, 2)) - sum(P .* Z))/n"
    found, before = (differentiate(read_program(text), "W", rewrites=rewrites) for rewrites in (REWRITES, WITHOUT))
    assert str(found) == "δy = (1/n) sum((exp(Z - logsumexp(Z, 2) ones(1, m)) - P) ⊙ (X δW))"
    assert [step.rule.name for step in found.steps if step.rule.name in NEW] == ["sum of sums", "common factor"]
    assert flops_of(before.tangent) - flops_of(found.tangent) >= SIZES["n"] * SIZES["m"] + SIZES["n"]
