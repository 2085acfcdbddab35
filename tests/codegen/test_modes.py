"""What reverse costs: at most four times the values, on the example of every operation; and forward against reverse."""

from dataclasses import replace

import pytest

from codegen.cost import flops
from codegen.lower import lower
from codegen.modes import compare_modes
from codegen.passes import optimize
from symbolic.differential import differentiate
from symbolic.errors import NameError_
from symbolic.language.read import read_program
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.reverse.adjoint import adjoint

MOST = 4
VALUES_ALONE = "values alone take a cheaper routine, which gives no vectors"
DEARER = {
    **dict.fromkeys(("eigvalsh", "svdvals", "opnorm", "nucnorm"), (8.3, VALUES_ALONE)),
    "logm_frechet": (5, "of a symmetric matrix by its eigenvalues, but the second derivative by squaring"),
}
"""How many times the values the cotangents cost where it is more, and why; the differential costs as much."""

SEED = "X0 : n x m; W1 : m x h; W2 : h x p; X1 = X0*W1; X2 = f.(X1); X3 = X2*W2; X4 = f.(X3)"


def work(program):
    return flops(optimize(lower(program)))


@pytest.mark.parametrize("record", [*OPERATIONS.values(), *DEFINITIONS.values()], ids=lambda record: record.name)
def test_the_cotangents_of_every_example_cost_at_most_four_times_the_values(record):
    program = read_program(record.example)
    pullback = adjoint(differentiate(program))
    alone = replace(pullback.program, outputs=tuple(name for _, name in pullback.results))
    values, forward = work(program), work(pullback.differential.tangent)
    most = DEARER.get(record.name, (MOST, ""))[0] * 1.001
    assert work(alone) <= most * values
    assert work(pullback.program) <= work(alone) + values
    if record.name in DEARER:
        assert work(alone) > MOST * values and work(alone) <= 1.25 * forward


@pytest.mark.parametrize(
    "name, with_vectors",
    [
        ("eigvalsh", "l, V = eigh(A)\nreturn l, V"),
        *((name, "U, s, V = svd(A)\nreturn U, s, V") for name in ("svdvals", "opnorm", "nucnorm")),
    ],
)
def test_where_vectors_are_needed_a_gradient_costs_four_times_the_values_with_vectors(name, with_vectors):
    """The gradient of an eigenvalue is v v': who has it has the vector."""
    program = read_program({**OPERATIONS, **DEFINITIONS}[name].example)
    given = ", ".join(program.inputs[0].facts)
    vectors = read_program(f"A : {program.inputs[0].shape[0]} x {program.inputs[0].shape[1]} {given}\n{with_vectors}")
    assert work(adjoint(differentiate(program)).program) <= MOST * work(vectors)


def test_layers_cost_three_times_the_values():
    """As many products again for the inputs of a layer, and as many for its weights."""
    pullback = adjoint(differentiate(read_program(SEED)))
    ratio = work(pullback.program) / work(pullback.primal)
    assert 2.9 < ratio < 3.1


def test_the_cheaper_mode():
    pullback = adjoint(differentiate(read_program("X : n x m; y = sum(square(X*W))"), "X"))
    modes = compare_modes(pullback, {"n": 100, "m": 20})
    assert modes.cheaper == "reverse" and modes.cotangents == 1 and modes.directions == 2000
    assert modes.whole_reverse == modes.reverse and modes.whole_forward > 1000 * modes.primal
    tall = adjoint(differentiate(read_program("t : scalar; A : n x m; Y = sin(t*A)"), "t"))
    assert compare_modes(tall).cheaper == "forward"
    assert compare_modes(tall).directions == 1 and compare_modes(tall).cotangents == 64 * 64


@pytest.mark.parametrize(
    ("fact", "directions"), [("symmetric", 10), ("spd", 10), ("lower", 10), ("diagonal", 4), ("positive", 16)]
)
def test_free_entries(fact, directions):
    pullback = adjoint(differentiate(read_program(f"A : n x n {fact}; Y = A*A")))
    assert compare_modes(pullback, {"n": 4}).directions == directions


def test_an_unknown_size():
    with pytest.raises(NameError_):
        compare_modes(adjoint(differentiate(read_program(SEED))), {"q": 3})
