"""Traces and scalars with what moves last: the same value, not much longer than before, and soon at rest."""

from __future__ import annotations

import random

import numpy as np
import pytest
from oracles import operations_in, value_of
from sympy import Integer

from symbolic import nodes
from symbolic.gather import gather
from symbolic.language.printer import print_expression
from symbolic.language.read import read_expression
from symbolic.nodes import symbol
from symbolic.statements import Input
from symbolic.structure import Structure

THREE, ONE = Integer(3), Integer(1)
SHAPES = dict.fromkeys(("A", "B", "S", "X", "δX"), (THREE, THREE)) | dict.fromkeys(("x", "y", "δx"), (THREE, ONE))
SYMBOLS = {name: symbol(name, *shape) for name, shape in SHAPES.items()}
RANDOM = np.random.default_rng(5)
NAMED = {name: RANDOM.standard_normal(tuple(map(int, shape))) for name, shape in SHAPES.items()}
NAMED["S"] = NAMED["S"] + NAMED["S"].T
STRUCTURE = Structure()
for _name, _shape in SHAPES.items():
    STRUCTURE.declare(Input(_name, _shape, ("symmetric",) if _name == "S" else ()))

GATHERED = {
    "tr(δX'*A)": "tr(A'*δX)",
    "tr(A*δX*B)": "tr(B*A*δX)",
    "tr(δX*A) + tr(A*δX)": "2*tr(A*δX)",
    "tr(δX'*A) + tr(A'*δX)": "2*tr(A'*δX)",
    "tr(δX'*A*B) + tr(B'*S*δX)": "tr(B'*(A' + S)*δX)",
    "tr(A*(δX*B + B*δX))": "tr((B*A + A*B)*δX)",
    "tr(S*(δX' + δX))": "2*tr(S*δX)",
    "δx'*A*x + x'*A*δx": "x'*(A' + A)*δx",
    "δx'*S*x + x'*S*δx": "2*(x'*S*δx)",
    "δx'*x - x'*δx": "0*tr(A)",
    "y'*δX'*x": "x'*δX*y",
    "x'*δX*y + x'*A*δX*y": "(x' + x'*A)*δX*y",
    "tr(A*B)": None,
    "tr(A*δX)": None,
    "x'*A*δx": None,
    "tr(δX*A*δX)": None,
}


@pytest.mark.parametrize("text, expected", GATHERED.items())
def test_examples(text, expected):
    node = read_expression(text, SYMBOLS)
    found = gather(node, STRUCTURE)
    if expected is None:
        assert found is None
        return
    assert np.allclose(value_of(found, NAMED), value_of(read_expression(expected, SYMBOLS), NAMED))
    if "0*" not in expected:
        assert print_expression(found, "text") == print_expression(read_expression(expected, SYMBOLS), "text")


def random_scalar(source):
    """A sum of traces and 1×1 products in which differentials stand anywhere."""
    square, column = ["A", "B", "S", "δX"], ["x", "y", "δx"]

    def matrix():
        node = SYMBOLS[source.choice(square)]
        node = nodes.transpose(node) if source.random() < 0.3 else node
        return nodes.add(node, SYMBOLS[source.choice(square)]) if source.random() < 0.2 else node

    def term():
        chain = [matrix() for _ in range(source.randint(1, 4))]
        number = Integer(source.choice([1, 1, -1, 2]))
        if source.random() < 0.5:
            return nodes.scale(number, nodes.operate("tr", nodes.multiply(*chain)))
        left, right = (SYMBOLS[source.choice(column)] for _ in range(2))
        return nodes.scale(number, nodes.multiply(nodes.transpose(left), *chain[1:], right))

    return nodes.add(*(term() for _ in range(source.randint(1, 4))))


@pytest.mark.parametrize("seed", range(300))
def test_random_scalars(seed):
    node = random_scalar(random.Random(seed))
    found = gather(node, STRUCTURE)
    if found is None:
        return
    assert np.allclose(value_of(found, NAMED), value_of(node, NAMED), rtol=1e-10, atol=1e-10)
    assert operations_in(found) <= 2 * operations_in(node)
    again = gather(found, STRUCTURE)
    assert again is None or gather(again, STRUCTURE) is None
