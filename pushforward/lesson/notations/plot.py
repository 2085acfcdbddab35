"""The remainder against the step as SVG. Colours are in the style sheet."""

from __future__ import annotations

from markupsafe import Markup

from pushforward.lesson.model import Ladder
from pushforward.lesson.notations.axes import Axes, Point

LEFT, TOP, WIDTH, HEIGHT = 54, 16, 330, 240
_MARK = Markup('<circle class="mark" cx="{}" cy="{}" r="3.5"/>')
_TICK = Markup('<text class="tick" text-anchor="{}" x="{}" y="{}">{}</text>')


def plot(ladder: Ladder) -> Markup:
    """Both axes are logarithmic; the line of slope 2 goes through the first point, the floor is dotted."""
    axes = Axes.of(ladder)
    (ax, ay), (bx, by) = map(_at, axes.line_of_slope_2(ladder))
    floor = _at((0, axes.up(ladder.floor)))[1]
    marks = [
        Markup('<circle class="mark" cx="{}" cy="{}" r="3.5"/>').format(*_at(point)) for point in axes.points(ladder)
    ]
    words = [
        *_ticks(axes),
        _TICK.format("end", LEFT + WIDTH, floor - 6, "rounding"),
        _TICK.format("middle", LEFT + WIDTH / 2, TOP + HEIGHT + 38, "step h; the line has slope 2"),
    ]
    return Markup(
        '<svg class="plot" viewBox="0 0 400 306" width="400" height="306" role="img" aria-label="{label}">'
        '<path class="axis" d="M{left} {top}V{bottom}H{right}"/><path class="slope" d="M{ax} {ay}L{bx} {by}"/>'
        '<path class="floor" d="M{left} {floor}H{right}"/>{words}{marks}</svg>'
    ).format(
        label=f"The remainder against the step: slope {ladder.slope:.2f}",
        left=LEFT, right=LEFT + WIDTH, top=TOP, bottom=TOP + HEIGHT, ax=ax, ay=ay, bx=bx, by=by, floor=floor,
        words=Markup("").join(words), marks=Markup("").join(marks),
    )  # fmt: skip


def _at(point: Point) -> Point:
    return round(LEFT + WIDTH * point[0], 1), round(TOP + HEIGHT * (1 - point[1]), 1)


def _ticks(axes: Axes) -> list[Markup]:
    """Powers of ten at both axes."""
    upwards = [
        _TICK.format("end", LEFT - 6, _at((0, axes.up(10.0**k)))[1] + 4, f"1e{k}")
        for k in range(axes.bottom, axes.top + 1, 4)
    ]
    across = [
        _TICK.format("middle", _at((axes.across(10.0**k), 0))[0], TOP + HEIGHT + 18, f"1e{k}")
        for k in range(axes.left, axes.right + 1, 2)
    ]
    return upwards + across
