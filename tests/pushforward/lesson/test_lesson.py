"""Lessons: what they show is true, made from the recorded steps, and well formed in every format."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from lesson_equalities import false_equalities

import pushforward as pf
from pushforward.lesson.build import LEVELS, lesson
from pushforward.lesson.model import Beside, Chain, Diagram, Formula, Ladder, Lesson, Section, Side, Uses
from pushforward.lesson.notations.text import WIDTH
from pushforward.lesson.render import FORMATS
from pushforward.lesson.shortening import LONGEST, Shortener
from symbolic.language.printer import print_expression
from symbolic.nodes import add, negative
from tools.regenerate import EXAMPLES, entries

ZOO = list(entries())
SEED = "X1 = X0*W1; X2 = f(X1); X3 = X2*W2; X4 = f(X3)"


def of(entry) -> pf.Differential:  # type: ignore[no-untyped-def]
    return pf.differential(pf.read(EXAMPLES / f"{entry.program}.pf"), entry.wrt)


def seed() -> pf.Differential:
    return pf.differential(pf.parse(SEED, "seed"), "X0")


def label(entry) -> str:  # type: ignore[no-untyped-def]
    return f"{entry.program}-{'-'.join(entry.wrt)}"


# What is shown is true


@pytest.mark.parametrize("entry", ZOO, ids=label)
def test_every_equality_of_every_example_is_true(entry) -> None:  # type: ignore[no-untyped-def]
    differential = of(entry)
    for level in LEVELS:
        shown = lesson(differential, level)
        assert list(shown.chains())
        assert false_equalities(shown, differential) == []


def spoiled(shown: Lesson, number: int, side: int) -> Lesson:
    """The lesson with a sign changed in one side of one of its chains."""
    chain = list(shown.chains())[number]
    sides = list(chain.formula.sides)
    sides[side] = Side(negative(sides[side].node), sides[side].remainder, sides[side].moved)
    wrong = replace(chain, formula=Formula(tuple(sides)))

    def swapped(each: Chain) -> Chain:
        return wrong if each is chain else each

    def swap(block):  # type: ignore[no-untyped-def]
        if isinstance(block, Uses):
            return replace(block, uses=tuple(replace(use, chain=swapped(use.chain)) for use in block.uses))
        if isinstance(block, Beside):
            columns = (replace(column, chains=tuple(map(swapped, column.chains))) for column in block.columns)
            return replace(block, columns=tuple(columns))
        return swapped(block)

    sections = tuple(Section(s.title, tuple(map(swap, s.blocks))) for s in shown.sections)
    return replace(shown, sections=sections)


@pytest.mark.parametrize("program, wrt", [(SEED, "X0"), ("S : n x n spd; y = logdet(S)", "S"), ("Y = tanh(A*B)", "A")])
def test_a_wrong_sign_in_any_side_is_seen(program: str, wrt: str) -> None:
    differential = pf.differential(pf.parse(program), wrt)
    shown = lesson(differential, "full")
    for number, chain in enumerate(shown.chains()):
        for side in range(len(chain.formula.sides)):
            assert false_equalities(spoiled(shown, number, side), differential), print_expression(
                chain.formula.sides[side].node
            )


def test_a_wrong_derivation_gives_a_lesson_that_is_seen_to_be_wrong() -> None:
    right = seed()
    lets = tuple(replace(let, expr=negative(let.expr)) if let.name == "δX3" else let for let in right.tangent.lets)
    wrong = replace(right, tangent=replace(right.tangent, lets=lets))
    assert false_equalities(lesson(wrong), right)
    ladder = next(b for s in lesson(wrong).sections for b in s.blocks if isinstance(b, Ladder))
    assert ladder.slope == pytest.approx(1, abs=0.1)
    assert "not 2" in pf.explain(wrong)
    assert "DOES NOT agree" in pf.explain(wrong)


# The seed program


def test_the_seed_is_carried_through_statement_by_statement() -> None:
    text = pf.explain(seed(), level="brief")
    for line in (
        "X1 + δX1 = (X0 + δX0) W1 = X0 W1 + δX0 W1",
        "X2 + δX2 = f(X1 + δX1) = f(X1) + f'(X1) ⊙ δX1 + O(δX0²)",
        "X3 + δX3 = (X2 + δX2) W2 = X2 W2 + δX2 W2",
        "X4 + δX4 = f(X3 + δX3) = f(X3) + f'(X3) ⊙ δX3 + O(δX0²)",
        "δX4 = f'(X3) ⊙ ((f'(X1) ⊙ (δX0 W1)) W2)",
    ):
        assert f"    {line}\n" in text


def test_the_substitution_goes_one_statement_at_a_time() -> None:
    chain = next(chain for chain in lesson(seed()).chains() if print_expression(chain.formula.sides[0].node) == "δX4")
    assert [print_expression(side.node) for side in chain.formula.sides] == [
        "δX4",
        "f'(X3) ⊙ δX3",
        "f'(X3) ⊙ (δX2 W2)",
        "f'(X3) ⊙ ((f'(X1) ⊙ δX1) W2)",
        "f'(X3) ⊙ ((f'(X1) ⊙ (δX0 W1)) W2)",
    ]


def test_the_perturbed_program_arrives_at_value_and_closed_form() -> None:
    line = "X4 + δX4 = f(X3) + f'(X3) ⊙ ((f'(X1) ⊙ (δX0 W1)) W2) + O(δX0²)"
    assert f"    {line}\n" in pf.explain(seed())
    linear = pf.explain(pf.parse("Y = A*B; Z = Y*C"), wrt="A")
    assert "    Z + δZ = Y C + δA B C\n" in linear


def test_the_numbers_of_the_seed_are_those_of_the_definition() -> None:
    """X0, W1, W2 and f(x) = x² as shown; δX4 = 2 X3 ⊙ ((2 X1 ⊙ (δX0 W1)) W2), in whole numbers."""
    text = pf.explain(seed())
    assert "X4 = [ 529 ]    δX4 = [ 920 ]\n         [ 676 ]          [   0 ]" in text
    assert "X4 = [ 529 ]    δX4 = [ -1472 ]\n         [ 676 ]          [ -1144 ]" in text
    assert "All numbers are exact." in text
    one_entry = "The first entry of δX1 is the first row of δX0 times the first column of W1: "
    assert one_entry + "1·2 + 0·1 = 2." in " ".join(text.split())
    assert one_entry + "1·2 + 2·1 = 4." in " ".join(text.split())


def test_the_remainder_falls_with_slope_2_to_the_floor() -> None:
    ladder = next(b for s in lesson(seed()).sections for b in s.blocks if isinstance(b, Ladder))
    assert ladder.slope == pytest.approx(2, abs=0.02)
    assert max(ladder.errors[-4:]) < 100 * ladder.floor < ladder.errors[0]


def test_the_steps_are_the_recorded_ones() -> None:
    differential = seed()
    shown = [
        use
        for s in lesson(differential, "beginner").sections
        for b in s.blocks
        if isinstance(b, Uses)
        for use in b.uses
    ]
    assert [(use.rule, use.line) for use in shown] == [(s.rule.name, s.rule.formula) for s in differential.steps]


def test_the_graph_marks_the_path_from_the_input() -> None:
    diagram = next(
        b for s in lesson(pf.differential(pf.parse(SEED), "W2")).sections for b in s.blocks if isinstance(b, Diagram)
    )
    assert [box.name for box in diagram.boxes if box.moves] == ["W2", "X3", "X4"]
    assert {box.name: box.uses for box in diagram.boxes}["X3"] == ("X2", "W2")


# Levels and requests


def test_a_program_is_differentiated_first() -> None:
    assert pf.explain(pf.parse(SEED, "seed"), wrt="X0") == pf.explain(seed())


@pytest.mark.parametrize("format", FORMATS)
def test_a_higher_level_says_more(format: str) -> None:
    brief, full, beginner = (pf.explain(seed(), format, level) for level in ("brief", "full", "beginner"))
    assert len(brief) < len(full) < len(beginner)


@pytest.mark.parametrize("request_", [{"format": "docx"}, {"level": "expert"}])
def test_what_there_is_not_is_refused_by_name(request_: dict[str, str]) -> None:
    with pytest.raises(pf.NotSupported, match=r"docx.*html|expert.*beginner"):
        pf.explain(seed(), **request_)


def test_a_second_differential_is_refused() -> None:
    with pytest.raises(pf.NotSupported, match="first differential"):
        pf.explain(pf.differential(pf.parse(SEED), "X0", order=2))


def test_the_differential_of_a_tangent_program_has_a_lesson() -> None:
    second = pf.differential(seed().program, "X0")
    assert false_equalities(lesson(second), second) == []


@pytest.mark.parametrize(
    "program, wrt, said",
    [
        ("Y = A*B", "A", "nothing but rounding"),
        ("A : 50 x 40; Y = A*B", "A", "too large to follow by eye"),
        ("Y = A*B; Z = C + C", "A", "depends on nothing that moves"),
        ("f(x) = x*sin(x); Y = f(A)", "A", "f'(x) = x·cos(x) + sin(x)"),
        ("Q : n x n orthogonal; Y = Q'*A", "Q", "With numbers"),
        ("Y = A", "A", "Y + δY = A + δA"),
    ],
)
def test_programs_of_other_kinds(program: str, wrt: str, said: str) -> None:
    assert said in " ".join(pf.explain(pf.parse(program), wrt=wrt).split())


# Formats


@pytest.mark.parametrize("entry", ZOO, ids=label)
def test_no_line_of_text_is_longer_than_the_page(entry) -> None:  # type: ignore[no-untyped-def]
    for line in pf.explain(of(entry), level="beginner").splitlines():
        assert len(line) <= WIDTH, line


@pytest.mark.parametrize("entry", ZOO, ids=label)
def test_html_is_well_formed_and_asks_for_nothing(entry) -> None:  # type: ignore[no-untyped-def]
    page = pf.explain(of(entry), "html", "beginner")
    tree = ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>\n"))
    assert {e.tag for e in tree.iter()} & {"script", "link", "img", "iframe", "object", "base", "form"} == set()
    attributes = {name for e in tree.iter() for name in e.attrib}
    assert attributes & {"style", "src", "href"} == set() and not any(name.startswith("on") for name in attributes)
    policy = next(e.get("content") for e in tree.iter("meta") if e.get("http-equiv") == "Content-Security-Policy")
    style = next(tree.iter("style")).text
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert "://" not in page


def test_the_same_lesson_gives_the_same_bytes() -> None:
    for format in FORMATS:
        assert pf.explain(seed(), format) == pf.explain(seed(), format)


@pytest.mark.parametrize("entry", ZOO, ids=label)
def test_latex_and_markdown_are_balanced(entry) -> None:  # type: ignore[no-untyped-def]
    latex = pf.explain(of(entry), "latex", "beginner")
    assert latex.isascii() or set(filter(lambda c: not c.isascii(), latex)) <= set("éÉñö")
    assert latex.count(r"\begin{") == latex.count(r"\end{")
    plain = latex.replace(r"\{", "").replace(r"\}", "")
    assert plain.count("{") == plain.count("}")
    markdown = pf.explain(of(entry), "markdown", "beginner")
    assert markdown.count("$$") % 2 == 0 and markdown.count("```") % 2 == 0


# Long formulas


def test_long_parts_are_named_once_and_keep_their_meaning() -> None:
    differential = pf.differential(pf.read(EXAMPLES / "self_attention.pf"))
    shown = list(lesson(differential).chains())
    lengths = [len(print_expression(side.node)) for chain in shown for side in chain.formula.sides]
    assert max(lengths) <= LONGEST
    names = [formula.sides[0].node.name for chain in shown for formula in chain.where]
    assert names and len(names) == len(set(names))


def test_names_for_parts_are_none_of_the_program() -> None:
    program = pf.parse("T1 : n x n; U2 : n x n; Y = T1*U2")
    assert Shortener(program.symbols).letter not in ("T", "U")


def test_a_sum_of_short_terms_stays_as_it_is() -> None:
    program = pf.parse("Y = A*B")
    a = program.symbols["A"]
    chain = Shortener(program.symbols).chain([Side(a), Side(add(a, a))])
    assert chain.where == ()


# Hostile names

HOSTILE = [
    '<script>alert("x")</script>',
    "</title></style><img src=x onerror=alert(1)>",
    r"\input{/etc/passwd} $ & % # _ ^ ~ {",
    "``` \n# heading \u202e\x1b[31m",
    "{{ 7*7 }}{% raw %}",
    "a" * 10_000,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_the_name_of_a_program_is_only_words(name: str) -> None:
    differential = pf.differential(pf.parse("Y = A*B", name), "A")
    page = pf.explain(differential, "html")
    tree = ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>\n"))
    assert not [e for e in tree.iter() if e.tag in ("script", "img")]
    latex = pf.explain(differential, "latex")
    assert r"\input{" not in latex and "49" not in latex.partition("section")[0]
    title = latex.partition(r"\begin{document}")[2].partition(r"\par}")[0].replace(r"\{", "").replace(r"\}", "")
    assert title.count("{") - title.count("}") == 1
    for format in FORMATS:
        text = pf.explain(differential, format)
        assert "\x1b" not in text and "\u202e" not in text and len(text) < 60_000
    assert pf.explain(differential, "markdown").splitlines()[0].startswith("# The differential of ")
    assert "<script" not in pf.explain(differential, "markdown").replace(r"\<script", "")


def test_an_unescaped_name_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pushforward.lesson.notations.html.escape", lambda text: text)
    differential = pf.differential(pf.parse("Y = A*B", "<script>"), "A")
    assert "&lt;script&gt;" in pf.explain(differential, "html"), "what is not Markup is escaped by the template too"
