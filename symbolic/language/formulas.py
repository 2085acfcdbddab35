"""The project's own formulas, such as the derivative 1 - Y∘Y, as syntax."""

from __future__ import annotations

from symbolic.errors import Source
from symbolic.language.parser import parse_expression
from symbolic.language.syntax import Syntax
from symbolic.language.text_lexer import tokens


def formula(text: str, label: str) -> Syntax:
    """The syntax of one expression; `label` names it in messages."""
    source = Source(text, label)
    return parse_expression(tokens(source), source)
