"""The elementwise functions known by name, each with its derivative.

A derivative is written in the project's own language: `X` is the argument, `Y` the value f(X) already
computed, so that `tanh` costs no second evaluation: 1 - Y∘Y. `domain` and `singular` say where it holds.
"""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass


@dataclass(frozen=True)
class ElementaryFunction:
    """A scalar function applied to each entry of a matrix.

    `derivative`: f'(X) in terms of X and Y = f(X). `domain`: the open interval of valid arguments.
    `singular`: the arguments at which no derivative exists (kinks and poles). `cite`: the source of the derivative.
    """

    name: str
    derivative: str
    cite: str
    _: KW_ONLY
    domain: tuple[float, float] = (float("-inf"), float("inf"))
    singular: tuple[float, ...] = ()
    latex: str = ""
    aliases: tuple[str, ...] = ()


_INFINITY = float("inf")
_PIECEWISE = "piecewise linear; the derivative of each piece"

CATALOGUE: dict[str, ElementaryFunction] = {
    function.name: function
    for function in (
        ElementaryFunction("sin", "cos(X)", latex=r"\sin", cite="DLMF 4.20.1"),
        ElementaryFunction("cos", "-sin(X)", latex=r"\cos", cite="DLMF 4.20.2"),
        ElementaryFunction("tan", "1 + Y∘Y", domain=(-1.5707, 1.5707), latex=r"\tan", cite="DLMF 4.20.3"),
        ElementaryFunction(
            "asin", "1 ./ sqrt(1 - X∘X)", domain=(-1.0, 1.0), latex=r"\arcsin", aliases=("arcsin",), cite="DLMF 4.24.7"
        ),
        ElementaryFunction(
            "acos", "-1 ./ sqrt(1 - X∘X)", domain=(-1.0, 1.0), latex=r"\arccos", aliases=("arccos",), cite="DLMF 4.24.8"
        ),
        ElementaryFunction("atan", "1 ./ (1 + X∘X)", latex=r"\arctan", aliases=("arctan",), cite="DLMF 4.24.9"),
        ElementaryFunction("sinh", "cosh(X)", latex=r"\sinh", cite="DLMF 4.34.1"),
        ElementaryFunction("cosh", "sinh(X)", latex=r"\cosh", cite="DLMF 4.34.2"),
        ElementaryFunction("tanh", "1 - Y∘Y", latex=r"\tanh", cite="DLMF 4.34.3"),
        ElementaryFunction("exp", "Y", latex=r"\exp", cite="DLMF 4.7.7"),
        ElementaryFunction("expm1", "Y + 1", cite="DLMF 4.7.7"),
        ElementaryFunction("log", "1 ./ X", domain=(0.0, _INFINITY), latex=r"\log", aliases=("ln",), cite="DLMF 4.7.1"),
        ElementaryFunction("log1p", "1 ./ (1 + X)", domain=(-1.0, _INFINITY), cite="DLMF 4.7.1"),
        ElementaryFunction("sqrt", "0.5 ./ Y", domain=(0.0, _INFINITY), cite="DLMF 4.7.10"),
        ElementaryFunction("square", "2*X", cite="DLMF 4.7.10"),
        ElementaryFunction("reciprocal", "-Y∘Y", singular=(0.0,), cite="DLMF 4.7.10"),
        ElementaryFunction("abs", "sign(X)", singular=(0.0,), cite=_PIECEWISE),
        ElementaryFunction("sign", "0*X", singular=(0.0,), cite=_PIECEWISE),
        ElementaryFunction("step", "0*X", singular=(0.0,), aliases=("heaviside",), cite=_PIECEWISE),
        ElementaryFunction("relu", "step(X)", singular=(0.0,), cite=_PIECEWISE),
        ElementaryFunction("leaky_relu", "0.01 + 0.99*step(X)", singular=(0.0,), cite=_PIECEWISE),
        ElementaryFunction("softplus", "sigmoid(X)", cite="Dugas et al. 2001"),
        ElementaryFunction("sigmoid", "Y∘(1 - Y)", aliases=("σ", "sigma", "logistic"), cite="from exp and 1/x"),
        ElementaryFunction(
            "silu", "Y + sigmoid(X)∘(1 - Y)", aliases=("swish",), cite="Elfwing et al. 2018, from X∘sigmoid(X)"
        ),
        ElementaryFunction(
            "gelu",
            "0.5*(1 + erf(X/sqrt(2))) + X∘exp(-0.5*X∘X)/sqrt(2*pi)",
            cite="Hendrycks and Gimpel 2016, from X∘Φ(X)",
        ),
        ElementaryFunction("erf", "2/sqrt(pi)*exp(-X∘X)", cite="DLMF 7.2.1"),
    )
}

ALIASES: dict[str, str] = {alias: f.name for f in CATALOGUE.values() for alias in f.aliases}


def canonical_function(name: str) -> str:
    """The catalogue's own name for `name`, or `name` itself."""
    return ALIASES.get(name, name)


def only_a_function(name: str) -> bool:
    """Whether no matrix can have this name; σ alone may be a matrix, and else σ(X) is the sigmoid of X."""
    return canonical_function(name) in CATALOGUE and name != "sigma"
