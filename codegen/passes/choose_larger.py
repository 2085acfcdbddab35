"""B + relu(A - B) is the larger of two entries, without the rounding of the sum; its differential chooses, too.

D = subtract A B, R = relu D, Y = add B R                                      →  Y = larger A B
S = step D, E = subtract dA dB, P = multiply S E, dY = add dB P                →  dY = choose D dA dB
"""

from __future__ import annotations

from codegen.schedule import Arg, Instr, Schedule


def choose_larger(schedule: Schedule) -> Schedule:
    if schedule.operations.isdisjoint(("relu", "step")):
        return schedule
    computed = {instr.out: instr for instr in schedule.instrs}
    kept = [_chosen(instr, computed, schedule) or instr for instr in schedule.instrs]
    return schedule.with_instrs(kept)


def _chosen(instr: Instr, computed: dict[str, Instr], schedule: Schedule) -> Instr | None:
    """`added` is B or δB, `rest` what is added to it, or subtracted for the smaller entry."""
    if instr.op not in ("add", "subtract"):
        return None
    larger = instr.op == "add"
    for added, rest in [instr.args, instr.args[::-1]] if larger else [instr.args]:
        last = computed.get(str(rest))
        if last is None or schedule.shapes[last.out] != schedule.shapes[instr.out]:
            continue
        if last.op == "relu" and (other := _other(last.args[0], added, larger, computed)) is not None:
            return Instr(instr.out, "larger" if larger else "smaller", (other, added))
        if last.op == "multiply":
            for kink, moved in (last.args, last.args[::-1]):
                step = computed.get(str(kink))
                other = _other(moved, added, larger, computed)
                if step is not None and step.op == "step" and other is not None:
                    return Instr(instr.out, "choose", (step.args[0], other, added))
    return None


def _other(difference: Arg, added: Arg, larger: bool, computed: dict[str, Instr]) -> Arg | None:
    """A, where the difference is A - B, or B - A for the smaller entry, and B is what is added."""
    found = computed.get(str(difference))
    if found is None or found.op != "subtract":
        return None
    left, right = found.args
    return (left if larger else right) if added == (right if larger else left) else None
