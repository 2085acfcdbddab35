"""Order the instructions so that matrices die early: less memory, and more of it reused while still in cache.

    X1, dX1, X2 = sin(X1), X3 = X2 W2  →  X1, X2 = sin(X1), X3 = X2 W2, then dX1 in the memory of X2

Greedy: of the instructions that could come next, the one after which the least memory is in use; on a tie what
uses the arguments alone can wait, since they live anyway, and else the program's order holds. Only the first few that
wait are looked at: the cost stays linear, and values never run far ahead of the differentials that use them.
"""

from __future__ import annotations

from codegen.schedule import Instr, Schedule

WINDOW = 6


def shorten_lives(schedule: Schedule) -> Schedule:
    waiting = list(schedule.instrs)
    left = schedule.uses()
    owned = {instr.out for instr in schedule.instrs if instr.kind not in ("view", "call")}
    done = set(schedule.inputs)
    ordered: list[Instr] = []
    while waiting:
        ready = [k for k, instr in enumerate(waiting[:WINDOW]) if done.issuperset(instr.names)]
        chosen = min(ready, key=lambda k: (_growth(waiting[k], left, owned, schedule), _can_wait(waiting[k], owned), k))
        instr = waiting.pop(chosen)
        ordered.append(instr)
        done.add(instr.out)
        left.subtract(instr.names)
    return schedule.with_instrs(ordered)


def _growth(instr: Instr, left: dict[str, int], owned: set[str], schedule: Schedule) -> int:
    """Entries allocated less entries freed: an operand of the kernel's own dies with its last use."""
    allocated = 0 if instr.kind == "view" else schedule.entries(instr.out)
    dying = {name for name in instr.names if name in owned and left[name] == instr.names.count(name)}
    return allocated - sum(schedule.entries(name) for name in dying)


def _can_wait(instr: Instr, owned: set[str]) -> bool:
    return owned.isdisjoint(instr.names)
