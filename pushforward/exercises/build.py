"""Level and seed → exercise: a draft is drawn until its question is well posed and its model answer marked right."""

from __future__ import annotations

import random
from collections.abc import Callable

from pushforward.exercises.differentials import differential_wanted
from pushforward.exercises.draft import (
    DIFFERENTIAL,
    GRADIENT,
    NUMERATOR,
    ROWS,
    VEC,
    VEC_ROW_MAJOR,
    WRONG_STEP,
    Draft,
    Letters,
)
from pushforward.exercises.gradients import gradient_wanted
from pushforward.exercises.jacobians import defining_equation, jacobian_wanted
from pushforward.exercises.levels import LEVELS, Level
from pushforward.exercises.model import Exercise
from pushforward.exercises.wrong_steps import wrong_step_wanted
from pushforward.grading.grade import mark
from symbolic.collection import without_collecting
from symbolic.differential import Differential, differentiate
from symbolic.errors import LimitError, NotSupported
from symbolic.language.read import read_program
from symbolic.walks import subexpressions

MAX_DRAWN = 40
LARGEST_SEED = 10**12

WANTED: dict[str, Callable[[Draft, Differential, int, int], Exercise]] = {
    DIFFERENTIAL: differential_wanted,
    GRADIENT: gradient_wanted,
    NUMERATOR: gradient_wanted,
    ROWS: jacobian_wanted,
    VEC: jacobian_wanted,
    VEC_ROW_MAJOR: jacobian_wanted,
    WRONG_STEP: wrong_step_wanted,
}


@without_collecting
def exercise(level: int, seed: int) -> Exercise:
    """The same exercise for the same level and seed. Raises NotSupported for another level, or a seed that is none."""
    known = [each.number for each in LEVELS]
    if isinstance(level, bool) or level not in known:
        raise NotSupported(f"there is no level {level!r}; there are {', '.join(map(str, known))}")
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST_SEED:
        raise NotSupported(f"a seed is a whole number from 0 to {LARGEST_SEED}, not {seed!r}")
    chosen = LEVELS[known.index(level)]
    draw = chosen.draws[seed % len(chosen.draws)]
    for attempt in range(MAX_DRAWN):
        letters = Letters(random.Random(f"exercise {level} {seed} {attempt}"))
        found = _posed(draw(letters), chosen, seed)
        if found is not None:
            return found
    raise LimitError(f"no exercise is found for level {level} and seed {seed}; take another seed")


def _posed(draft: Draft, level: Level, seed: int) -> Exercise | None:
    """The exercise of a draft, if its answer is of a length that one writes by hand and is marked right."""
    try:
        differential = differentiate(read_program(draft.text), draft.wrt)
        if not _everything_moves(differential):
            return None
        found = WANTED[draft.kind](draft, differential, level.number, seed)
        if len(found.answer) <= level.longest and is_sound(found):
            return found
    except (NotSupported, LimitError):
        return None
    return None


def _everything_moves(differential: Differential) -> bool:
    """Whether every input that moves makes a difference."""
    written = set(subexpressions(differential.closed_form().expr))
    return all(differential.tangent.symbols[seed] in written for _, seed in differential.seeds)


def is_sound(found: Exercise) -> bool:
    """Whether the model answer is marked right; of a Jacobian J also by δy = J δx, which knows nothing of it."""
    if not found.mark(found.answer).passed:
        return False
    if found.kind in (ROWS, VEC, VEC_ROW_MAJOR):
        equation = defining_equation(found, found.answer.partition("=")[2])
        return mark(found.program, equation, found.wrt).passed
    return True
