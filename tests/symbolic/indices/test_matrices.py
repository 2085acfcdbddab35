"""Index forms turned back into matrices: the same values, and for simple ones the same words."""

from __future__ import annotations

import random
from functools import cache
from itertools import count, islice

import pytest
from oracles import TIGHT, random_program, relative_error
from test_form import (
    CONSTANT,
    EXAMPLES,
    PROGRAMS,
    SEED,
    WITHOUT,
    exact_values,
    float_values,
    lengths_of,
)

import pushforward as pf
from symbolic import exact
from symbolic.differential import differentiate
from symbolic.errors import LimitError, NotSupported
from symbolic.indices.affine import Index, affine
from symbolic.indices.entries import At
from symbolic.indices.form import IndexForm, index_form, jacobian_entry
from symbolic.indices.matrices import matrix_form
from symbolic.indices.terms import Group, Term
from symbolic.indices.values import IndexValues, matrices_in
from symbolic.nodes import dimension, symbol
from tools.generator import draw
from tools.structure_fuzz import with_unknown_functions

NO_MATRIX = {
    "kron", "reshape", "rearrange", "vec", "sylvester", "lyapunov", "sqrtm",
}  # fmt: skip
"""Two indices in one place."""
MANY = 60
"""Random programs."""


def assert_same_matrix(text):
    d = differentiate(pf.parse(text))
    matrix = matrix_form(index_form(d)).expr
    output = d.name(d.primal.outputs[-1])
    if exact.is_rational(d.tangent):
        named, values = exact_values(d, (matrix,))
        assert values[matrix] == named[output]
    else:
        named, values = float_values(d, (matrix,))
        assert relative_error(values[matrix], named[output]) < TIGHT


def test_the_question_comes_back_as_it_was():
    d = differentiate(pf.parse(SEED), "X0")
    assert matrix_form(index_form(d)).equation() == "δX4 = f'(X3) ⊙ ((f'(X1) ⊙ (δX0 W1)) W2)"
    assert matrix_form(index_form(d)) == d.closed_form()


@pytest.mark.parametrize("text", [t for name, t in PROGRAMS.items() if name not in ("reshaped", "kron of products")])
def test_programs_come_back(text):
    assert_same_matrix(text)


@pytest.mark.parametrize("name", sorted(EXAMPLES.keys() - WITHOUT - CONSTANT - NO_MATRIX))
def test_operations_come_back(name):
    assert_same_matrix(EXAMPLES[name])


@pytest.mark.parametrize("name", ["kron", "reshape"])
def test_two_indices_in_one_place_are_refused(name):
    with pytest.raises(NotSupported, match=r"several indices in one place|no part of a matrix expression"):
        matrix_form(index_form(differentiate(pf.parse(EXAMPLES[name]))))


def test_a_sum_in_which_three_matrices_meet_is_refused():
    n = dimension("n")
    i, j, r, k = (Index(name, n, name in "kr") for name in "ijrk")
    A, B, C = (symbol(name, n, n) for name in "ABC")
    factors = (At(A, affine(i), affine(k)), At(B, affine(j), affine(k)), At(C, affine(r), affine(k)))
    form = IndexForm("Y", At(A, affine(i), affine(j)), Group((Term(factors, sums=(k, r)),)), frozenset())
    assert matrix_form(form)  # the sum over r alone makes C a column sum
    factors = (*factors, At(A, affine(i), affine(r)), At(B, affine(j), affine(r)))
    with pytest.raises(NotSupported, match="3 matrices meet in the sum over"):
        matrix_form(IndexForm("Y", At(A, affine(i), affine(j)), Group((Term(factors, sums=(k, r)),)), frozenset()))


def test_an_entry_of_a_jacobian_is_no_matrix():
    with pytest.raises(NotSupported, match="four indices"):
        matrix_form(jacobian_entry(differentiate(pf.parse(SEED), "X0")))


@cache
def random_rational_programs():
    """Random programs whose functions are unknown and whose operations are rational."""
    programs = (with_unknown_functions(random_program(random.Random(seed))) for seed in range(MANY // 2))
    drawn = (with_unknown_functions(draw(5, index).program) for index in count())
    return [*programs, *islice(filter(exact.is_rational, drawn), MANY // 2)]


@pytest.mark.parametrize("place", range(MANY))
def test_random_programs_in_index_form_and_back(place):
    d = differentiate(random_rational_programs()[place])
    moving = [output for output in d.moving_outputs if d.name(output) in d.tangent.symbols]
    try:
        forms = [index_form(d, output) for output in moving]
    except LimitError:
        return
    for form in filter(lambda form: len(str(form)) < 1500, forms):
        expected = form.name
        matrices = matrices_in(form)
        try:
            back = (matrix_form(form).expr,)
        except NotSupported:
            back = ()
        named, values = exact_values(d, (*matrices, *back))
        found = IndexValues(form, values, lengths_of(d.primal), exact.number).matrix()
        assert found == [list(row) for row in named[expected].entries]
        assert all(values[matrix] == named[expected] for matrix in back)
