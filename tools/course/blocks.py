"""What the program puts into a page: one function for each kind of fence, from the program at hand to Markdown."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

import pushforward as pf
from pushforward.cli import main
from pushforward.jacobians import Jacobian
from pushforward.lesson.carrying import carried_through
from pushforward.lesson.example import example
from pushforward.lesson.graph import diagram
from pushforward.lesson.graph import moving as moving_names
from pushforward.lesson.model import Beside, Block, Chain, Lines, Paragraph, Uses, Values, Written
from pushforward.lesson.render import markdown
from pushforward.lesson.reverse import forward_beside_reverse
from pushforward.lesson.shortening import Shortener
from pushforward.lesson.substitution import substituted
from pushforward.lesson.with_numbers import with_numbers
from symbolic.differential import Differential
from tools.course.source import CourseError, Fence

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Subject:
    """The program that a page speaks of, and the names that were given to long parts of its formulas."""

    differential: Differential
    shorten: Shortener

    @classmethod
    def of(cls, text: str, wrt: tuple[str, ...]) -> Subject:
        differential = pf.differential(pf.parse(text), wrt or None)
        return cls(differential, Shortener(differential.tangent.symbols))


@dataclass(frozen=True)
class Piece:
    """Markdown; `marked`: whether its equalities are of the kind that the grader reads."""

    text: str
    marked: bool = True


Maker = Callable[[Fence, Subject], Piece]


def program(fence: Fence, subject: Subject) -> Piece:
    return code(fence.text)


def graph(fence: Fence, subject: Subject) -> Piece:
    return Piece(markdown([diagram(subject.differential)]))


def carried(fence: Fence, subject: Subject) -> Piece:
    """X2 + δX2 = f(X1 + δX1) = …, of all statements or of those that are named."""
    moving = [let.name for let in subject.differential.primal.lets if let.name in moving_names(subject.differential)]
    chains = [block for block in _carried(subject, "brief") if isinstance(block, Chain)]
    named = zip(moving, chains, strict=True)
    return Piece(markdown([chain for name, chain in named if not fence.words or name in fence.words]))


def steps(fence: Fence, subject: Subject) -> Piece:
    """The recorded steps of every statement, with the rules and why they hold."""
    return Piece(markdown([block for block in _carried(subject, "full") if isinstance(block, Uses)]))


def together(fence: Fence, subject: Subject) -> Piece:
    chains = substituted(subject.differential, "full", subject.shorten)
    return Piece(markdown([block for block in chains if isinstance(block, Chain)][:1]))


def numbers(fence: Fence, subject: Subject) -> Piece:
    """A worked example: one entry moved."""
    found = example(subject.differential)
    if found is None:
        raise CourseError("there is no small example of this program")
    blocks = list(with_numbers(subject.differential, found))
    second = [k for k, block in enumerate(blocks) if isinstance(block, Values)][1]
    shown = [block for block in blocks[: second + 2] if isinstance(block, Paragraph | Values)]
    return Piece(markdown(shown), marked=False)


def views(fence: Fence, subject: Subject) -> Piece:
    """The derivative of the result in the views that are named: axes in words, closed form."""
    return Piece("\n\n".join(_view(subject, view) for view in fence.words), marked=False)


def backwards(fence: Fence, subject: Subject) -> Piece:
    return Piece(_backwards(subject))


def right(fence: Fence, subject: Subject) -> Piece:
    """A derivation with its marks, all of them right."""
    verdict = pf.grade(subject.differential.primal, fence.text, subject.differential.wrt)
    if not verdict.passed:
        raise CourseError(f"line {fence.line}: this is not right:\n{verdict.report(reveal=True)}")
    return code(_marks(verdict))


def wrong(fence: Fence, subject: Subject) -> Piece:
    """A typical mistake: its marks with the hint, and folded away what it is and how it is repaired."""
    verdict = pf.grade(subject.differential.primal, fence.text, subject.differential.wrt)
    found = verdict.first_wrong
    kind = " ".join(fence.words)
    if found is None or found.mistake is None or found.mistake.kind != kind:
        raise CourseError(f"line {fence.line}: the first mistake is not {kind!r}:\n{verdict.report(reveal=True)}")
    shown, mistake = verdict.text(found.mistake.term), found.mistake
    answer = f"In `{shown}`, {mistake.explanation}. It is right as `{mistake.repaired}`." if mistake.repaired else (
        f"In `{shown}`: {mistake.explanation}."
    )  # fmt: skip
    folded = f"<details><summary>What is wrong?</summary>\n\n{answer}\n\n</details>"
    return Piece(f"{code(_marks(verdict)).text}\n\n{folded}", marked=False)


def command(fence: Fence, subject: Subject) -> Piece:
    """Commands with what they print."""
    return code("\n".join(f"$ {line}\n{printed(line)}" for line in fence.text.splitlines()), "console")


def printed(line: str) -> str:
    """What a command prints. Raises CourseError where it fails."""
    with chdir(ROOT):
        done = CliRunner().invoke(main, shlex.split(line.removeprefix("pushforward ")), prog_name="pushforward")
    if done.exit_code:
        raise CourseError(f"{line}: {done.output}")
    return done.output.rstrip()


MAKERS: dict[str, Maker] = {
    maker.__name__: maker
    for maker in (program, graph, carried, steps, together, numbers, views, backwards, right, wrong, command)
}


def solution(subject: Subject, views: tuple[str, ...], back: bool) -> tuple[Piece, ...]:
    """The statements carried through, the closed form, and what the exercise asks for: views, or the way back."""
    blocks: list[Block] = [block for block in _carried(subject, "brief") if isinstance(block, Chain)]
    blocks += [b for b in substituted(subject.differential, "full", subject.shorten) if isinstance(b, Chain)][:1]
    asked = [Piece(_backwards(subject))] if back else []
    return (Piece(markdown(blocks)), *asked, *(Piece(_view(subject, view), marked=False) for view in views))


def code(text: str, language: str = "text") -> Piece:
    return Piece(f"```{language}\n{text}\n```", marked=False)


def _carried(subject: Subject, level: str) -> Iterator[Block]:
    return carried_through(subject.differential, level, subject.shorten)


def _backwards(subject: Subject) -> str:
    blocks = forward_beside_reverse(subject.differential, subject.shorten)
    return markdown([block for block in blocks if isinstance(block, Beside | Chain)])


def _view(subject: Subject, view: str) -> str:
    differential = subject.differential
    found = Jacobian(differential.primal, differential.moving_outputs[-1], differential.wrt[0], view)
    form = found.closed_form
    lines = Lines(Written.each(lambda style: [*form.equations(style), *form.legend(style)]))
    return f"`{found.layout.words.partition(chr(10))[0]}`\n\n{markdown([lines])}"


def _marks(verdict: pf.Verdict) -> str:
    """The lines of a report without the counts below it."""
    return verdict.report().partition("\n\n")[0]
