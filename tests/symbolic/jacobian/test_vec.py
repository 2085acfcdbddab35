"""Vec Jacobians against the tangent program: vec(δY) = J vec(δX), for every operation, in both orders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import pushforward as pf
from codegen.reference import evaluate
from codegen.sampling import sample
from symbolic.differential import differentiate
from symbolic.errors import NameError_, NotSupported
from symbolic.jacobian.vec import vec_form
from symbolic.nodes import Operation
from symbolic.operations import DEFINITIONS, OPERATIONS
from tests.oracles import TIGHT, relative_error

SEED = "X0 : n x 2; X1 = X0*W1; X2 = f.(X1); X3 = X2*W2; X4 = f.(X3)"
ORDERS = {"column by column": "F", "row by row": "C"}
PROGRAMS = {
    "seed": SEED,
    "residual": "A : n x n; B : n x n; Y = f(A*B) + A",
    "columns": "A : n x m; Y = A ./ (ones(n,1)*sum(square(A), 1))",
    "gram": "A : n x m; Y = A'*A",
    "blocks": "A : n x m; B : k x m; C : n x p; Y = [[A; B*A'*A], [C; ones(k,p)]]",
    "blocks that move in part": "A : n x m; B : n x p; Y = [A .* A, B, 3*A]",
    "kron": "A : n x m; B : m x p; Y = kron(A*B, A)",
    "traces": "A : n x n; B : n x n; y = tr(A*B*A)*sum(A .* B) + tr(A)^2",
    "scalars": "a : scalar; A : n x m; Y = a^2*A*A'",
    "a scalar inside": "a : scalar; A : n x m; X : m x m; B : m x p; Y = A*f(a*X)*B",
    "columns repeated": "A : n x m; d : n; e : m; Y = (d*ones(1,m)) .* A .* A; Z = (ones(n,1)*e') .* Y",
    "a scalar of a scalar": "a : scalar; y = sin(a)*a",
    "triangles": "A : n x n; Y = tril(A, -1)*triu(A, 1) + diag(diagonal(A*A))",
    "reshaped": "A : n x m; Y = reshape(f(reshape(A, m, n)), n, m)",
    "slices": "A : n x m; B : m x p; Y = (A*B)[2:n, :]'",
    "a row": "x : n; A : n x m; y = x'*A; z = f(y) + y",
    "solve": "A : n x n; B : n x k; Y = (A \\ B)' / A",
    "divided": "A : n x m; B : n x m; Y = A ./ (B + A)",
    "symmetric": "S : n x n symmetric; Y = S*S",
    "spd": "S : n x n spd; Y = inv(S)*chol(S)",
}
EXAMPLES = {name: record.example for name, record in (OPERATIONS | DEFINITIONS).items()}


def lengths_of(program):
    return {str(size): 3 - k % 2 for k, size in enumerate(program.sizes)}


def errors(program, wrt, order, planted=lambda let: let):
    """|J vec(δX) - vec(δY)| of the program of J, and of its closed form, at one point and in one direction."""
    differential = differentiate(program, wrt)
    form = vec_form(differential, wrt=wrt, row_major=order == "C")
    point = sample(program, dict(differential.seeds), lengths_of(program), 5)
    (seed,) = (seed for _, seed in differential.seeds)
    moved = evaluate(differential.tangent, {**point.inputs, seed: point.directions[wrt]}, point.functions)
    expected = moved[differential.name(program.outputs[-1])].ravel(order)
    lets = tuple(map(planted, form.program.lets))
    named = evaluate(replace(form.program, lets=lets), point.inputs, point.functions)
    closed = replace(
        form.program,
        lets=tuple(replace(let, expr=form.closed_form().expr) if let.name == form.name else let for let in lets),
    )
    direct = evaluate(closed, point.inputs, point.functions)
    return [relative_error(each[form.name] @ point.directions[wrt].ravel(order), expected) for each in (named, direct)]


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_the_vec_jacobian_gives_the_differential(text, order):
    program = pf.parse(text)
    for given in program.inputs:
        assert max(errors(program, given.name, order)) < TIGHT


@pytest.mark.parametrize("order", ORDERS.values(), ids=ORDERS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_the_vec_jacobian_of_every_operation(name, order):
    program = pf.parse(EXAMPLES[name])
    for given in program.inputs:
        assert max(errors(program, given.name, order)) < 100 * TIGHT


@pytest.mark.parametrize(
    "text, wrt, columns, rows",
    [
        (SEED, "X0", "diag(vec(f'(X3))) (W2ᵀ ⊗ eye(n)) diag(vec(f'(X1))) (W1ᵀ ⊗ eye(n))",
         "diag(vec(f'(X3)ᵀ)) (eye(n) ⊗ W2ᵀ) diag(vec(f'(X1)ᵀ)) (eye(n) ⊗ W1ᵀ)"),
        (SEED, "W1", "diag(vec(f'(X3))) (W2ᵀ ⊗ eye(n)) diag(vec(f'(X1))) (eye(m) ⊗ X0)",
         "diag(vec(f'(X3)ᵀ)) (eye(n) ⊗ W2ᵀ) diag(vec(f'(X1)ᵀ)) (X0 ⊗ eye(m))"),
        (SEED, "W2", "diag(vec(f'(X3))) (eye(h) ⊗ X2)", "diag(vec(f'(X3)ᵀ)) (X2 ⊗ eye(h))"),
        ("A : n x m; B : m x p; C : p x q; Y = A*B*C", "B", "Cᵀ ⊗ A", "A ⊗ Cᵀ"),
        ("A : n x m; Y = A'", "A", "K_n_m", "K_m_n"),
        ("A : n x m; d : n; Y = (d*ones(1,m)) .* A", "A", "eye(m) ⊗ diag(d)", "diag(d) ⊗ eye(m)"),
        ("A : n x m; d : m; Y = (ones(n,1)*d') .* A", "A", "diag(d) ⊗ eye(n)", "eye(n) ⊗ diag(d)"),
        ("a : scalar; A : n x m; X : m x m; Y = A*f(a*X)", "a", "vec(A (f'(a X) ⊙ X))", "vec((f'(a X)ᵀ ⊙ Xᵀ) Aᵀ)"),
        ("A : n x m; Y = softmax(A, 2)", "A", "diag(vec(Y)) (eye(m·n) - (ones(m, m) ⊗ eye(n)) diag(vec(Y)))",
         "diag(vec(Yᵀ)) (eye(m·n) - (eye(n) ⊗ ones(m, m)) diag(vec(Yᵀ)))"),
        ("A : n x n; B : n x k; X = A \\ B", "A", "-Xᵀ ⊗ A⁻¹", "-A⁻¹ ⊗ Xᵀ"),
        ("A : n x n; y = tr(A*A)", "A", "2 vec(Aᵀ)ᵀ", "2 vec(A)ᵀ"),
        ("A : n x m; b : m; y = sum(A*b)", "A", "bᵀ ⊗ ones(1, n)", "ones(1, n) ⊗ bᵀ"),
    ],
)  # fmt: skip
def test_closed_forms(text, wrt, columns, rows):
    differential = differentiate(pf.parse(text), wrt)
    assert str(vec_form(differential)) != ""
    assert str(vec_form(differential).closed_form()) == columns
    assert str(vec_form(differential, row_major=True).closed_form()) == rows


@pytest.mark.parametrize("text", [PROGRAMS["seed"], PROGRAMS["gram"], PROGRAMS["kron"]])
def test_the_program_reads_as_it_is_printed(text):
    program = vec_form(differentiate(pf.parse(text))).program
    for style in ("text", "unicode", "latex"):
        assert pf.parse(program.text(style)) == program


def test_what_does_not_move_is_zero_and_an_input_is_the_identity():
    differential = differentiate(pf.parse("A : n x m; B : n x m; Y = A .* A; Z = B + B"), "A")
    assert str(vec_form(differential, "Z").closed_form()) == "zeros(m·n, m·n)"
    assert str(vec_form(differential, "A").closed_form()) == "eye(m·n)"
    with pytest.raises(NameError_, match="an input that moves here"):
        vec_form(differential, "Y", "B")


def test_the_cost_is_linear_in_the_statements():
    text = "; ".join(["A : n x n", "Y0 = A", *(f"Y{k + 1} = f(Y{k}*A) + Y{k}" for k in range(300))])
    form = vec_form(differentiate(pf.parse(text)))
    assert len(form.jacobians) <= 301


def test_a_name_that_is_taken_is_left_alone():
    form = vec_form(differentiate(pf.parse("J_Y : n x n; K_n_n : n x n; Y = J_Y'*K_n_n"), "J_Y"))
    assert form.name == "JJ_Y"
    assert str(form.closed_form()) == "(K_n_nᵀ ⊗ eye(n)) K1"


# Mistakes are seen


@pytest.mark.parametrize("name", [name for name, record in OPERATIONS.items() if record.vec])
def test_a_wrong_line_is_seen(name, monkeypatch):
    """Twice what it should be, and a line with a transpose lost."""
    record = OPERATIONS[name]
    faults = [f"2*({record.vec[0]})"]
    if "'" in record.vec[0] and "spd" not in record.example:
        faults.append(record.vec[0].replace("'", ""))
    for line in faults:
        with monkeypatch.context() as patch:
            patch.setitem(OPERATIONS, name, replace(record, vec=(line, *record.vec[1:])))
            program = pf.parse(record.example)
            wrt = program.inputs[record.linear_in[0]].name
            try:
                found = max(errors(program, wrt, "F"))
            except Exception:  # a matrix whose shape does not fit is seen too
                found = np.inf
        assert found > 1e-3


def test_an_operation_without_its_line_is_refused_by_name(monkeypatch):
    monkeypatch.setitem(OPERATIONS, "sylvester", replace(OPERATIONS["sylvester"], vec=()))
    with pytest.raises(NotSupported, match="sylvester has no line"):
        vec_form(differentiate(pf.parse(OPERATIONS["sylvester"].example), "C"))


def test_every_linear_operation_has_a_line_for_each_operand():
    for name, record in OPERATIONS.items():
        if name not in ("hstack", "vstack"):
            assert len(record.vec) == len(record.linear_in), name


def test_lines_are_of_operations():
    node = pf.parse("A : n x m; Y = sum(A, 2)").lets[-1].expr
    assert type(node) is Operation and OPERATIONS[node.name].vec
