"""Names of a schedule as Python identifiers, and as mathematics for the comments."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from typing import Any

from codegen.operations import FACTORISATIONS, OPERATIONS, TOGETHER, called
from codegen.schedule import Arg, Instr, Literal, Schedule
from symbolic.language.names import ascii_name, unicode_name

MAX_DISPLAY = 28
MAX_IDENTIFIER = 24

_FIELD = re.compile(r"{([a-z]+)}")
_PYTHONS_OWN = frozenset((*keyword.kwlist, *keyword.softkwlist, *dir(builtins)))
_UNSAFE = re.compile(r"[^A-Za-z0-9_]+")
_MANY = re.compile(r"__+")


def identifier(text: str, fallback: str = "kernel") -> str:
    """Any text as a plain ASCII identifier: no keyword, no builtin, no underscore in front."""
    name = ascii_name(text)
    if not (name.isascii() and name.isalnum()):
        name = _MANY.sub("_", _UNSAFE.sub("_", name).strip("_"))
    name = name[:100] or fallback
    if name[0].isdigit():
        name = f"{fallback}_{name}"
    return f"{name}_" if name in _PYTHONS_OWN else name


class Names:
    """One identifier for each name; none that the file uses for something else (`taken`)."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)
        self.chosen: dict[str, str] = {}
        self.next_number: dict[str, int] = {}

    def __getitem__(self, name: str) -> str:
        return self.chosen[name]

    def choose(self, name: str, wish: str) -> str:
        wish = identifier(wish, "t")
        chosen, number = wish, self.next_number.get(wish, 2)
        while chosen in self.taken:
            chosen, number = f"{wish.rstrip('_')}_{number}", number + 1
        self.next_number[wish] = number
        self.taken.add(chosen)
        self.chosen[name] = chosen
        return chosen


def wish_for(instr: Instr, names: Names) -> str:
    """A speaking name for an intermediate result: cos_X1, df_X1, X0_W1; else t."""
    if instr.op == "call":
        prefix = function_argument(instr.attr("function"), instr.attr("order"))
    elif instr.op == "transpose":
        prefix = ""
    elif OPERATIONS[instr.op].notation.endswith("({0})"):
        prefix = instr.op
    elif instr.op == "matmul":
        return _short("_".join(names[arg] for arg in instr.names))
    else:
        return "t"
    operand = names[instr.names[0]]
    return _short(f"{prefix}_{operand}" if prefix else f"{operand}_T")


def _short(name: str) -> str:
    return name if len(name) <= MAX_IDENTIFIER else "t"


def function_argument(function: str, order: int) -> str:
    """The keyword under which a kernel takes f, f', f'': f, df, d2f."""
    prefix = "" if order == 0 else "d" if order == 1 else f"d{order}"
    return prefix + ascii_name(function)


SUM, PRODUCT, ATOM = range(3)
PARTS = {**FACTORISATIONS, **TOGETHER}


class Notation:
    """Instructions as mathematics: δX2 = cos(X1) ⊙ δX1, short intermediate results written out."""

    def __init__(self, schedule: Schedule, names: Names) -> None:
        self.shapes = schedule.shapes
        self.names = names
        self.display = {name: (unicode_name(name), ATOM) for name in schedule.shapes if not name.startswith(".")}
        self.wholes: dict[str, Instr] = {}
        """What was factored, by the name of the factor."""

    def formula(self, instr: Instr) -> str:
        right, binds = self._right_side(instr)
        if instr.kind == "factor" or instr.op == "chol":
            self.wholes[instr.out] = instr
        if instr.out in self.display:
            return f"{self.display[instr.out][0]} = {right}"
        self.display[instr.out] = (right, binds) if len(right) <= MAX_DISPLAY else (self.names[instr.out], ATOM)
        return right

    def _right_side(self, instr: Instr) -> tuple[str, int]:
        if instr.op == "call":
            primes = "'" * instr.attr("order")
            return f"{unicode_name(instr.attr('function'))}{primes}({self._operand(instr.args[0], SUM)})", ATOM
        if instr.op == "part":
            whole = self.wholes[instr.names[0]]
            part = PARTS[whole.op][instr.attr("part")]
            args = whole.args[:1] if whole.op.endswith("_pair") and part in whole.op else whole.args
            return called(part).format(args=self._listed(args)), ATOM
        notation = OPERATIONS[instr.op].notation
        levels = _levels(instr.op, len(instr.args))
        operands = [self._operand(arg, level) for arg, level in zip(instr.args, levels, strict=True)]
        return notation.format(*operands, **self._fields(instr, notation)), _binds(instr.op)

    def _listed(self, args: tuple[Arg, ...], comma: str = ", ") -> str:
        return comma.join(self._operand(arg, SUM) for arg in args)

    def _fields(self, instr: Instr, notation: str) -> dict[str, str]:
        """What a notation asks for besides its operands one by one."""
        return {field: _FIELDS[field](self, instr) for field in _fields_of(notation)}

    def _place(self, instr: Instr, axis: str) -> str:
        """1:2, counted as mathematicians do, of a slice; of anything else how long the result is."""
        if instr.op != "slice":
            return str(self.shapes[instr.out][axis == "col"])
        first, last = instr.attr(f"first_{axis}") + 1, instr.attr(f"end_{axis}")
        return str(first) if first == last else f"{first}:{last}"

    def _factored(self, instr: Instr, place: int, level: int) -> str:
        """The matrix of a factor, or its transpose where that is what the instruction is about."""
        attrs = dict(instr.attrs)
        flipped = attrs.get("trans") or attrs.get("trans_b" if place else "trans_a")
        whole = None if instr.op.endswith("_triangular") else self.wholes.get(instr.names[place])
        if whole is not None and whole.op == "mapped_spectrum":
            return f"{whole.attr('function')}({self._factored(whole, 0, SUM)})"
        name = whole.names[0] if whole else instr.names[place]
        return self._operand(name, ATOM if flipped else level) + ("ᵀ" if flipped else "")

    def _operand(self, arg: Arg, level: int) -> str:
        if isinstance(arg, Literal):
            text, binds = _number(arg.value)
            return f"({text})" if binds < level else text
        text, binds = self.display[arg]
        return text if binds >= level else f"({text})"


_FIELDS: dict[str, Callable[[Notation, Instr], str]] = {
    "args": lambda notation, instr: notation._listed(instr.args),
    "stacked": lambda notation, instr: notation._listed(instr.args, "; "),
    "rows": lambda notation, instr: notation._place(instr, "row"),
    "cols": lambda notation, instr: notation._place(instr, "col"),
    "matrix": lambda notation, instr: notation._factored(instr, 0, ATOM),
    "inside": lambda notation, instr: notation._factored(instr, 0, SUM),
    "second": lambda notation, instr: notation._factored(instr, 1, SUM),
    "function": lambda notation, instr: str(instr.attr("function")),
}


@cache
def _fields_of(notation: str) -> tuple[str, ...]:
    return tuple(_FIELD.findall(notation))


_APART = {"copy", "larger", "smaller", "choose", "factor_lu", "schur", "spectrum", "solve_sylvester",
          "sylvester_of_spectra"}  # fmt: skip
"""Besides calls, the notations in which operands stand apart from each other."""


@lru_cache(maxsize=4096)
def _number(value: Any) -> tuple[str, int]:
    """How a number is written, and how tightly that binds."""
    if value.free_symbols:
        return str(value), PRODUCT
    text = f"{float(value):.6g}"
    return text, SUM if text.startswith("-") else ATOM


@cache
def _levels(op: str, count: int) -> tuple[int, ...]:
    """How tightly each operand has to bind to stand without parentheses."""
    if op in _APART or OPERATIONS[op].notation.endswith(("({0})", "({args})")):
        return (SUM,) * count
    if op in ("add", "subtract"):
        return SUM, SUM if op == "add" else PRODUCT
    return (PRODUCT if op == "negative" else ATOM,) * count


@cache
def _binds(op: str) -> int:
    if op in ("add", "subtract", "negative"):
        return SUM
    is_product = OPERATIONS[op].kind == "product" or op in ("multiply", "divide", "broadcast", "kron")
    return PRODUCT if is_product or op.startswith("solve_") else ATOM
