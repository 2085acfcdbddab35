"""What a kernel file says of itself, and how what is in it is called: common to all targets."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Header:
    """What a kernel file says about itself: lines of mathematics, and the program's canonical text to hash."""

    title: str
    statement: tuple[str, ...]
    canonical_text: str
    roles: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """What tells programs apart: the start of a hash of the text."""
        return hashlib.sha256(self.canonical_text.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Signature:
    """How a kernel is called: positional arguments, keyword functions, results."""

    function: str
    arguments: tuple[str, ...]
    functions: tuple[tuple[str, str, int], ...]
    results: tuple[str, ...]
