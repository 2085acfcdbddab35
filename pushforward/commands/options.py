"""What the commands share: where the program comes from, and what it is differentiated by."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable
from typing import Any

import click

import pushforward as pf
from pushforward.api.derivatives import gradient_of
from pushforward.api.programs import read_bytes
from symbolic.differential import Differential
from symbolic.program import Program
from symbolic.reverse.adjoint import Adjoint


def program_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """FILE or -e TEXT, --define, --wrt, --order; the command receives the Differential."""

    @source_options
    @click.option(
        "--wrt", multiple=True, metavar="NAME", help="An input to differentiate by; repeatable [default: all]."
    )
    @click.option(
        "--order", type=click.IntRange(1, 9), default=1, show_default=True,
        help="1: the differential; 2: the second one along the same perturbation; and so on.",
    )  # fmt: skip
    @functools.wraps(function)
    def command(program: Program, wrt: tuple[str, ...], order: int, **rest: Any) -> Any:
        return function(pf.differential(program, wrt or None, order), **rest)

    return command


def source_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """FILE or -e TEXT, --define; the command receives the Program."""

    @click.argument("file", required=False)
    @click.option("-e", "--expression", "text", help="The program itself, instead of a file.")
    @click.option(
        "--define", multiple=True, metavar="f=sin", help="Let an unknown function be a known one; repeatable."
    )
    @functools.wraps(function)
    def command(file: str | None, text: str | None, define: tuple[str, ...], **rest: Any) -> Any:
        program = load_program(file, text).define(**dict(_pairs(define, "--define", "f=sin")))
        return function(program, **rest)

    return command


def size_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--size", multiple=True, metavar="n=1000", help="A length for a symbolic size; repeatable.")(
        function
    )


def target_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--target", default="numpy", show_default=True, help="numpy, or c.")(function)


def mode_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--mode", type=click.Choice(("forward", "reverse", "gradient")), default="forward", show_default=True,
        help="forward: the differential; reverse: the pullback, from cotangents of the outputs; gradient: of a scalar.",
    )(function)  # fmt: skip


def in_mode(differential: Differential, mode: str) -> Differential | Adjoint:
    """What a mode makes of a differential."""
    if mode == "forward":
        return differential
    return pf.adjoint(differential) if mode == "reverse" else gradient_of(differential)


def load_program(file: str | None, text: str | None) -> Program:
    if (file is None) == (text is None):
        raise click.UsageError("give a FILE (or - for standard input), or the program after -e")
    if text is not None:
        return pf.parse(text)
    if file == "-":
        return read_bytes(sys.stdin.buffer.read(), "<stdin>").renamed("program")
    assert file is not None
    return pf.read(file)


def sizes_from(size: tuple[str, ...]) -> dict[str, int] | None:
    sizes = {}
    for name, value in _pairs(size, "--size", "n=1000"):
        if not value.isdecimal():
            raise click.BadParameter(f"{value!r} is not a whole number", param_hint="--size")
        sizes[name] = int(value)
    return sizes or None


def _pairs(values: tuple[str, ...], option: str, example: str) -> list[tuple[str, str]]:
    pairs = []
    for value in values:
        name, equals, right = value.partition("=")
        if not (name and equals and right):
            raise click.BadParameter(f"{value!r} is not of the form {example}", param_hint=option)
        pairs.append((name, right))
    return pairs


def echo_json(value: Any) -> None:
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
