"""Answers as people write them: right ones are accepted, what is right and no answer is told so, the rest is not."""

from __future__ import annotations

import pytest

import pushforward as pf
from pushforward.exercises.build import WANTED
from pushforward.exercises.draft import DIFFERENTIAL, GRADIENT, NUMERATOR, ROWS, VEC, VEC_ROW_MAJOR, WRONG_STEP, Draft
from pushforward.exercises.model import Exercise
from pushforward.grading.marks import Status
from symbolic.differential import differentiate
from symbolic.language.read import read_program

LAYERS = "X0 : n x m; W1 : m x h; W2 : h x p; X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)"
ROW = "X : n x m; W : m x h; V : h x p; Z = X*W; Y = f(Z)*V"
SQUARES = "A : n x m; X : m x k; B : n x k; R = A*X - B; y = sqnorm(R)"
SQUARE = "X : n x n; A : n x n; y = logdet(X) + tr(A*X)"


def posed(kind: str, text: str, *wrt: str) -> Exercise:
    draft = Draft(kind, text, wrt)
    return WANTED[kind](draft, differentiate(read_program(text), wrt), 1, 0)


PRODUCT = posed(DIFFERENTIAL, "A : n x m; B : m x p; Y = A*B", "A", "B")
TWO_LAYERS = posed(DIFFERENTIAL, LAYERS, "X0")
GRADIENT_OF_SQUARES = posed(GRADIENT, SQUARES, "X")
AS_ROW = posed(NUMERATOR, SQUARES, "X")
OF_SQUARE = posed(GRADIENT, SQUARE, "X")
ONE_ROW = posed(ROWS, ROW, "X")
COLUMNS = posed(VEC, "A : n x m; X : m x k; Z = A*X; Y = f(Z)", "X")
ROWS_FIRST = posed(VEC_ROW_MAJOR, "A : n x m; X : m x k; Z = A*X; Y = f(Z)", "X")
STEP_BY_STEP = """δX1 = δX0 W1
δX2 = f'(X1) ⊙ δX1
let G = f'(X3)
δX4 = G ⊙ (δX2 W2) = G ⊙ ((f'(X1) ⊙ (δX0 W1)) W2)"""
LINES = posed(WRONG_STEP, LAYERS, "X0")


@pytest.mark.parametrize(
    "exercise, answer",
    [
        (PRODUCT, "δY = δA B + A δB"),
        (PRODUCT, "dA*B + A*dB"),
        (PRODUCT, "Y + dY = A B + dA B + A dB + O(d^2)"),
        (PRODUCT, r"\delta Y = \delta A\, B + A\, \delta B + O(\delta^2)"),
        (PRODUCT, r"\mathrm{d}A B + A \mathrm{d}B"),
        (
            TWO_LAYERS,
            "δX1 = δX0 W1\nδX2 = f'(X1) ⊙ δX1\nlet G = f'(X3)\nδX4 = G ⊙ (δX2 W2) = G ⊙ ((f'(X1) ⊙ (δX0 W1)) W2)",
        ),
        (TWO_LAYERS, r"f'(X_3) \odot [(f'(X_1) \odot (\delta X_0 W_1)) W_2]"),
        (GRADIENT_OF_SQUARES, "2 A' R"),
        (GRADIENT_OF_SQUARES, "∇_X y = 2 A' (A X - B)"),
        (GRADIENT_OF_SQUARES, r"\nabla_X y = 2 A^\top R"),
        (GRADIENT_OF_SQUARES, "dy = 2 tr(R' A dX)\n∂y/∂X = 2 A' R"),
        (AS_ROW, "2 R' A"),
        (AS_ROW, r"\frac{\partial y}{\partial X} = 2 R^\top A"),
        (OF_SQUARE, "inv(X)' + A'"),
        (ONE_ROW, "V' diag(f'(z)) W'"),
        (ONE_ROW, "dz = W' dx; J = V' diag(f'(z)) W'"),
        (ONE_ROW, r"J = V^\top \operatorname{diag}(f'(z)) W^\top"),
        (COLUMNS, "J = diag(vec(f'(Z))) kron(eye(k), A)"),
        (ROWS_FIRST, "diag(vec(f'(Z)')) kron(A, eye(k))"),
        (LINES, LINES.answer),
        (LINES, f"Line {LINES.wanted.line}."),
        (LINES, f"({LINES.wanted.line})"),
    ],
)
def test_a_right_answer_is_accepted(exercise: Exercise, answer: str) -> None:
    marked = exercise.mark(answer)
    assert marked.passed, marked.report()
    assert str(marked).startswith("Right")


@pytest.mark.parametrize(
    "exercise, answer, said",
    [
        (PRODUCT, "δY = δY", "in terms of δA, δB alone"),
        (PRODUCT, "dY", "multiplied out"),
        (PRODUCT, "d(A B)", "not yet the answer"),
        (PRODUCT, "(A + dA)(B + dB) - A B", "multiplied out"),
        (PRODUCT, "dA B + A dB + dA dB", "multiplied out"),
        (PRODUCT, "δA = δA", "not yet the answer"),
        (PRODUCT, "Y = A B", "not yet the answer"),
        (PRODUCT, "δY = δA B + A δB\nY = A B", "not yet the answer"),
        (TWO_LAYERS, "δX4 = f'(X3) ⊙ δX3", "in terms of δX0 alone"),
        (TWO_LAYERS, "f'(X3) ⊙ (δX2 W2)", "in terms of δX0 alone"),
        (GRADIENT_OF_SQUARES, "δy = 2 tr(R' A δX)", "the gradient ∂y/∂X is wanted"),
        (GRADIENT_OF_SQUARES, "∇_X y = ∇_X y", "the gradient ∂y/∂X is wanted"),
        (GRADIENT_OF_SQUARES, "∂y/∂X = 2 R' A", "in the shape of X"),
        (GRADIENT_OF_SQUARES, "∂y/∂A = 2 R X'", "not yet the answer"),
        (AS_ROW, "∂y/∂X = 2 A' R", "in numerator layout"),
        (AS_ROW, "∇_X y = 2 A' R", "in numerator layout"),
        (OF_SQUARE, "inv(X) + A", "in the shape of X"),
        (ONE_ROW, "J = J", "the matrix J is wanted"),
        (ONE_ROW, "dy = V' (f'(z) .* (W' dx))", "the matrix J is wanted"),
    ],
)
def test_what_is_right_and_no_answer_is_told_so(exercise: Exercise, answer: str, said: str) -> None:
    marked = exercise.mark(answer)
    assert not marked.passed and said in marked.said
    assert marked.verdict is not None and marked.verdict.passed


@pytest.mark.parametrize(
    "exercise, answer, kind",
    [
        (PRODUCT, "δY = B δA + A δB", "factors in the wrong order"),
        (PRODUCT, "δY = δA B", "a term is missing"),
        (TWO_LAYERS, "δX4 = f'(X3) ⊙ ((f(X1) ⊙ (δX0 W1)) W2)", "f for f'"),
        (GRADIENT_OF_SQUARES, "A' R", "wrong factor"),
        (ONE_ROW, "V' diag(f(z)) W'", "f for f'"),
        (ONE_ROW, "V diag(f'(z)) W'", "shapes that do not fit"),
        (COLUMNS, "J = diag(vec(f'(Z))) kron(eye(k), A')", "extra transpose"),
    ],
)
def test_a_wrong_answer_has_a_hint_and_on_request_a_repair(exercise: Exercise, answer: str, kind: str) -> None:
    marked = exercise.mark(answer)
    assert not marked.passed and marked.verdict is not None and marked.verdict.first_wrong is not None
    mistake = marked.verdict.first_wrong.mistake
    assert mistake is not None and (mistake.kind == kind or kind == "shapes that do not fit")
    assert mistake.hint in marked.report() and marked.said.startswith("Not yet")
    assert mistake.explanation in marked.report(reveal=True)


def test_other_lines_are_told_from_the_wrong_one() -> None:
    said = [LINES.mark(str(k)).said for k in range(1, 6) if k != LINES.wanted.line and k <= 5]
    verdict = pf.grade(LINES.program, LINES.wanted.derivation, "X0")
    for k, equality in enumerate(verdict.equalities, 1):
        if equality.status is Status.FOLLOWS:
            assert "goes on from an earlier mistake" in LINES.mark(str(k)).said
    assert any("it is right" in each for each in said)


@pytest.mark.parametrize(
    "answer", ["", "   ", "δY = ", "δY = Q", "<script>", "((((", "\\input{x}", "\x1b[31m", "δY = " + "(" * 200]
)
def test_what_cannot_be_read_is_said_with_its_place(answer: str) -> None:
    with pytest.raises(pf.ProgramError) as raised:
        PRODUCT.mark(answer)
    assert "\x1b" not in str(raised.value)


def test_without_a_look_at_second_order_the_check_would_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pushforward.exercises.finished._is_linear", lambda *given: True)
    assert PRODUCT.mark("(A + dA)(B + dB) - A B").passed


def test_marks_as_data() -> None:
    marks = PRODUCT.mark("δY = δA B").to_dict(reveal=True)
    assert not marks["passed"] and marks["verdict"]["equalities"][0]["mistake"]["kind"] == "a term is missing"
    assert LINES.mark(str(LINES.wanted.line)).to_dict()["verdict"] is None
