"""Matrix programs from NumPy functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pushforward.tracing.trace import Traced, trace_function
from symbolic.program import Program


def trace(
    function: Callable[..., Any],
    shapes: Mapping[str, Any] | Sequence[Any] | None = None,
    name: str = "",
    functions: Sequence[str] = (),
    **keyword_shapes: Any,
) -> Program:
    """A matrix program from a NumPy function, which is called once, on arrays without entries.

    shapes: for each parameter a tuple of at most two numbers or names of sizes, ("n", 2), ("h",) or (), with a fact
    behind it if one holds, ("n", "n", "spd"); in a mapping, in order, or as keywords. Parameters without one keep their
    defaults. functions: the parameters that are unknown functions of each entry. name: by default the function's own.
    Raises TracingError (a NotSupported), ShapeError or NameError_, with the line of the function.
    """
    return trace_function(function, keyword_shapes if shapes is None else shapes, name, functions)


def traced(
    shapes: Mapping[str, Any] | Sequence[Any] | None = None,
    name: str = "",
    functions: Sequence[str] = (),
    **keyword_shapes: Any,
) -> Callable[[Callable[..., Any]], Traced]:
    """A decorator: the function stays callable, and has the program that `trace` gives as `.program`."""
    return lambda function: Traced(function, keyword_shapes if shapes is None else shapes, name, functions)
