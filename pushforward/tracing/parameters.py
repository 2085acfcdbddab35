"""The parameters of a function, and the arrays it is called on, from the shapes that are given."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pushforward.tracing.array import Array, Memory
from pushforward.tracing.elementwise import apply
from pushforward.tracing.tape import Tape
from symbolic.errors import NameError_, ShapeError
from symbolic.facts import FACTS, check_facts
from symbolic.language.words import is_known
from symbolic.nodes import Node
from symbolic.shapes import as_size
from symbolic.statements import Input

Shapes = Mapping[str, Any] | Sequence[Any]

_FORM = 'a shape is a tuple of at most two numbers or names, ("n", 2), ("h",) or (), and a fact: ("n", "n", "spd")'
_STARRED = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)


class UnknownFunction:
    """A function of which only the name is known, applied to each entry."""

    def __init__(self, tape: Tape, name: str) -> None:
        if is_known(name):
            raise NameError_(f"{name!r} is a known function and cannot be an unknown one")
        self.tape = tape
        self.name = name

    def __call__(self, array: Any) -> Array:
        return apply(self.tape, array, self.name)


@dataclass
class Call:
    """The arguments of the one call, and the inputs that they are."""

    tape: Tape
    positional: list[Any] = field(default_factory=list)
    named: dict[str, Any] = field(default_factory=dict)
    inputs: dict[Node, Input] = field(default_factory=dict)

    def argument(self, name: str, shape: Any) -> Any:
        """An array; of a list or a mapping of shapes, a list or a mapping of arrays."""
        if isinstance(shape, Mapping):
            return {key: self.argument(f"{name}_{key}", part) for key, part in shape.items()}
        if isinstance(shape, list):
            if any(isinstance(part, str | int) for part in shape):
                raise ShapeError(f"the shape of {name} is given as the list {shape!r}", hint=_FORM)
            return [self.argument(f"{name}{number}", part) for number, part in enumerate(shape, 1)]
        return self.array(name, shape)

    def array(self, name: str, shape: Any) -> Array:
        lengths, facts = _lengths_and_facts(name, shape)
        rows, cols = (as_size(length) for length in (*lengths, *[1] * (2 - len(lengths))))
        check_facts(name, (rows, cols), facts)
        symbol = self.tape.input(rows, cols)
        self.inputs[symbol] = Input(name, (rows, cols), facts)
        return Array(self.tape, symbol, len(lengths), Memory(is_input=True))


def call_for(tape: Tape, function: Callable[..., Any], shapes: Shapes, functions: Sequence[str]) -> Call:
    """Arrays for the parameters that have shapes; the others keep their defaults.

    functions: the parameters that are unknown functions of each entry. Raises NameError_ for a parameter without a
    shape or a default and for a shape without a parameter, ShapeError for what is no shape.
    """
    parameters = _parameters(function)
    by_name = _by_name(shapes, parameters, functions)
    call = Call(tape)
    for parameter in parameters or [inspect.Parameter(name, inspect.Parameter.POSITIONAL_ONLY) for name in by_name]:
        if parameter.name in functions:
            _pass(call, parameter, UnknownFunction(tape, parameter.name))
        elif parameter.name in by_name:
            _pass(call, parameter, call.argument(parameter.name, by_name.pop(parameter.name)))
        elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
            call.named |= {name: call.argument(name, by_name.pop(name)) for name in list(by_name)}
        elif parameter.default is inspect.Parameter.empty and parameter.kind not in _STARRED:
            raise NameError_(f"no shape is given for the parameter {parameter.name!r}", hint=_FORM)
        elif _is_before_given(parameter, parameters, {*by_name, *functions}):
            call.positional.append(parameter.default)
    _refuse_rest(by_name, functions, parameters)
    return call


def _refuse_rest(by_name: dict[str, Any], functions: Sequence[str], parameters: list[inspect.Parameter]) -> None:
    names = [parameter.name for parameter in parameters]
    for name in (*by_name, *functions):
        if name not in names:
            raise NameError_(f"the function has no parameter {name!r}; it has {', '.join(names) or 'none'}")


def _pass(call: Call, parameter: inspect.Parameter, value: Any) -> None:
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        call.positional += value if isinstance(value, list) else [value]
    elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
        call.named |= value if isinstance(value, dict) else {parameter.name: value}
    elif parameter.kind is inspect.Parameter.KEYWORD_ONLY:
        call.named[parameter.name] = value
    else:
        call.positional.append(value)


def _is_before_given(parameter: inspect.Parameter, parameters: list[inspect.Parameter], given: set[str]) -> bool:
    """Whether a default has to be passed, since an argument follows by its place."""
    if parameter.kind not in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD):
        return False
    later = parameters[parameters.index(parameter) + 1 :]
    return any(other.name in given and other.kind is not inspect.Parameter.KEYWORD_ONLY for other in later)


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """None of a function whose parameters Python does not tell."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return []


def _by_name(shapes: Shapes, parameters: list[inspect.Parameter], functions: Sequence[str]) -> dict[str, Any]:
    if isinstance(shapes, Mapping):
        return dict(shapes)
    if isinstance(shapes, str) or not isinstance(shapes, Sequence):
        raise ShapeError("shapes is a mapping from parameters to shapes, or a sequence of them", hint=_FORM)
    named: dict[str, Any] = {}
    rest = list(shapes)
    for parameter in parameters:
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL and rest:
            named[parameter.name], rest = rest, []
        elif parameter.name not in functions and rest and parameter.kind not in _STARRED:
            named[parameter.name] = rest.pop(0)
    if rest:
        count = f"{len(shapes)} shapes are given, and the function has {len(named)} parameters"
        raise NameError_(count if parameters else "the function does not tell its parameters", hint="give a mapping")
    return named


def _lengths_and_facts(name: str, shape: Any) -> tuple[tuple[int | str, ...], tuple[str, ...]]:
    parts = (shape,) if isinstance(shape, int | str) else shape
    if not isinstance(parts, tuple):
        raise ShapeError(f"the shape of {name} is {shape!r}", hint=_FORM)
    facts = tuple(part for part in parts if isinstance(part, str) and part in FACTS)
    lengths = tuple(part for part in parts if part not in facts)
    if parts != (*lengths, *facts) or len(lengths) > 2:
        raise ShapeError(f"the shape of {name} is {shape!r}", hint=_FORM)
    return tuple(_length(name, part) for part in lengths), facts


def _length(name: str, part: Any) -> int | str:
    if isinstance(part, str):
        return part
    if isinstance(part, bool) or not isinstance(part, int | np.integer) or part < 0:
        raise ShapeError(f"{part!r} in the shape of {name} is no length", hint=_FORM)
    return int(part)
