"""What a schedule costs: operations by kind, what it reads and writes, what it keeps at once; formulas and numbers."""

from codegen.cost.counts import FUNCTION, cost, flops, formula, work
from codegen.cost.memory import moved, peak

__all__ = ["FUNCTION", "cost", "flops", "formula", "moved", "peak", "work"]
