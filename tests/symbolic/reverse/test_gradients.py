"""Gradients, Hessian and Gauss-Newton products: against the complex step of the gradient, each other, and exactly."""

import numpy as np
import pytest
from oracles import TIGHT, relative_error

from codegen.reference import evaluate
from codegen.sampling import numbers_for, sample
from symbolic.differential import differentiate
from symbolic.errors import NameError_, ShapeError
from symbolic.exact_adjoint import adjoint_holds, is_adjoint_checkable
from symbolic.language.read import read_program
from symbolic.reverse.adjoint import adjoint
from symbolic.reverse.gradients import gauss_newton, gradient, hvp, vhp

SCALARS = {
    "least squares": "A : n x m; b : n; x : m; r = A*x - b; y = r'*r",
    "logdet": "X : n x m; y = logdet(X'*X + eye(m))",
    "network": "X0 : n x m; W1 : m x h; y = sum(square(tanh(tanh(X0*W1)*W2)))",
    "unknown": "X0 : n x m; W1 : m x h; y = sum(f.(f.(X0*W1)))",
    "quadratic form": "S : n x n spd; x : n; y = x'*inv(S)*x",
    "triangular": "L : n x n lower; x : n; y = x'*L*L'*x + logdet(L*L' + eye(n))",
    "kron": "A : n x m; B : p x q; y = sum((A ⊗ B).^3)",
    "softmax": "A : n x m; P : n x m; y = cross_entropy(A, P)",
}
LENGTHS = (3, 4, 2, 5)
STEP = 1e-30


def point_of(program, wrt):
    return sample(program, wrt, numbers_for(program, LENGTHS), 5)


@pytest.fixture(params=SCALARS, ids=str)
def program(request):
    return read_program(SCALARS[request.param])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A : n x m; b : n; x : m; r = A*x - b; y = r'*r", "Ā = 2 r xᵀ\nb̄ = -2 r\nx̄ = 2 Aᵀ r"),
        ("X : n x m; y = logdet(X'*X)", "X̄ = 2 X (Xᵀ X)⁻¹"),
        ("S : n x n spd; y = logdet(S)", "S̄ = S⁻¹"),
        ("A : n x n; y = tr(A)", "Ā = eye(n)"),
        ("X : n x m; y = sum(square(X))", "X̄ = 2 X"),
        ("x : n; A : n x n symmetric; y = x'*A*x", "x̄ = 2 A x\nĀ = x xᵀ"),
    ],
)
def test_gradients_in_closed_form(text, expected):
    assert str(gradient(read_program(text))) == expected


def test_a_gradient_has_no_seed_and_gives_the_value(program):
    found = gradient(program)
    assert found.seeds == () and found.kind == "gradient"
    assert found.program.outputs == ("y", *(name for _, name in found.results))
    assert [given.name for given in found.program.inputs] == [given.name for given in program.inputs]


def test_hessian_vector_products(program):
    """H δX by forward over reverse is the complex step of the gradient, and what reverse over forward gives."""
    found, second = hvp(program), vhp(program)
    point = point_of(found.primal, dict(found.seeds))
    moved = evaluate(found.primal, point.moved(1j * STEP), point.functions)
    inputs = point.inputs | {seed: point.directions[name] for name, seed in found.seeds}
    forward = evaluate(found.tangent, inputs, point.functions)
    reverse = evaluate(second.program, inputs, point.functions)
    for (name, first), (same, other) in zip(gradient(program).results, second.results, strict=True):
        expected = np.imag(moved[first]) / STEP
        assert name == same
        assert relative_error(forward[found.name(first)], expected) < 10 * TIGHT
        assert relative_error(reverse[other], expected) < 10 * TIGHT


def test_the_hessian_is_symmetric(program):
    """⟨u, H v⟩ = ⟨v, H u⟩"""
    found = hvp(program)
    seeds = dict(found.seeds)
    point, other = (sample(found.primal, seeds, numbers_for(program, LENGTHS), seed) for seed in (5, 6))
    one, two = (
        evaluate(found.tangent, point.inputs | {seed: at.directions[n] for n, seed in seeds.items()}, point.functions)
        for at in (point, other)
    )
    pairs = [(name, found.name(bar)) for name, bar in gradient(program).results]
    left = sum((one[moved] * other.directions[name]).sum() for name, moved in pairs)
    right = sum((two[moved] * point.directions[name]).sum() for name, moved in pairs)
    assert abs(left - right) < 1e-11 * max(abs(left), 1)


def test_gauss_newton_products(program):
    """⟨u, J'J v⟩ = ⟨J u, J v⟩ along u = v."""
    found = gauss_newton(program)
    assert found.kind == "gauss_newton" and found.seeds == ()
    differential = found.differential
    point = point_of(program, dict(differential.seeds))
    inputs = point.inputs | {seed: point.directions[name] for name, seed in differential.seeds}
    values = evaluate(found.program, inputs, point.functions)
    pulled = sum((values[name] * point.directions[wrt]).sum() for wrt, name in found.results)
    moved = evaluate(program, point.moved(1j * STEP), point.functions)["y"]
    assert abs(pulled - (np.imag(moved) / STEP).item() ** 2) < 1e-11 * max(abs(pulled), 1)


def test_exactly(program):
    for found in (gradient(program), vhp(program), gauss_newton(program), adjoint(hvp(program))):
        if is_adjoint_checkable(found):
            assert adjoint_holds(found, numbers_for(program, LENGTHS), 4)


def test_they_are_programs_again(program):
    for found in (gradient(program), vhp(program), gauss_newton(program)):
        for style in ("text", "unicode", "latex"):
            dialect = "latex" if style == "latex" else "text"
            assert read_program(found.program.text(style), dialect=dialect) == found.program
    third = differentiate(hvp(program).tangent, program.inputs[0].name)
    assert read_program(third.tangent.text()) == third.tangent


def test_a_gradient_of_one_output():
    program = read_program("X : n x m; y = sum(X); z = sum(square(X)); return y, z")
    assert str(gradient(program, of="z")) == "X̄ = 2 X"
    with pytest.raises(ShapeError, match="choose one") as error:
        gradient(program)
    assert "y, z" in str(error.value)


def test_what_is_no_scalar():
    with pytest.raises(ShapeError, match="Y is n×m"):
        gradient(read_program("X : n x m; Y = sin(X)"))
    with pytest.raises(NameError_):
        gradient(read_program("X : n x m; y = sum(X)"), wrt="Z")


def test_a_constant_has_a_zero_gradient():
    program = read_program("X : n x m; W : n x m; y = sum(X)")
    assert str(gradient(program, wrt="W")) == "W̄ = zeros(n, m)"
    assert str(vhp(program)) == "X̄ = zeros(n, m)\nW̄ = zeros(n, m)"
