"""Passes: each a function Schedule → Schedule in a file of its own, named by its effect, run in this order."""

from __future__ import annotations

from collections.abc import Callable

from codegen.cost.counts import work
from codegen.passes.average_largest import average_largest
from codegen.passes.broadcast_ones import broadcast_ones
from codegen.passes.choose_larger import choose_larger
from codegen.passes.distribute_sums import distribute_sums
from codegen.passes.factor_sums import factor_sums
from codegen.passes.halve_products import halve_products
from codegen.passes.join_chains import join_chains
from codegen.passes.order_chains import order_chains
from codegen.passes.order_factors import order_factors
from codegen.passes.pair_transposes import pair_transposes
from codegen.passes.place_scalars import place_scalars
from codegen.passes.release_memory import release_memory
from codegen.passes.remove_dead import remove_dead
from codegen.passes.reuse_memory import reuse_memory
from codegen.passes.scale_by_diagonals import scale_by_diagonals
from codegen.passes.share_common import share_common
from codegen.passes.share_exponentials import share_exponentials
from codegen.passes.share_sines import share_sines
from codegen.passes.share_softmax import share_softmax
from codegen.passes.shorten_lives import shorten_lives
from codegen.passes.solve_with_inverses import solve_with_inverses
from codegen.passes.split_ones import split_ones
from codegen.passes.sums_of_products import sums_of_products
from codegen.passes.traces_of_products import traces_of_products
from codegen.passes.values_alone import values_alone
from codegen.schedule import Schedule

Pass = Callable[[Schedule], Schedule]

VALUES: tuple[Pass, ...] = (
    share_common,
    remove_dead,
    split_ones,
    join_chains,
    remove_dead,
    distribute_sums,
    pair_transposes,
    factor_sums,
    remove_dead,
    traces_of_products,
    order_chains,
    halve_products,
    place_scalars,
    broadcast_ones,
    scale_by_diagonals,
    order_factors,
    solve_with_inverses,
    share_common,
    share_softmax,
    average_largest,
    choose_larger,
    remove_dead,
    share_exponentials,
    values_alone,
)
"""What is computed."""

FUNCTIONS: tuple[Pass, ...] = (
    share_sines,
    sums_of_products,
)
"""By which functions NumPy computes it fastest."""

MEMORY: tuple[Pass, ...] = (
    shorten_lives,
    reuse_memory,
    release_memory,
)
"""Where it is kept."""

PASSES = (*VALUES, *FUNCTIONS, *MEMORY)


BY_COST = (distribute_sums, pair_transposes, factor_sums, traces_of_products)
"""What these do is kept only where the schedule takes less work in the end: sharing may have been better."""

TOGETHER: dict[Pass, Pass] = {pair_transposes: factor_sums}
"""What takes from another of these its chance, or gives it one, is weighed together with it."""


def optimize(schedule: Schedule, passes: tuple[Pass, ...] | None = None) -> Schedule:
    """Run the passes (by default PASSES) in order, and verify what comes of it; tests verify it pass by pass."""
    passes = PASSES if passes is None else passes
    idle: set[Pass] = set()
    for place, run in enumerate(passes):
        if run in idle:
            continue  # it has left this very schedule as it is before
        before, schedule = schedule, advance(schedule, run, passes[place + 1 :])
        idle = {*idle, run} if schedule is before else set()
    schedule.verify()
    return schedule


def advance(schedule: Schedule, run: Pass, rest: tuple[Pass, ...]) -> Schedule:
    """Run one pass; of those in BY_COST, the result only where it pays after the rest of them."""
    after = run(schedule)
    if run not in BY_COST or after is schedule:
        return after
    certain = tuple(r for r in rest if r not in (*BY_COST, *MEMORY) or r is TOGETHER.get(run))
    return min(schedule, after, key=lambda found: work(optimize(found, certain)))
