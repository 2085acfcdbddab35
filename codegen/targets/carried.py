"""Which functions a generated file carries with it: those that its code calls, and those that these call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol, TypeVar


class Carried(Protocol):
    """A function as text, and the others of its kind that it calls, by name."""

    @property
    def source(self) -> str: ...

    @property
    def calls(self) -> frozenset[str]: ...


Helper = TypeVar("Helper", bound=Carried)


def reached(code: str, call: re.Pattern[str], helpers: Mapping[str, Helper]) -> list[Helper]:
    """Of `helpers`, those that some code calls, as `call` finds it, and those that these call, in their order."""
    needed: set[str] = set()
    waiting = [name for name in call.findall(code) if name in helpers]
    while waiting:
        name = waiting.pop()
        if name not in needed:
            needed.add(name)
            waiting += helpers[name].calls
    return [helper for name, helper in helpers.items() if name in needed]
