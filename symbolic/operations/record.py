"""What is known of a named matrix operation: one record, in lines of mathematics.

`signature` states its shapes, `A : n x n, B : n x k -> n x k`, and names the operands and sizes that the other
lines use. A `MatrixOperation` is a node with a rule of its own; a `Definition` is short for a composition of
others, and is written out when it is read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from functools import cached_property
from typing import Any

from sympy import Add, Expr, Integer, Min, Symbol

from symbolic.errors import ShapeError

Shape = tuple[Any, Any]
Same = Callable[[Any, Any], bool]
Sizes = Mapping[str, Any]
ShapeRule = Callable[[Sequence[Shape], Sequence[Any], Same], Shape]


class Signature:
    """A : n x n, B : n x k -> n x k, as operands with their shapes and the shape of the result."""

    def __init__(self, text: str) -> None:
        self.text = text
        left, self.result_text = text.split(" -> ")
        self.operands: dict[str, Shape] = {}
        for operand in left.split(", "):
            name, shape = operand.split(" : ")
            self.operands[name] = _shape(shape)
        self.result = _shape(self.result_text)

    def bind(self, shapes: Sequence[Shape], same: Same) -> dict[str, Any]:
        """What each size of the signature stands for. Raises ShapeError, saying what would fit."""
        bound: dict[Any, Any] = {}
        for given, wanted in zip(shapes, self.operands.values(), strict=True):
            for size, pattern in zip(given, wanted, strict=True):
                if pattern.is_Symbol and pattern not in bound:
                    bound[pattern] = size
                elif not same(_substituted(pattern, bound), size):
                    raise ShapeError(f"{self.text.partition(' -> ')[0]} is expected, not {_in_words(shapes)}")
        return {symbol.name: size for symbol, size in bound.items()}

    def shape(self, shapes: Sequence[Shape], parameters: Sequence[Any], same: Same) -> Shape:
        """The shape of the result."""
        sizes = {_symbol(name): size for name, size in self.bind(shapes, same).items()}
        rows, cols = self.result
        return _substituted(rows, sizes), _substituted(cols, sizes)


@dataclass(frozen=True)
class MatrixOperation:
    """A node of its own. `call` and `axis` are how it is written: sum(A, 2) is the operation `sum_2`.

    `differential`: d of it in terms of its operands A, their differentials dA, and the names that `where` gives to
    parts; empty for a linear operation. `linear_in`: the operands in each of which it is linear; `adjoint`: for each of
    these, its cotangent in terms of that of the result, Y. `jointly`: linear in all of them together. `parameters`:
    what follows the operands, `size` or `integer` each. `symmetric`: its first operand has to be known symmetric.
    `singular`: where it has no derivative. `cite`: the source of the differential. `example`: a program of one use.
    `form`: how it is written where it is no call. `entries`: of an operation that is linear, its
    entry [i,j] as a sum of products over indices, Σ_k inv(A)[i,k] B[k,j]. `vec`: for each operand of `linear_in` the
    matrix M of vec(result) = M vec(operand), entries column by column; K_n_m there is the commutation matrix,
    K vec(A) = vec(A') for A of n x m. `parameter_names`: what the parameters are called in these lines.
    """

    name: str
    signature: str
    _: KW_ONLY
    differential: str = ""
    cite: str
    example: str
    call: str = ""
    axis: int | None = None
    where: tuple[str, ...] = ()
    entries: str = ""
    vec: tuple[str, ...] = ()
    parameter_names: tuple[str, ...] = ()
    linear_in: tuple[int, ...] = ()
    adjoint: tuple[str, ...] = ()
    jointly: bool = False
    parameters: tuple[str, ...] = ()
    default: tuple[int, ...] = ()
    symmetric: bool = False
    singular: str = ""
    meaning: str = ""
    shape_rule: ShapeRule | None = None
    variadic: bool = False
    latex: str = ""
    form: str = ""

    @cached_property
    def shapes(self) -> Signature:
        return Signature(self.signature)

    @property
    def written(self) -> str:
        """The name by which it is called."""
        return self.call or self.name

    @property
    def is_linear(self) -> bool:
        return not self.differential

    def shape(self, shapes: Sequence[Shape], parameters: Sequence[Any], same: Same) -> Shape:
        """The shape of the result. Raises ShapeError."""
        rule = self.shape_rule or self.shapes.shape
        return rule(shapes, parameters, same)

    @property
    def expression(self) -> str:
        """How it is written, with the operands of the signature: sum(A, 2); `form` says it where it is no call."""
        return self.form or _called(self.written, self.shapes, self.axis)

    @property
    def formula(self) -> str:
        """d(solve(A, B)) = A \\ (dB - dA*(A \\ B)), with the names it uses after semicolons."""
        if self.differential:
            return "; ".join((f"d({self.expression}) = {self.differential}", *self.where))
        moved = re.sub(rf"\b({'|'.join(self.shapes.operands)})\b", r"d\1", self.expression)
        return f"d({self.expression}) = {moved}"


@dataclass(frozen=True)
class Definition:
    """A composition: softmax(A, 2) is exp(A - logsumexp(A, 2)*ones(1,m))."""

    name: str
    signature: str
    _: KW_ONLY
    body: str
    cite: str
    example: str
    call: str = ""
    axis: int | None = None
    where: tuple[str, ...] = ()
    singular: str = ""
    meaning: str = ""

    @cached_property
    def shapes(self) -> Signature:
        return Signature(self.signature)

    @property
    def written(self) -> str:
        return self.call or self.name

    def shape(self, shapes: Sequence[Shape], parameters: Sequence[Any], same: Same) -> Shape:
        return self.shapes.shape(shapes, parameters, same)

    @property
    def expression(self) -> str:
        return _called(self.written, self.shapes, self.axis)

    @property
    def formula(self) -> str:
        return "; ".join((f"{self.expression} = {self.body}", *self.where))


def is_less(left: Any, right: Any) -> bool:
    """Whether one size is smaller than another, whatever its symbols stand for."""
    if left.is_Atom and right.is_Atom:
        return bool(left.is_Integer and right.is_Integer and left < right)
    return bool((left - right).is_negative)


def along(
    record: type[MatrixOperation] | type[Definition],
    name: str,
    texts: Mapping[int | None, tuple[Any, ...]],
    **rest: Any,
) -> list[Any]:
    """The variants of an operation that works on all entries (None), on each column (1) or on each row (2).

    `texts`: signature, differential or body, source and example of each, and a mapping of what else it has of its own.
    """
    formula = "differential" if record is MatrixOperation else "body"
    variants = []
    for axis, (signature, text, cite, example, *own) in texts.items():
        given = {formula: text, "cite": cite, "example": example, "call": name, "axis": axis, **rest}
        for more in own:
            given |= more
        variants.append(record(f"{name}_{axis}" if axis else name, signature, **given))
    return variants


def _called(name: str, signature: Signature, axis: int | None) -> str:
    arguments = [*signature.operands, *([str(axis)] if axis else [])]
    return f"{name}({', '.join(arguments)})"


def _shape(text: str) -> Shape:
    rows, cols = text.split(" x ")
    return _size(rows), _size(cols)


def _size(text: str) -> Expr:
    """n, 2, n*p, n+k or min(n,m)."""
    if text.startswith("min("):
        return Min(*map(_size, text[4:-1].split(",")))
    if "+" in text:
        return Add(*map(_size, text.split("+")))
    product: Expr = Integer(1)
    for factor in text.split("*"):
        product *= Integer(int(factor)) if factor.isdigit() else _symbol(factor)
    return product


def _symbol(name: str) -> Symbol:
    return Symbol(name, integer=True, nonnegative=True)


def _substituted(pattern: Any, bound: Mapping[Any, Any]) -> Any:
    """The size that a pattern stands for."""
    if pattern.is_Symbol:
        return bound[pattern]
    return pattern if pattern.is_Integer else pattern.xreplace(dict(bound))


def _in_words(shapes: Sequence[Shape]) -> str:
    return " and ".join("×".join(map(str, shape)) for shape in shapes)
