"""Derivatives as written, ∂y/∂X, ∇_X y, \\frac{\\partial y}{\\partial X}, ∂vec(Y)/∂vec(X)ᵀ, each as one name.

The name is padded with blanks, so that every other character keeps its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from symbolic.derivatives import Derivative
from symbolic.errors import NotSupported, Source, Span
from symbolic.language.dialects import dialect_of
from symbolic.language.latex_lexer import FONTS
from symbolic.language.names import canonical
from symbolic.nodes import SCALAR
from symbolic.program import Program

QUOTIENT, NABLA, JACOBIAN, STATED = "G_q", "N_q", "J_q", "V_q"
"""How the names of ∂y/∂X, of ∇_X y, of ∂Y/∂X in columns, and of ∂vec(Y)/∂vec(X)ᵀ with its transpose sign begin."""
FOUR_INDICES = "the derivative of a matrix by a matrix has four indices"

_FONT = rf"\\(?:{'|'.join(FONTS)})\s*"
_TEX_NAME = rf"(?:{_FONT}\{{[A-Za-z]+\}}|\\[A-Za-z]+|[A-Za-z])(?:_(?:\{{\w+\}}|\w))?"
_TEX_D = r"(?:\\partial(?![A-Za-z])|\\(?:mathrm|text)\s*\{\s*d\s*\}|d)\s*"
_TEX_VEC = rf"(?:{_FONT}\{{\s*vec\s*\}}|\\?vec(?![A-Za-z]))"
_TEX_T = r"(?:\^\s*\{?\s*(?:\\top(?![A-Za-z])|\\intercal(?![A-Za-z])|T|\\(?:mathrm|mathsf)\s*\{\s*T\s*\})\s*\}?)"
_NAME = r"[A-Za-zα-ωΑ-Ω][A-Za-z0-9_₀-₉]*"
_T = r"(?:ᵀ|\^T(?![A-Za-z])|')"


def _term(which: str, d: str, name: str, vec: str) -> str:
    """∂X, ∂vec(X) or ∂{X}, with the names of its groups beginning as the term is called."""
    inside = rf"{vec}\s*(?:\\left\s*)?\(\s*(?P<{which}_inside>{name})\s*(?:\\right\s*)?\)"
    return rf"{d}(?P<{which}_brace>\{{\s*)?(?:{inside}|(?P<{which}>{name}))(?({which}_brace)\s*\}})"


_TEX_OF, _TEX_BY = (_term(which, _TEX_D, _TEX_NAME, _TEX_VEC) for which in ("of", "by"))
_OF, _BY = (_term(which, "[∂d]", _NAME, "vec") for which in ("of", "by"))
_TRANSPOSED = rf"(?:\s*(?P<transposed>{_TEX_T}))?"
_TEX_GRADIENT = rf"\\nabla_(?:\{{\s*(?P<by>{_TEX_NAME})\s*\}}|(?P<by_inside>{_TEX_NAME}))\s*(?P<of>{_TEX_NAME})"
_PATTERNS = {
    "latex": (
        (QUOTIENT, re.compile(rf"\\[dt]?frac\s*\{{\s*{_TEX_OF}\s*\}}\s*\{{\s*{_TEX_BY}{_TRANSPOSED}\s*\}}")),
        (QUOTIENT, re.compile(rf"(?=\\partial){_TEX_OF}\s*/\s*{_TEX_BY}{_TRANSPOSED}")),
        (NABLA, re.compile(_TEX_GRADIENT)),
    ),
    "text": (
        (QUOTIENT, re.compile(rf"(?<!\w){_OF}\s*/\s*{_BY}(?P<transposed>{_T})?")),
        (NABLA, re.compile(rf"∇_?(?P<by>{_NAME})\s+(?P<of>{_NAME})")),
    ),
}  # fmt: skip


_SECOND = re.compile(
    r"(?<![\w\\])(?:\\(?:delta|partial|Delta)|\\(?:mathrm|text)\s*\{\s*d\s*\}|[δ∂]|(?P<d>d))\s*(?:²|\^\s*(?:2|\{\s*2\s*\}))"
    r"\s*(?=[A-Za-zα-ω({]|\\(?!right|[bB]ig))"
)


@dataclass(frozen=True)
class Found:
    """`text`: with a name for each derivative; `places`: where they were written."""

    text: str
    derivatives: tuple[Derivative, ...]
    places: tuple[Span, ...]

    def widened(self, span: Span) -> Span:
        """A place with the whole of a derivative that ends it."""
        return Span(span.start, max([span.end, *(p.end for p in self.places if span.start <= p.start < span.end)]))


def find_derivatives(text: str, program: Program, dialect: str | None = None, by_columns: bool = False) -> Found:
    """The derivatives in a text. `by_columns`: that ∂Y/∂X of matrices is meant column by column, vec, has been said."""
    found: dict[str, Derivative] = {}
    places: list[Span] = []
    for kind, pattern in _PATTERNS[dialect or dialect_of(text)]:
        for match in list(pattern.finditer(text)):
            read = _read(kind, match, text, program, by_columns)
            if read is None:
                continue
            derivative, end = read
            found[derivative.name] = derivative
            places.append(Span(match.start(), end))
            prefix, number = derivative.name[:3], derivative.name[3:]
            written = f"{prefix[0]}_{{q{number}}}" if "\\" in match[0] else derivative.name
            text = text[: match.start()] + written.ljust(end - match.start()) + text[end:]
    return Found(text, tuple(found.values()), tuple(places))


def refuse_second_order(text: str, program: Program) -> None:
    """Raises NotSupported where a second differential or derivative is written: d²Y, δ²Y, ∂²y/∂X²."""
    for found in _SECOND.finditer(text):
        if found["d"] is None or "d" not in program.symbols:
            hint = "the first differential can be; what is of second order is left out, or stands in an O(…)"
            raise NotSupported("second differentials are not marked", Span(*found.span()), Source(text), hint)


def says_by_columns(text: str) -> bool:
    """Whether a derivation says, in a formula or in a remark, that matrices are written as columns: vec."""
    return re.search(r"(?<![A-Za-z])vec(?![A-Za-z])", text) is not None


def implied_gradient(program: Program, wrt: tuple[str, ...]) -> tuple[Derivative, ...]:
    """The gradient of a scalar result by the one input that moves, which an answer alone may be."""
    output = program.outputs[-1]
    if len(wrt) != 1 or program.symbols[output].shape != SCALAR:
        return ()
    return (Derivative(_name(QUOTIENT, output, wrt[0], program), output, wrt[0]),)


def is_derivative(name: str) -> bool:
    return name.startswith((QUOTIENT, NABLA, JACOBIAN, STATED))


def other_layout(name: str) -> str:
    """For ∂y/∂X, for which two layouts are in use, the one that is not its own in words; else nothing."""
    if name.startswith(QUOTIENT):
        return "in numerator layout, the transpose of the gradient"
    return "in denominator layout, the transpose of the Jacobian" if name.startswith(JACOBIAN) else ""


def _read(
    kind: str, match: re.Match[str], text: str, program: Program, by_columns: bool
) -> tuple[Derivative, int] | None:
    """What a match stands for and where it ends; None where it is something else."""
    groups = {"of_inside": "", "by_inside": "", "transposed": ""} | match.groupdict()
    of, by = (_plain(groups[which] or groups[f"{which}_inside"]) for which in ("of", "by"))
    if by not in program.symbols or of not in program.symbols:
        return None
    shapes = [program.symbols[name].shape for name in (of, by)]
    columns = all(shape[1] == 1 for shape in shapes)
    transposed = bool(groups["transposed"])
    in_vec = bool(groups["of_inside"] or groups["by_inside"])
    vec = kind == QUOTIENT and (in_vec or (columns and (transposed or SCALAR not in shapes)))
    if SCALAR not in shapes and not vec:
        if kind == NABLA or not by_columns:
            hint = f"write ∂vec({of})/∂vec({by})ᵀ, or vec(δ{of}) = J vec(δ{by}), or the differential δ{of} = …"
            raise NotSupported(FOUR_INDICES, Span(*match.span()), Source(text), hint)
        vec = True
    end = match.end() if vec or not transposed else match.start("transposed")
    name = _name((STATED if transposed else JACOBIAN) if vec else kind, of, by, program)
    if len(name) + 2 * ("\\" in match[0]) > end - match.start():
        raise NotSupported("too many names for derivatives", Span(*match.span()), Source(text))
    return (Derivative(name, of, by, vec), end) if end == match.end() or "\\" not in match[0] else None


def _name(kind: str, of: str, by: str, program: Program) -> str:
    names = list(program.symbols)
    return f"{kind}{names.index(of) * len(names) + names.index(by)}"


def _plain(name: str) -> str:
    return canonical(re.sub(rf"{_FONT}|[{{}}\\]", "", name))
