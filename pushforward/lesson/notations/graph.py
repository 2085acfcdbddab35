"""The program as a graph, in SVG. Colours are in the style sheet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from pushforward.lesson.model import Box, Diagram
from symbolic.shapes import words as shape_words

Label = Callable[[str, Any], str]

LEFT, WIDE, NARROW, GAP, HIGH, ROW = 34, 212, 92, 40, 44, 66
"""Of the graph: the margin for arcs, the widths of both columns and what is between them, a box and a row."""


class _Place:
    """Where a box stands: its row, and whether in the column at the side, of inputs at rest."""

    def __init__(self, row: int, aside: bool) -> None:
        self.row, self.aside = row, aside
        self.x = LEFT + WIDE + GAP if aside else LEFT
        self.y = 8 + row * ROW
        self.width = NARROW if aside else WIDE


def graph(diagram: Diagram, label: Label) -> Markup:
    """Statements in one column, with arcs past those between; inputs at rest beside the first that uses them."""
    places = _places(diagram)
    height = 16 + ROW * (1 + max(place.row for place in places.values()))
    width = LEFT + WIDE + GAP + NARROW + 8
    moving = {box.name for box in diagram.boxes if box.moves}
    edges = [
        _edge(places[name], places[box.name], name in moving)
        for box in diagram.boxes
        for name in box.uses
        if name in places
    ]
    boxes = [_box(box, places[box.name], label) for box in diagram.boxes]
    names = ", ".join(label(box.name, box.written) for box in diagram.boxes if box.written is not None)
    return Markup(
        '<svg class="graph" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{a}">'
        '<defs>{m1}{m2}</defs>{e}{b}</svg>'
    ).format(
        w=width, h=height, a=f"The program as a graph: {names}", m1=_arrow_head("rests"), m2=_arrow_head("moves"),
        e=Markup("").join(edges), b=Markup("").join(boxes),
    )  # fmt: skip


def _places(diagram: Diagram) -> dict[str, _Place]:
    places: dict[str, _Place] = {}
    row = 0
    inputs = {box.name for box in diagram.boxes if box.written is None and not box.moves}
    for box in diagram.boxes:
        if box.name in inputs:
            continue
        beside = [name for name in box.uses if name in inputs and name not in places]
        for k, name in enumerate(beside):
            places[name] = _Place(row + k, aside=True)
        row += max(0, len(beside) - 1)
        places[box.name] = _Place(row, aside=False)
        row += 1
    for name in inputs - places.keys():
        places[name] = _Place(row, aside=True)
        row += 1
    return places


def _arrow_head(kind: str) -> Markup:
    return Markup(
        '<marker id="{k}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" '
        'markerUnits="userSpaceOnUse"><path class="head {k}" d="M0 0L8 4L0 8z"/></marker>'
    ).format(k=kind)


def _edge(source: _Place, target: _Place, moves: bool) -> Markup:
    if source.aside:
        path = _from_the_side(source, target)
    elif target.row == source.row + 1:
        x = LEFT + WIDE / 2
        path = f"M{x} {source.y + HIGH}L{x} {target.y}"
    else:
        bend = max(4, LEFT - 8 - 5 * (target.row - source.row))
        y0, y1 = source.y + HIGH / 2, target.y + HIGH / 2
        path = f"M{LEFT} {y0}C{bend} {y0} {bend} {y1} {LEFT} {y1}"
    kind = "moves" if moves else "rests"
    return Markup('<path class="edge {k}" marker-end="url(#{k})" d="{d}"/>').format(k=kind, d=path)


def _from_the_side(source: _Place, target: _Place) -> str:
    x0, y0 = source.x, source.y + HIGH / 2
    x1, y1 = LEFT + WIDE, target.y + HIGH / 2
    middle = (x0 + x1) / 2
    return f"M{x0} {y0}C{middle} {y0} {middle} {y1} {x1} {y1}"


def _box(box: Box, place: _Place, label: Label) -> Markup:
    kind = ("moves" if box.moves else "rests") + (" result" if box.is_output else "")
    written = label(box.name, box.written)
    return Markup(
        '<g class="box {k}"><rect x="{x}" y="{y}" width="{w}" height="{h}" rx="6"/>'
        '<text class="{f}" x="{m}" y="{t}">{label}</text><text class="shape" x="{m}" y="{s}">{shape}</text></g>'
    ).format(
        k=kind, x=place.x, y=place.y, w=place.width, h=HIGH, m=place.x + place.width / 2, t=place.y + 19,
        s=place.y + 36, f="small" if len(written) > 24 else "name", label=written,
        shape=shape_words(box.shape) + (" · result" if box.is_output else ""),
    )  # fmt: skip
