"""The catalogue as data: names, domains, spellings, and that every part of the project knows every function."""

import numpy as np
import pytest

from codegen.operations import EXPANSIONS, OPERATIONS
from codegen.reference import VALUES
from symbolic.errors import LimitError, NameError_
from symbolic.functions import ALIASES, CATALOGUE, canonical_function
from symbolic.language.names import is_plain
from symbolic.language.read import read_program
from symbolic.scalars import derivative_syntax


@pytest.mark.parametrize("function", CATALOGUE.values(), ids=lambda function: function.name)
def test_an_entry_is_complete(function):
    assert is_plain(function.name) and function.cite
    low, high = function.domain
    assert low < high
    assert all(low < place < high for place in function.singular)
    assert set(function.derivative) & set("XY") or function.derivative == "0*X"
    assert derivative_syntax(function.name) is derivative_syntax(function.name)


def test_names_are_unique():
    names = [*CATALOGUE, *ALIASES]
    assert len(names) == len(set(names))
    assert all(key == function.name for key, function in CATALOGUE.items())


def test_aliases_lead_to_the_canonical_name():
    assert canonical_function("arcsin") == "asin"
    assert canonical_function("ln") == "log"
    assert canonical_function("sin") == "sin"
    assert canonical_function("f") == "f"


@pytest.mark.parametrize("alias", ALIASES)
def test_an_alias_reads_as_its_function(alias):
    assert read_program(f"A : n x n\nY = {alias}(A)") == read_program(f"A : n x n\nY = {ALIASES[alias]}(A)")


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_function_can_be_evaluated_and_generated(name):
    assert name in VALUES
    assert (name in OPERATIONS) != (name in EXPANSIONS)


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_stated_domain_is_where_the_value_is_finite(name):
    function = CATALOGUE[name]
    low, high = max(function.domain[0], -5.0), min(function.domain[1], 5.0)
    points = np.linspace(low, high, 103)[1:-1]
    points = points[[all(abs(p - s) > 1e-9 for s in function.singular) for p in points]]
    with np.errstate(all="raise", under="ignore"):
        assert np.isfinite(VALUES[name](points)).all()


@pytest.mark.parametrize("name", [name for name, f in CATALOGUE.items() if np.isfinite(f.domain).any()])
def test_outside_the_stated_domain_there_is_no_value(name):
    low, high = CATALOGUE[name].domain
    outside = [point for point, end in ((low - 0.1, low), (high + 0.1, high)) if np.isfinite(end)]
    if name == "tan":
        assert np.isclose(high, np.pi / 2, atol=1e-4) and low == -high
        return
    with np.errstate(all="ignore"):
        assert np.isnan(VALUES[name](np.array(outside))).all()


@pytest.mark.parametrize("name", [name for name, f in CATALOGUE.items() if f.singular])
def test_the_singular_points_are_those_where_the_sides_disagree(name):
    for place in CATALOGUE[name].singular:
        with np.errstate(all="ignore"):
            near, far = (VALUES[name](place + step * np.array([1, -1])) for step in (1e-9, 2e-9))
            slopes = (far - near) / [1e-9, -1e-9]
        assert abs(near[0] - near[1]) > 0.5 or abs(slopes[0] - slopes[1]) > 0.5


def test_a_catalogue_name_cannot_be_redefined():
    with pytest.raises((NameError_, LimitError)):
        read_program("A : n x n\nsin(x) = x\nY = sin(A)")
