"""Pictures of structure: files of the formats, the same bytes again, and the cells that the mask has."""

from __future__ import annotations

import numpy as np
import pytest

import pushforward as pf
from codegen.jacobian.confirmation import confirmed
from pushforward import plots
from symbolic.dependence.analysis import dependence
from symbolic.differential import differentiate
from symbolic.errors import LimitError, NotSupported, PushforwardError

SEED = "X1 = X0*W1; X2 = f.(X1); X3 = X2*W2; X4 = f.(X3)"
SIZES = {"n": 3, "m": 2, "h": 4, "p": 2}


@pytest.fixture(scope="module")
def of_x0():
    d = differentiate(pf.parse(SEED))
    return confirmed(d, dependence(d, "X4", "X0"), SIZES)


@pytest.mark.parametrize("suffix", plots.FORMATS)
def test_a_picture_is_written_and_is_the_same_again(of_x0, suffix, tmp_path):
    pytest.importorskip("matplotlib")
    for name in ("one", "two"):
        plots.structure(of_x0, str(tmp_path / f"{name}{suffix}"), SIZES)
    one, two = ((tmp_path / f"{name}{suffix}").read_bytes() for name in ("one", "two"))
    assert one == two and len(one) > 1000
    if suffix == ".svg":
        assert b"Row i of X4 depends on row i of X0 alone" in one or b"<path" in one


def test_rows_are_blocks_row_by_row(of_x0):
    by_rows = plots.flattened(of_x0.mask(SIZES), "C")
    assert np.array_equal(by_rows, np.kron(np.eye(3), np.ones((2, 2))))
    assert np.array_equal(plots.flattened(of_x0.mask(SIZES), "F"), np.kron(np.ones((2, 2)), np.eye(3)))


def test_orders_are_those_of_numpy():
    d = differentiate(pf.parse("A : n x m; Y = f(A')*B"), "A")
    mask = dependence(d).mask({"n": 3, "m": 2, "h": 2})
    for order in "CF":
        matrix = plots.flattened(mask, order)
        for i, j, a, b in np.ndindex(*mask.shape):
            row = np.ravel_multi_index((i, j), mask.shape[:2], order=order)
            col = np.ravel_multi_index((a, b), mask.shape[2:], order=order)
            assert matrix[row, col] == mask[i, j, a, b]


def test_what_cannot_be_drawn_says_so(of_x0, tmp_path):
    pytest.importorskip("matplotlib")
    with pytest.raises(LimitError, match="too many to draw"):
        plots.structure(of_x0, str(tmp_path / "large.png"), {"n": 10**4, "m": 2, "h": 4, "p": 2})
    with pytest.raises(NotSupported, match="there is no order 'rows'"):
        plots.structure(of_x0, str(tmp_path / "rows.png"), SIZES, "rows")
    with pytest.raises(PushforwardError, match="pictures are written as"):
        plots.structure(of_x0, str(tmp_path / "picture.gif"), SIZES)


def test_without_rows_there_is_nothing_to_draw(of_x0, tmp_path):
    pytest.importorskip("matplotlib")
    with pytest.raises(PushforwardError, match="nothing to draw"):
        plots.structure(of_x0, str(tmp_path / "empty.png"), {"n": 0, "m": 2, "h": 4, "p": 2})
