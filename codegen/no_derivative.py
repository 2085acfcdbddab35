"""Where a kernel has to say that there is no derivative, rather than return what is no number."""

from __future__ import annotations

from codegen.schedule import Schedule
from symbolic.language.names import split_bar, split_mark

RAISING = {"divide", "power", "log", "log1p", "sqrt"} | {
    f"{name}{suffix}" for name in ("logsumexp", "softmax") for suffix in ("", "_1", "_2")
}
"""Operations that may divide by zero, or have no value where their differential is asked for."""


def has_differentials(schedule: Schedule) -> bool:
    """Whether a result is a differential, or the cotangent of something here."""
    return any(_is_derivative(name, schedule) for name in schedule.outputs)


def may_have_none(schedule: Schedule) -> bool:
    """Whether the schedule of a differential, or of a solution by division, may divide by zero or have no value."""
    attrs = [dict(instr.attrs) for instr in schedule.instrs]
    raises = any(i.op in RAISING and not a.get("saturates") for i, a in zip(schedule.instrs, attrs, strict=True))
    return (raises and has_differentials(schedule)) or any(a.get("checked") for a in attrs)


def _is_derivative(name: str, schedule: Schedule) -> bool:
    bars, plain = split_bar(name)
    return split_mark(name)[0] > 0 or (bars > 0 and plain in schedule.shapes)
