"""A side of an equality as text: its parts with their brackets, and how the writer spells things."""

from __future__ import annotations

import re
from dataclasses import dataclass

from symbolic.errors import Span
from symbolic.language.derivation import Derivation
from symbolic.language.latex_lexer import OPERATORS, SKIPPED
from symbolic.language.names import latex_name, unicode_name
from symbolic.language.syntax import Call, Filled, Index, Name, Number, Syntax, Transposed

_OPENING = re.compile(r"(?:\\left|\\[bB]igg?l?|\\lbrace)?\s*\\?[(\[{]\s*$")
_CLOSING = re.compile(r"^\s*(?:\\right|\\[bB]igg?r?)?\s*\\?[)\]}]")
_PAIRS = {"(": ")", "[": "]", "{": "}"}


@dataclass(frozen=True)
class Edit:
    """The characters of `span` become `text`; `kind`: what kind of mistake this would repair."""

    kind: str
    span: Span
    text: str


@dataclass(frozen=True)
class Spelling:
    """How products, transposes and the like are written."""

    latex: bool
    product: str
    hadamard: str
    transpose: str
    inverse: str

    def name(self, name: str) -> str:
        return latex_name(name) if self.latex else unicode_name(name)


def spelling_of(derivation: Derivation) -> Spelling:
    text = derivation.source.text
    if derivation.dialect == "latex":
        return Spelling(True, " ", r" \odot ", r"^\top", "^{-1}")
    hadamard = next((sign for sign in (" ⊙ ", " ∘ ") if sign.strip() in text), " .* ")
    return Spelling(
        False, " * " if "*" in text.replace(".*", "") else " ", hadamard, "ᵀ" if "ᵀ" in text else "'", "^-1"
    )


def tidy(text: str) -> str:
    """On one line, without the blanks and the outermost brackets that an edit may leave."""
    text = re.sub(r"([⊙∘⊗*])\(", r"\1 (", " ".join(text.split()))
    text = re.sub(r"(?<=\() +| +(?=\))", "", text)
    return text[1:-1] if text.startswith("(") and _closing(text) == len(text) - 1 else text


def _closing(text: str) -> int:
    """Where the bracket is closed that a text begins with, -1 where it is not."""
    depth = 0
    for place, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if depth == 0:
            return place
    return -1


class Written:
    """The text that parts of a syntax tree were read from."""

    def __init__(self, text: str, spelling: Spelling) -> None:
        self.text = text
        self.spelling = spelling

    def of(self, span: Span) -> str:
        return self.text[span.start : span.end]

    def widened(self, part: Syntax) -> Span:
        """The place of a part with the brackets that stand right around it, if they enclose nothing else."""
        span = part.span
        if type(part) is Call:
            return span
        while True:
            before, after = _OPENING.search(self.text[: span.start]), _CLOSING.match(self.text[span.end :])
            if before is None or after is None:
                return span
            opening = before[0].strip()[-1]
            if _PAIRS[opening] != after[0].strip()[-1] or self._is_call(before.start(), opening):
                return span
            span = Span(before.start(), span.end + after.end())

    def head(self, call: Call) -> str:
        """The name of a function as it is written."""
        found = re.match(r"\\[A-Za-z]+\s*\{[^{}]*\}|\\?[^\W\d]\w*", self.text[call.span.start :])
        return found[0] if found else ""

    def _is_call(self, opening: int, bracket: str) -> bool:
        """f(…): the bracket belongs to the function; so does that of \\frac{…}{…} and of ^{…}."""
        before = self.text[:opening].rstrip()
        if bracket == "{" and not before.endswith("\\"):
            return True
        return bool(re.search(r"(?:\\?[A-Za-z]+'*|\.)$", before)) and self._touches_function(before)

    def _touches_function(self, before: str) -> bool:
        """Whether the word before a bracket is no matrix: names of matrices are told by their place in the tree."""
        word = re.search(r"(\\?)([A-Za-z]+)'*$", before)
        if word is not None and word[1] and word[2] in OPERATORS.keys() | SKIPPED:
            return False
        return word is None or len(word[2]) > 1 or word[2].islower() or before.endswith("'")

    def group(self, part: Syntax) -> str:
        """The text of a part, in brackets where it is more than one thing."""
        span = self.widened(part)
        text = self.of(span)
        atomic = isinstance(part, (Name, Number, Call, Filled, Index, Transposed)) or span != part.span
        return text if atomic else f"({text})"
