"""What the walk knows of each part: whether it goes by rows or by columns, and the matrix of one of them."""

import pytest

from symbolic.differential import differentiate
from symbolic.errors import NotSupported
from symbolic.jacobian.lines import COLUMN, ROW
from symbolic.jacobian.row_walk import RowWalk
from symbolic.language.printer import print_expression
from symbolic.language.read import read_program


def walked(text, side=ROW):
    differential = differentiate(read_program(text), "X")
    walk = RowWalk(differential, "X", side)
    for let in differential.tangents:
        walk.take(let)
    return walk


def found(walk, name):
    """Its side, and the matrix as it was made."""
    side, made = walk.matrices[walk.differential.tangent.symbols[name]]
    return side, print_expression(next(let.expr for let in walk.lets if let.symbol == made))


@pytest.mark.parametrize(
    ("text", "side", "expected"),
    [
        ("X : n x m; B : m x p; Y = X*B", ROW, (ROW, "Bᵀ eye(m)")),
        ("X : n x m; A : p x n; Y = A*X", COLUMN, (COLUMN, "A eye(n)")),
        ("X : n x m; B : m x p; Y = (X*B)'", ROW, (COLUMN, "Bᵀ eye(m)")),
    ],
)
def test_a_factor_is_taken_from_its_side(text, side, expected):
    assert found(walked(text, side), "δY") == expected


def test_an_entry_by_entry_factor_is_a_row_of_its_own():
    walk = walked("X : n x m; A : n x m; Y = A .* X")
    assert [str(line) for line in walk.names.found] == ["a_i"]


@pytest.mark.parametrize("text", ["X : n x n; A : n x n; Y = A*X", "X : n x n; Y = X + X'"])
def test_what_mixes_rows_is_refused_with_its_statement(text):
    with pytest.raises(NotSupported, match="no closed form of one row alone"):
        walked(text)
