"""The words of the language: which names stand for functions and operations, and which cannot be names."""

from __future__ import annotations

from functools import lru_cache

from symbolic.functions import CATALOGUE, canonical_function, only_a_function
from symbolic.operations import CALLS, OPERATIONS, RESULTS, canonical_call

FILLED = {"ones": 2, "zeros": 2, "eye": 1}
RESERVED = frozenset(("function", "end", "return"))
WORDS = RESERVED | FILLED.keys() | {"pi"}
"""Words that cannot be names."""

PLANNED = (
    frozenset(
        """adjoint arctan2 argmax argmin atan2 batchnorm ceil cond corr cov cumprod cumsum eig fft flip floor
    log10 log2 matmul mod normalize prod rank roll rot90 round sort std transpose trapz""".split()  # noqa: SIM905
    )
    - CALLS.keys()
)
"""Matrix operations that are not supported, and must not be taken for unknown elementwise functions."""

INSTEAD = {
    "transpose": "the transpose is written A'", "adjoint": "the transpose is written A'",
    "matmul": "the product is written A*B", "log2": "write log(A)/log(2)", "log10": "write log(A)/log(10)",
    "eig": "eigval and eigvec are of the largest eigenvalue, eigh is for symmetric matrices",
    "std": "write sqrt(var(A))",
}  # fmt: skip
"""How to write some of these."""

RESHAPING = frozenset(name for name, operation in OPERATIONS.items() if "size" in operation.parameters) & CALLS.keys()
"""The operations whose arguments after the first are sizes."""

_PRINTED = {name for name, variants in CALLS.items() if {v.name for v in variants.values()} & OPERATIONS.keys()}
_PRINTED |= {"vec", "min"}
"""The operations that are printed as calls; min stands in sizes."""


def known_name(name: str) -> str:
    """The own name of a known function or operation, or `name` itself."""
    return canonical_call(canonical_function(name))


@lru_cache(maxsize=8192)
def is_known(name: str) -> bool:
    """Whether a name is that of a function of each entry or of an operation."""
    return known_name(name) in CATALOGUE or is_operation(name)


def is_operation(name: str) -> bool:
    """Whether a call of this name is a matrix operation."""
    return canonical_call(name) in CALLS or name in RESULTS


@lru_cache(maxsize=8192)
def never_a_matrix(name: str) -> bool:
    """Whether no matrix can have this name: it is printed as that of a function or an operation."""
    return only_a_function(name) or name in _PRINTED
