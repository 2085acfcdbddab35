"""Derivations as they are written: lines, chains, words, remainders."""

import pytest

from symbolic.errors import LimitError, ReadError
from symbolic.language.derivation import read_derivation
from symbolic.language.handwriting import prepare

KNOWN = frozenset(("X0", "X1", "X2", "W1", "A", "B"))


def sides(text, dialect=None):
    derivation = read_derivation(text, KNOWN, dialect=dialect)
    return [
        [derivation.source.text[side.span.start : side.span.end] for side in chain.sides] for chain in derivation.chains
    ]


def words(text):
    return [
        [" ".join(token.text for token in side.tokens) for side in chain.sides]
        for chain in read_derivation(text, KNOWN).chains
    ]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("X1 = X0*W1", [["X1", "X0*W1"]]),
        ("X1 = A\n   = B", [["X1", "A", "B"]]),
        ("X1 =\n A", [["X1", "A"]]),
        ("X1 = A\n  + B", [["X1", "A\n  + B"]]),
        ("X1 = A, X2 = B", [["X1", "A"], ["X2", "B"]]),
        ("X1 = A; X2 = B.", [["X1", "A"], ["X2", "B"]]),
        ("X1 = A,\r\nX2 = B.\r\n", [["X1", "A"], ["X2", "B"]]),
        ("let X1 = A and X2 = B", [["X1", "A"], ["X2", "B"]]),
        ("1) X1 ≈ A\n2) hence X2 := B", [["X1", "A"], ["X2", "B"]]),
        ("X1 = A ⇒ X2 = B", [["X1", "A"], ["X2", "B"]]),
        (r"\begin{align} X_1 &= A \\ &= B \end{align}", [["X_1", "A", "B"]]),
        (r"X_1 = A \implies X_2 = B \tag{3}", [["X_1", "A"], ["X_2", "B"]]),
        (r"\text{where } X_1 = A \text{ and } X_2 = B", [["X_1", "A"], ["X_2", "B"]]),
        ("A B", [["A B"]]),
        ("X1 = A + O(δX0²)", [["X1", "A + O(δX0²)"]]),
        ("# nothing\nX1 = A  # said", [["X1", "A"]]),
    ],
)
def test_chains(text, expected):
    assert sides(text) == expected


@pytest.mark.parametrize("written", ["dX1", "δX1", "δX₁", "d X1", "∂X1", "ΔX1"])
def test_spellings_of_a_differential_in_text(written):
    assert words(f"{written} = A")[0][0] == "δX1"


@pytest.mark.parametrize(
    "written",
    [r"\delta X_1", r"\mathrm{d}X_1", r"\mathrm{d} X_1", r"\text{d}X_1", r"\partial X_1", r"\Delta X_1", "dX_1"],
)
def test_spellings_of_a_differential_in_latex(written):
    assert words(rf"{written} = A \odot B")[0][0] == "δX1"


@pytest.mark.parametrize(
    "text, order",
    [
        ("O(δX0²)", 2), ("O(dX0^2)", 2), ("O(‖δX0‖²)", 2), ("o(δX0)", 2), ("O(δX0)", 1), ("O(1)", 0), ("O(X0²)", 0),
        ("O(dX0^3)", 3), ("O(2)", 2), ("O(δA δB)", 2), ("O(h²)", 2), ("O{[δX0]²}", 2),
    ],
)  # fmt: skip
def test_remainders_in_text(text, order):
    derivation = read_derivation(f"X1 = A + {text}", KNOWN)
    assert [remainder.order for remainder in derivation.remainders] == [order]
    assert derivation.remainder_order(derivation.chains[0].sides[1]) == order


@pytest.mark.parametrize(
    "text, order",
    [
        (r"O(\delta X_0^2)", 2), (r"\mathcal{O}(\|\delta X_0\|^2)", 2), (r"O\left(\delta X_0^{2}\right)", 2),
        (r"o(\mathrm{d}X)", 2), (r"\mathcal{O}\big(\epsilon^2\big)", 2),
    ],
)  # fmt: skip
def test_remainders_in_latex(text, order):
    derivation = read_derivation(rf"X_1 = A \odot B + {text}", KNOWN)
    assert [remainder.order for remainder in derivation.remainders] == [order]


def test_a_matrix_may_be_called_o():
    assert prepare("X = O*(A)", "text", frozenset(("O",))).remainders == ()


def test_preparing_keeps_every_place():
    text = "Let X1 := A + O(δX0²) ⇒ X2 ≈ {A}.\n2) so X1 = B,"
    assert len(prepare(text, "text").text) == len(text)
    tex = r"\text{Let } X_1 \approx \dfrac{A}{2} + \mathcal{O}(\|\partial X\|^2) \Rightarrow \Delta X = A \tag{1}"
    assert len(prepare(tex, "latex").text) == len(tex)


@pytest.mark.parametrize("text", ["", "   \n", "# only a remark"])
def test_nothing_to_mark_is_refused(text):
    with pytest.raises(ReadError, match="no equation"):
        read_derivation(text, KNOWN)


def test_too_many_sides_are_refused():
    with pytest.raises(LimitError, match="sides"):
        read_derivation(" = ".join(["A"] * 600), KNOWN)
