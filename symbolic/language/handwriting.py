"""What people write in a derivation beside its formulas, made into what the lexers read, every character in its place.

A remainder O(δX²) becomes 0, ≈ and := become =, ⇒ a new line, words such as "where" and a full stop at the end blanks.
The text keeps its length, so that a place in it is a place in what was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from symbolic.errors import Span

WORDS = (
    "let|where|so|then|thus|hence|therefore|and|with|since|because|now|finally|here|setting|set|put|for|or|but|also|"
    "recall|using|by the chain rule|we have|we get|we find|which gives|that is|i\\.e\\.|it follows that|consequently|"
    "to first order|in total|final answer|answer"
)

_EQUALS = re.compile(
    r"\\(?:approx|simeq|doteq|equiv|coloneqq|triangleq|stackrel\{[^{}]*\}\{=\}|overset\{[^{}]*\}\{=\})(?![A-Za-z])"
    r"|:=|[≈≃≡≔≐]"
)
_NEXT = re.compile(
    r"\\(?:Rightarrow|implies|Longrightarrow|therefore|because|to|rightarrow|iff)(?![A-Za-z])|[⇒⟹→∴⇔]|=>"
)
_AND = re.compile(r"(?<=\s)(?:and|where|with|so|hence|thus)(?=\s)")
_LABEL = re.compile(r"\\(?:tag\*?|label|eqref|ref)\s*\{[^{}]*\}|\\(?:hline|noindent|par|centering|boxed)(?![A-Za-z])")
_TEXT = re.compile(r"\\(?:text|mbox|textrm|textit|mathrm)\s*\{([A-Za-z ,.:;'’-]*)\}")
_LEADING = re.compile(
    rf"(?:^|(?<=[\n;]))[ \t&]*(?:\(?[0-9]{{1,2}}[.)]|[-•]|(?:{WORDS})(?![A-Za-z0-9_]))[ \t]*[,:]?(?=[ \t])", re.I
)
_TRAILING = re.compile(r"[.,](?=[ \t\r]*(?:\\\\|\n|$|\\end|\$|\\\]))")
_FRACTION = re.compile(r"\\[dt]frac(?![A-Za-z])")
_DIFFERENTIAL = re.compile(r"\\(?:partial|Delta|dd|diff|differential)(?![A-Za-z])")
_REMAINDER = re.compile(
    r"(?<![A-Za-z0-9_\\])(?:\\(?:mathcal|mathrm)\s*\{\s*(O|o)\s*\}|(O|o|𝒪))\s*(?:\\[bB]ig+l?\s*|\\left\s*)?(?=[(\[{])"
)
_SQUARE = re.compile(r"\^\s*\{?\s*(\d+)|([²³⁴-⁹])")
_POWERS = {"²": 2, "³": 3, "⁴": 4, "⁵": 5, "⁶": 6, "⁷": 7, "⁸": 8, "⁹": 9}
_MOVED = re.compile(
    r"\\delta|\\partial|\\Delta|\\mathrm\s*\{\s*d\s*\}|[δΔ∂]|(?<![A-Za-z])d(?=[A-Za-zα-ω\\])|ε|\\varepsilon|\\epsilon"
    r"|(?<![A-Za-z])[hH](?![A-Za-z])"
)
_BRACKETS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Remainder:
    """O(δX²): where it stands, and of which order it says that what is left out is."""

    span: Span
    order: int


@dataclass(frozen=True)
class Prepared:
    """`text`: as long as what was written, and in the language."""

    text: str
    remainders: tuple[Remainder, ...]


def prepare(written: str, dialect: str, taken: frozenset[str] = frozenset()) -> Prepared:
    """What the lexers read. `taken`: names of the program, which stay what they are: an O may be a matrix."""
    text, remainders = _without_remainders(written, taken)
    text = _EQUALS.sub(lambda found: "=".ljust(len(found[0])), text)
    text = _NEXT.sub(lambda found: ";".ljust(len(found[0])), text)
    text = _LABEL.sub(_blank, text)
    text = _FRACTION.sub(lambda found: r" \frac", text)
    if dialect == "latex":
        text = _TEXT.sub(_words_blanked, text)
        text = _DIFFERENTIAL.sub(_as_delta, text)
    else:
        text = text.replace("{", "(").replace("}", ")").replace("∂", "δ").replace("∆", "δ")
        text = text if "Delta" in taken else text.replace("Δ", "δ")
        text = _AND.sub(lambda found: ";".ljust(len(found[0])), text)
    text = _TRAILING.sub(" ", text)
    return Prepared(_repeatedly(_LEADING, text), remainders)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _words_blanked(found: re.Match[str]) -> str:
    """\\text{where} is a word, and begins a statement; \\text{d} and \\text{tr} are not."""
    said = found[1].strip(" ,.:;").lower()
    is_word = " " in said or not said or re.fullmatch(WORDS, said)
    return ";".ljust(len(found[0])) if is_word else found[0]


def _as_delta(found: re.Match[str]) -> str:
    """\\partial X is \\delta X; a command that is shorter leaves room for a d only."""
    return r"\delta".ljust(len(found[0])) if len(found[0]) >= len(r"\delta") else "d".ljust(len(found[0]))


def _repeatedly(pattern: re.Pattern[str], text: str) -> str:
    """The words at the beginning of a line, one after the other."""
    for _ in range(6):
        shorter = pattern.sub(_blank, text)
        if shorter == text:
            break
        text = shorter
    return text


def _without_remainders(text: str, taken: frozenset[str]) -> tuple[str, tuple[Remainder, ...]]:
    remainders = []
    position = 0
    while found := _REMAINDER.search(text, position):
        letter = found[1] or found[2]
        end = _closing(text, found.end())
        position = found.end()
        if letter in taken or end is None:
            continue
        inside = text[found.end() : end]
        remainders.append(Remainder(Span(found.start(), end), _order(inside) + (letter == "o")))
        text = text[: found.start()] + "0".ljust(end - found.start()) + text[end:]
        position = end
    return text, tuple(remainders)


def _closing(text: str, opening: int) -> int | None:
    """Behind the bracket that closes what opens at `opening`; None where it is never closed in this statement."""
    open_ = []
    for position in range(opening, min(len(text), opening + 300)):
        character = text[position]
        if character in _BRACKETS:
            open_.append(_BRACKETS[character])
        elif character in ")]}":
            if open_.pop() != character:
                return None
            if not open_:
                return position + 1
        elif character == "\n":
            return None
    return None


def _order(inside: str) -> int:
    """2 of (δX²), of (‖δX‖^2) and of (δX δX), 1 of (δX), 0 of (1) and of what does not move; 2 of (2)."""
    powers = [int(found[1]) if found[1] else _POWERS[found[2]] for found in _SQUARE.finditer(inside)]
    moved = len(_MOVED.findall(re.sub(r"\\[|]", "", inside)))
    if re.fullmatch(r"[(\[{\s]*[2-9][)\]}\s]*", inside):
        return int(re.sub(r"\D", "", inside))
    if not moved:
        return 0
    return max(powers) if powers else min(moved, 2)
