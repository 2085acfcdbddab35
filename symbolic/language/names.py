"""One name, its spellings: X₀, X_0 and X0 are the same name, and so are α, \\alpha and alpha.

A canonical name is ASCII words joined by single underscores, where letters and digits stand together: X0, W_ij,
X1_2. Only the mark of a differential goes before: `δX0`. A second differentiation of the same program marks with
`δ2` (written δ₂X0, d2X0), a third with `δ3`. A mark belongs to a name of the same program; `δX`, or dX, where
there is no X is the plain name dX. A cotangent ends with a bar: X̄4 is `X4_bar`, and where a program already has bars,
the next ones are double, `X4_bar2`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
MACRON = "\u0304"
"""The combining bar of X̄."""
VARIANTS = {"ϕ": "φ", "ϵ": "ε", "µ": "μ", "ϑ": "θ", "ς": "σ"}
LETTERS_OF = {word: letter for letter, word in GREEK.items()}

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
TO_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

_BARRED = "āēīōūȳḡĀĒĪŌŪȲḠᾱῑῡᾹῙῩ"
"""The letters that have a bar in one character."""
NAME_START = "A-Za-z" + "".join(GREEK) + "".join(VARIANTS) + _BARRED
NAME_CHARACTERS = NAME_START + "0-9_₀-₉" + MACRON

_WORDS = str.maketrans(GREEK | {variant: GREEK[letter] for variant, letter in VARIANTS.items()})
_GREEK_MARK = re.compile(r"δ([1-9][0-9]*|[₁-₉][₀-₉]*)?(?=[^0-9₀-₉_])")
_MARK = re.compile(r"δ([0-9]*)")
_ASCII_MARK = re.compile(r"d([1-9][0-9]*)?(?=[A-Za-z])")
_SUBSCRIPT = re.compile(r"_?([₀-₉]+)")
_NUMBERED = re.compile(r"([A-Za-z]+)_([0-9]+)")
_STEM = re.compile(r"([A-Za-z]+)([0-9]*)")
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_WORD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]+(?=[0-9]*(?:_|$))")
_BAR = re.compile(r"_bar([2-9]|[1-9][0-9]+)?$")
_FIRST_LETTER = re.compile(r"[^\W\d_](?=[^A-Za-zα-ωΑ-Ω]|$)")
_CONFUSABLE = str.maketrans("АВЕКМНОРСТХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTXaeopcyxijsABEZHIKMNOPTYXo")


@lru_cache(maxsize=8192)
def is_plain(name: str) -> bool:
    """Whether a name without a mark is canonical, as that of a function or a size is."""
    return len(name) <= 200 and _PLAIN.fullmatch(name) is not None and canonical(name) == name


def is_valid(name: str, names: Container[str]) -> bool:
    """Whether the reader gives this name to a matrix of a program with these `names`."""
    plain = ascii_name(name)
    return is_plain(plain) and resolve_mark(plain, names) == name


def canonical(raw: str) -> str:
    """The ASCII name of a spelling: a letter's word for a Greek letter, d for the mark δ, X0 for X₀ and X_0."""
    if raw.isascii():
        if raw.isalnum():
            return raw
    else:
        plain = unicodedata.normalize("NFD", raw)
        bars = plain.count(MACRON)
        if bars:
            return adjoint_of(canonical(plain.replace(MACRON, "")), bars)
    bars, rest = split_bar(raw)
    if bars:
        return adjoint_of(canonical(rest), bars)
    mark = _GREEK_MARK.match(raw)
    if mark:
        level = (mark[1] or "1").translate(SUBSCRIPTS)
        return ascii_mark(int(level)) + canonical(raw[mark.end() :])
    name = _SUBSCRIPT.sub(lambda digits: "_" + digits[1].translate(SUBSCRIPTS), raw).translate(_WORDS)
    numbered = _NUMBERED.fullmatch(name)
    return numbered[1] + numbered[2] if numbered else name


def differential_of(name: str, level: int = 1) -> str:
    """The name of the differential of `name`; `level` tells several differentiations apart."""
    return ("δ" if level == 1 else f"δ{level}") + name


def adjoint_of(name: str, level: int = 1) -> str:
    """The name of the cotangent of `name`, X4_bar; where there are bars already, so many more: X4_bar3 of X4_bar."""
    bars, rest = split_bar(name)
    bars += level
    return f"{rest}_bar" if bars == 1 else f"{rest}_bar{bars}"


def split_bar(name: str) -> tuple[int, str]:
    """X4_bar2 as (2, X4); X4 as (0, X4)."""
    bar = _BAR.search(name) if "_bar" in name else None
    return (int(bar[1] or 1), name[: bar.start()]) if bar and bar.start() else (0, name)


def split_mark(name: str) -> tuple[int, str]:
    """δ2X0 as (2, X0); X0 as (0, X0)."""
    mark = _MARK.match(name) if name.startswith("δ") else None
    return (int(mark[1] or 1), name[mark.end() :]) if mark else (0, name)


def may_have_mark(name: str) -> bool:
    """Whether a name could be that of a differential: dX0."""
    return _ASCII_MARK.match(name) is not None


def resolve_mark(name: str, names: Container[str]) -> str:
    """dX0 is the differential of X0 where X0 is one of the `names`; otherwise just a name."""
    mark = _ASCII_MARK.match(name)
    if not mark:
        return name
    plain = name[mark.end() :]
    marked = resolve_mark(plain, names)
    known = marked != plain or plain in names or _is_cotangent(plain, names)
    return differential_of(marked, int(mark[1] or 1)) if known else name


def _is_cotangent(name: str, names: Container[str]) -> bool:
    """Whether a name without its bars is one of the `names`: of dX1_bar, the cotangent of δX1."""
    bars, rest = split_bar(name)
    return any((adjoint_of(rest, k) if k else rest) in names for k in range(bars))


def ascii_mark(level: int) -> str:
    return "d" if level == 1 else f"d{level}"


def ascii_name(name: str) -> str:
    """X0, alpha, dX0, d2X0; letters outside ASCII by their names."""
    return name if name.isascii() else _in_ascii(name)


@lru_cache(maxsize=8192)
def _in_ascii(name: str) -> str:
    level, rest = split_mark(name)
    return ascii_mark(level) + ascii_name(rest) if level else name.translate(_WORDS)


def unicode_name(name: str) -> str:
    """X0, α, α_i, δX0, δ₂X0, X̄0; a bar stands over one letter, loss_bar keeps its word."""
    if name.isascii() and name.isalnum():
        stem = name.rstrip("0123456789")
        return LETTERS_OF[stem] + name[len(stem) :] if stem in LETTERS_OF else name
    level, rest = split_mark(name)
    if level:
        return ("δ" if level == 1 else "δ" + str(level).translate(TO_SUBSCRIPTS)) + unicode_name(rest)
    bars, rest = split_bar(name)
    if bars:
        return _barred(unicode_name(rest), bars) or name
    return _WORD.sub(lambda word: LETTERS_OF.get(word[0], word[0]), name)


def _barred(name: str, bars: int) -> str:
    """X4 with bars over its letter; nothing where it begins with a word."""
    letter = _FIRST_LETTER.match(name)
    return unicodedata.normalize("NFC", letter[0] + MACRON * bars) + name[1:] if letter else ""


def latex_name(name: str) -> str:
    """X_0, \\alpha_{12}, \\delta X_0, \\mathit{bias}_1; a matrix called delta is no mark: \\mathit{delta}."""
    level, rest = split_mark(name)
    if level:
        return (r"\delta " if level == 1 else rf"\delta_{{{level}}} ") + latex_name(rest)
    bars, rest = split_bar(name)
    if bars:
        stem, underscore, subscript = _latex_parts(rest)
        return r"\bar{" * bars + stem + "}" * bars + underscore + subscript
    numbered = _STEM.fullmatch(name)
    stem, digits = numbered.groups() if numbered else (name, "")
    if stem in LETTERS_OF and stem != "delta":
        stem = "\\" + stem
    elif len(stem) > 1:
        stem = rf"\mathit{{{stem.replace('_', chr(92) + '_')}}}"
    return stem + (f"_{digits}" if len(digits) == 1 else f"_{{{digits}}}" if digits else "")


def _latex_parts(name: str) -> tuple[str, str, str]:
    """X4 as X, _, 4, so that a bar stands over the X alone."""
    return latex_name(name).partition("_") if _STEM.fullmatch(name) else (latex_name(name), "", "")


def refused_character(character: str) -> str:
    """Why a character cannot stand in a program, in words."""
    code = f"U+{ord(character):04X}"
    label = unicodedata.name(character, "a control character")
    twin = character.translate(_CONFUSABLE)
    if twin != character:
        return f"{code} ({label}) looks like the Latin letter {twin!r} but is another letter"
    if unicodedata.category(character) in ("Cf", "Cc", "Zl", "Zp"):
        return f"the invisible character {code} ({label}) is not allowed"
    return f"unexpected character {character!r} ({code}, {label})"
