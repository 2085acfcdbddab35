"""Two mistakes in one step: pairs of the likelier changes of what was written, as far as a bound allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pushforward.grading.spelling import Edit

LIKELY = frozenset({
    "sign", "lost transpose", "extra transpose", "f for f'", "f' for f", "factors in the wrong order", "⊙ for product",
    "product for ⊙", "wrong argument of f'", "wrong argument of f", "a δ is missing", "brackets",
})  # fmt: skip
MOST = 800
"""How many pairs are tried: a verdict is not to take more than about a second."""


def pairs(text: str, edits_of: Callable[[str], Iterable[Edit]]) -> Iterator[tuple[str, Edit, Edit]]:
    """What a text becomes after two changes, and these. `edits_of`: all single changes of a text."""
    tried = {text, *(applied(text, edit) for edit in edits_of(text))}
    for first in _likely(text, edits_of):
        halfway = applied(text, first)
        for second in _likely(halfway, edits_of):
            changed = applied(halfway, second)
            if changed in tried:
                continue
            tried.add(changed)
            yield changed, first, second


def applied(text: str, edit: Edit) -> str:
    return text[: edit.span.start] + edit.text + text[edit.span.end :]


def _likely(text: str, edits_of: Callable[[str], Iterable[Edit]]) -> list[Edit]:
    return [edit for edit in edits_of(text) if edit.kind in LIKELY]
