"""One equality: right, wrong or undecided; exactly where that can be, else with the opinion of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pushforward.grading.marks import Status, Witness
from pushforward.grading.numbers import Numbers, Opinion
from pushforward.grading.precise import DIGITS
from symbolic.derivatives import Derivative
from symbolic.equivalence import Answer, Equivalence
from symbolic.nodes import Node
from symbolic.program import Program

CLEARLY_DIFFERENT = 1e-6
"""A relative difference at one point that no rounding explains."""
PRECISELY_DIFFERENT = 10.0**-DIGITS
"""One in fifty digits."""
BARELY_DIFFERENT = 2e-13
"""One at half of the points, which confirms what differs in the field as well."""
NOTHING_SAID = "a remainder of first order swallows the perturbation that this line is about"
ORDER_ZERO = "the remainder is of first order: only the values are compared"
HIGHER = "the remainder is said to be of order {}; terms of second order are not checked, those of first order agree"


@dataclass(frozen=True)
class Judgement:
    status: Status
    chance: float = 0.0
    reason: str = ""
    witness: Witness | None = None


class Judge:
    """Compares expressions over one program whose inputs `wrt` move."""

    def __init__(self, program: Program, wrt: tuple[str, ...], derivatives: tuple[Derivative, ...]) -> None:
        self.program = program
        self.wrt = wrt
        self.derivatives = derivatives
        self.field = Equivalence(program, wrt, derivatives)

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(self.program, self.wrt, self.derivatives)

    def judge(self, left: Node, right: Node, order: int | None = None) -> Judgement:
        """`order`: that of the smallest remainder on the two sides, None where there is none."""
        judgement = self._compare(left, right)
        if order is None or order == 2:
            return judgement
        if order > 2:
            agrees = judgement.status is Status.RIGHT
            return Judgement(Status.UNDECIDED, reason=HIGHER.format(order)) if agrees else judgement
        if judgement.status is Status.RIGHT:
            return judgement
        values = self._compare(left, right, real_only=True)
        if values.status is not Status.RIGHT:
            return values
        return Judgement(Status.UNDECIDED, reason=f"{NOTHING_SAID}: {ORDER_ZERO}, and these agree")

    def agree_somewhere(self, left: Node, right: Node) -> bool:
        """A quick look, at one point."""
        if left.shape != right.shape:
            return False
        if self.in_the_field:
            return self.field.agree_somewhere(left, right)
        return self.numbers.agree_somewhere(left, right)

    @cached_property
    def in_the_field(self) -> bool:
        """Whether the program has values in the field at all."""
        symbol = self.program.symbols[self.program.outputs[-1]]
        return self.field.decide(symbol, symbol).answer is Answer.EQUAL

    def _compare(self, left: Node, right: Node, real_only: bool = False) -> Judgement:
        decision = self.field.decide(left, right, real_only)
        if decision.answer is Answer.EQUAL:
            return Judgement(Status.RIGHT, decision.chance)
        opinion = self.numbers.opinion(left, right, real_only)
        if decision.answer is Answer.DIFFERENT:
            return Judgement(Status.WRONG, witness=opinion.witness)
        confirmed = decision.answer is Answer.UNCONFIRMED and opinion.usual_gap > BARELY_DIFFERENT
        if confirmed or opinion.gap > CLEARLY_DIFFERENT:
            return Judgement(Status.WRONG, reason="in double precision", witness=opinion.witness)
        gaps = self.numbers.precise_gaps(left, right, real_only)
        if gaps and min(gaps) > PRECISELY_DIFFERENT:
            return Judgement(Status.WRONG, reason=f"in {DIGITS} digits", witness=opinion.witness)
        return Judgement(Status.UNDECIDED, reason=_undecided(decision.answer, decision.reason, opinion, gaps))


def _undecided(answer: Answer, reason: str, opinion: Opinion, gaps: list[float]) -> str:
    if answer is Answer.UNCONFIRMED:
        reason = "both sides have functions of which not all relations are known exactly"
    if not opinion.points:
        return f"{reason}; and no point was found at which both sides have a value"
    if opinion.differing:
        return f"{reason}; in double precision they differ at {opinion.differing} of {opinion.points} points"
    if gaps and max(gaps) <= PRECISELY_DIFFERENT:
        return f"{reason}; in {DIGITS} digits they agree at {len(gaps)} points"
    return f"{reason}; in double precision they agree at {opinion.points} points, to nine digits"
