"""How a product is spelled of which half is known, as `halve_products` tells; small ones are products like others."""

from __future__ import annotations

from codegen.schedule import Instr
from codegen.targets.numpy import SPELLINGS, Spelling
from symbolic.nodes import Shape

LEAST = 256
"""Rows from which `_symmetric_product` and `_triangular_product` save anything."""


def spelling_of_product(instr: Instr, factor: Shape) -> Spelling:
    """`factor`: the shape of the right factor. Of A'A the BLAS knows by itself, since both factors are one matrix."""
    told = dict(instr.attrs)
    n = factor[0] if "side" in told else factor[1]
    if n.is_Integer and n < LEAST:
        return SPELLINGS["matmul"]
    if "side" in told:
        return _triangular(told["side"], told["lower"], "symmetric" in told)
    return SPELLINGS["matmul"] if "gram" in told else _SYMMETRIC


def _called(call: str) -> Spelling:
    return Spelling(f"{call})", f"{call}, {{out}})")


_SYMMETRIC = _called("_symmetric_product({0}, {1}")


def _triangular(side: int, lower: int, symmetric: bool) -> Spelling:
    return _called(f"_triangular_product({{0}}, {{1}}, {side}, {lower}, {symmetric:d}")
