"""pushforward jacobian"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import numpy as np

import pushforward as pf
from codegen.files import write_bytes
from codegen.jacobian.confirmation import sensible_lengths
from codegen.sampling import sample
from pushforward import plots
from pushforward.commands.options import echo_json, size_option, sizes_from, source_options
from pushforward.jacobians import Jacobian
from pushforward.layouts import said
from symbolic.errors import NotSupported, PushforwardError
from symbolic.jacobian.views import VIEWS
from symbolic.language.styles import STYLES
from symbolic.program import Program

WAYS = ("formula", "kernel", "numbers", "plot")
MOST_PRINTED = 1000


@click.command("jacobian")
@source_options
@click.option("--of", metavar="NAME", help="Whose Jacobian [default: the last output].")
@click.option("--wrt", metavar="NAME", help="The input to differentiate by [default: the first].")
@click.option(
    "--view", type=click.Choice(VIEWS),
    help="rows: J[i, o, a] where row i depends on row i alone; tensor: as JAX and PyTorch; vec: column by column, as "
    "ForwardDiff; vec-row-major: as NumPy's ravel [default: rows where they are independent, else tensor].",
)  # fmt: skip
@click.option(
    "--as", "way", type=click.Choice(WAYS), default="formula", show_default=True,
    help="The closed form with its axes and structure; a kernel; J at a point; a picture of what is not zero.",
)  # fmt: skip
@click.option("--format", "style", type=click.Choice(STYLES), default="unicode", show_default=True)
@size_option
@click.option("--at", "point", metavar="PATH", help="With numbers: the inputs by name, an .npz file [default: random].")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the random point.")
@click.option("--json", "as_json", is_flag=True, help="Print everything that is known of it as JSON.")
@click.option("-o", "--output", metavar="PATH", help="The file to write: a kernel, an array (.npy), a picture.")
def command(
    program: Program,
    of: str | None,
    wrt: str | None,
    view: str | None,
    way: str,
    style: str,
    size: tuple[str, ...],
    point: str | None,
    seed: int,
    as_json: bool,
    output: str | None,
) -> None:
    """Print the Jacobian of a name of a program by one input: in closed form, as a kernel, in numbers or as a picture.

    FILE holds the program; - is standard input.
    """
    sizes = sizes_from(size)
    if way == "plot":
        _plot(program, of, wrt, view, sizes, output)
        return
    found = _found(program, of, wrt, view)
    if as_json:
        echo_json(as_dict(found))
    elif way == "formula":
        _formula(found, style)
    elif way == "kernel":
        _kernel(found, sizes, output)
    else:
        _numbers(found, sizes, point, seed, output)


def _found(program: Program, of: str | None, wrt: str | None, view: str | None) -> Jacobian:
    """In the view asked for; if none is, by rows where these are independent, else in the first that can be written."""
    for wish in () if view is not None else ("rows", "tensor"):
        try:
            found = pf.jacobian(program, of, wrt, wish)
            found.closed_form.equations()
            return found
        except NotSupported:
            continue
    return pf.jacobian(program, of, wrt, view or "vec")


def _formula(found: Jacobian, style: str) -> None:
    equations, legend = found.closed_form.write(style)
    for line in equations:
        click.echo(line)
    for line in legend:
        click.echo(f"  where {line}")
    for line in (*found.layout.words.splitlines(), *found.notes, *str(found.structure).splitlines()):
        click.echo(f"# {line}")


def _kernel(found: Jacobian, sizes: dict[str, int] | None, output: str | None) -> None:
    kernel = found.kernel(sizes)
    if output is None:
        click.echo(kernel.source, nl=False)
        return
    changed = kernel.save(output)
    click.echo(f"{output}: {'written' if changed else 'unchanged'}", err=True)


def _numbers(found: Jacobian, sizes: dict[str, int] | None, point: str | None, seed: int, output: str | None) -> None:
    unknown = found.differential.tangent.unknown_functions
    if unknown:
        name = next(iter(unknown))
        raise PushforwardError(f"{name} is an unknown function: say which, as --define {name}=sin")
    inputs = _from_file(point, found.program) if point else _random(found, sizes, seed)
    try:
        array = found.numbers(**inputs)
    except (MemoryError, ValueError, TypeError) as error:
        raise PushforwardError(str(error)) from None
    if output is not None:
        stream = io.BytesIO()
        np.save(stream, array)
        write_bytes(output, stream.getvalue())
    if output is None or array.size <= MOST_PRINTED:
        for name, value in () if point else inputs.items():
            click.echo(f"# {name} =\n{_indented(value)}")
        click.echo(f"# {found.layout.entry}, of shape {' × '.join(map(str, array.shape))}")
        click.echo(np.array2string(array, threshold=MOST_PRINTED, precision=8))


def _indented(value: Any) -> str:
    return "\n".join(f"#   {line}" for line in np.array2string(value, threshold=MOST_PRINTED).splitlines())


def _random(found: Jacobian, sizes: dict[str, int] | None, seed: int) -> Mapping[str, Any]:
    """A random point where the program is defined."""
    lengths = {**sensible_lengths(found.program), **(sizes or {})}
    found.program.check_sizes(lengths)
    return sample(found.program, dict(found.differential.seeds), lengths, seed).inputs


def _from_file(path: str, program: Program) -> dict[str, Any]:
    """Raises PushforwardError for a file that does not hold the inputs, OSError for none."""
    try:
        with np.load(Path(path), allow_pickle=False) as file:
            held = {name: file[name] for name in file.files}
    except (ValueError, TypeError, EOFError, AttributeError, zipfile.BadZipFile) as error:
        raise PushforwardError(f"{path} is no .npz file of arrays: {error}") from None
    missing = [given.name for given in program.inputs if given.name not in held]
    if missing:
        raise PushforwardError(f"{path} does not hold {', '.join(missing)}; it holds {', '.join(held) or 'nothing'}")
    return {given.name: held[given.name] for given in program.inputs}


def _plot(
    program: Program,
    of: str | None,
    wrt: str | None,
    view: str | None,
    sizes: dict[str, int] | None,
    output: str | None,
) -> None:
    """In the order of the view where that is a matrix, else in that in which blocks are seen."""
    if output is None:
        raise click.UsageError("a picture needs a file: -o structure.svg (or .png)")
    plots.require(output)
    found = pf.jacobian(program, of, wrt, "tensor")
    lengths = {**sensible_lengths(program), **(sizes or {})}
    program.check_sizes(lengths)
    plots.structure(found.structure, output, lengths, view if view in ("vec", "vec-row-major") else None)
    click.echo(f"{output}: written", err=True)


def as_dict(found: Jacobian) -> dict[str, Any]:
    """Everything that is known of it, but for the kernel."""
    return {
        "of": found.of,
        "wrt": found.wrt,
        "view": found.view,
        "formula": {
            style: dict(zip(("equations", "where"), found.closed_form.write(style), strict=True)) for style in STYLES
        },
        "entry": found.layout.entry,
        "shape": [said(length) for length in found.layout.shape],
        "axes": found.layout.words.splitlines()[1:],
        "notes": list(found.notes),
        "structure": str(found.structure).splitlines(),
    }
