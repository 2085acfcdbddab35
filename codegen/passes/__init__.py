"""Passes: each a function Schedule → Schedule in a file of its own, named by its effect, run in this order."""

from __future__ import annotations

from collections.abc import Callable

from codegen.passes.average_largest import average_largest
from codegen.passes.broadcast_ones import broadcast_ones
from codegen.passes.choose_larger import choose_larger
from codegen.passes.join_chains import join_chains
from codegen.passes.order_chains import order_chains
from codegen.passes.place_scalars import place_scalars
from codegen.passes.release_memory import release_memory
from codegen.passes.remove_dead import remove_dead
from codegen.passes.reuse_memory import reuse_memory
from codegen.passes.scale_by_diagonals import scale_by_diagonals
from codegen.passes.share_common import share_common
from codegen.passes.share_exponentials import share_exponentials
from codegen.passes.share_softmax import share_softmax
from codegen.passes.shorten_lives import shorten_lives
from codegen.passes.solve_with_inverses import solve_with_inverses
from codegen.passes.traces_of_products import traces_of_products
from codegen.passes.values_alone import values_alone
from codegen.schedule import Schedule

Pass = Callable[[Schedule], Schedule]

VALUES: tuple[Pass, ...] = (
    share_common,
    remove_dead,
    join_chains,
    remove_dead,
    traces_of_products,
    order_chains,
    place_scalars,
    broadcast_ones,
    scale_by_diagonals,
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

MEMORY: tuple[Pass, ...] = (
    shorten_lives,
    reuse_memory,
    release_memory,
)
"""Where it is kept."""

PASSES = (*VALUES, *MEMORY)


def optimize(schedule: Schedule, passes: tuple[Pass, ...] | None = None) -> Schedule:
    """Run the passes (by default PASSES) in order, and verify what comes of it; tests verify it pass by pass."""
    for run in PASSES if passes is None else passes:
        schedule = run(schedule)
    schedule.verify()
    return schedule
