"""Facts: one an input, known, and only of shapes that can have it."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Integer

from codegen.sampling import sample_direction, sample_input
from symbolic.errors import NameError_, ShapeError
from symbolic.facts import FACTS, check_facts
from symbolic.nodes import dimension
from symbolic.statements import Input

HOLDS = {
    "symmetric": lambda A: (A == A.T).all(),
    "spd": lambda A: (A == A.T).all() and (np.linalg.eigvalsh(A) > 0).all(),
    "orthogonal": lambda A: np.allclose(A @ A.T, np.eye(len(A))),
    "diagonal": lambda A: (np.diag(np.diag(A)) == A).all(),
    "lower": lambda A: (np.tril(A) == A).all(),
    "upper": lambda A: (np.triu(A) == A).all(),
    "positive": lambda A: (A > 0).all(),
}
SQUARE = (dimension("n"), dimension("n"))


def test_every_fact_is_tested_here() -> None:
    assert HOLDS.keys() == FACTS.keys()


@pytest.mark.parametrize("fact", FACTS)
def test_samples_have_the_fact(fact: str) -> None:
    given, random = Input("A", SQUARE, (fact,)), np.random.default_rng(0)
    assert HOLDS[fact](sample_input(given, {"n": 4}, random))
    for moved in FACTS[fact].perturbation:
        assert HOLDS[moved](sample_direction(given, {"n": 4}, random))


@pytest.mark.parametrize(
    "shape, facts, error",
    [
        (SQUARE, ("symmetric", "lower"), NameError_),
        (SQUARE, ("pretty",), NameError_),
        ((Integer(2), Integer(3)), ("spd",), ShapeError),
    ],
)
def test_facts_that_cannot_be_are_refused(shape: tuple, facts: tuple[str, ...], error: type) -> None:
    with pytest.raises(error):
        check_facts("A", shape, facts)


def test_a_matrix_of_positive_entries_need_not_be_square() -> None:
    check_facts("A", (Integer(2), Integer(3)), ("positive",))
