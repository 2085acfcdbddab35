"""Memory for results: pieces that are given out again, to a result as large, once nobody needs what is in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Memory:
    """`counts`: how many entries each piece has. `pieces`: for each name, which one it is in."""

    counts: list[Any] = field(default_factory=list)
    pieces: dict[str, int] = field(default_factory=dict)
    free: defaultdict[Any, list[int]] = field(default_factory=lambda: defaultdict(list))

    def take(self, name: str, count: Any) -> None:
        """Give memory to a name: the piece that was given back last, which is still near, or a new one."""
        pieces = self.free[count]
        if pieces:
            self.pieces[name] = pieces.pop()
            return
        self.pieces[name] = len(self.counts)
        self.counts.append(count)

    def give_back(self, name: str) -> None:
        piece = self.pieces[name]
        self.free[self.counts[piece]].append(piece)


def last_uses(steps: Iterable[Iterable[str]]) -> Mapping[int, list[str]]:
    """For each step, given as the names that it makes and uses, those that no later one uses."""
    last: dict[str, int] = {}
    for number, names in enumerate(steps):
        last.update(dict.fromkeys(names, number))
    dying: defaultdict[int, list[str]] = defaultdict(list)
    for name, number in last.items():
        dying[number].append(name)
    return dying
