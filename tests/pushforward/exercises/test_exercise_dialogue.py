"""An exercise in a terminal, with what is typed given and what is said taken down."""

from __future__ import annotations

from collections.abc import Iterable

import pushforward as pf
from pushforward.exercises.dialogue import converse

FIRST = pf.exercise(1, 0)


def talk(typed: Iterable[str]) -> tuple[bool, str]:
    left, said = list(typed), []

    def ask(prompt: str) -> str:
        if not left:
            raise EOFError
        return left.pop(0)

    return converse(FIRST, ask, said.append), "\n".join(said)


def test_a_right_answer_ends_it() -> None:
    solved, said = talk([FIRST.answer, "quit"])
    assert solved and "Right." in said and str(FIRST) in said


def test_hints_come_one_by_one_and_end() -> None:
    count = len(FIRST.hints)
    solved, said = talk(["hint"] * (count + 1))
    assert not solved and "no more hints" in said
    places = [said.index(FIRST.hint(k)) for k in range(1, count + 1)]
    assert places == sorted(places)


def test_wrong_answers_are_marked_and_asked_again() -> None:
    solved, said = talk(["", "nonsense(", "δD = 2 δA B", "HINT", FIRST.answer])
    assert solved and "could not be read" in said and "✗" in said and "`hint` gives a hint" in said


def test_the_solution_ends_it_unsolved() -> None:
    solved, said = talk(["solution", FIRST.answer])
    assert not solved and FIRST.answer in said
    assert not talk(["quit", FIRST.answer])[0]
