"""Tokens of LaTeX as people write it: X_1 = X_0 \\cdot W_1, f'(X), \\odot, \\delta X, \\begin{bmatrix}, \\|X\\|_F."""

from __future__ import annotations

import re

from symbolic.errors import ReadError, Source, Span
from symbolic.language.names import LETTERS_OF, adjoint_of, canonical, is_plain
from symbolic.language.tokens import (
    ENDS,
    STARTS,
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
    "nonumber", "notag", "limits", "allowbreak",
}  # fmt: skip
ENVIRONMENTS = {
    "align", "aligned", "alignat", "equation", "gather", "gathered", "split", "eqnarray", "displaymath", "math",
    "multline",
}  # fmt: skip
MATRICES = {"bmatrix", "pmatrix", "matrix", "smallmatrix", "Bmatrix"}
FONTS = ("mathit", "mathrm", "mathbf", "mathsf", "text", "operatorname", "boldsymbol", "bm", "mathbb", "mathcal")
COMMANDS = frozenset(
    {*OPERATORS, *FUNCTIONS, *LETTERS_OF, *GREEK_VARIANTS, *SKIPPED, *FONTS, "begin", "end", "top", "intercal", "prime"}
    | {"Vert", "lVert", "rVert", "bar", "overline"}
)
"""All the commands that are read."""

MOST_BARS = 6

_SUBSCRIPT = r"(?:_(?:\{\s*[A-Za-z0-9]+\s*\}|[A-Za-z0-9]))?"
_GREEK = "|".join(sorted([*LETTERS_OF, *GREEK_VARIANTS], key=len, reverse=True))
_NAMED = rf"\\(?:{'|'.join(FONTS)})\*?\s*\{{(?:[^{{}}\\]|\\_)*\}}"
_MARK = r"\\delta(?:_(?:\{\d+\}|\d))?(?![A-Za-z])\s*|\\(?:mathrm|text)\s*\{\s*d\s*\}\s*|d(?=[A-Za-z\\])"
_TOP = r"(?:\\top(?![A-Za-z])|\\intercal(?![A-Za-z])|T|\\(?:mathrm|mathsf|text)\s*\{\s*T\s*\}|\\mathsf\s+T)"
_WORD = r"\\(?:mathrm|text|operatorname)\s*\{\s*[A-Za-z]+\s*\}"
_NORM = rf"_\s*(?:\{{\s*(?:{_WORD}|\\infty|[A-Za-z0-9*]+)\s*\}}|{_WORD}|\\infty|[A-Za-z0-9*])"
_BARS = r"\\\||\\[lr]?Vert(?![A-Za-z])"
_STEM = rf"(?:{_NAMED}|\\(?:{_GREEK})(?![A-Za-z])|[A-Za-z])"
_OVER = r"\\(?:bar|overline)(?![A-Za-z])\s*"
_BARRED = _STEM
for _ in range(MOST_BARS):
    _BARRED = rf"(?:{_STEM}|{_OVER}(?:\{{\s*{_BARRED}{_SUBSCRIPT}\s*\}}|{_STEM}))"
_ATOM = _BARRED + _SUBSCRIPT

_TOKEN = re.compile(
    rf"""
      (?P<space>[ \t~]+|\\[,;:!>\ ])
    | (?P<comment>%[^\r\n]*)
    | (?P<layout>&|\\(?:begin|end)\s*\{{[A-Za-z]+\*?\}}|\$\$?|\\\[|\\\])
    | (?P<newline>\\\\(?:\[[^\]\n]{{0,20}}\])?|\r\n|\n|;)
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<transpose>\^\s*(?:{_TOP}|\{{\s*{_TOP}\s*\}}))
    | (?P<inverse>\^\s*\{{\s*-\s*{_TOP}\s*\}})
    | (?P<prime>'|\^\s*\\prime(?![A-Za-z])|\^\s*\{{\s*\\prime\s*\}})
    | (?P<power>\^\s*\{{\s*\\(?:circ|odot)(?![A-Za-z]))
    | (?P<bar>(?:\\(?:left|right)\s*)?(?:{_BARS}))
    | (?P<norm>(?:\^\s*(?:2|\{{\s*2\s*\}})\s*)?{_NORM})
    | (?P<name>(?:{_MARK})*{_ATOM})
    | (?P<command>\\[A-Za-z]+)
    | (?P<open>[(\[{{]|\\\{{)
    | (?P<close>[)\]}}]|\\\}})
    | (?P<operator>\.[-+]|[-+*/^=:,−])
    """,
    re.VERBOSE,
)
_NAME_PARTS = re.compile(rf"(?P<marks>(?:{_MARK})*)(?P<atom>{_ATOM})$")
_LEVEL = re.compile(r"\\delta(?:_\{?(\d+)\}?)?|d")


def tokens(source: Source) -> list[Token]:
    """The tokens of a LaTeX text, ending with END. Raises ReadError, LimitError."""
    check_size(source)
    lexer = _Lexer(source)
    position = 0
    while position < len(source.text):
        match = _TOKEN.match(source.text, position)
        if match is None:
            raise refuse(source, position)
        lexer.add(match)
        position = match.end()
        check_count(lexer.tokens, source)
    lexer.check_layout()
    return [*lexer.tokens, Token(Kind.END, "", Span(position, position))]


class _Lexer:
    """The tokens so far, and what is open: environments, and bars that begin a norm.

    Layout arranges equations and means nothing, & and $ and \\begin{align}; it may not stand for a product. Inside
    \\begin{bmatrix} the signs & and \\\\ separate blocks.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self.tokens: list[Token] = []
        self.layout: list[tuple[int, Span]] = []
        self.environments: list[str] = []
        self.bars = 0

    def add(self, match: re.Match[str]) -> None:
        text, span = match.group(), Span(*match.span())
        match match.lastgroup:
            case "space":
                pass
            case "layout":
                self.arrange(text, span)
            case "newline" if text.startswith("\\\\") and self.in_matrix():
                self.put(Kind.OPERATOR, ";", span)
            case "bar":
                self.bar(text, span)
            case "norm":
                self.norm(text, span)
            case _:
                self.tokens += _token(match, self.source)

    def put(self, kind: Kind, text: str, span: Span) -> None:
        self.tokens.append(Token(kind, text, span))

    def in_matrix(self) -> bool:
        return self.environments[-1:] != [] and self.environments[-1] in MATRICES

    def arrange(self, text: str, span: Span) -> None:
        """Note a sign of layout, or take it for the sign of a block. Raises ReadError for another environment."""
        command, _, environment = text.partition("{")
        environment = environment.rstrip("}")
        if command.startswith("\\begin"):
            if environment.rstrip("*") not in ENVIRONMENTS | MATRICES:
                raise ReadError(f"the environment {environment} is not known here", span, self.source)
            self.environments.append(environment)
            if self.in_matrix():
                return self.put(Kind.OPEN, "⟦", span)
        elif command.startswith("\\end"):
            matrix = self.in_matrix()
            if not self.environments or self.environments.pop() != environment:
                raise ReadError(f"this ends no {environment}", span, self.source)
            if matrix:
                return self.put(Kind.CLOSE, "⟧", span)
        elif text == "&" and self.in_matrix():
            return self.put(Kind.OPERATOR, ",", span)
        self.layout.append((len(self.tokens), span))
        return None

    def check_layout(self) -> None:
        """Raise ReadError where only layout stands between two operands."""
        for position, span in self.layout:
            between = self.tokens[position - 1 : position + 1] if position else []
            if len(between) == 2 and between[0].kind in ENDS and between[1].kind in STARTS:
                raise ReadError("expected an operator here", span, self.source)

    def bar(self, text: str, span: Span) -> None:
        """A bar ends a norm where one is open and an operand stands before it, unless it says itself what it does."""
        after_operand = self.tokens[-1:] != [] and self.tokens[-1].kind in ENDS
        ends = self.bars > 0 and after_operand
        if "left" in text or "lVert" in text:
            ends = False
        elif "right" in text or "rVert" in text:
            ends = True
        self.bars = max(0, self.bars - 1) if ends else self.bars + 1
        self.put(Kind.CLOSE if ends else Kind.OPEN, "‖", span)

    def norm(self, text: str, span: Span) -> None:
        """_F, _{\\mathrm{F}} or ^2_F behind a norm."""
        if not self.tokens or self.tokens[-1].text != "‖" or self.tokens[-1].kind is not Kind.CLOSE:
            raise refuse(self.source, span.start + text.index("_"))
        power, _, subscript = text.partition("_")
        self.put(Kind.SUBSCRIPT, re.sub(r"\\(?:mathrm|text|operatorname)|[\s{}\\]", "", subscript), span)
        if power:
            self.put(Kind.OPERATOR, "^", span)
            self.tokens.append(number_token("2", span, self.source))


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
        case "inverse":
            return inverse_transpose(span, source)
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
    bars, atom = _without_bars(parts["atom"])
    stem, subscript = _split_subscript(atom)
    if "{" in stem:
        stem = stem[stem.index("{") + 1 : -1].replace(r"\_", "_").strip()
    elif stem.startswith("\\"):
        stem = GREEK_VARIANTS.get(stem[1:], stem[1:])
    name = canonical(marks + stem + subscript)
    name = adjoint_of(name, bars) if bars else name
    if not is_plain(name):
        raise ReadError(f"{stem!r} cannot be a name", span, source)
    return name


def _without_bars(atom: str) -> tuple[int, str]:
    """\\bar{\\bar{X}}_1 as 2 and X_1."""
    bars = 0
    while over := re.match(_OVER, atom):
        bars, atom = bars + 1, atom[over.end() :]
        if atom.startswith("{"):
            depth = [0]
            for character in atom:
                depth.append(depth[-1] + {"{": 1, "}": -1}.get(character, 0))
            end = depth.index(0, 1)
            atom = atom[1 : end - 1].strip() + atom[end:]
    return bars, atom


def _split_subscript(atom: str) -> tuple[str, str]:
    """X_{12} as X and _12."""
    match = re.search(r"(?<!\\)_(?:\{\s*([A-Za-z0-9]+)\s*\}|([A-Za-z0-9]))$", atom)
    return (atom[: match.start()], "_" + (match[1] or match[2])) if match else (atom, "")
