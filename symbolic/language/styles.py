"""The notations: what each spells how. The printer decides brackets; a style only has words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from symbolic.errors import NotSupported
from symbolic.functions import CATALOGUE
from symbolic.language.names import ascii_name, latex_name, unicode_name
from symbolic.operations import OPERATIONS

SUM, APART, PRODUCT, JOINED, POSTFIX, ATOM = range(1, 7)
"""How tightly an operation binds; A \\ B stands apart from other products: 2 (A \\ B) is not (2 A) \\ B."""


def _with_primes(function: str, order: int) -> str:
    """f, f', f''"""
    return function + "'" * order


@dataclass(frozen=True)
class Style:
    """How one notation spells things. `stacked`: a scalar fraction has a line, and so needs no brackets.

    From `letter` on, index forms: entries, sums and conditions; `line`: row i of X4, x4ᵢ; `permutation`: how K_n_m is
    written where it is not so.
    """

    name: Callable[[str], str]
    product: str
    product_level: int
    hadamard: str
    quotient: str
    power: Callable[[str], str]
    transpose: str
    multiple: str
    times: str
    brackets: tuple[str, str]
    function: Callable[[str], str]
    size_sign: str
    declaration: str
    fraction: Callable[[str, str], str]
    line_end: str
    pi: str
    filled: Callable[[str], str]
    scalar_power: str
    operation: Callable[[str], str]
    matrix_power: Callable[[int], str]
    solve: str
    kron: str
    block: tuple[str, str, str, str]
    inverse: str = ""
    divide: str = " / "
    stacked: bool = False
    space: str = "{}"
    fact: str = " {}"
    returned: str = "return "
    digits: Callable[[str], str] = str
    negative: str = "-"
    plus: str = " + "
    minus: str = " - "
    over: str = "/"
    comma: str = ", "
    equals: str = " = "
    call: tuple[str, str] = ("(", ")")
    places: tuple[str, str, str] = ("[", ":", "]")
    primed: Callable[[str, int], str] = _with_primes
    raised: Callable[[str, str], str] = str.__add__
    grouped: Callable[[str], str] = str
    letter: Callable[[str], str] = str
    index_comma: str = ","
    index_times: str = "*"
    at_least: str = " >= "
    at_most: str = " <= "
    condition: str = "[{}]"
    entry: str = "{}[{}]"
    summed: str = "sum_{}({})"
    partial: str = "d{}/d{}"
    line: Callable[[str, str], str] = "{}_{}".format
    permutation: Callable[[str, str], str] | None = None


def _plain_function(name: str) -> str:
    return name


def _latex_function(name: str) -> str:
    if name in CATALOGUE:
        return CATALOGUE[name].latex or rf"\operatorname{{{name.replace('_', chr(92) + '_')}}}"
    return latex_name(name)


def _latex_operation(name: str) -> str:
    known = OPERATIONS.get(name)
    return (known and known.latex) or rf"\operatorname{{{name.replace('_', chr(92) + '_')}}}"


def _raised(exponent: int) -> str:
    """A²"""
    return str(exponent).translate(_SUPERSCRIPTS)


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


_BELOW = str.maketrans("irstu0123456789", "ᵢᵣₛₜᵤ₀₁₂₃₄₅₆₇₈₉")


def _line_below(stem: str, index: str) -> str:
    """x4ᵢ"""
    return stem + index.translate(_BELOW)


def _latex_line(stem: str, index: str) -> str:
    """x_{4,i}"""
    letters = stem.rstrip("0123456789")
    return f"{letters}_{{{stem[len(letters) :]}{',' if letters != stem else ''}{index}}}"


TEXT = Style(
    name=ascii_name, product="*", product_level=PRODUCT, hadamard=" .* ", quotient=" ./ ", power=".^{}".format,
    transpose="'", multiple="*", times="*", brackets=("(", ")"), function=ascii_name, size_sign=" x ",
    declaration=" : ", fraction="{}/{}".format, line_end="", pi="pi", filled=_plain_function, scalar_power="^{}",
    operation=_plain_function, matrix_power="^{}".format, solve=" \\ ", kron="",
    block=("[", ", ", "; ", "]"),
)  # fmt: skip
UNICODE = replace(
    TEXT, name=unicode_name, product=" ", product_level=JOINED, hadamard=" ⊙ ", quotient=" ⊘ ", transpose="ᵀ",
    multiple=" ", times="·", function=unicode_name, size_sign=" × ", pi="π", matrix_power=_raised, inverse="⁻¹",
    kron=" ⊗ ", at_least=" ≥ ", at_most=" ≤ ", summed="Σ_{} {}", partial="∂{}/∂{}", line=_line_below,
)  # fmt: skip
LATEX = replace(
    UNICODE, name=latex_name, times=r" \cdot ", hadamard=r" \odot ", quotient=r" \oslash ",
    power=r"^{{\circ {}}}".format, transpose=r"^\top", brackets=(r"\left(", r"\right)"), function=_latex_function,
    size_sign=r" \times ", declaration=r" \in ", fraction=r"\frac{{{}}}{{{}}}".format, stacked=True,
    line_end=r" \\", pi=r"\pi ",
    filled=r"\operatorname{{{}}}".format, scalar_power="^{{{}}}", space=r"\mathbb{{R}}^{{{}}}",
    fact=r"\ \text{{{}}}", returned=r"\operatorname{return}\ ",
    operation=_latex_operation, matrix_power="^{{{}}}".format, inverse="^{-1}", solve=r" \backslash ",
    grouped="{{{}}}".format, index_times=" ", at_least=r" \ge ", at_most=r" \le ", condition=r"\left[{}\right]",
    entry=r"\left[{}\right]_{{{}}}", summed=r"\sum_{{{}}} {}", partial=r"\frac{{\partial {}}}{{\partial {}}}",
    line=_latex_line, permutation="K_{{{},{}}}".format,
    kron=r" \otimes ", block=(r"\begin{bmatrix} ", " & ", r" \\ ", r" \end{bmatrix}"),
)  # fmt: skip
STYLES = {"text": TEXT, "unicode": UNICODE, "latex": LATEX}


def style_named(name: str | Style) -> Style:
    """A style by its name, or as it is. Raises NotSupported for a notation that there is not."""
    if isinstance(name, Style):
        return name
    if name not in STYLES:
        raise NotSupported(f"there is no notation {name!r}; there are {', '.join(STYLES)}")
    return STYLES[name]
