"""A function to a program: it is called once, on arrays that note what is done to them."""

from __future__ import annotations

import functools
import inspect
import linecache
import sys
from collections.abc import Callable, Mapping, Sequence
from types import CodeType
from typing import Any

from pushforward.tracing.assembly import Output, assemble
from pushforward.tracing.dispatch import DISPATCH
from pushforward.tracing.errors import TracingError
from pushforward.tracing.operands import as_array
from pushforward.tracing.parameters import Call, Shapes, call_for
from pushforward.tracing.places import add_place, place_of_definition
from pushforward.tracing.tape import Tape
from symbolic.errors import ProgramError
from symbolic.program import Program


def trace_function(
    function: Callable[..., Any], shapes: Shapes, name: str = "", functions: Sequence[str] = ()
) -> Program:
    """See `pushforward.trace`."""
    functions = (functions,) if isinstance(functions, str) else functions
    code = code_of(function)
    tape = Tape(code, DISPATCH)
    call = call_for(tape, function, shapes, functions)
    try:
        outputs = _outputs(tape, _run(tape, function, call), code)
    finally:
        tape.close()
    label = name or _label(function)
    return assemble(tape, label, call.inputs, outputs, functions, _source_lines(code))


class Traced:
    """A function that can be called as before, with the program that it is as `.program`."""

    def __init__(self, function: Callable[..., Any], shapes: Shapes, name: str, functions: Sequence[str]) -> None:
        functools.update_wrapper(self, function)
        self.function = function
        self.shapes, self.name, self.functions = shapes, name, functions

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __get__(self, instance: Any, owner: Any = None) -> Traced:
        if instance is None:
            return self
        return Traced(self.function.__get__(instance, owner), self.shapes, self.name, self.functions)

    @functools.cached_property
    def program(self) -> Program:
        return trace_function(self.function, self.shapes, self.name, self.functions)


def code_of(function: Any) -> CodeType | None:
    """The code whose variables are looked at: under decorators, partial application and methods."""
    seen: list[Any] = []
    while not any(function is other for other in seen):
        seen.append(function)
        if isinstance(function, functools.partial):
            function = function.func
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif hasattr(function, "__func__"):
            function = function.__func__
        elif not inspect.isroutine(function) and not isinstance(function, type) and callable(function):
            function = type(function).__call__
    code = getattr(function, "__code__", None)
    return code if isinstance(code, CodeType) else None


def _run(tape: Tape, function: Callable[..., Any], call: Call) -> Any:
    """Call the function. An error of ours names the line of the function that raised it; others pass."""
    tape.variables.start(sys._getframe())
    try:
        result = function(*call.positional, **call.named)
    except ProgramError as error:
        add_place(error)
        raise
    tape.variables.finish()
    return result


def _outputs(tape: Tape, result: Any, code: CodeType | None) -> list[Output]:
    """An array, a tuple or list of arrays, or a mapping from names to arrays."""
    if inspect.iscoroutine(result):
        result.close()
    if isinstance(result, Mapping):
        pairs = [(str(name), value) for name, value in result.items()]
    else:
        pairs = [("", value) for value in (result if isinstance(result, tuple | list) else [result])]
    try:
        if not pairs:
            raise TracingError("the function returns nothing")
        return [Output(_returned(tape, value), wish) for wish, value in pairs]
    except ProgramError as error:
        if code is not None:
            source, span = place_of_definition(code)
            error.span = None
            error.at(span, source)
        raise


def _returned(tape: Tape, value: Any) -> Any:
    try:
        if isinstance(value, tuple | list):
            raise TracingError(f"a {type(value).__name__} within another")
        return as_array(tape, value).node
    except TracingError as error:
        hint = "a function returns an array, or a tuple, a list or a dict of arrays"
        raise TracingError(f"the function returns what is no array: {error.message}", hint=hint) from None


def _label(function: Any) -> str:
    name = getattr(function, "__name__", "")
    return name if name and name != "<lambda>" else "program"


def _source_lines(code: CodeType | None) -> dict[int, str]:
    lines = linecache.getlines(code.co_filename) if code is not None else []
    return {number: line.strip() for number, line in enumerate(lines, 1)}
