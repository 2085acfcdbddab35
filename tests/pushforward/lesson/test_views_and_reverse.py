"""What the derivative can mean, and forward beside reverse: read off the views and the adjoint, in every format."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from lesson_equalities import false_equalities

import pushforward as pf
from pushforward.lesson import reverse
from pushforward.lesson.build import lesson
from pushforward.lesson.model import Beside, Lines
from pushforward.lesson.render import FORMATS
from symbolic.language.mathml import MATHML
from symbolic.language.printer import print_expression
from symbolic.nodes import negative

SEED = "X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)"


def seed() -> pf.Differential:
    return pf.differential(pf.parse(SEED, "seed"), "X0")


def lines(differential: pf.Differential) -> list[str]:
    return [
        line.unicode
        for s in lesson(differential).sections
        for b in s.blocks
        if isinstance(b, Lines)
        for line in b.lines
    ]


def columns(differential: pf.Differential) -> list[list[str]]:
    (block,) = (b for s in lesson(differential).sections for b in s.blocks if isinstance(b, Beside))
    return [
        [" = ".join(print_expression(side.node) for side in chain.formula.sides) for chain in column.chains]
        for column in block.columns
    ]


def test_the_views_are_those_of_the_jacobian() -> None:
    shown = lines(seed())
    for view in ("rows", "tensor", "vec"):
        assert set(pf.jacobian(seed().primal, "X4", "X0", view).closed_form.equations()) <= set(shown)


def test_a_scalar_has_the_layouts_of_vector_calculus() -> None:
    text = pf.explain(pf.parse("x : n; A : n x n; y = x'*A*x"), wrt="x")
    assert "Numerator layout" in text and "Denominator layout" in text
    assert "Numerator layout" not in pf.explain(seed())


def test_forward_and_reverse_stand_beside_each_other_in_their_order() -> None:
    forward, backward = columns(seed())
    assert forward == ["δX1 = δX0 W1", "δX2 = f'(X1) ⊙ δX1", "δX3 = δX2 W2", "δX4 = f'(X3) ⊙ δX3"]
    assert backward == ["X̄3 = f'(X3) ⊙ X̄4", "X̄2 = X̄3 W2ᵀ", "X̄1 = f'(X1) ⊙ X̄2", "X̄0 = X̄1 W1ᵀ"]


def test_both_sides_of_the_dot_product_are_the_same_number() -> None:
    assert "-2616 and -2616, the same" in " ".join(pf.explain(seed()).split())


def test_a_wrong_transpose_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(differential: pf.Differential) -> pf.Adjoint:
        back = pf.adjoint(differential)
        lets = tuple(
            replace(let, expr=negative(let.expr)) if let.name == "X2_bar" else let for let in back.program.lets
        )
        return replace(back, program=replace(back.program, lets=lets))

    monkeypatch.setattr(reverse, "adjoint", wrong)
    assert "which is NOT the same" in " ".join(pf.explain(seed()).split())
    assert false_equalities(lesson(seed()), seed())


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_has_both_sections_and_brief_none(format: str) -> None:
    for title in ("What the derivative can mean", "Forward beside reverse"):
        assert title in pf.explain(seed(), format)
        assert title not in pf.explain(seed(), format, "brief")


def test_latex_views_have_brackets_that_lines_break_in() -> None:
    text = pf.explain(seed(), "latex")
    assert r"\left(" not in text and r"\right)" not in text and r"\operatorname{vec}(X_4)" in text


@pytest.mark.parametrize("program, wrt", [(SEED, "X0"), ("X : n x m; Y : n x k; W = (X'*X) \\ (X'*Y)", "X")])
def test_every_view_is_written_in_well_formed_mathml(program: str, wrt: str) -> None:
    differential = pf.differential(pf.parse(program), wrt)
    for section in lesson(differential).sections:
        for line in (line for block in section.blocks if isinstance(block, Lines) for line in block.lines):
            row = ElementTree.fromstring(f"<math>{line.mathml}</math>")
            assert "".join(row.itertext()).count("=") == line.unicode.count("=")
            assert {e.tag for e in row.iter()} <= {
                "math",
                "mrow",
                "mi",
                "mn",
                "mo",
                "msub",
                "msup",
                "mfrac",
                "munder",
                "mspace",
            }


def test_index_forms_in_mathml_are_entries_and_sums() -> None:
    (line,) = pf.jacobian(seed().primal, "X4", "X0", "tensor").closed_form.equations(MATHML)
    written = "".join(ElementTree.fromstring(f"<math>{line}</math>").itertext())
    assert written == "∂[X4]i,o∂[X0]a,b=[i=a][f′(X3)]i,o∑h[W2]h,o[f′(X1)]i,h[W1]b,h"


@pytest.mark.parametrize("program, wrt", [("x : n; A : n x n; y = x'*A*x", "x"), ("x : n; Y = sum(x)*x", "x")])
def test_one_row_or_column_alone_is_no_view(program: str, wrt: str) -> None:
    text = pf.explain(pf.parse(program), wrt=wrt)
    assert "One small Jacobian for each column" not in text
