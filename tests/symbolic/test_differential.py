"""The walk from a program to its differential: what it derives, records, refuses and prints."""

import random

import numpy as np
import pytest
from oracles import TIGHT, complex_step, random_program, relative_error, tangent_values
from sympy import Integer, MatrixExpr, ZeroMatrix

from codegen.kernel import compile_kernel
from codegen.reference import evaluate
from codegen.sampling import numbers_for, sample
from symbolic import closed_form, nodes
from symbolic import differential as module
from symbolic.differential import differentiate
from symbolic.errors import DifferentiationError, LimitError, NameError_, NotSupported
from symbolic.language.read import read_program
from symbolic.program import Program
from symbolic.statements import Input, Let

SEED_TEXT = "X0 : n x m\nW1 : m x h\nW2 : h x p\nX1 = X0*W1\nX2 = f.(X1)\nX3 = X2*W2\nX4 = f.(X3)"
SEED_FORM = "f'(X3) ⊙ ((f'(X1) ⊙ (δX0 W1)) W2)"


@pytest.fixture
def seed_program():
    return read_program(SEED_TEXT)


def sampled(differential, seed=3, lengths=(3, 2, 4, 5)):
    program = differential.primal
    return sample(program, differential.wrt, numbers_for(program, lengths), seed)


# The closed form


def test_the_seed_in_closed_form(seed_program):
    differential = differentiate(seed_program, wrt="X0")
    form = differential.closed_form()
    assert str(form) == SEED_FORM
    assert str(differential) == form.equation() == f"δX4 = {SEED_FORM}"
    assert form.shape == seed_program.let("X4").expr.shape
    assert isinstance(form, MatrixExpr)
    assert form.latex() == (
        r"f'\left(X_3\right) \odot \left(\left(f'\left(X_1\right) \odot \left(\delta X_0 W_1\right)\right) W_2\right)"
    )
    assert differential.latex() == rf"\delta X_4 = {form.latex()}"


@pytest.mark.parametrize(
    "wrt, expected",
    [
        ("W1", "f'(X3) ⊙ ((f'(X1) ⊙ (X0 δW1)) W2)"),
        ("W2", "f'(X3) ⊙ (X2 δW2)"),
        (["W2", "X0"], "f'(X3) ⊙ ((f'(X1) ⊙ (δX0 W1)) W2 + X2 δW2)"),
        (None, "f'(X3) ⊙ ((f'(X1) ⊙ (δX0 W1 + X0 δW1)) W2 + X2 δW2)"),
    ],
)
def test_the_seed_with_respect_to_other_inputs(seed_program, wrt, expected):
    assert str(differentiate(seed_program, wrt).closed_form()) == expected


def test_the_tangent_program_of_the_seed(seed_program):
    differential = differentiate(seed_program, "X0")
    assert differential.wrt == ("X0",)
    assert differential.seeds == (("X0", "δX0"),)
    assert [given.name for given in differential.program.inputs] == ["X0", "W1", "W2", "δX0"]
    assert differential.program.outputs == ("X4", "δX4")
    assert [str(line) for line in differential.program.lines()[4:]] == [
        "X1 = X0 W1", "δX1 = δX0 W1", "X2 = f(X1)", "δX2 = f'(X1) ⊙ δX1",
        "X3 = X2 W2", "δX3 = δX2 W2", "X4 = f(X3)", "δX4 = f'(X3) ⊙ δX3", "return X4, δX4",
    ]  # fmt: skip


def test_seeds_follow_the_order_of_the_program(seed_program):
    assert differentiate(seed_program, ["W2", "X0", "W2"]).seeds == (("X0", "δX0"), ("W2", "δW2"))


def test_closed_forms_of_other_names(seed_program):
    differential = differentiate(seed_program, "X0")
    assert str(differential.closed_form("X1")) == "δX0 W1"
    assert str(differential.closed_form("X0")) == "δX0"
    for name in ("W1", "X5"):
        with pytest.raises(NameError_, match=name):
            differential.closed_form(name)


def test_several_outputs_are_several_equations():
    differential = differentiate(read_program("A : n x n\nB = A'\nC = 2*B\nreturn A, B, C"))
    assert str(differential) == "δA = δA\nδB = δAᵀ\nδC = 2 δAᵀ"
    assert differential.latex().count(r"\\") == 2


def test_terms_that_cancel_leave_no_trace():
    assert str(differentiate(read_program("X : n x n\nZ : n x n\nY = X - X + Z")).closed_form()) == "δZ"


def test_a_closed_form_too_large_to_read_is_refused():
    lines = [f"X{k + 1} = sin(X{k})*A*cos(X{k})" for k in range(24)]
    differential = differentiate(read_program("X0 : n x n\nA : n x n\n" + "\n".join(lines)), "X0")
    assert len(differential.program.lets) == 48
    assert len(str(differential.closed_form("X3"))) < 1000
    with pytest.raises(LimitError, match="20,000"):
        differential.closed_form()


def test_the_limit_is_on_the_expression_written_out(monkeypatch, seed_program):
    monkeypatch.setattr(closed_form, "MAX_CLOSED_FORM", 11)
    assert str(differentiate(seed_program, "X0").closed_form()) == SEED_FORM
    monkeypatch.setattr(closed_form, "MAX_CLOSED_FORM", 10)
    differential = differentiate(seed_program, "X0")
    for _ in range(2):
        with pytest.raises(LimitError):
            differential.closed_form()


def test_cost_is_linear_in_the_number_of_statements():
    lines = [f"X{k + 1} = sin(X{k}) .* X{k}" for k in range(300)]
    differential = differentiate(read_program("X0 : n x n\n" + "\n".join(lines)), "X0")
    assert len(differential.program.lets) == 600
    assert len(differential.steps) <= 300 * 6


# Values


@pytest.mark.parametrize("seed", range(40))
def test_random_programs_agree_with_the_complex_step(seed):
    program = random_program(random.Random(seed))
    differential = differentiate(program)
    point = sample(program, differential.wrt, {}, seed)
    values, expected = tangent_values(differential, point), complex_step(program, point)
    for output in program.outputs:
        assert relative_error(values[differential.name(output)], expected[output]) < 10 * TIGHT


def test_differentiating_twice(seed_program):
    first = differentiate(seed_program, "X0")
    second = differentiate(first.program, "X0")
    assert second.seeds == (("X0", "δ2X0"),)
    assert second.program.outputs == ("X4", "δX4", "δ2X4", "δ2δX4")
    assert str(second.closed_form("X4")) == SEED_FORM.replace("δX0", "δ₂X0")
    point = sampled(first)
    functions = point.functions | {("f", 2): lambda x: -0.49 * np.sin(0.7 * x + 0.3)}
    named = dict(point.inputs) | {"δX0": point.directions["X0"]}
    direction = np.cos(np.arange(named["X0"].size)).reshape(named["X0"].shape)
    values = evaluate(second.program, named | {"δ2X0": direction}, functions)
    moved = evaluate(first.program, named | {"X0": named["X0"] + 1e-30j * direction}, functions)
    assert relative_error(values["δ2δX4"], moved["δX4"].imag / 1e-30) < TIGHT


def test_differentiating_in_the_seed_gives_the_tangent_again(seed_program):
    """The differential is linear in its seed: its derivative along δ₂δX0 is itself, at δ₂δX0."""
    second = differentiate(differentiate(seed_program, "X0").program, "δX0")
    assert str(second.closed_form("δX4")) == SEED_FORM.replace("δX0", "δ₂δX0")
    assert type(second.closed_form("X4").expr) is ZeroMatrix


def test_a_third_differentiation_takes_a_third_mark():
    program = read_program("X : n x m\nY = X .* X .* X")
    for level in (1, 2, 3):
        differential = differentiate(program, "X")
        assert differential.level == level
        program = differential.program
    assert program.inputs[-1].name == "δ3X"
    # d³(X∘X∘X) = 6 δX∘δ₂X∘δ₃X
    X, *seeds = np.random.default_rng(1).standard_normal((4, 2, 2))
    values = evaluate(program, dict(zip([given.name for given in program.inputs], (X, *seeds), strict=True)))
    assert relative_error(values[program.outputs[-1]], 6 * seeds[0] * seeds[1] * seeds[2]) < TIGHT


def test_a_seed_keeps_the_linear_facts_of_its_input():
    program = read_program("S : n x n symmetric\nP : n x n positive\nY = S + P")
    tangent = differentiate(program).program
    assert [given.facts for given in tangent.inputs] == [("symmetric",), ("positive",), ("symmetric",), ()]


# Dependence


def test_independence_is_a_proven_zero():
    differential = differentiate(read_program("A : n x n\nB : n x n\nY = sin(A)*2\nreturn Y"), "B")
    assert type(differential.closed_form().expr) is ZeroMatrix
    assert differential.steps == ()
    A, dB = np.random.default_rng(0).standard_normal((2, 3, 3))
    value, zero = compile_kernel(differential)(A, A, dB)
    assert not zero.any() and value.any()


def test_a_zero_by_cancellation_is_found():
    assert type(differentiate(read_program("A : n x n\nY = A - A")).closed_form().expr) is ZeroMatrix


def test_what_does_not_depend_on_the_seeds_has_no_differential():
    program = read_program("A : n x n\nB : n x n\nC = sin(B)\nY = A*C")
    differential = differentiate(program, "A")
    assert "δC" not in differential.program.symbols
    with pytest.raises(NameError_, match="does not depend on A"):
        differential.closed_form("C")


def test_a_node_outside_the_closed_list_is_refused():
    class Mystery(MatrixExpr):
        shape = property(lambda self: self.args[0].shape)

    given = Input("A", (Integer(2), Integer(2)))
    with pytest.raises(NotSupported, match="Mystery is not a node"):
        Program("p", (given,), (Let("Y", Mystery(given.symbol)),), ("Y",))


def test_dependence_through_an_operation_without_a_rule_raises(monkeypatch):
    program = read_program("A : n x m\nB : n x m\nT = B'\nY = A + T'")
    monkeypatch.setattr(module, "rule_for", refuse_transposes)
    assert str(differentiate(program, "A").closed_form()) == "δA"
    with pytest.raises(DifferentiationError, match="no transposes"):
        differentiate(program, "B")


def refuse_transposes(node):
    if type(node) is nodes.Transpose:
        raise DifferentiationError("no transposes")
    return module_rule_for(node)


module_rule_for = module.rule_for


@pytest.mark.parametrize("wrt, message", [("Y", "computed"), ("Q", "not a name"), (["A", "Q"], "'Q'")])
def test_only_inputs_can_be_perturbed(wrt, message):
    with pytest.raises(NameError_, match=message):
        differentiate(read_program("A : n x n\nY = sin(A)"), wrt)


def test_nothing_to_differentiate_with_respect_to():
    with pytest.raises(DifferentiationError):
        differentiate(read_program("A : n x n\nY = sin(A)"), [])


# Steps


def test_the_steps_of_the_seed(seed_program):
    steps = differentiate(seed_program, "X0").steps
    rules = [step for step in steps if step.is_rule]
    assert [(step.rule.name, step.where) for step in rules] == [
        ("matrix product", "X1"), ("elementwise function", "X2"), ("matrix product", "X3"),
        ("elementwise function", "X4"),
    ]  # fmt: skip
    assert [str(step.before) for step in rules] == ["X0*W1", "Elementwise(f, 0, X1)", "X2*W2", "Elementwise(f, 0, X3)"]
    assert all(step.where in seed_program.symbols for step in steps)


@pytest.mark.parametrize("seed", range(12))
def test_every_step_is_true(seed):
    """A rewrite keeps the value; a rule gives the differential of what it was applied to."""
    program = random_program(random.Random(100 + seed))
    differential = differentiate(program)
    assert any(step.is_rule for step in differential.steps)
    point = sample(program, differential.wrt, {}, seed)
    lets = [Let(f"after{k}", step.after) for k, step in enumerate(differential.steps)]
    lets += [Let(f"before{k}", step.before) for k, step in enumerate(differential.steps)]
    values = tangent_values(differential, point, *lets)
    primal = Program("before", program.inputs, (*program.lets, *(
        Let(f"before{k}", step.before) for k, step in enumerate(differential.steps) if step.is_rule
    )), program.outputs)  # fmt: skip
    moved = complex_step(primal, point)
    for k, step in enumerate(differential.steps):
        expected = moved[f"before{k}"] if step.is_rule else values[f"before{k}"]
        assert relative_error(values[f"after{k}"], expected) < 1e-10, step


def test_differentiation_is_repeatable(seed_program):
    assert differentiate(seed_program).program == differentiate(read_program(SEED_TEXT)).program
    assert differentiate(seed_program).steps == differentiate(read_program(SEED_TEXT)).steps
