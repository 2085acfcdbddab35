"""The C target: how the operations on single entries are written, and the templates of a file and its header."""

from __future__ import annotations

EXPRESSIONS: dict[str, str] = {
    "add": "{0} + {1}",
    "subtract": "{0} - {1}",
    "multiply": "{0} * {1}",
    "divide": "{0} / {1}",
    "negative": "-{0}",
    "power": "pow@f({0}, {1})",
    "larger": "({0} > {1} || {0} != {0} ? {0} : {1})",
    "smaller": "({0} < {1} || {0} != {0} ? {0} : {1})",
    "choose": "({0} > @(0.0) ? {1} : {2})",
    "exp": "exp_@({0})",
    "tanh": "tanh_@({0})",
    "softplus": "softplus_@({0})",
    "relu": "({0} < @(0.0) ? @(0.0) : {0})",
    "leaky_relu": "({0} < @(0.0) ? @(0.01) * {0} : {0})",
    "step": "({0} > @(0.0) ? @(1.0) : {0} <= @(0.0) ? @(0.0) : {0})",
    "sign": "({0} > @(0.0) ? @(1.0) : {0} < @(0.0) ? @(-1.0) : {0})",
    "abs": "fabs@f({0})",
    **{
        name: f"{name}@f({{0}})"
        for name in (
            "tan",
            "asin",
            "acos",
            "atan",
            "sinh",
            "cosh",
            "expm1",
            "log",
            "log1p",
            "sqrt",
            "erf",
        )
    },
}
"""Operations of single entries, {0}, {1}, … being those of the operands; several make one loop. What is no number
stays so in all of them."""

POLES: dict[str, str] = {
    "divide": "{1} == @(0.0)",
    "log": "{0} == @(0.0)",
    "log1p": "{0} == @(-1.0)",
    "power": "{0} == @(0.0)",
}
"""Where a result may be infinite though the operands are not."""
