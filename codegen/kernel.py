"""A kernel: a compiled program that can be called, read and saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from codegen.header import Header
from codegen.kernel_file import KernelFile, save
from codegen.lower import lower
from codegen.naming import identifier
from codegen.native.emit import emit_native
from codegen.passes import VALUES, optimize
from codegen.schedule import Schedule
from codegen.targets.numpy.blocked import emit_numpy
from symbolic.collection import without_collecting
from symbolic.differential import Differential
from symbolic.errors import LimitError, NotSupported
from symbolic.language.names import ascii_name
from symbolic.program import Program
from symbolic.reverse.adjoint import Adjoint

MAX_STATEMENT_LINES = 40
MAX_EQUATION = 400


Emit = Callable[[Schedule, Header, str], KernelFile]
TARGETS: dict[str, Emit] = {"numpy": emit_numpy, "c": emit_native}
"""What makes a file of a schedule, as VALUES leave it, with a header and the name of its function."""


def target_named(name: str) -> Emit:
    """Raises NotSupported for a name that is none."""
    if name not in TARGETS:
        raise NotSupported(f"there is no target {name!r}; there is {', '.join(TARGETS)}")
    return TARGETS[name]


class ResultsMissing(Exception):
    """A kernel returned another number of results than its program has outputs."""


class Kernel:
    """Call it with the program's inputs, then the seeds; unknown functions by keyword.

    k(X0, W1, W2, dX0, f=numpy.sin, df=numpy.cos) -> (X4, dX4); of an adjoint, k(X0, W1, W2, X4_bar, …) -> (X4, X0_bar);
    of a gradient, k(X) -> (y, X_bar). A program without seeds returns its values, one output alone, several as a tuple.
    Raises ValueError for shapes that do not fit, TypeError for other entries.
    """

    returns_outputs = True
    """Whether what is returned are the outputs of the program, and not something made of them."""

    def __init__(
        self,
        program: Program,
        differential: Differential | None,
        schedule: Schedule,
        file: KernelFile,
        adjoint: Adjoint | None = None,
    ) -> None:
        self.program = program
        self.differential = differential
        self.adjoint = adjoint
        self.schedule = schedule
        self.file = file
        self.source = file.source
        self.header = file.header
        self.signature = file.signature
        self.function = file.load()

    def __call__(self, *arguments: Any, **functions: Any) -> Any:
        return self.function(*arguments, **functions)

    def along(
        self, inputs: Mapping[str, Any], directions: Mapping[str, Any], functions: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Outputs and their differentials along one direction, by name: what a check compares.

        `directions`: by the inputs that they move. Raises ResultsMissing where the kernel returns other results.
        """
        given = dict(inputs)
        primal = self.program.outputs
        differential = self.differential
        if differential is not None:
            primal = differential.primal.outputs
            given |= {seed: directions[name] for name, seed in differential.seeds}
        named = self.named_results(self.at(given, functions))
        values = {of: named[of] for of in primal}
        return values, {of: named[differential.name(of)] for of in primal} if differential else {}

    def at(self, given: Mapping[str, Any], functions: Mapping[str, Any]) -> Any:
        """The results, from the arguments by name."""
        return self(*(given[argument.name] for argument in self.program.inputs), **functions)

    def named_results(self, results: Any) -> dict[str, Any]:
        """What a call returned, by the names of the program's outputs. Raises ResultsMissing."""
        results = results if isinstance(results, tuple) else (results,)
        if len(results) != len(self.program.outputs):
            raise ResultsMissing
        return dict(zip(self.program.outputs, results, strict=True))

    def save(self, path: str | Path) -> bool:
        """Write the source, of C also the header beside it, whole or not at all; True if a file changed.

        Raises PushforwardError rather than write over a file that is not a generated one, OSError as files do.
        """
        return save(self.file, path)

    def __repr__(self) -> str:
        arguments = ", ".join(
            (*self.signature.arguments, *(f"{keyword}=…" for keyword, _, _ in self.signature.functions))
        )
        return f"<kernel {self.signature.function}({arguments})>"


@without_collecting
def compile_kernel(
    what: Program | Differential | Adjoint,
    target: str = "numpy",
    sizes: Mapping[str, int] | None = None,
    name: str | None = None,
    threads: int = 1,
) -> Kernel:
    """Program → Schedule → passes → source → function.

    `sizes`: sample values of symbolic sizes, by which the order of products is chosen. `name`: of the function.
    `threads`: how many share the rows of tall arguments, where rows are independent. Raises NotSupported for an unknown
    target, or an operation that it does not have, and ProgramError for an unknown size; for C, also where there is no
    compiler.
    """
    return Kernel(*_made_of(what, target, sizes, name, threads))


def emit_kernel(
    what: Program | Differential | Adjoint,
    target: str = "numpy",
    sizes: Mapping[str, int] | None = None,
    name: str | None = None,
    threads: int = 1,
) -> KernelFile:
    """The text of the kernel that `compile_kernel` would load. Raises as it does, but needs no compiler."""
    return _made_of(what, target, sizes, name, threads).file


class _Made(NamedTuple):
    """What a kernel is made of."""

    program: Program
    differential: Differential | None
    schedule: Schedule
    file: KernelFile
    adjoint: Adjoint | None


@without_collecting
def _made_of(
    what: Program | Differential | Adjoint,
    target: str,
    sizes: Mapping[str, int] | None,
    name: str | None,
    threads: int,
) -> _Made:
    emit = target_named(target)
    if threads < 1 or (threads > 1 and target != "numpy"):
        raise NotSupported(
            f"a {target} kernel for {threads} threads is not made",
            hint="target numpy takes `threads`, a number from 1; C kernels take as many as OMP_NUM_THREADS says",
        )
    differential = what if isinstance(what, Differential) else None
    adjoint = what if isinstance(what, Adjoint) else None
    program = what.program if isinstance(what, Differential | Adjoint) else what
    if not isinstance(program, Program):
        raise TypeError(f"a Program, a Differential or an Adjoint is compiled, not {type(what).__name__}")
    schedule = optimize(lower(program, sizes), VALUES)
    header, default = described(what)
    if threads > 1:
        emit = partial(emit_numpy, threads=threads)
    file = emit(schedule, header, identifier(name or default))
    return _Made(program, differential, schedule, file, adjoint)


def described(what: Program | Differential | Adjoint) -> tuple[Header, str]:
    """What the file of a kernel says of itself, and the name of its function."""
    if isinstance(what, Adjoint):
        return adjoint_header(what), adjoint_name(what)
    if isinstance(what, Differential):
        return differential_header(what), default_name(what.program, what)
    header = Header("The value of a matrix program.", _statement(what), what.text("text"), _roles(what, {}))
    return header, default_name(what, None)


def default_name(program: Program, differential: Differential | None) -> str:
    """seed_wrt_X0; with respect to everything: seed_wrt_all."""
    name = identifier(program.name, "program")
    if differential is None:
        return name
    order = f"_order_{differential.order}" if differential.order > 1 else ""
    return f"{name}_wrt_{_chosen(differential)}{order}"


def _chosen(differential: Differential) -> str:
    everything = len(differential.wrt) == len(differential.first.primal.inputs) > 1
    return "all" if everything else "_".join(map(ascii_name, differential.wrt))


def adjoint_name(adjoint: Adjoint) -> str:
    """seed_adjoint_wrt_X0, ridge_gradient_wrt_all"""
    return f"{identifier(adjoint.program.name, 'program')}_{adjoint.kind}_wrt_{_chosen(adjoint.differential)}"


def differential_header(differential: Differential, how: str = "") -> Header:
    """What a file says that computes values and differentials, `how`."""
    program = differential.tangent
    canonical = program.text("text")
    wrt = ", ".join(ascii_name(name) for name in differential.wrt)
    roles = _roles(program, {seed: name for name, seed in differential.seeds})
    computed = [let.name for let in differential.primal.lets if let.name in differential.primal.outputs]
    statement = (*_statement(differential.first.primal), *_closed_forms(differential, computed))
    differentials = "differential" if differential.order == 1 else f"differentials up to order {differential.order}"
    title = f"Value and {differentials} of a matrix program with respect to {wrt}{how}."
    return Header(title, statement, canonical, roles)


_TITLES = {
    "adjoint": "Value and pullback",
    "gradient": "Value and gradient",
    "gauss_newton": "Value and Gauss-Newton product",
}


def adjoint_header(adjoint: Adjoint) -> Header:
    """What the file of a reverse kernel says of itself."""
    wrt = ", ".join(map(ascii_name, adjoint.wrt))
    roles = dict(_roles(adjoint.program, {}))
    roles |= {name: f", the cotangent of {ascii_name(of)}" for of, name in adjoint.seeds}
    statement = (*_statement(adjoint.primal), *_closed_forms(adjoint, adjoint.wrt))
    title = f"{_TITLES[adjoint.kind]} of a matrix program with respect to {wrt}."
    return Header(title, statement, adjoint.program.text("text"), tuple(roles.items()))


def _roles(program: Program, moved: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """For each input its facts, and of which it is the perturbation, for the docstring."""
    return tuple(
        (given.name, "".join(f", {fact}" for fact in given.facts) + _perturbation(moved.get(given.name)))
        for given in program.inputs
    )


def _perturbation(name: str | None) -> str:
    return f", the perturbation of {ascii_name(name)}" if name else ""


def _statement(program: Program) -> tuple[str, ...]:
    lines = list(islice(program.iterate_lines(), len(program.inputs), len(program.inputs) + MAX_STATEMENT_LINES))
    left_out = len(program.functions) + len(program.lets) - len(lines)
    return (*lines, f"… and {left_out} statements more") if left_out > 0 else tuple(lines)


def _closed_forms(derived: Differential | Adjoint, names: Iterable[str]) -> tuple[str, ...]:
    if len(derived.primal.lets) > MAX_STATEMENT_LINES:
        return ()
    try:
        equations = [derived.closed_form(name).equation() for name in names]
        return ("", *(equation for equation in equations if len(equation) <= MAX_EQUATION))
    except LimitError:
        return ()
