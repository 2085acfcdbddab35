"""Gradients as they are written, ∂y/∂X, \\frac{\\partial y}{\\partial X}, ∇_X y, each made into one name.

The name is padded with blanks, so that every other character keeps its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from symbolic.equivalence import Gradient
from symbolic.errors import NotSupported, Source, Span
from symbolic.language.dialects import dialect_of
from symbolic.language.names import canonical
from symbolic.nodes import SCALAR
from symbolic.program import Program

QUOTIENT, NABLA = "G_q", "N_q"
"""How the names of ∂y/∂X and of ∇_X y begin."""

_TEX_NAME = r"((?:\\[A-Za-z]+|[A-Za-z])(?:_(?:\{\w+\}|\w))?)"
_TEX_D = r"(?:\\partial(?![A-Za-z])|\\(?:mathrm|text)\s*\{\s*d\s*\}|d)\s*"
_NAME = r"([A-Za-zα-ωΑ-Ω][A-Za-z0-9_₀-₉]*)"
_PATTERNS = {
    "latex": (
        (QUOTIENT, re.compile(rf"\\[dt]?frac\s*\{{\s*{_TEX_D}{_TEX_NAME}\s*\}}\s*\{{\s*{_TEX_D}{_TEX_NAME}\s*\}}")),
        (QUOTIENT, re.compile(rf"\\partial(?![A-Za-z])\s*{_TEX_NAME}\s*/\s*\\partial(?![A-Za-z])\s*{_TEX_NAME}")),
        (NABLA, re.compile(rf"\\nabla_(?:\{{\s*{_TEX_NAME}\s*\}}|{_TEX_NAME})\s*{_TEX_NAME}")),
    ),
    "text": (
        (QUOTIENT, re.compile(rf"[∂d]{_NAME}\s*/\s*[∂d]{_NAME}")),
        (NABLA, re.compile(rf"∇_?{_NAME}\s+{_NAME}")),
    ),
}


@dataclass(frozen=True)
class Found:
    """`text`: with a name for each gradient of a scalar by an input; `places`: where they were written."""

    text: str
    gradients: tuple[Gradient, ...]
    places: tuple[Span, ...]

    def widened(self, span: Span) -> Span:
        """A place with the whole of a gradient that ends it."""
        return Span(span.start, max([span.end, *(p.end for p in self.places if span.start <= p.start < span.end)]))


def find_gradients(text: str, program: Program, dialect: str | None = None) -> Found:
    """The gradients in a text."""
    found: dict[str, Gradient] = {}
    places: list[Span] = []
    for kind, pattern in _PATTERNS[dialect or dialect_of(text)]:
        for match in list(pattern.finditer(text)):
            names = [_plain(name) for name in match.groups() if name]
            of, by = names if kind == QUOTIENT else names[::-1]
            if by not in program.symbols or of not in program.symbols:
                continue
            gradient = _gradient(kind, of, by, match, text, program)
            found[gradient.name] = gradient
            places.append(Span(*match.span()))
            written = f"{kind}{{{gradient.name[3:]}}}".replace("_q{", "_{q") if "\\" in match[0] else gradient.name
            text = text[: match.start()] + written.ljust(len(match[0])) + text[match.end() :]
    return Found(text, tuple(found.values()), tuple(places))


def implied_gradient(program: Program, wrt: tuple[str, ...]) -> tuple[Gradient, ...]:
    """The gradient of a scalar result by the one input that moves, which an answer alone may be."""
    output = program.outputs[-1]
    if len(wrt) != 1 or program.symbols[output].shape != SCALAR:
        return ()
    return (Gradient(_name(QUOTIENT, output, wrt[0], program), output, wrt[0]),)


def is_gradient(name: str) -> bool:
    return name.startswith((QUOTIENT, NABLA))


def _gradient(kind: str, of: str, by: str, match: re.Match[str], text: str, program: Program) -> Gradient:
    place = Span(match.start(), match.end())
    if program.symbols[of].shape != SCALAR:
        hint = f"write vec(δ{of}) = J vec(δ{by}), or the differential δ{of} = …"
        raise NotSupported("the derivative of a matrix by a matrix has four indices", place, Source(text), hint)
    if by not in [given.name for given in program.inputs]:
        raise NotSupported(f"derivatives are taken by the inputs, and {by} is none", place, Source(text))
    name = _name(kind, of, by, program)
    if len(name) + 2 * ("\\" in match[0]) > len(match[0]):
        raise NotSupported("too many names for derivatives", place, Source(text))
    return Gradient(name, of, by)


def _name(kind: str, of: str, by: str, program: Program) -> str:
    names = list(program.symbols)
    return f"{kind}{names.index(of) * len(program.inputs) + names.index(by)}"


def _plain(name: str) -> str:
    return canonical(re.sub(r"[{}\\]", "", name))
