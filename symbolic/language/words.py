"""The words of the language: which names stand for functions and operations, and which cannot be names."""

from __future__ import annotations

from symbolic.functions import CATALOGUE, canonical_function, only_a_function
from symbolic.operations import CALLS, OPERATIONS, RESULTS, canonical_call

FILLED = {"ones": 2, "zeros": 2, "eye": 1}
RESERVED = frozenset(("function", "end", "return"))
WORDS = RESERVED | FILLED.keys() | {"pi"}
"""Words that cannot be names."""

PLANNED = frozenset(
    """adjoint arctan2 argmax argmin atan2 batchnorm ceil cond corr cov cumprod cumsum eig fft flip floor
    log10 log2 matmul mod normalize prod rank roll rot90 round sort std transpose trapz""".split()  # noqa: SIM905
) - CALLS.keys()
"""Matrix operations that are not supported, and must not be taken for unknown elementwise functions."""

_PRINTED = {operation.written for operation in OPERATIONS.values()}


def known_name(name: str) -> str:
    """The own name of a known function or operation, or `name` itself."""
    return canonical_call(canonical_function(name))


def is_known(name: str) -> bool:
    """Whether a name is that of a function of each entry or of an operation."""
    return known_name(name) in CATALOGUE or is_operation(name)


def is_operation(name: str) -> bool:
    """Whether a call of this name is a matrix operation."""
    return canonical_call(name) in CALLS or name in RESULTS


def never_a_matrix(name: str) -> bool:
    """Whether no matrix can have this name: it is printed as that of a function or an operation."""
    return only_a_function(name) or name in _PRINTED
