"""Interleaved timing: every round runs every contender once, so that noise meets all of them alike."""

from __future__ import annotations

import gc
import math
import random
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter, sleep

Contenders = Mapping[str, Callable[[], object]]
Samples = dict[str, list[float]]


@dataclass(frozen=True)
class Effort:
    """How long to measure: seconds to spend on a comparison, within limits on the number of rounds."""

    seconds: float
    fewest: int
    most: int
    shortest_sample: float = 0.005
    pause: float = 0.005

    def rounds(self, seconds_a_round: float) -> int:
        return max(self.fewest, min(self.most, int(self.seconds / seconds_a_round)))


FULL = Effort(seconds=1.5, fewest=3, most=101)
QUICK = Effort(seconds=1.0, fewest=3, most=21)


@dataclass(frozen=True)
class Spread:
    """A median between its quartiles."""

    median: float
    low: float
    high: float


def spread(values: list[float]) -> Spread:
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return Spread(median, low, high)


def ratio(samples: Samples, name: str, base: str) -> Spread:
    """The ratio of two contenders within each round: a slow round slows both."""
    return spread([a / b for a, b in zip(samples[name], samples[base], strict=True)])


def measure(contenders: Contenders, effort: Effort) -> Samples:
    """Seconds a call, by contender, one entry a round.

    The order in a round is shuffled, so that none follows the same; between two, the threads of the first come to rest.
    """
    first = {name: _sample(run, 1) for name, run in contenders.items()}
    calls = {name: max(1, math.ceil(effort.shortest_sample / seconds)) for name, seconds in first.items()}
    names = list(contenders)
    samples: Samples = {name: [] for name in contenders}
    order = random.Random(0)
    for _ in range(effort.rounds(sum(first[name] * calls[name] + effort.pause for name in names))):
        order.shuffle(names)
        gc.collect()
        for name in names:
            sleep(effort.pause)
            samples[name].append(_sample(contenders[name], calls[name]))
    return samples


def _sample(run: Callable[[], object], calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        run()
    return (perf_counter() - start) / calls
