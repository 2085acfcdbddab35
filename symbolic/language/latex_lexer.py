"""Tokens of LaTeX as people write it: X_1 = X_0 \\cdot W_1, juxtaposition, f'(X), \\odot, \\delta X."""

from __future__ import annotations

import re

from symbolic.errors import ReadError, Source, Span
from symbolic.language.names import LETTERS_OF, canonical, is_plain
from symbolic.language.tokens import (
    Kind,
    Token,
    check_comment,
    check_count,
    check_name,
    check_size,
    number_token,
    refuse,
)

OPERATORS = {
    "cdot": "*", "odot": ".*", "circ": ".*", "oslash": "./", "times": "x", "in": "in", "div": "/",
    "backslash": "\\", "setminus": "\\", "otimes": "⊗",
}  # fmt: skip
FUNCTIONS = {
    "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "exp", "log", "ln", "det", "sqrt",
    "frac", "tr", "max", "min",
}  # fmt: skip
GREEK_VARIANTS = {"varepsilon": "epsilon", "varphi": "phi", "vartheta": "theta", "varsigma": "sigma"}
SKIPPED = {
    "left", "right", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "big", "Big", "quad", "qquad", "displaystyle",
    "nonumber", "notag", "limits",
}  # fmt: skip
ENVIRONMENTS = {
    "align", "aligned", "alignat", "equation", "gather", "gathered", "split", "eqnarray", "displaymath", "math",
    "multline",
}  # fmt: skip
_SUBSCRIPT = r"(?:_(?:\{\s*[A-Za-z0-9]+\s*\}|[A-Za-z0-9]))?"
_GREEK = "|".join(sorted([*LETTERS_OF, *GREEK_VARIANTS], key=len, reverse=True))
_NAMED = r"\\(?:mathit|mathrm|mathbf|mathsf|text|operatorname\*?|boldsymbol|bm|mathbb|mathcal)\s*\{(?:[^{}\\]|\\_)*\}"
_MARK = r"\\delta(?:_(?:\{\d+\}|\d))?(?![A-Za-z])\s*|\\(?:mathrm|text)\s*\{\s*d\s*\}\s*|d(?=[A-Za-z\\])"
_ATOM = rf"(?:{_NAMED}|\\(?:{_GREEK})(?![A-Za-z])|[A-Za-z]){_SUBSCRIPT}"

_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t~]+|\\[,;:!>\ ])
    | (?P<comment>%[^\r\n]*)
    | (?P<layout>&|\\(?:begin|end)\s*\{{[A-Za-z]+\*?\}}|\$\$?|\\\[|\\\])
    | (?P<newline>\\\\(?:\[[^\]\n]{{0,20}}\])?|\r\n|\n|;)
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<transpose>\^\s*(?:\\top(?![A-Za-z])|\\intercal|T
        |\{{\s*(?:\\top|\\intercal|T|\\(?:mathrm|mathsf|text)\s*\{{\s*T\s*\}}|\\mathsf\s+T)\s*\}}))
    | (?P<prime>'|\^\s*\\prime(?![A-Za-z])|\^\s*\{{\s*\\prime\s*\}})
    | (?P<power>\^\s*\{{\s*\\(?:circ|odot)(?![A-Za-z]))
    | (?P<name>(?:{_MARK})*{_ATOM})
    | (?P<command>\\[A-Za-z]+)
    | (?P<open>[(\[{{]|\\\{{)
    | (?P<close>[)\]}}]|\\\}})
    | (?P<operator>[-+*/^=:,−])
    """,
    re.VERBOSE,
)
_NAME_PARTS = re.compile(rf"(?P<marks>(?:{_MARK})*)(?P<atom>{_ATOM})$")
_LEVEL = re.compile(r"\\delta(?:_\{?(\d+)\}?)?|d")


def tokens(source: Source) -> list[Token]:
    """The tokens of a LaTeX text, ending with END. Raises ReadError, LimitError."""
    check_size(source)
    text, position = source.text, 0
    result: list[Token] = []
    layout = _Layout(source)
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise refuse(source, position)
        if match.lastgroup == "layout":
            layout.add(match.group(), Span(*match.span()), len(result))
        elif match.lastgroup != "space":
            result += _token(match, source)
        position = match.end()
        check_count(result, source)
    layout.check(result)
    return [*result, Token(Kind.END, "", Span(position, position))]


class _Layout:
    """What arranges equations and means nothing: & and $, \\begin{align}. It may not stand for a product."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.marks: list[tuple[int, Span]] = []
        self.open: list[str] = []

    def add(self, text: str, span: Span, position: int) -> None:
        """Note a mark before token number `position`. Raises ReadError for an environment that is no alignment."""
        self.marks.append((position, span))
        command, _, environment = text.partition("{")
        environment = environment.rstrip("}")
        if command.startswith("\\begin"):
            if environment.rstrip("*") not in ENVIRONMENTS:
                raise ReadError(f"the environment {environment} is not known here", span, self.source)
            self.open.append(environment)
        elif command.startswith("\\end") and (not self.open or self.open.pop() != environment):
            raise ReadError(f"this ends no {environment}", span, self.source)

    def check(self, tokens: list[Token]) -> None:
        """Raise ReadError where only layout stands between two operands."""
        for position, span in self.marks:
            if 0 < position < len(tokens) and tokens[position - 1].kind in _ENDS and tokens[position].kind in _STARTS:
                raise ReadError("expected an operator here", span, self.source)


_ENDS = (Kind.NAME, Kind.NUMBER, Kind.CLOSE, Kind.PRIME, Kind.TRANSPOSE)
_STARTS = (Kind.NAME, Kind.NUMBER, Kind.OPEN)


def _token(match: re.Match[str], source: Source) -> list[Token]:
    text, span = match.group(), Span(*match.span())
    match match.lastgroup:
        case "comment":
            check_comment(text, span.start, source)
            return []
        case "newline":
            return [Token(Kind.NEWLINE, ";" if text == ";" else "\n", span)]
        case "number":
            return [number_token(text, span, source)]
        case "name":
            check_name(text, span, source)
            return [Token(Kind.NAME, _name(text, span, source), span)]
        case "command":
            return _command(text[1:], span, source)
        case "transpose":
            return [Token(Kind.TRANSPOSE, "ᵀ", span)]
        case "prime":
            return [Token(Kind.PRIME, "'", span)]
        case "power":
            return [Token(Kind.OPERATOR, ".^", span), Token(Kind.OPEN, "{", span)]
        case "open":
            return [Token(Kind.OPEN, text[-1], span)]
        case "close":
            return [Token(Kind.CLOSE, text[-1], span)]
    return [Token(Kind.OPERATOR, "-" if text == "−" else text, span)]


def _command(name: str, span: Span, source: Source) -> list[Token]:
    if name in SKIPPED:
        return []
    if name in OPERATORS:
        return [Token(Kind.OPERATOR, OPERATORS[name], span)]
    if name in FUNCTIONS:
        return [Token(Kind.NAME, name, span)]
    raise ReadError(f"the LaTeX command \\{name} is not known here", span, source)


def _name(text: str, span: Span, source: Source) -> str:
    """\\delta X_{12} as dX12, \\mathit{bias}_1 as bias1, W_{ij} as W_ij."""
    parts = _NAME_PARTS.match(text)
    assert parts is not None
    marks = "".join("δ" + (mark[1] or "") for mark in _LEVEL.finditer(parts["marks"]))
    stem, subscript = _split_subscript(parts["atom"])
    if "{" in stem:
        stem = stem[stem.index("{") + 1 : -1].replace(r"\_", "_").strip()
    elif stem.startswith("\\"):
        stem = GREEK_VARIANTS.get(stem[1:], stem[1:])
    name = canonical(marks + stem + subscript)
    if not is_plain(name):
        raise ReadError(f"{stem!r} cannot be a name", span, source)
    return name


def _split_subscript(atom: str) -> tuple[str, str]:
    """X_{12} as X and _12."""
    match = re.search(r"(?<!\\)_(?:\{\s*([A-Za-z0-9]+)\s*\}|([A-Za-z0-9]))$", atom)
    return (atom[: match.start()], "_" + (match[1] or match[2])) if match else (atom, "")
