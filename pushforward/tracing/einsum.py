"""np.einsum of matrices and vectors: two operands at a time, an index summed as soon as nothing else has it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pushforward.tracing.arithmetic import multiply
from pushforward.tracing.array import Array
from pushforward.tracing.errors import TracingError
from pushforward.tracing.operands import as_array
from pushforward.tracing.products import product
from pushforward.tracing.reductions import sum_
from pushforward.tracing.shaping import diagonal, transpose
from pushforward.tracing.tape import Tape
from symbolic import nodes
from symbolic.errors import ShapeError

_FORM = re.compile(r"[A-Za-z]{0,2}(?:,[A-Za-z]{0,2})*(?:->[A-Za-z]{0,2})?")


@dataclass(frozen=True)
class Indexed:
    """An array and the letters of its axes, at most two, each once."""

    array: Array
    letters: str


def einsum(tape: Tape, subscripts: Any, *operands: Any, optimize: Any = False) -> Array:
    """A sum of products over indices. Raises TracingError for more than two axes anywhere."""
    if not isinstance(subscripts, str) or not _FORM.fullmatch(subscripts.replace(" ", "")):
        raise TracingError("np.einsum is read with letters for the axes, of which there are at most two an array")
    inputs, arrow, output = subscripts.replace(" ", "").partition("->")
    letters = inputs.split(",")
    if not arrow:
        output = "".join(sorted(c for c in set(inputs) - {","} if inputs.count(c) == 1))
    if len(output) > 2 or len(letters) != len(operands) or len(set(output)) < len(output) or set(output) - set(inputs):
        raise TracingError(f"np.einsum cannot be read with {subscripts!r} and {len(operands)} arrays")
    total = _indexed(tape, operands[0], letters[0], {*output, *"".join(letters[1:])})
    for at, (operand, own) in enumerate(zip(operands[1:], letters[1:], strict=True), 1):
        needed = {*output, *"".join(letters[at + 1 :])}
        other = _indexed(tape, operand, own, needed | set(total.letters))
        total = _times(tape, _summed(tape, total, needed | set(other.letters)), other, needed)
    return _ordered(tape, _summed(tape, total, set(output)), output)


def _indexed(tape: Tape, operand: Any, letters: str, needed: Iterable[str]) -> Indexed:
    array = as_array(tape, operand)
    if array.ndim != len(letters):
        raise ShapeError(f"np.einsum gives an array of {array.ndim} axes the letters {letters!r}")
    if len(letters) == 2 and letters[0] == letters[1]:
        array, letters = diagonal(tape, array), letters[0]
    return _summed(tape, Indexed(array, letters), set(needed))


def _summed(tape: Tape, term: Indexed, needed: set[str]) -> Indexed:
    """Without the axes that nothing else has."""
    for letter in term.letters:
        if letter not in needed:
            array = sum_(tape, term.array, axis=term.letters.index(letter))
            term = Indexed(array, term.letters.replace(letter, ""))
    return term


def _times(tape: Tape, left: Indexed, right: Indexed, needed: set[str]) -> Indexed:
    letters = "".join(dict.fromkeys(left.letters + right.letters))
    summed = [c for c in letters if c in left.letters and c in right.letters and c not in needed]
    if len(summed) == 1:
        return _contracted(tape, left, right, summed[0])
    if len(letters) > 2:
        raise TracingError(
            f"np.einsum would need an array with the axes {letters}, more than two", hint="write products of matrices"
        )
    aligned = [_spread(tape, term, letters) for term in (left, right)]
    return Indexed(multiply(tape, *aligned), letters)


def _contracted(tape: Tape, left: Indexed, right: Indexed, letter: str) -> Indexed:
    """The matrix product over one index."""
    shared = set(left.letters) & set(right.letters) - {letter}
    if shared:
        return _summed(tape, _times(tape, left, right, {*left.letters, *right.letters}), shared)
    a = left.array.node if left.letters.endswith(letter) and left.array.ndim == 2 else nodes.transpose(left.array.node)
    b = right.array.node if right.letters.startswith(letter) else nodes.transpose(right.array.node)
    letters = (left.letters + right.letters).replace(letter, "")
    node = product(a, b)
    if len(letters) == 1 and left.array.ndim == 1:
        node = nodes.transpose(node)
    return Indexed(left.array.new(node, len(letters)), letters)


def _spread(tape: Tape, term: Indexed, letters: str) -> Array:
    """The array with an axis for each of the letters, of length 1 where it has none."""
    if len(letters) < 2 or not term.letters:
        return term.array
    if len(term.letters) == 2:
        return term.array if term.letters == letters else transpose(tape, term.array)
    return term.array[:, None] if term.letters == letters[0] else term.array[None, :]


def _ordered(tape: Tape, term: Indexed, output: str) -> Array:
    return term.array if term.letters == output else transpose(tape, term.array)


FUNCTIONS = {"einsum": einsum}
