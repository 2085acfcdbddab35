"""An exercise in a terminal: it is shown, answers are taken and marked, hints are given one by one, the end is told."""

from __future__ import annotations

from collections.abc import Callable

from pushforward.exercises.model import Exercise
from symbolic.errors import ProgramError

PROMPT = "answer> "
HELP = "Type an answer, in text or LaTeX; `;` stands between lines. Or: hint, solution, quit."


def converse(exercise: Exercise, ask: Callable[[str], str], say: Callable[[str], None]) -> bool:
    """Whether the exercise was solved. `ask` raises EOFError where nothing more is typed."""
    given = 0
    say(f"{exercise}\n\n{HELP}\n")
    while True:
        try:
            typed = ask(PROMPT).strip()
        except EOFError:
            return False
        match typed.lower():
            case "":
                say(HELP)
            case "quit" | "exit" | "q":
                return False
            case "solution":
                say(exercise.solved())
                return False
            case "hint":
                given += 1
                say(_hint(exercise, given))
            case _:
                if _is_solved(exercise, typed, given, say):
                    return True


def _hint(exercise: Exercise, number: int) -> str:
    if number > len(exercise.hints):
        return "There are no more hints; `solution` shows all of it."
    return f"{exercise.hint(number)}\n"


def _is_solved(exercise: Exercise, answer: str, given: int, say: Callable[[str], None]) -> bool:
    try:
        marked = exercise.mark(answer)
    except ProgramError as error:
        say(f"This could not be read. {error}\n")
        return False
    say(f"{marked.report()}\n")
    if not marked.passed:
        say("`hint` gives a hint.\n" if given < len(exercise.hints) else "`solution` shows all of it.\n")
    return marked.passed
