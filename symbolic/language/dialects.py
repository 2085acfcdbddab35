"""Text or LaTeX: which one a text is, and its tokens."""

from __future__ import annotations

import re

from symbolic.errors import ReadError, Source
from symbolic.language import latex_lexer, text_lexer
from symbolic.language.binding import is_definition, names_of, statements
from symbolic.language.cursor import join_lines
from symbolic.language.names import may_have_mark
from symbolic.language.tokens import Kind, Token, resolve_marks

DIALECTS = ("text", "latex")
_LATEX_SIGNS = re.compile(r"(?P<touched>[\w)\]'])?\\(?P<command>[A-Za-z]{2,})|_\{|\^\{|\\\\|\\\|")


def dialect_of(text: str) -> str:
    """Which dialect a text looks like; A\\bias is a division, A\\cdot a product in LaTeX."""
    for sign in _LATEX_SIGNS.finditer(re.sub(r"#[^\n]*", "", text)):
        if not sign["command"] or not sign["touched"] or sign["command"] in latex_lexer.COMMANDS:
            return "latex"
    return "text"


def tokens_of(source: Source, dialect: str) -> list[Token]:
    """The tokens of a text, its lines joined, dX told from δX. Raises ReadError, LimitError."""
    if dialect not in DIALECTS:
        raise ReadError(f"unknown dialect {dialect!r}; known are {', '.join(DIALECTS)}")
    tokens = (latex_lexer if dialect == "latex" else text_lexer).tokens(source)
    tokens = join_lines(tokens)
    if not any(token.kind is Kind.NAME and may_have_mark(token.text) for token in tokens):
        return tokens
    known = names_of(s for s in statements(tokens) if not is_definition(s)).matrices - {"pi"}
    return resolve_marks(tokens, known)
