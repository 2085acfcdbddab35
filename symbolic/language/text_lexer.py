"""Tokens of the text dialect: ASCII, Unicode and Julia spellings of the same things."""

from __future__ import annotations

import re

from symbolic.errors import ReadError, Source, Span
from symbolic.language.names import NAME_CHARACTERS, NAME_START, canonical
from symbolic.language.tokens import (
    Kind,
    Token,
    check_comment,
    check_count,
    check_name,
    check_size,
    inverse_transpose,
    number_token,
    refuse,
)

SPELLINGS = {
    "·": "*", "⋅": "*", "@": "*", "⊙": ".*", "∘": ".*", "⊘": "./", "−": "-", "–": "-",
    "∈": "in", "×": "x", "**": "^", "\r\n": "\n", "′": "'", ".T": "ᵀ", "^T": "ᵀ",
}  # fmt: skip
_SIGNS = {
    "newline": Kind.NEWLINE, "transpose": Kind.TRANSPOSE, "prime": Kind.PRIME,
    "open": Kind.OPEN, "close": Kind.CLOSE, "operator": Kind.OPERATOR,
}  # fmt: skip
"""What is one token, as `SPELLINGS` has it or as it stands."""

_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")

_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t]+)
    | (?P<comment>\#[^\r\n]*)
    | (?P<newline>\r\n|\n|;)
    | (?P<radix>0[xXbBoO][0-9a-fA-F]+)
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[{NAME_START}][{NAME_CHARACTERS}]*)
    | (?P<transpose>ᵀ|\.T(?![{NAME_CHARACTERS}])|\^T(?![{NAME_CHARACTERS}]))
    | (?P<inverse>⁻ᵀ|\^-T(?![{NAME_CHARACTERS}]))
    | (?P<superscript>[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)
    | (?P<prime>['′])
    | (?P<open>\.?\(|\[)
    | (?P<close>[)\]])
    | (?P<operator>\.\*|\./|\.\^|\.\+|\.-|\*\*|::|[-+*/^\\=:,·⋅@⊙∘⊘−–⊗∈×])
    """,
    re.VERBOSE,
)


def tokens(source: Source) -> list[Token]:
    """The tokens of a text, ending with END. Raises ReadError, LimitError."""
    check_size(source)
    position = 0
    result: list[Token] = []
    for match in _TOKEN.finditer(source.text):
        start, end = match.span()
        if start != position:
            break
        position, group = end, match.lastgroup
        if group == "name":
            result.append(_name(match.group(), Span(start, end), source))
        elif group in _SIGNS:
            text = match.group()
            result.append(Token(_SIGNS[group], SPELLINGS.get(text, text), Span(start, end)))
        elif group != "space":
            result += _token(match, source)
    check_count(result, source)
    if position < len(source.text):
        raise refuse(source, position)
    return [*result, Token(Kind.END, "", Span(position, position))]


def _name(text: str, span: Span, source: Source) -> Token:
    check_name(text, span, source)
    if "__" in text or text.endswith("_"):
        raise ReadError(f"{text!r} cannot be a name: two underscores, or one at the end", span, source)
    return Token(Kind.NAME, canonical(text), span)


def _token(match: re.Match[str], source: Source) -> list[Token]:
    """What is none, or several, or not any text."""
    text, span = match.group(), Span(*match.span())
    match match.lastgroup:
        case "comment":
            check_comment(text, span.start, source)
            return []
        case "number":
            return [number_token(text, span, source)]
        case "superscript":
            return _superscript(text.translate(_SUPERSCRIPTS), span, source)
        case "inverse":
            return inverse_transpose(span, source)
    raise ReadError("numbers are decimal", span, source)


def _superscript(text: str, span: Span, source: Source) -> list[Token]:
    """X⁻¹ as X^-1."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if not digits.isdigit():
        raise ReadError("this superscript is not a number", span, source)
    minus = [Token(Kind.OPERATOR, "-", span)] if sign else []
    return [Token(Kind.OPERATOR, "^", span), *minus, number_token(digits, span, source)]
