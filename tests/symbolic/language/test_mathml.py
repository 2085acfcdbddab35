"""MathML: every expression of every example is well formed, breaks keep all of it, and names cannot break out."""

from __future__ import annotations

from itertools import chain
from xml.etree import ElementTree

import pytest

import pushforward as pf
from symbolic.language.mathml import breakable, element, mathml_printer, name
from symbolic.nodes import Node
from symbolic.operations import OPERATIONS
from symbolic.walks import subexpressions
from tools.regenerate import EXAMPLES, entries

KNOWN = {"math", "mrow", "mi", "mover", "mn", "mo", "msub", "msup", "mfrac", "mspace", "mtext", "mtable", "mtr", "mtd"}
ZOO = [pf.differential(pf.read(EXAMPLES / f"{entry.program}.pf"), entry.wrt) for entry in entries()]


def expressions() -> list[Node]:
    programs = [differential.program for differential in ZOO]
    programs += [pf.differential(pf.parse(record.example)).program for record in OPERATIONS.values()]
    return list(dict.fromkeys(chain.from_iterable(subexpressions(let.expr) for p in programs for let in p.lets)))


def text_of(markup: str) -> str:
    return "".join(ElementTree.fromstring(f"<row>{markup}</row>").itertext())


def test_every_expression_is_well_formed_and_of_known_elements() -> None:
    print_ = mathml_printer()
    found = expressions()
    assert len(found) > 500
    for node in found:
        tree = ElementTree.fromstring(element(print_(node)))
        assert {part.tag for part in tree.iter()} <= KNOWN
        assert all(
            (part.text or "") == "" for part in tree.iter() if part.tag in ("math", "mrow", "mtr", "mtd", "msup")
        )
        for part in tree.iter():
            if part.tag in ("msup", "msub", "mfrac"):
                assert len(part) == 2
            assert not (part.tail or "").strip(), "text between elements is in no element"


def test_breaking_leaves_nothing_out() -> None:
    print_ = mathml_printer()
    for node in expressions():
        row = print_(node)
        assert text_of(breakable(row)) == text_of(element(row))


def test_a_long_row_breaks_after_operators() -> None:
    expression = pf.differential(pf.parse("Y = A*B + C .* D"), "A").primal.lets[0].expr
    assert breakable(mathml_printer()(expression)).count("<math>") == 4


def test_a_long_bracket_breaks_inside_though_it_is_transposed() -> None:
    printed = mathml_printer()(pf.parse("Y = (A + B - C + D)'").lets[0].expr)
    assert element(printed).count("<math>") == 1 and breakable(printed).count("<math>") == 4
    assert breakable(printed).endswith("<mi>⊤</mi></mrow></msup></mrow></math>")


@pytest.mark.parametrize(
    "text, expected",
    [
        ("X0", "<msub><mi>X</mi><mn>0</mn></msub>"),
        ("δX0", "<mrow><mi>δ</mi><msub><mi>X</mi><mn>0</mn></msub></mrow>"),
        ("δ2X0", "<mrow><msub><mi>δ</mi><mn>2</mn></msub><msub><mi>X</mi><mn>0</mn></msub></mrow>"),
        ("alpha", "<mi>α</mi>"),
        ("X4_bar", '<msub><mover accent="true"><mi>X</mi><mo>¯</mo></mover><mn>4</mn></msub>'),
        ("Wq", "<mi>Wq</mi>"),
    ],
)
def test_names(text: str, expected: str) -> None:
    assert name(text) == expected


def test_a_name_is_escaped_whatever_it_is() -> None:
    """No program has such a name; the printer does not rely on it."""
    assert "<script>" not in name("<script>1") and "&lt;script&gt;" in name("<script>1")


def test_primes_and_powers_stand_above() -> None:
    program = pf.parse("Y = f(X)^2; X : n x n")
    printed = mathml_printer()(pf.differential(program).closed_form().expr)
    assert "<msup><mi>f</mi><mo>′</mo></msup>" in printed
    square = mathml_printer()(program.lets[0].expr)
    assert square.startswith("<msup><mrow><mi>f</mi>") and square.endswith("<mrow><mn>2</mn></mrow></msup>")
