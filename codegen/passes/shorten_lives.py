"""Order the instructions so that matrices die early: less memory, and more of it reused while still in cache.

    X1, dX1, X2 = sin(X1), X3 = X2 W2  →  X1, X2 = sin(X1), X3 = X2 W2, then dX1 in the memory of X2

Greedy: of the instructions that could come next, the one after which the least memory is in use; on a tie what
uses the arguments alone can wait, since they live anyway, and else the program's order holds. Only the first few
that wait are looked at: the cost stays linear, and values never run far ahead of the differentials that use them.
"""

from __future__ import annotations

from itertools import islice

from codegen.schedule import Schedule

WINDOW = 6


def shorten_lives(schedule: Schedule) -> Schedule:
    lives = _Lives(schedule)
    indices = iter(range(len(schedule.instrs)))
    waiting = list(islice(indices, WINDOW))
    ordered = []
    while waiting:
        ready = [index for index in waiting if lives.done.issuperset(lives.operands[index])]
        index = ready[0] if len(ready) == 1 else min(ready, key=lives.cost)
        lives.run(index)
        ordered.append(schedule.instrs[index])
        waiting.remove(index)
        waiting += islice(indices, 1)
    return schedule.with_instrs(ordered)


class _Lives:
    """What is alive while instructions run, by their index in the program's order."""

    def __init__(self, schedule: Schedule) -> None:
        self.results = [instr.out for instr in schedule.instrs]
        self.operands = [instr.names for instr in schedule.instrs]
        self.left = schedule.uses()
        entries = {instr.out: schedule.entries(instr.out) for instr in schedule.instrs if instr.kind != "view"}
        self.made = [entries.get(name, 0) for name in self.results]
        """How many entries are allocated."""
        self.used = [
            [(name, names.count(name), entries[name]) for name in dict.fromkeys(names) if name in entries]
            for names in self.operands
        ]
        """The operands that have memory of their own, how often each is one, and its entries."""
        self.done = set(schedule.inputs)

    def cost(self, index: int) -> tuple[int, bool, int]:
        """Entries allocated less entries freed; whether only arguments are used; the place in the program."""
        change, used, left = self.made[index], self.used[index], self.left
        for name, times, entries in used:
            if left[name] == times:
                change -= entries
        return change, not used, index

    def run(self, index: int) -> None:
        self.done.add(self.results[index])
        for name in self.operands[index]:
            self.left[name] -= 1
