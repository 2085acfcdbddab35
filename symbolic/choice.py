"""Which output and which input of a differential is meant."""

from __future__ import annotations

from collections.abc import Iterable

from symbolic.differential import Differential
from symbolic.errors import NameError_
from symbolic.language.names import canonical, resolve_mark


def chosen_name(differential: Differential, of: str | None) -> str:
    """A name of the program, by default the last output. Raises NameError_."""
    names = differential.primal.symbols
    return _known(of or differential.primal.outputs[-1], names, "a name of this program")


def chosen_input(differential: Differential, wrt: str | None) -> str:
    """An input that moves, by default the first. Raises NameError_."""
    return _known(wrt or differential.wrt[0], differential.wrt, "an input that moves here")


def _known(name: str, names: Iterable[str], what: str) -> str:
    known = tuple(names)
    spelled = name if name in known else resolve_mark(canonical(name), known)
    if spelled not in known:
        raise NameError_(f"{name!r} is not {what}", hint=f"there are {', '.join(known)}")
    return spelled
