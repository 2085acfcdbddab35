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
    "∈": "in", "×": "x", "**": "^",
}  # fmt: skip

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
    position, result = 0, []
    for match in _TOKEN.finditer(source.text):
        if match.start() != position:
            break
        if match.lastgroup == "name":
            result.append(_name(match.group(), Span(position, match.end()), source))
        elif match.lastgroup != "space":
            result += _token(match, source)
        position = match.end()
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
    text, span = match.group(), Span(*match.span())
    match match.lastgroup:
        case "comment":
            check_comment(text, span.start, source)
            return []
        case "newline":
            return [Token(Kind.NEWLINE, ";" if text == ";" else "\n", span)]
        case "radix":
            raise ReadError("numbers are decimal", span, source)
        case "number":
            return [number_token(text, span, source)]
        case "superscript":
            return _superscript(text.translate(_SUPERSCRIPTS), span, source)
        case "transpose":
            return [Token(Kind.TRANSPOSE, "ᵀ", span)]
        case "inverse":
            return inverse_transpose(span, source)
        case "prime":
            return [Token(Kind.PRIME, "'", span)]
        case "open":
            return [Token(Kind.OPEN, text, span)]
        case "close":
            return [Token(Kind.CLOSE, text, span)]
    return [Token(Kind.OPERATOR, SPELLINGS.get(text, text), span)]


def _superscript(text: str, span: Span, source: Source) -> list[Token]:
    """X⁻¹ as X^-1."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    if not digits.isdigit():
        raise ReadError("this superscript is not a number", span, source)
    minus = [Token(Kind.OPERATOR, "-", span)] if sign else []
    return [Token(Kind.OPERATOR, "^", span), *minus, number_token(digits, span, source)]
