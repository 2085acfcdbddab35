"""Exercises by level and seed: well posed, sound, reproducible, with hints that are true, and hard to fool."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from itertools import islice

import pytest
from sympy import Integer

import pushforward as pf
from pushforward.exercises.build import exercise as exercise_of
from pushforward.exercises.build import is_sound
from pushforward.exercises.draft import DIFFERENTIAL, KINDS, ROWS, VEC, VEC_ROW_MAJOR, WRONG_STEP, Draft
from pushforward.exercises.finished import last_chain
from pushforward.exercises.jacobians import MATRIX, defining_equation
from pushforward.exercises.levels import LEVELS
from pushforward.exercises.mistakes import mistakes
from pushforward.exercises.model import Exercise
from pushforward.grading.grade import mark
from pushforward.grading.marks import Status
from pushforward.grading.mistakes import Search
from pushforward.lesson.marking import marked
from pushforward.lesson.model import Chain, Lesson, Section
from pushforward.lesson.notations.text import Text
from symbolic.differential import differentiate
from symbolic.language.names import split_bar
from symbolic.language.printer import print_expression
from symbolic.nodes import scale
from tools.marking.corpus import Case
from tools.marking.trial import changes

SEEDS = range(40)
ONCE_EACH = 9
"""So many seeds in a row see every draw of a level; more of them take minutes."""
ALL = [
    pytest.param(level.number, seed, marks=pytest.mark.long if seed >= ONCE_EACH else ())
    for level in LEVELS
    for seed in SEEDS
]
OF_MATRICES = (ROWS, VEC, VEC_ROW_MAJOR)
TRIED = 4
drawn = cache(pf.exercise)


# What is asked, hinted and solved


@pytest.mark.parametrize("level, seed", ALL)
def test_it_is_well_posed_and_all_that_it_says_is_true(level: int, seed: int) -> None:
    exercise = drawn(level, seed)
    is_well_posed(exercise)
    is_told_truly(exercise)
    if exercise.kind in OF_MATRICES:
        matrices_multiply(exercise)
    if exercise.kind == WRONG_STEP:
        one_line_is_wrong(exercise)


def is_well_posed(exercise: Exercise) -> None:
    assert exercise.kind in KINDS and is_sound(exercise)
    assert exercise.mark(exercise.answer).passed
    assert len(exercise.answer) <= LEVELS[exercise.level - 1].longest
    differential = differentiate(exercise.program, exercise.wrt)
    closed = str(differential.closed_form())
    assert all(print_expression(differential.tangent.symbols[seed]) in closed for _, seed in differential.seeds)
    assert all(size.is_Symbol for given in exercise.program.inputs for size in given.shape if size != 1)
    assert len(exercise.hints) >= 2 and all(exercise.hint(k) for k in range(1, len(exercise.hints) + 1))


def is_told_truly(exercise: Exercise) -> None:
    """Every equality that is set apart is right for the grader, as it is printed, but for the matrices J_X."""
    told = [chain for chain in exercise.chains() if not is_of_matrices(chain) and not is_cotangent(chain)]
    shown = Lesson("", exercise.wrt, "full", (Section("", tuple(told)),))
    (verdict,) = marked(shown, differentiate(exercise.program, exercise.wrt), Text())
    assert told and verdict.passed, verdict.report()


def is_of_matrices(chain: Chain) -> bool:
    name = print_expression(chain.formula.sides[0].node)
    return name == MATRIX or name.startswith(f"{MATRIX}_")


def is_cotangent(chain: Chain) -> bool:
    """X̄ = …: what the gradient is, which the model answer says as well, and the way back to it."""
    node = chain.formula.sides[0].node
    return bool(getattr(node, "name", "")) and split_bar(node.name)[0] > 0


def matrices_multiply(exercise: Exercise) -> None:
    """J_X1 = …, J_X2 = … J_X1, put in the place of J."""
    steps = [chain for chain in exercise.chains() if is_of_matrices(chain)]
    lines = list(dict.fromkeys(Text().equality(step.formula) for step in steps))
    assert lines[-1].startswith(f"{MATRIX} = ")
    last = lines[-2].partition(" = ")[0]
    text = ";\n".join([*lines[:-1], defining_equation(exercise, last)])
    assert mark(exercise.program, text, exercise.wrt).passed


def one_line_is_wrong(exercise: Exercise) -> None:
    wanted = exercise.wanted
    statuses = [equality.status for equality in mark(exercise.program, wanted.derivation, exercise.wrt).equalities]
    assert [k for k, status in enumerate(statuses, 1) if status is Status.WRONG] == [wanted.line]
    assert set(statuses) <= {Status.RIGHT, Status.WRONG, Status.FOLLOWS}
    for number in range(1, len(statuses) + 1):
        assert exercise.mark(f"line {number}").passed == (number == wanted.line)
    for none in ("0", str(len(statuses) + 1), "none", ""):
        with pytest.raises(pf.ReadError):
            exercise.mark(none)
    line = wanted.derivation.split("\n")[wanted.line - 1]
    assert not exercise.mark(f"{wanted.line}: {line}").passed
    left = line.partition(" = ")[0]
    assert not exercise.mark(f"{wanted.line}: {left} = {left}").passed


# Wrong answers


@pytest.mark.parametrize("level, seed", ALL)
def test_an_answer_with_a_mistake_is_not_accepted(level: int, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    exercise = drawn(level, seed)
    for search in ("repair", "two"):  # what to call the mistake takes time, and is not asked
        monkeypatch.setattr(Search, search, lambda *given: None)
    left = exercise.answer.partition(" = ")[0]
    formula = exercise.answer.partition(": ")[2] if exercise.kind == WRONG_STEP else exercise.answer
    right = last_chain(formula, exercise.wanted).node(-1)
    case = Case("", differentiate(exercise.program, exercise.wrt), ())
    found = [node for _, node in mistakes(right, exercise.program)]
    random.Random(seed).shuffle(found)
    wrong = list(islice((node for node in found if changes(case, right, node)), TRIED))
    assert len(wrong) == TRIED
    for node in wrong:
        text = f"{left} = {print_expression(node)}"
        assert not is_accepted(exercise, text), text


def is_accepted(exercise: Exercise, text: str) -> bool:
    try:
        return exercise.mark(text).passed
    except pf.ProgramError:
        return False


# Seeds


def test_the_same_seed_gives_the_same_exercise_and_others_give_others() -> None:
    for level in LEVELS:
        exercises = [drawn(level.number, seed) for seed in SEEDS]
        assert len({(e.kind, e.program, e.wrt) for e in exercises}) == len(SEEDS)
        assert [e.to_dict() for e in exercises[:9]] == [pf.exercise(level.number, seed).to_dict() for seed in range(9)]


def test_every_kind_of_question_is_asked() -> None:
    kinds = {level.number: {drawn(level.number, seed).kind for seed in SEEDS} for level in LEVELS}
    assert set().union(*kinds.values()) == set(KINDS)
    assert all(WRONG_STEP in of_level for of_level in kinds.values())


@pytest.mark.parametrize("level, seed", [(0, 1), (6, 1), ("1", 1), (True, 1), (1, -1), (1, 1.5), (1, 10**13), (1, "x")])
def test_what_is_no_level_or_seed_is_refused(level: object, seed: object) -> None:
    with pytest.raises(pf.NotSupported, match=r"there is no level|a seed is"):
        pf.exercise(level, seed)  # type: ignore[arg-type]


# Faults


def test_a_wrong_model_answer_is_not_sound() -> None:
    exercise = drawn(1, 0)
    assert is_sound(exercise) and not is_sound(replace(exercise, answer="δD = δA B + A δB - δC"))


def test_a_wrong_jacobian_is_seen_though_its_own_program_says_so() -> None:
    exercise = next(drawn(5, seed) for seed in SEEDS if drawn(5, seed).kind == VEC)
    program = exercise.wanted.program
    *lets, last = program.lets
    doubled = replace(last, expr=scale(Integer(2), last.expr))
    wanted = replace(exercise.wanted, program=replace(program, lets=(*lets, doubled)))
    wrong = replace(exercise, wanted=wanted, answer=f"{MATRIX} = {print_expression(doubled.expr)}")
    assert wrong.mark(wrong.answer).passed and not is_sound(wrong)


def test_what_makes_no_difference_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    pointless = Draft(DIFFERENTIAL, "A : n x m; B : n x m; Y = A + B - B", ("A", "B"))
    draws = iter([pointless, Draft(DIFFERENTIAL, "A : n x m; B : n x m; Y = A + B", ("A", "B"))])
    level = replace(LEVELS[0], draws=(lambda letters: next(draws),))
    monkeypatch.setattr("pushforward.exercises.build.LEVELS", (level,))
    assert exercise_of(1, 0).answer == "δY = δA + δB"


def test_a_level_that_never_asks_anything_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    level = replace(LEVELS[0], draws=(lambda letters: Draft(DIFFERENTIAL, "A : n x m; B : n x m; Y = A", ("B",)),))
    monkeypatch.setattr("pushforward.exercises.build.LEVELS", (level,))
    with pytest.raises(pf.LimitError, match="take another seed"):
        exercise_of(1, 0)
