"""One text for both precisions: `@` stands in it where double and float differ.

`@real` is the type of the entries, `@integer` the whole numbers of its size and `@unsigned` those without a sign;
`name_@` and `name@f` are our own and the library's function for it; `@(0.5)` is a number; `@{MAGIC}` is a constant and
`@{SINE z}` a polynomial in z of `constants`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from codegen.targets.c.constants import DOUBLE, SINGLE, Constants

_MARK = re.compile(r"@(?:(real|integer|unsigned|f)\b|(?<=[^_]@)\(([^()]*)\)|\{(\w+)(?: (\w+))?\})?")
_LARGEST_SINGLE, _SMALLEST_SINGLE = 3.4028235677973366e38, 7.1e-46


@dataclass(frozen=True)
class Precision:
    """`words`: what stands for `@real` and the like. `single`: whether numbers are float."""

    name: str
    words: Mapping[str, str]
    constants: Constants
    single: bool

    def __call__(self, text: str) -> str:
        """The text in this precision."""
        return _MARK.sub(self._replaced, text)

    def _replaced(self, mark: re.Match[str]) -> str:
        word, number, constant, variable = mark.groups()
        if word is not None:
            return self.words[word]
        if number is not None:
            return self._number(number)
        if constant is None:
            return self.name
        value = self.constants[constant]
        if isinstance(value, int):
            return str(value)
        if isinstance(value, str):
            return self._number(value)
        return _polynomial([self._number(coefficient) for coefficient in value], variable)

    def _number(self, text: str) -> str:
        """A number of this precision; what float does not reach is infinite there, or zero."""
        if not self.single:
            return text
        size = abs(float.fromhex(text) if "0x" in text else float(text))
        sign = "-" if text.startswith("-") else ""
        if size > _LARGEST_SINGLE:
            return f"{sign}HUGE_VALF"
        return f"{text}f" if size == 0.0 or size > _SMALLEST_SINGLE else f"{sign}0.0f"


def _polynomial(coefficients: list[str], variable: str) -> str:
    """(c0 + z * (c1 + z * (c2))), by Horner."""
    text = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        text = f"{coefficient} + {variable} * ({text})"
    return f"({text})"


F64 = Precision("f64", {"real": "double", "integer": "int64_t", "unsigned": "uint64_t", "f": ""}, DOUBLE, single=False)
F32 = Precision("f32", {"real": "float", "integer": "int32_t", "unsigned": "uint32_t", "f": "f"}, SINGLE, single=True)
