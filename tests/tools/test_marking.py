"""A small part of the long trial of marking, and faults planted in it."""

import pytest

from pushforward.exercises.mistakes import mistakes
from pushforward.grading.wording import HINTS
from symbolic.equivalence import Answer, Decision, Equivalence
from tools.marking import __main__ as command
from tools.marking.corpus import case
from tools.marking.naming import NAMED
from tools.marking.rewriting import RULES
from tools.marking.trial import right_one, wrong_one


@pytest.mark.parametrize("seed", range(30))
def test_right_derivations_are_right(seed):
    outcome = right_one(seed)
    assert outcome.accepted, (outcome.program, outcome.text, outcome.refused)


@pytest.mark.parametrize("seed", range(60))
def test_wrong_derivations_are_not_accepted(seed):
    outcome = wrong_one(seed)
    assert not outcome.changed or (not outcome.accepted and outcome.located), (outcome.program, outcome.text)


def test_most_mistakes_are_named():
    outcomes = [outcome for seed in range(100, 120) if (outcome := wrong_one(seed)).changed]
    assert sum(outcome.named for outcome in outcomes) >= 0.8 * len(outcomes)


def test_there_are_many_kinds_of_mistake():
    assert len(NAMED) >= 30 and len(RULES) >= 15
    assert {kind for kinds in NAMED.values() for kind in kinds} <= HINTS.keys()


def test_a_mistake_is_made_at_one_place():
    found = case("A : n x n; B = A*A", "A")
    texts = {str(node) for label, node in mistakes(found.lines[0][1], found.differential.primal) if label == "δ lost"}
    assert len(texts) == 2


def test_a_judge_that_accepts_everything_is_seen(monkeypatch):
    monkeypatch.setattr(Equivalence, "decide", lambda *_: Decision(Answer.EQUAL, 1e-40))
    assert not command.mark_wrong(range(12))


def test_a_judge_that_refuses_everything_is_seen(monkeypatch):
    monkeypatch.setattr(Equivalence, "decide", lambda *_: Decision(Answer.DIFFERENT))
    assert not command.mark_right(range(5))


def test_a_search_that_finds_nothing_is_seen(monkeypatch):
    monkeypatch.setattr("pushforward.grading.mistakes.edits", lambda *_: iter(()))
    monkeypatch.setattr("pushforward.grading.mistakes.coefficient_edits", lambda *_: iter(()))
    assert not command.mark_wrong(range(20))
