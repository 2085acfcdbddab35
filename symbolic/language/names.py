"""One name, its spellings: X₀, X_0 and X0 are the same name, and so are α, \\alpha and alpha.

The canonical name is ASCII except for a leading δ, the mark of a differential: `δX0`. A second
differentiation of the same program marks with `δ2` (written δ₂X0, d2X0), a third with `δ3`.
"""

from __future__ import annotations

import re
import unicodedata

GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi", "Σ": "Sigma",
    "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
VARIANTS = {"ϕ": "φ", "ϵ": "ε", "µ": "μ", "ϑ": "θ", "ς": "σ"}
LETTERS_OF = {word: letter for letter, word in GREEK.items()}

SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
TO_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

NAME_CHARACTERS = "A-Za-z0-9_₀-₉" + "".join(GREEK) + "".join(VARIANTS)
NAME_START = "A-Za-z" + "".join(GREEK) + "".join(VARIANTS)

_MARKED = re.compile(r"δ(\d*)(?=[^\d_])")
_PLAIN = re.compile(r"([A-Za-z]+)(\d*)$")
_ASCII_MARK = re.compile(r"d(\d*)(?=[^\d_])")
_CONFUSABLE = str.maketrans("АВЕКМНОРСТХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο", "ABEKMHOPCTXaeopcyxijsABEZHIKMNOPTYXo")


_VALID = re.compile(r"(?:δ\d*)*[A-Za-zα-ωΓΔΘΛΞΠΣΦΨΩ](?:_?[A-Za-z0-9α-ωΓΔΘΛΞΠΣΦΨΩ])*")


def is_valid(name: str) -> bool:
    """Whether a canonical name is one the reader could have produced."""
    return len(name) <= 200 and _VALID.fullmatch(name) is not None


def canonical(raw: str) -> str:
    """The canonical name of a spelling: subscripts to digits, Greek letters to their words."""
    name = raw.translate(SUBSCRIPTS)
    mark = _MARKED.match(name)
    if mark:
        return mark.group() + canonical(name[mark.end() :])
    name = "".join(VARIANTS.get(c, c) for c in name)
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    if digits and stem.endswith("_") and not stem.endswith("__"):
        stem = stem[:-1]
    return GREEK.get(stem, stem) + digits


def differential_of(name: str, level: int = 1) -> str:
    """The name of the differential of `name`; `level` tells several differentiations apart."""
    return ("δ" if level == 1 else f"δ{level}") + name


def split_mark(name: str) -> tuple[int, str]:
    """δ2X0 as (2, X0); X0 as (0, X0)."""
    mark = _MARKED.match(name)
    return (int(mark.group(1) or 1), name[mark.end() :]) if mark else (0, name)


def resolve_ascii_mark(name: str, known: frozenset[str]) -> str:
    """`dX0` is the differential of X0 where X0 is a name of the same text; otherwise just a name."""
    mark = _ASCII_MARK.match(name)
    if not mark:
        return name
    rest = resolve_ascii_mark(name[mark.end() :], known)
    if rest in known or rest != name[mark.end() :]:
        return differential_of(rest, int(mark.group(1) or 1))
    return name


def ascii_name(name: str) -> str:
    """X0, alpha, dX0, d2X0; letters outside ASCII by their names."""
    level, rest = split_mark(name)
    if level:
        return ("d" if level == 1 else f"d{level}") + ascii_name(rest)
    return "".join(GREEK.get(c, c) for c in name)


def unicode_name(name: str) -> str:
    """X0, α, δX0, δ₂X0."""
    level, rest = split_mark(name)
    if level:
        return ("δ" if level == 1 else "δ" + str(level).translate(TO_SUBSCRIPTS)) + unicode_name(rest)
    plain = _PLAIN.match(name)
    return LETTERS_OF[plain[1]] + plain[2] if plain and plain[1] in LETTERS_OF else name


def latex_name(name: str) -> str:
    """X_0, \\alpha_{12}, \\delta X_0, \\mathit{bias}_1."""
    level, rest = split_mark(name)
    if level:
        return (r"\delta " if level == 1 else rf"\delta_{{{level}}} ") + latex_name(rest)
    plain = _PLAIN.match(name)
    stem, digits = (plain[1], plain[2]) if plain else (name, "")
    if stem in LETTERS_OF:
        stem = "\\" + stem
    elif len(stem) > 1:
        stem = rf"\mathit{{{stem.replace('_', chr(92) + '_')}}}"
    return stem + (f"_{digits}" if len(digits) == 1 else f"_{{{digits}}}" if digits else "")


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
