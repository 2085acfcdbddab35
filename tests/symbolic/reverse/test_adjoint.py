"""The adjoint of a tangent program: what it computes, records, refuses and prints; mistakes in it are found."""

import random
from dataclasses import replace

import numpy as np
import pytest
from oracles import TIGHT, complex_step, random_program
from sympy import Integer, MatMul, Transpose

from codegen.reference import evaluate
from codegen.sampling import NoPoint, numbers_for, sample
from codegen.verify import LENGTHS, SPARE_LENGTHS
from symbolic.differential import differentiate
from symbolic.errors import DifferentiationError, NameError_, NotSupported
from symbolic.exact_adjoint import adjoint_holds, is_adjoint_checkable
from symbolic.language.names import adjoint_of, ascii_name, canonical, latex_name, split_bar, unicode_name
from symbolic.language.read import read_program
from symbolic.nodes import add, scale, transpose
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.reverse import transposition
from symbolic.reverse.adjoint import adjoint
from symbolic.reverse.backwards import free_level
from symbolic.reverse.transposition import TRANSPOSITIONS

SEED_TEXT = "X0 : n x m\nW1 : m x h\nW2 : h x p\nX1 = X0*W1\nX2 = f.(X1)\nX3 = X2*W2\nX4 = f.(X3)"
LINES = (
    "X : n x m; Y = X'; Z = tr(Y*X)",
    "X0 : n x m; a : scalar; Y = a*X0 + X0 ./ (X0.^2 + ones(n,m)); Z = Y .* Y",
    "x : n; y : m; A : n x m; c = x'*A*y; Z = c*A; u = c*x; v = c*x'",
    "A : n x m; B : n x k; C : 2 x m; Y = [A, B]; Z = [A; C]; U = Y[2, :]; V = Z[:, 2:m]; w = A[1, 1]",
    "A : n x m; B : p x q; Y = kron(A, B); Z = rearrange(Y, n, m, p, q)",
    "A : n x n; x : n; Y = tril(A, -1) + triu(A, 1) + diag(x); z = diagonal(A); s = sum(A) + tr(A)",
    "A : n x m; r = sum(A, 1); c = sum(A, 2); Z = A - ones(n,1)*r/n - c*ones(1,m)",
    "A : n x n; B : n x k; X = A \\ B; Y = B' / A",
    "A : n x n; B : m x m; C : n x m; X = sylvester(A, B, C)",
    "S : n x n symmetric; D : n x n diagonal; L : n x n lower; U : n x n upper; Y = S*D*L*U; z = tr(inv(S)*Y)",
    "A : n x n; Y = A^3 + inv(A)*det(A)",
    "X : n x m; Y = X; Z = 2*Y; W = Z*X'; return X, Y, Z, W",
)


@pytest.fixture
def seed_program():
    return read_program(SEED_TEXT)


def dot_product_error(pullback, lengths=LENGTHS[0], seed=3):
    """|⟨Ȳ, J δX⟩ - ⟨X̄, δX⟩|, relative to the sizes of the products, which may be no more than rounding errors."""
    program = pullback.primal
    point = sample(program, dict(pullback.differential.seeds), numbers_for(program, lengths), seed)
    moved = complex_step(program, point)
    generator = np.random.default_rng(seed)
    inputs = dict(point.inputs) | {name: generator.standard_normal(moved[of].shape) for of, name in pullback.seeds}
    found = evaluate(pullback.program, inputs, point.functions)
    left = [inputs[name] * moved[of] for of, name in pullback.seeds]
    right = [found[name] * point.directions[wrt] for wrt, name in pullback.results]
    size = max(sum(np.abs(part).sum() for part in (*left, *right)), 0.01)
    return abs(sum(part.sum() for part in left) - sum(part.sum() for part in right)) / size


# The closed form


def test_the_seed_in_closed_form(seed_program):
    pullback = adjoint(differentiate(seed_program, "X0"))
    assert str(pullback) == "X̄0 = (f'(X1) ⊙ ((f'(X3) ⊙ X̄4) W2ᵀ)) W1ᵀ"
    assert pullback.closed_form("X0").name == "X0_bar"
    assert pullback.latex() == (
        r"\bar{X}_0 = \left(f'\left(X_1\right) \odot \left(\left(f'\left(X_3\right) \odot \bar{X}_4\right)"
        r" W_2^\top\right)\right) W_1^\top"
    )
    assert pullback.seeds == (("X4", "X4_bar"),) and pullback.results == (("X0", "X0_bar"),)


def test_the_adjoint_program_of_the_seed(seed_program):
    program = adjoint(differentiate(seed_program)).program
    assert [given.name for given in program.inputs] == ["X0", "W1", "W2", "X4_bar"]
    assert program.lines()[4:] == [
        "X1 = X0 W1", "X2 = f(X1)", "X3 = X2 W2", "X4 = f(X3)", "X̄3 = f'(X3) ⊙ X̄4", "X̄2 = X̄3 W2ᵀ",
        "X̄1 = f'(X1) ⊙ X̄2", "X̄0 = X̄1 W1ᵀ", "W̄1 = X0ᵀ X̄1", "W̄2 = X2ᵀ X̄3", "return X4, X̄0, W̄1, W̄2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A : n x n; B : n x k; X = A \\ B", "Ā = -(Aᵀ \\ X̄) Xᵀ\nB̄ = Aᵀ \\ X̄"),
        ("X : n x m; y = logdet(X'*X)", "X̄ = 2 ȳ X (Xᵀ X)⁻¹"),
        ("A : n x m; b : m; Y = tanh(A*W + ones(n,1)*b'); W : m x m", "Ā = ((1 - Y ⊙ Y) ⊙ Ȳ) Wᵀ\n"
         "b̄ = sum((1 - Y ⊙ Y) ⊙ Ȳ, 1)ᵀ\nW̄ = Aᵀ ((1 - Y ⊙ Y) ⊙ Ȳ)"),
        ("A : n x n; y = tr(A*B); B : n x n", "Ā = ȳ Bᵀ\nB̄ = ȳ Aᵀ"),
        ("S : n x n symmetric; y = logdet(S)", "S̄ = ȳ S⁻¹"),
        ("D : n x n diagonal; x : n; y = x'*D*x", "D̄ = ȳ diag(diagonal(x xᵀ))\nx̄ = 2 ȳ D x"),
        ("loss : n x m; alpha : scalar; Y = alpha*loss", "loss_bar = α Ȳ\nᾱ = sum(loss ⊙ Ȳ)"),
    ],
)  # fmt: skip
def test_closed_forms(text, expected):
    assert str(adjoint(differentiate(read_program(text)))) == expected


def test_each_step_is_a_transposition_or_a_rewrite(seed_program):
    steps = adjoint(differentiate(seed_program, "X0")).steps
    assert [(step.where, step.rule.name) for step in steps] == [
        ("δX4", "Hadamard product"), ("δX3", "matrix product"), ("δX2", "Hadamard product"), ("δX1", "matrix product"),
    ]  # fmt: skip
    assert all(step.is_rule and step.cotangent is not None and step.rule.cite for step in steps)


def test_shared_values_stay_shared():
    """Linear in the number of statements, where a tree would double with each of them."""
    text = "X0 : n x n\n" + "\n".join(f"X{k + 1} = X{k} .* X{k} + X{k}" for k in range(60))
    pullback = adjoint(differentiate(read_program(text)))
    assert len(pullback.reversed) == 60
    assert len(pullback.steps) < 60 * 10


# Is it the transpose?


@pytest.mark.parametrize("text", [SEED_TEXT, *LINES])
def test_the_dot_product(text):
    program = read_program(text)
    for wrt in (None, program.inputs[0].name):
        pullback = adjoint(differentiate(program, wrt))
        assert dot_product_error(pullback) < TIGHT
        if is_adjoint_checkable(pullback):
            assert adjoint_holds(pullback, numbers_for(program, (3, 4, 2, 5)), 1)


@pytest.mark.parametrize("record", [*OPERATIONS.values(), *DEFINITIONS.values()], ids=lambda record: record.name)
def test_the_dot_product_of_every_example(record):
    pullback = adjoint(differentiate(read_program(record.example)))
    tried = 0
    for lengths in (LENGTHS[0], SPARE_LENGTHS[0]):
        try:
            assert dot_product_error(pullback, lengths) < TIGHT
            tried += 1
        except NoPoint:
            continue
    assert tried
    if is_adjoint_checkable(pullback):
        assert adjoint_holds(pullback, numbers_for(pullback.primal, SPARE_LENGTHS[0]), 2)


@pytest.mark.parametrize("number", range(25))
def test_the_dot_product_of_random_programs(number):
    pullback = adjoint(differentiate(random_program(random.Random(number))))
    assert dot_product_error(pullback) < TIGHT


@pytest.mark.parametrize("operation", [op for op in OPERATIONS.values() if op.linear_in], ids=lambda op: op.name)
def test_every_operand_of_a_linear_operation_has_a_transpose(operation):
    assert operation.name in TRANSPOSITIONS
    assert len(operation.adjoint) in (0, len(operation.linear_in))


# Faults that are found


def planted(name, change):
    """A transposition whose contributions are changed."""
    right = TRANSPOSITIONS[name]

    def apply(node, cotangent, moves, structure):
        for operand, gains in right.apply(node, cotangent, moves, structure):
            yield operand, change(operand, gains)

    return replace(right, apply=apply)


FAULTS = {
    "sign": ("tr", "A : n x n; y = tr(A)", lambda part, gains: scale(Integer(-1), gains)),
    "coefficient": ("diag", "x : n; Y = diag(x)", lambda part, gains: scale(1 + Integer(1) / 10**9, gains)),
    "lost term": (MatMul, "A : n x n; B : n x n; Y = A*B", lambda part, gains: scale(Integer(0), gains)),
    "counted twice": (Transpose, "A : n x n; Y = A' + A", lambda part, gains: add(gains, gains)),
    "not transposed": (MatMul, "A : n x n; B : n x n; Y = A*B", lambda part, gains: transpose(gains)),
    "wrong block": ("hstack", "A : n x n; B : n x n; Y = [A, 2*B]", lambda part, gains: transpose(gains)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_transposition_is_found(fault, monkeypatch):
    name, text, change = FAULTS[fault]
    program = read_program(text)
    monkeypatch.setitem(transposition.TRANSPOSITIONS, name, planted(name, change))
    pullback = adjoint(differentiate(program))
    assert not adjoint_holds(pullback, numbers_for(program, (3,)), 1)
    assert dot_product_error(pullback, (3,)) > 1e-11


WRONG_LINES = {
    "solve": ("A \\ Y", "A' \\ (-Y)", "Y"),
    "sum": ("2*Y*ones(n,m)",),
    "sum_1": ("2*ones(n,1)*Y",),
    "sum_2": ("-Y*ones(1,m)",),
    "tr": ("Y*ones(n,n)",),
    "diag": ("sum(Y, 2)",),
    "diagonal": ("diag(Y) + ones(n,n)*(diag(Y) - diag(Y))'*diag(Y)*2 + diag(Y)",),
    "sylvester": ("sylvester(A, B, Y)", "sylvester(A', B, Y)", "sylvester(A', B', -Y)"),
    "reshape": ("2*reshape(Y, n, m)",),
    "kron": ("reshape(rearrange(Y, n, m, p, q)*vec(B), m, n)'",),
}


@pytest.mark.parametrize(("name", "line"), [(name, line) for name, lines in WRONG_LINES.items() for line in lines])
def test_a_wrong_line_of_a_record_is_found(name, line, monkeypatch):
    record = OPERATIONS[name]
    wrong = replace(record, adjoint=(line, *record.adjoint[1:]))
    monkeypatch.setitem(transposition.TRANSPOSITIONS, name, transposition._by_lines(wrong))
    program = read_program(record.example)
    assert not adjoint_holds(adjoint(differentiate(program)), numbers_for(program, (2, 3, 4, 5)), 1)


# Facts


@pytest.mark.parametrize(
    ("fact", "check"),
    [
        ("symmetric", lambda M: M == M.T),
        ("spd", lambda M: M == M.T),
        ("diagonal", lambda M: np.diag(np.diag(M)) == M),
        ("lower", lambda M: np.tril(M) == M),
        ("upper", lambda M: np.triu(M) == M),
    ],
)
def test_a_cotangent_is_projected_on_what_the_input_can_do(fact, check):
    program = read_program(f"A : n x n {fact}; B : n x n; Y = B*A*B*A")
    pullback = adjoint(differentiate(program, "A"))
    point = sample(program, {"A": "δA"}, {"n": 4}, 1)
    cotangent = np.random.default_rng(0).standard_normal((4, 4))
    found = evaluate(pullback.program, {**point.inputs, "Y_bar": cotangent}, {})["A_bar"]
    assert np.allclose(check(found), True)
    assert dot_product_error(pullback) < TIGHT
    assert any("projection" in step.rule.name for step in pullback.steps)


# What is asked for


def test_the_outputs_that_are_chosen(seed_program):
    pullback = adjoint(differentiate(seed_program), of="X_2")
    assert pullback.of == ("X2",) and pullback.seeds == (("X2", "X2_out_bar"),)
    assert dot_product_error(pullback) < TIGHT
    with pytest.raises(NameError_, match="does not depend on W2"):
        adjoint(differentiate(seed_program, "W2"), of="X1")
    with pytest.raises(NameError_, match="not a name"):
        adjoint(differentiate(seed_program), of="nothing")


def test_an_output_that_is_read_again_has_two_cotangents():
    pullback = adjoint(differentiate(read_program("X : n x m; Y = 2*X; Z = X*Y'; return X, Y, Z")))
    assert pullback.seeds == (("X", "X_out_bar"), ("Y", "Y_out_bar"), ("Z", "Z_bar"))
    assert str(pullback) == "X̄ = 2 (Z̄ᵀ X + Ȳ_out) + Z̄ Y + X̄_out"
    assert dot_product_error(pullback) < TIGHT


def test_what_does_not_depend_on_an_input_has_a_zero_cotangent():
    pullback = adjoint(differentiate(read_program("A : n x m; B : n x m; Y = A; return Y")))
    assert str(pullback) == "Ā = Ȳ\nB̄ = zeros(n, m)"


def test_names_that_are_taken():
    program = read_program("X : n x m; X_bar : n x m; Y = X .* X_bar")
    pullback = adjoint(differentiate(program))
    assert pullback.results == (("X", "X_bar2"), ("X_bar", "X_bar3")) and free_level(program) == 2
    assert read_program(pullback.program.text()) == pullback.program
    assert dot_product_error(pullback) < TIGHT


def test_a_quadratic_form_has_no_transpose(seed_program):
    with pytest.raises(NotSupported, match="order 2"):
        adjoint(differentiate(seed_program, "X0", order=2))


def test_without_a_transpose_an_operation_is_refused_by_name(monkeypatch):
    monkeypatch.delitem(transposition.TRANSPOSITIONS, "tr")
    with pytest.raises(DifferentiationError, match="tr is not linear"):
        adjoint(differentiate(read_program("A : n x n; y = tr(A)")))


def test_unknown_names_of_results(seed_program):
    pullback = adjoint(differentiate(seed_program, "X0"))
    with pytest.raises(NameError_, match="has no cotangent"):
        pullback.closed_form("W1")
    with pytest.raises(NameError_, match="not a name"):
        pullback.closed_form("Q")


# Names


@pytest.mark.parametrize(
    ("name", "unicode", "latex"),
    [
        ("X4_bar", "X̄4", r"\bar{X}_4"),
        ("y_bar", "ȳ", r"\bar{y}"),
        ("alpha_bar", "ᾱ", r"\bar{\alpha}"),
        ("W12_bar2", "W̄̄12", r"\bar{\bar{W}}_{12}"),
        ("δX0_bar", "δX̄0", r"\delta \bar{X}_0"),
        ("loss_bar", "loss_bar", r"\bar{\mathit{loss}}"),
        ("W_ij_bar", "W̄_ij", r"\bar{\mathit{W\_ij}}"),
    ],
)
def test_the_names_of_cotangents(name, unicode, latex):
    assert unicode_name(name) == unicode and latex_name(name) == latex
    assert canonical(unicode) == ascii_name(name)


@pytest.mark.parametrize("written", ["X̄0", "X̄₀", "X0_bar", "X_0_bar"])
def test_spellings_of_a_bar(written):
    assert canonical(written) == "X0_bar" == adjoint_of("X0")
    assert split_bar("X0_bar2") == (2, "X0") and adjoint_of("X0_bar") == "X0_bar2"


@pytest.mark.parametrize("written", [r"\bar{X}_0", r"\bar X_0", r"\overline{X}_0", r"\bar{X_0}", r"\bar{ X }_{0}"])
def test_bars_in_latex(written):
    assert read_program(f"Y = {written} W", dialect="latex").inputs[0].name == "X0_bar"


@pytest.mark.parametrize("text", [SEED_TEXT, *LINES])
def test_what_is_printed_reads_again(text):
    pullback = adjoint(differentiate(read_program(text)))
    for style in ("text", "unicode", "latex"):
        dialect = "latex" if style == "latex" else "text"
        assert read_program(pullback.program.text(style), dialect=dialect) == pullback.program


def test_the_transpose_of_the_transpose_is_the_differential(seed_program):
    """Linear in X̄4: transposed once more, it is J again."""
    pullback = adjoint(differentiate(seed_program, "X0"))
    again = adjoint(differentiate(pullback.program, "X4_bar"), of="X0_bar")
    assert dot_product_error(again) < TIGHT
    assert again.results == (("X4_bar", "X4_bar3"),)
    assert str(again) == "X̄̄̄4 = f'(X3) ⊙ ((f'(X1) ⊙ (X̄̄̄0 W1)) W2)"
