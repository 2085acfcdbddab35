"""Random points: reproducible, inside every domain, away from kinks, with the declared facts."""

import numpy as np
import pytest
from oracles import relative_error

from codegen.reference import evaluate
from codegen.sampling import MARGIN, numbers_for, sample, sample_direction, sample_functions
from symbolic.errors import PushforwardError
from symbolic.functions import CATALOGUE
from symbolic.language.read import read_program


def drawn(text, seed=1, lengths=(4, 3, 2)):
    program = read_program(text)
    return program, sample(program, tuple(i.name for i in program.inputs), numbers_for(program, lengths), seed)


def test_the_same_seed_gives_the_same_point():
    text = "A : n x m\nB : m x h\nY = sin(A*B)"
    first, again, other = (drawn(text, seed)[1] for seed in (1, 1, 2))
    for name in "AB":
        assert (first.inputs[name] == again.inputs[name]).all()
        assert (first.directions[name] == again.directions[name]).all()
        assert not (first.inputs[name] == other.inputs[name]).any()


FACTS = {
    "symmetric": lambda A: np.allclose(A, A.T),
    "spd": lambda A: np.allclose(A, A.T) and np.linalg.eigvalsh(A).min() > 0.5,
    "orthogonal": lambda A: np.allclose(A.T @ A, np.eye(len(A))),
    "diagonal": lambda A: np.count_nonzero(A - np.diag(np.diag(A))) == 0,
    "lower": lambda A: np.count_nonzero(np.triu(A, 1)) == 0,
    "upper": lambda A: np.count_nonzero(np.tril(A, -1)) == 0,
    "positive": lambda A: (A > 0).all(),
}


@pytest.mark.parametrize("fact", FACTS)
@pytest.mark.parametrize("seed", range(3))
def test_declared_facts_hold(fact, seed):
    _, point = drawn(f"A : n x n {fact}\nY = sin(A)", seed)
    assert FACTS[fact](point.inputs["A"])
    assert point.inputs["A"].any()


@pytest.mark.parametrize("fact", ["symmetric", "spd", "diagonal", "lower", "upper"])
def test_directions_stay_in_the_space_of_the_facts(fact):
    _, point = drawn(f"A : n x n {fact}\nY = sin(A)")
    linear = "symmetric" if fact == "spd" else fact
    assert FACTS[linear](point.directions["A"])
    assert 0 < np.abs(point.directions["A"]).max() <= 1


@pytest.mark.parametrize("name", CATALOGUE)
@pytest.mark.parametrize("seed", [1, 2])
def test_arguments_lie_inside_the_domain_and_off_the_kinks_all_along_the_direction(name, seed):
    program, point = drawn(f"A : n x m\nB : m x m\nX = A*B\nY = {name}(X)", seed)
    function = CATALOGUE[name]
    low, high = function.domain
    for step in np.linspace(-point.largest_step, point.largest_step, 9):
        X = evaluate(program, point.moved(step))["X"]
        assert ((low + MARGIN / 2 < X) & (high - MARGIN / 2 > X)).all()
        assert all((np.abs(X - place) > 0).all() for place in function.singular)
    assert set(point.avoided) >= {f"{name} at {place:g}" for place in function.singular}


@pytest.mark.parametrize("expression", ["1 ./ A", "A.^-2", "A.^0.5", "A.^1.5", "log(A)/2", "g(A)", "A ./ (A .* A)"])
def test_quotients_and_roots_are_watched_too(expression):
    program, point = drawn(f"A : n x m\ng(x) = 1/x + sqrt(x)\nY = {expression}")
    for step in (-1, 0, 1):
        assert np.isfinite(evaluate(program, point.moved(step * point.largest_step), point.functions)["Y"]).all()
        assert (np.sign(point.inputs["A"]) == np.sign(point.moved(step * point.largest_step)["A"])).all()


def test_no_point_is_no_answer():
    with pytest.raises(PushforwardError, match="no point was found"):
        drawn("A : n x m\nY = log(-1 - A .* A)")


def test_only_what_is_asked_for_moves():
    program = read_program("A : n x m\nB : n x m\nY = A + B")
    point = sample(program, ("B",), {"n": 2, "m": 2}, 1)
    assert set(point.directions) == {"B"}
    moved = point.moved(0.5)
    assert moved["A"] is point.inputs["A"]
    assert relative_error(moved["B"], point.inputs["B"] + 0.5 * point.directions["B"]) == 0


def test_the_derivatives_of_sampled_functions_belong_together():
    functions = sample_functions(read_program("A : n x m\nY = f''(A) + g(A)"))
    assert set(functions) == {("f", 0), ("f", 1), ("f", 2), ("f", 3), ("g", 0), ("g", 1)}
    x = np.linspace(-2, 2, 9)
    for name, order in functions:
        if (name, order + 1) in functions:
            expected = functions[name, order](x + 1e-30j).imag / 1e-30
            assert relative_error(functions[name, order + 1](x), expected) < 1e-14
    assert relative_error(functions["f", 0](x), functions["g", 0](x)) > 0.1


def test_sizes_take_lengths_in_turn():
    program = read_program("A : n x m\nB : m x h\nC : h x 3\nY = A*B*C")
    assert numbers_for(program, (5, 2)) == {"n": 5, "m": 2, "h": 5}


def test_directions_of_empty_matrices():
    given = read_program("A : n x m\nY = sin(A)").inputs[0]
    assert sample_direction(given, {"n": 0, "m": 3}, np.random.default_rng(0)).shape == (0, 3)
