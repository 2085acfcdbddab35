"""The project's own formulas, such as the derivative 1 - Y∘Y, as syntax."""

from __future__ import annotations

from functools import lru_cache

from symbolic.errors import Source
from symbolic.language.cursor import join_lines
from symbolic.language.parser import parse_expression
from symbolic.language.syntax import Syntax
from symbolic.language.text_lexer import tokens
from symbolic.language.tokens import resolve_marks


@lru_cache(maxsize=4096)
def formula(text: str, label: str, names: tuple[str, ...] = ()) -> Syntax:
    """The syntax of one expression; `label` names it in messages, dX is the differential of X among the `names`."""
    source = Source(text, label)
    return parse_expression(resolve_marks(join_lines(tokens(source)), frozenset(names)), source)
