"""Mark many derivations, right and wrong, and count: python -m tools.marking --right 2000 --wrong 20000 --seed 0"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tools.marking.trial import Outcome, right_one, wrong_one

LEAST_RIGHT, LEAST_LOCATED, LEAST_NAMED = 0.995, 0.95, 0.80


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--right", type=int, default=2000)
    parser.add_argument("--wrong", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    first = given.seed * 10_000_000
    good = mark_right(range(first, first + given.right))
    bad = mark_wrong(range(first, first + given.wrong))
    return 0 if good and bad else 1


def mark_right(seeds: range) -> bool:
    """None called wrong or refused, and nearly all right."""
    outcomes = [right_one(seed) for seed in seeds]
    accepted = sum(outcome.accepted for outcome in outcomes)
    failed = [outcome for outcome in outcomes if outcome.wrong or outcome.refused]
    print(f"right: {len(outcomes)}, called right {accepted}, called wrong or refused {len(failed)}")
    for outcome in failed[:5]:
        _show(outcome)
    return not failed and accepted >= LEAST_RIGHT * len(outcomes)


def mark_wrong(seeds: range) -> bool:
    """None accepted, nearly all located, most of them named."""
    marked = [wrong_one(seed) for seed in seeds]
    outcomes = [outcome for outcome in marked if outcome.changed]
    harmless = [outcome for outcome in marked if not outcome.changed and outcome.wrong]
    accepted = [outcome for outcome in outcomes if outcome.accepted]
    located, named = sum(o.located for o in outcomes), sum(o.named for o in outcomes)
    undecided, refused = sum(o.undecided for o in outcomes), sum(bool(o.refused) for o in outcomes)
    kinds = len({outcome.label for outcome in outcomes})
    print(
        f"wrong: {len(outcomes)} of {kinds} kinds, accepted {len(accepted)}, located {located}, named {named}, "
        f"undecided {undecided}, refused {refused}; {len(marked) - len(outcomes)} change nothing, "
        f"of which called wrong {len(harmless)}"
    )
    _table(outcomes)
    for outcome in (*accepted[:5], *harmless[:5]):
        _show(outcome)
    enough = located >= LEAST_LOCATED * len(outcomes) and named >= LEAST_NAMED * len(outcomes)
    return not accepted and not harmless and enough


def _table(outcomes: list[Outcome]) -> None:
    for label in sorted({outcome.label for outcome in outcomes}):
        of = [outcome for outcome in outcomes if outcome.label == label]
        called = Counter(outcome.kind or "-" for outcome in of if not outcome.named).most_common(3)
        others = ", ".join(f"{kind} {count}" for kind, count in called)
        located, named = sum(o.located for o in of), sum(o.named for o in of)
        print(f"  {label:28} {len(of):5}  located {located:5}  named {named:5}  {others}")


def _show(outcome: Outcome) -> None:
    print(f"--- {outcome.label}\n{outcome.program}\n{outcome.text}\n{outcome.refused}")


if __name__ == "__main__":
    sys.exit(main())
