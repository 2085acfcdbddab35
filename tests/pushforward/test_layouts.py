"""Layouts of Jacobians: where each entry stands, and from one layout to every other, entry by entry."""

from __future__ import annotations

import numpy as np
import pytest

import pushforward as pf
from pushforward.layouts import TOOLS

FULL = ("tensor", "sympy", "vec", "vec-row-major")
OF, WRT = (4, 3), (5, 2)


def random(*shape):
    return np.random.default_rng(3).standard_normal(shape)


@pytest.mark.parametrize("name", FULL)
def test_every_entry_is_where_the_layout_says(name):
    tensor = random(*OF, *WRT)
    layout = pf.layout(name, OF, WRT)
    array = pf.layout("tensor", OF, WRT).convert(tensor, name)
    assert array.shape == layout.shape
    for place in np.ndindex(tensor.shape):
        assert array[layout.index(*place)] == tensor[place]


@pytest.mark.parametrize("name", FULL)
@pytest.mark.parametrize("other", FULL)
def test_there_and_back(name, other):
    layout = pf.layout(name, OF, WRT)
    array = random(*layout.shape)
    assert np.array_equal(pf.layout(other, OF, WRT).convert(layout.convert(array, other), layout), array)


def test_the_definitions():
    """vec is reshape in Fortran's order of the tensor, ravel in C's; SymPy has the input first."""
    tensor = random(*OF, *WRT)
    layout = pf.layout("jax", OF, WRT)
    assert np.array_equal(layout.convert(tensor, "numpy"), tensor.reshape(12, 10))
    columns = tensor.transpose(1, 0, 3, 2).reshape(12, 10)
    assert np.array_equal(layout.convert(tensor, "forwarddiff"), columns)
    assert np.array_equal(columns, tensor.reshape(12, 10, order="F"))
    assert np.array_equal(layout.convert(tensor, "sympy"), tensor.transpose(2, 3, 0, 1))


def test_forwarddiff_is_what_its_documentation_says():
    """J[:, k] is the derivative of vec(f(x)) by x[k], in the order of vec, column by column."""
    A, B, X = random(4, 5), random(2, 3), random(5, 2)
    tensor = np.einsum("ia,bo->ioab", A, B)
    J = pf.layout("tensor", OF, WRT).convert(tensor, "casadi")
    for k in range(X.size):
        direction = np.zeros(X.size)
        direction[k] = 1
        assert np.allclose(J[:, k], (A @ direction.reshape(X.shape, order="F") @ B).ravel("F"))


@pytest.mark.parametrize(
    "name, of, wrt, entry",
    [
        ("rows", (4, 3), (4, 2), lambda J, i, o, a, b: J[i, o, b] if i == a else 0),
        ("columns", (4, 3), (5, 3), lambda J, i, o, a, b: J[i, o, a] if o == b else 0),
        ("entries", (4, 3), (4, 3), lambda J, i, o, a, b: J[i, o] if (i, o) == (a, b) else 0),
    ],
)
def test_what_is_left_out_is_zero(name, of, wrt, entry):
    layout = pf.layout(name, of, wrt)
    J = random(*layout.shape)
    tensor = layout.convert(J, "tensor")
    for place in np.ndindex(tensor.shape):
        assert tensor[place] == entry(J, *place)
    assert np.array_equal(pf.layout("tensor", of, wrt).convert(tensor, name), J)
    assert np.array_equal(layout.convert(J, name), J)
    assert np.array_equal(pf.layout("vec", of, wrt).convert(layout.convert(J, "vec"), name), J)


def test_what_is_not_zero_is_not_left_out():
    tensor = random(4, 3, 4, 2)
    with pytest.raises(pf.NotSupported, match="leaves out derivatives that are not zero"):
        pf.layout("jax", (4, 3), (4, 2)).convert(tensor, "rows")


@pytest.mark.parametrize(
    "of, wrt, numerator, denominator",
    [
        ((1, 1), (5, 2), (2, 5), (5, 2)),
        ((4, 3), (1, 1), (4, 3), (3, 4)),
        ((4, 1), (5, 1), (4, 5), (5, 4)),
        ((1, 4), (5, 1), (4, 5), (5, 4)),
        ((1, 1), (1, 1), (1, 1), (1, 1)),
    ],
)
def test_the_layouts_of_vector_calculus(of, wrt, numerator, denominator):
    tensor = random(*of, *wrt)
    layout = pf.layout("tensor", of, wrt)
    for name, shape in (("numerator", numerator), ("denominator", denominator)):
        found = layout.convert(tensor, name)
        assert found.shape == pf.layout(name, of, wrt).shape == shape
        assert np.array_equal(pf.layout(name, of, wrt).convert(found, "tensor"), tensor)
    assert np.array_equal(layout.convert(tensor, "numerator"), layout.convert(tensor, "denominator").T)
    if of == (1, 1):
        assert np.array_equal(layout.convert(tensor, "denominator"), tensor[0, 0])


def test_words():
    words = str(pf.layout("vmap", ("n", 1), ("n", 2), ("X4", "X0")))
    assert words.startswith("J[i, o, a] = ∂X4[i, o]/∂X0[i, a], of shape n × 1 × 2\n")
    assert "axis 0: i, the row of X4 and the row of X0" in words
    assert "torch.func.vmap(jacrev(f))" in words
    assert "J[i + n*o, a + m*b]" in str(pf.layout("vec"))
    assert "the entries of Y, row by row" in str(pf.layout("vec-row-major"))
    assert "axis 0: b, the column of X" in str(pf.layout("numerator", (1, 1), ("n", "m")))
    assert pf.layout("tensor").shape == tuple(map(pf.layout("tensor").lengths.get, "ioab"))
    for tool, (name, _) in TOOLS.items():
        assert pf.layout(tool, ("n", "p"), ("n", "q")).name == name


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: pf.layout("jaxx"), "there is no layout 'jaxx'; there are tensor"),
        (lambda: pf.layout("rows", (4, 3), (5, 2)), "for as many of the one as of the other"),
        (lambda: pf.layout("numerator", (4, 3), (5, 2)), "no numerator layout of a 4×3 matrix by a 5×2 one"),
        (lambda: pf.layout("tensor", (4, 3), (5, 2)).convert(np.ones((4, 3, 5)), "vec"), "has the shape 4 × 3 × 5 × 2"),
        (lambda: pf.layout("tensor").convert(np.ones((4, 3, 5, 2)), "vec"), "shape n × p × m × q"),
        (lambda: pf.layout("tensor").index(0, 0, 0, 0), "the lengths have to be numbers"),
        (lambda: pf.layout("tensor", (4, 3), (5, 2)).index(4, 0, 0, 0), "i = 4 is not from 0 to 3"),
        (lambda: pf.layout("rows", (4, 3), (4, 2)).index(0, 0, 1, 0), "is zero and left out"),
        (lambda: pf.layout("tensor", (4, 3, 2), (5, 2)), "a matrix has two sizes"),
        (
            lambda: pf.layout("rows", (10**5, 1), (10**5, 2)).convert(np.ones((10**5, 1, 2)), "tensor"),
            "160,000,000,000 bytes would be needed",
        ),
    ],
)
def test_what_cannot_be_says_so(call, message):
    with pytest.raises(pf.ProgramError, match=message):
        call()
