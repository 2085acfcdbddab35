"""Gradients and Jacobians in a derivation: read in every layout that is stated, refused where none is."""

import pytest

import pushforward as pf

SEED = pf.parse("X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)")
LEAST_SQUARES = pf.parse("X : n x m; w : m; t : n; r = X*w - t; y = r'*r")
RIDGE = pf.parse("S : n x n; a : scalar; B : n x k; W = (S + a*eye(n)) \\ B")
TEX_COLUMNS = (
    r"\frac{\partial\operatorname{vec}(X_4)}{\partial{\operatorname{vec}\left(X_0\right)}^\top} = "
    r"\operatorname{diag}(\operatorname{vec}(f'(X_3))) (W_2^\top \otimes I_n) "
    r"\operatorname{diag}(\operatorname{vec}(f'(X_1))) (W_1^\top \otimes I_n)"
)
RIGHT = [
    (SEED, "∂vec(X4)/∂vec(X0)ᵀ = diag(vec(f'(X3))) (W2ᵀ ⊗ eye(n)) diag(vec(f'(X1))) (W1ᵀ ⊗ eye(n))"),
    (SEED, TEX_COLUMNS),
    (SEED, "# in vec form\n∂X4/∂X0 = ∂X4/∂X3 ∂X3/∂X2 ∂X2/∂X1 ∂X1/∂X0\n∂X3/∂X2 = W2' ⊗ eye(n)"),
    (SEED, "∂X4/∂X1 = diag(vec(f'(X3))) (W2ᵀ ⊗ eye(n)) diag(vec(f'(X1)))"),
    (LEAST_SQUARES, "∂r/∂w = X\n∂y/∂r = 2 r\n∂y/∂wᵀ = ∂y/∂rᵀ ∂r/∂w = 2 r' X"),
    (LEAST_SQUARES, r"\frac{\partial y}{\partial w^\top} = 2 r^\top X"),
    (LEAST_SQUARES, "∂r/∂w = X'"),  # denominator layout
    (RIDGE, "∂W/∂a = -(S + a eye(n)) \\ W"),
    (RIDGE, r"\frac{\partial W}{\partial a} = -(S + a I_n)^{-1} W"),
]


@pytest.mark.parametrize("program, text", RIGHT)
def test_right_in_every_layout(program, text):
    verdict = pf.grade(program, text)
    assert verdict.passed, verdict.report()


@pytest.mark.parametrize(
    "text, said",
    [
        ("∂r/∂w = X'", "in denominator layout, the transpose of the Jacobian"),
        ("∂y/∂w = 2 r' X", "in numerator layout, the transpose of the gradient"),
        ("∂r/∂w = X", ""),
        ("∂y/∂w = 2 X' r", ""),
    ],
)
def test_the_layout_is_said_where_it_is_the_other_one(text, said):
    (equality,) = pf.grade(LEAST_SQUARES, text).equalities
    assert equality.reason == said


@pytest.mark.parametrize(
    "program, text, kind",
    [
        (SEED, "∂vec(X3)/∂vec(X0)ᵀ = (W2ᵀ ⊗ eye(n)) diag(vec(f'(X1))) (eye(n) ⊗ W1ᵀ)", "factors in the wrong order"),
        (SEED, "∂vec(X3)/∂vec(X2)ᵀ = W2 ⊗ eye(n)", "layout"),
        (LEAST_SQUARES, "∂vec(r)/∂wᵀ = X'", "extra transpose"),
        (LEAST_SQUARES, "∂y/∂r = r", "wrong factor"),
    ],
)
def test_mistakes_in_them_are_named(program, text, kind):
    assert pf.grade(program, text).first_wrong.mistake.kind == kind


@pytest.mark.parametrize(
    "text", ["∂X4/∂X0 = W1", r"\frac{\partial X_4}{\partial X_0} = W_1", r"\nabla_{X_0} X_4 = W_1"]
)
def test_four_indices_need_a_layout(text):
    with pytest.raises(pf.ProgramError, match="four indices") as caught:
        pf.grade(SEED, text)
    assert "∂vec(X4)/∂vec(X0)ᵀ" in str(caught.value)


def test_the_answer_is_a_derivative_by_an_input_and_without_others_in_it():
    assert "is reached" in pf.grade(LEAST_SQUARES, "∂y/∂w = 2 X' r").answer
    assert "no right line" in pf.grade(LEAST_SQUARES, "∂y/∂r = 2 r", "w").answer
    assert "no right line" in pf.grade(LEAST_SQUARES, "∂y/∂wᵀ = ∂y/∂rᵀ ∂r/∂w").answer


def test_numbers_have_them_too():
    """A Cholesky factor has no value in a prime field."""
    verdict = pf.grade(
        pf.parse("S : n x n spd; x : n; L = chol(S); z = L*x; y = z'*z"), "∂z/∂x = L\n∂y/∂z = z\n∂y/∂x = 2 L' z"
    )
    assert [equality.status.value for equality in verdict.equalities] == ["undecided", "wrong", "undecided"]
    assert "they agree at" in verdict.equalities[2].reason


@pytest.mark.parametrize(
    "text",
    [
        "d²X4 = f''(X3) ⊙ dX3 ⊙ dX3",
        "δ^2 X4 = 1",
        r"\mathrm{d}^2 X_4 = f''(X_3) \odot \mathrm{d}X_3 \odot \mathrm{d}X_3",
        r"\frac{\partial^{2} X_4}{\partial X_0^2} = 1",
        r"X_1 + \delta X_1 = X_0 W_1 + \delta X_0 W_1 + \delta^2 X_1",
    ],
)
def test_second_differentials_are_refused_where_they_stand(text):
    with pytest.raises(pf.ProgramError, match="second differentials are not marked") as caught:
        pf.grade(SEED, text)
    assert "^" in str(caught.value) and "O(" in str(caught.value)


def test_a_square_of_a_matrix_called_d_is_none():
    program = pf.parse("d : n x n; E = d*d")
    assert pf.grade(program, "E = d^2").passed
    assert pf.grade(program, "d^2 d = E d").passed


def test_a_remainder_is_no_second_differential():
    assert pf.grade(SEED, "X2 + δX2 = f(X1) + f'(X1) ⊙ δX1 + O(δ²)").passed
    assert pf.grade(SEED, r"X_2 + \delta X_2 = f(X_1) + f'(X_1) \odot \delta X_1 + O\left(\delta^{2}\right)").passed


def test_terms_of_second_order_are_not_checked_and_it_is_said():
    text = "X2 + δX2 = f(X1) + f'(X1) ⊙ δX1 + 0.5 f''(X1) ⊙ δX1 ⊙ δX1 + O(δX1³)"
    (equality,) = pf.grade(SEED, text).equalities
    assert equality.status.value == "undecided" and "second order are not checked" in equality.reason
    (wrong,) = pf.grade(SEED, text.replace("f'(X1)", "f(X1)")).equalities
    assert wrong.status.value == "wrong"
