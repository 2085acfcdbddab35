"""Derivatives as matrices: which entry is which, and programs opened at a statement."""

import pytest

from symbolic.derivatives import Derivative, opened
from symbolic.language.read import read_program

CHAIN = read_program("A : n x m; B : m x p; C = A*B; D = sin(C)")


def test_columns_are_written_one_after_the_other():
    jacobian = Derivative("J", "Y", "X", vec=True)
    assert jacobian.shape((2, 3), (4, 5)) == (6, 20)
    assert jacobian.places((3, 9), (2, 3), (4, 5)) == ((1, 1), (1, 2))


def test_a_scalar_leaves_the_shape_to_the_other():
    gradient = Derivative("G", "y", "X")
    assert gradient.shape((1, 1), (4, 5)) == (4, 5)
    assert gradient.places((3, 2), (1, 1), (4, 5)) == ((0, 0), (3, 2))
    assert gradient.shape((4, 5), (1, 1)) == (4, 5)
    assert gradient.places((3, 2), (4, 5), (1, 1)) == ((3, 2), (0, 0))


def test_an_opened_statement_is_given():
    cut = opened(CHAIN, "C")
    assert [given.name for given in cut.inputs] == ["A", "B", "C"]
    assert [let.name for let in cut.lets] == ["D"]
    assert cut.symbols == CHAIN.symbols


@pytest.mark.parametrize("name", ["A", "B"])
def test_an_input_is_open_already(name):
    assert opened(CHAIN, name) is CHAIN
