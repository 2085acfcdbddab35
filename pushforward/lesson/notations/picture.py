"""The remainder against the step as a `picture` of plain LaTeX, in millimetres."""

from __future__ import annotations

from pushforward.lesson.model import Ladder
from pushforward.lesson.notations.axes import Axes

WIDTH, HEIGHT = 90, 55


def picture(ladder: Ladder) -> str:
    """Circles, the line of slope 2 through the first, and the floor as a row of dots."""
    axes = Axes.of(ladder)
    floor = HEIGHT * axes.up(ladder.floor)
    parts = [
        rf"\put(0,0){{\line(1,0){{{WIDTH}}}}}",
        rf"\put(0,0){{\line(0,1){{{HEIGHT}}}}}",
        _words(0, -4, "l", rf"$10^{{{axes.left}}}$"),
        _words(WIDTH, -4, "r", rf"step $h$, to $10^{{{axes.right}}}$"),
        _words(1, HEIGHT - 1, "l", rf"remainder, $10^{{{axes.bottom}}}$ to $10^{{{axes.top}}}$"),
        _line(axes, ladder),
        rf"\multiput(0,{floor:.1f})(2,0){{46}}{{\circle*{{0.4}}}}",
        _words(WIDTH + 1, floor, "l", "rounding"),
        *(rf"\put({WIDTH * x:.1f},{HEIGHT * y:.1f}){{\circle*{{1.2}}}}" for x, y in axes.points(ladder)),
    ]
    return "\n".join(parts)


def _words(x: float, y: float, side: str, text: str) -> str:
    return rf"\put({x:.1f},{y:.1f}){{\makebox(0,0)[{side}]{{\small {text}}}}}"


def _line(axes: Axes, ladder: Ladder) -> str:
    (x0, y0), (x1, y1) = axes.line_of_slope_2(ladder)
    places = [(x0, y0), ((x0 + x1) / 2, (y0 + y1) / 2), (x1, y1)]
    return r"\qbezier" + "".join(f"({WIDTH * x:.1f},{HEIGHT * y:.1f})" for x, y in places)
