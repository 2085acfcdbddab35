"""The notation MathML, for pages. Names are escaped where they are written; brackets lie flat, so that lines can break.

What is printed is a row of elements without a parent; `element` makes a `math` of it, `breakable` several.
(MathML Core, W3C 2024.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from xml.etree import ElementTree

from symbolic.functions import CATALOGUE
from symbolic.language.names import split_bar, split_mark, unicode_name
from symbolic.language.printer import Printer
from symbolic.language.styles import LATEX

_BREAKS = frozenset("+−⊙⊘⊗·=,/\\")
_SPACE = '<mspace width="0.22em"/>'
_DIGITS = "0123456789"
_LONG = 6
"""A bracket of so many parts may break across lines."""


def operator(sign: str, form: str = "infix") -> str:
    return f'<mo form="{form}" stretchy="false">{escape(sign)}</mo>'


def word(text: str) -> str:
    return f"<mi>{escape(text)}</mi>"


def name(text: str) -> str:
    """X0 with its number below; δX0 with its mark before; the cotangent of X0 with a bar above."""
    level, rest = split_mark(text)
    if level:
        mark = "<mi>δ</mi>" if level == 1 else f"<msub><mi>δ</mi><mn>{level}</mn></msub>"
        return f"<mrow>{mark}{name(rest)}</mrow>"
    bars, plain = split_bar(text)
    written = unicode_name(plain)
    stem = written.rstrip(_DIGITS)
    number = written[len(stem) :]
    if not stem or stem.endswith("_"):
        stem, number = written, ""
    letter = word(stem)
    for _ in range(bars):
        letter = f'<mover accent="true">{letter}<mo>¯</mo></mover>'
    return f"<msub>{letter}<mn>{number}</mn></msub>" if number else letter


def _function(function: str) -> str:
    return word(function) if function in CATALOGUE else name(function)


def _primed(function: str, order: int) -> str:
    return f"<msup>{function}<mo>{'′' * order}</mo></msup>" if order else function


def _raised(base: str, exponent: str) -> str:
    return f"<msup><mrow>{base}</mrow><mrow>{exponent}</mrow></msup>"


def _whole(exponent: int) -> str:
    sign = operator("−", "prefix") if exponent < 0 else ""
    return f"{sign}<mn>{abs(int(exponent))}</mn>"


def _line(stem: str, index: str) -> str:
    """x4 and i as x with 4,i below."""
    letters = stem.rstrip(_DIGITS)
    number = f"<mn>{stem[len(letters) :]}</mn><mo>,</mo>" if letters != stem else ""
    return f"<msub>{word(letters)}<mrow>{number}{word(index)}</mrow></msub>"


_OPENING, _CLOSING = operator("(", "prefix"), operator(")", "postfix")

MATHML = replace(
    LATEX,
    name=name,
    product=_SPACE,
    hadamard=operator("⊙"),
    quotient=operator("⊘"),
    power=(operator("∘", "prefix") + "{}").format,
    transpose="<mi>⊤</mi>",
    multiple=_SPACE,
    times=operator("·"),
    brackets=(_OPENING, _CLOSING),
    function=_function,
    size_sign=operator("×"),
    declaration=operator("∈"),
    fraction="<mfrac><mrow>{}</mrow><mrow>{}</mrow></mfrac>".format,
    line_end="",
    pi="<mi>π</mi>",
    filled=word,
    scalar_power="{}",
    operation=word,
    matrix_power=_whole,
    solve=operator("\\"),
    kron=operator("⊗"),
    block=(
        "<mrow><mo>[</mo><mtable><mtr><mtd>",
        "</mtd><mtd>",
        "</mtd></mtr><mtr><mtd>",
        "</mtd></mtr></mtable><mo>]</mo></mrow>",
    ),
    inverse=_whole(-1),
    divide=operator("/"),
    space="<msup><mi>ℝ</mi><mrow>{}</mrow></msup>",
    fact=_SPACE + "<mtext>{}</mtext>",
    returned="<mtext>return </mtext>",
    digits="<mn>{}</mn>".format,
    negative=operator("−", "prefix"),
    plus=operator("+"),
    minus=operator("−"),
    over=operator("/"),
    comma=operator(","),
    equals=operator("="),
    call=(_OPENING, _CLOSING),
    places=(operator("[", "prefix"), operator(":"), operator("]", "postfix")),
    primed=_primed,
    raised=_raised,
    grouped=str,
    letter=word,
    index_comma="<mo>,</mo>",
    index_times=_SPACE,
    at_least=operator("≥"),
    at_most=operator("≤"),
    condition=f"<mrow>{operator('[', 'prefix')}{{}}{operator(']', 'postfix')}</mrow>",
    entry=f"<msub><mrow>{operator('[', 'prefix')}{{}}{operator(']', 'postfix')}</mrow><mrow>{{}}</mrow></msub>",
    summed='<munder><mo movablelimits="false">∑</mo><mrow>{}</mrow></munder>{}',
    partial='<mfrac displaystyle="true"><mrow><mi>∂</mi>{}</mrow><mrow><mi>∂</mi>{}</mrow></mfrac>',
    line=_line,
    permutation="<msub><mi>K</mi><mrow>{}<mo>,</mo>{}</mrow></msub>".format,
)


def mathml_printer() -> Printer:
    return Printer(MATHML)


def element(row: str) -> str:
    """One `math` element, which no line breaks."""
    return f"<math><mrow>{row}</mrow></math>"


def breakable(row: str) -> str:
    """Several `math` elements after each other, where a line may break after an operator."""
    pieces: list[list[ElementTree.Element]] = [[]]
    for part in _laid_flat(ElementTree.fromstring(f"<mrow>{row}</mrow>")):
        pieces[-1].append(part)
        infix = part.tag == "mo" and part.get("form") == "infix" and part.text in _BREAKS
        if infix or part.tag == "mspace":
            pieces.append([])
    return "".join(element("".join(map(_written, piece))) for piece in pieces if piece)


def _laid_flat(row: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """The parts of a row; a long bracket with an exponent, (A + B)ᵀ, lies open, and its end carries the exponent."""
    for part in row:
        base = part[0] if part.tag == "msup" else None
        if base is None or len(base) < _LONG or base[-1].text != ")":
            yield part
            continue
        *inside, end = base
        whole = ElementTree.Element("mrow")
        whole.extend(inside)
        yield from _laid_flat(whole)
        last = ElementTree.Element("msup")
        last.extend([end, part[1]])
        yield last


def _written(part: ElementTree.Element) -> str:
    return ElementTree.tostring(part, encoding="unicode")
