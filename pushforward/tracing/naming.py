"""Python's variable names as names of the language, each given once."""

from __future__ import annotations

import re
from collections.abc import Iterable

from symbolic.language.names import canonical, is_plain, resolve_mark
from symbolic.language.tokens import MAX_NAME
from symbolic.language.words import WORDS, never_a_matrix

_FOREIGN = re.compile(r"[^A-Za-z0-9_]+")


def plain(raw: str) -> str:
    """The nearest name without a mark: W_1 is W1, _h is h, λ is lambda; "" where nothing is left."""
    name = _FOREIGN.sub("", canonical(raw))
    name = re.sub(r"__+", "_", name).lstrip("_0123456789").rstrip("_")[: MAX_NAME - 5]
    return canonical(name) if name else ""


class Names:
    """The names of one program. `others`: those of functions and of sizes, which no matrix can have."""

    def __init__(self, others: Iterable[str]) -> None:
        self.others = frozenset(others)
        self.taken: set[str] = set()
        self.next_number: dict[str, int] = {}

    def reserve(self, raw: str) -> str | None:
        """The name itself, where it can be had as it is."""
        name = plain(raw)
        return self._take(name) if name and self._is_free(name) else None

    def choose(self, raw: str, first: int = 0) -> str:
        """The name, or else with a number behind it, counted from 1, so that it is one of the language's and free.

        first: 1 for a number in any case.
        """
        base = plain(raw) or "v"
        number = max(first, self.next_number.get(base, 0))
        while not self._is_free(_numbered(base, number)):
            number += 1
        self.next_number[base] = number + 1
        return self._take(_numbered(base, number))

    def resolved(self, name: str) -> str:
        """A name as the reader knows it: dX beside X is δX."""
        return resolve_mark(name, self.taken)

    def _take(self, name: str) -> str:
        self.taken.add(name)
        return name

    def _is_free(self, name: str) -> bool:
        is_word = is_plain(name) and name not in WORDS and not never_a_matrix(name)
        return is_word and name not in self.taken and name not in self.others


def _numbered(base: str, number: int) -> str:
    """h, h1, h2, …; of a name that ends in digits or has parts X1, X1_1, X1_2, …"""
    if not number:
        return base
    return f"{base}_{number}" if base[-1].isdigit() or "_" in base else f"{base}{number}"
