"""The usual call without Python in between, by an extension module that is compiled once for all kernels.

It takes 0.2 µs, where the Python function in front of a kernel takes a dozen. Where the headers of Python are missing,
that function serves alone.
"""

from __future__ import annotations

import functools
import importlib.util
import sys
import sysconfig
from collections.abc import Callable, Sequence
from ctypes import addressof
from importlib.machinery import ExtensionFileLoader
from importlib.resources import files
from typing import Any

import numpy as np

from codegen.native.library import Library, build
from codegen.native.threads import THREADS
from codegen.targets.numpy.arguments import Lengths
from symbolic.errors import PushforwardError

MODULE = "pushforward_caller"
MOST = 64
"""How many arrays, and how many sizes, there are room for."""


def with_quick_calls(
    function: Callable[..., Any], library: Library, arrays: Sequence[Lengths], inputs: int, sizes: Sequence[Any]
) -> Callable[..., Any]:
    """A function that calls C by itself where nothing has to be converted, and otherwise `function`.

    `arrays`: the shapes of that many `inputs`, then of the outputs. `sizes`: the symbolic ones, in order. The function
    itself is returned where a length is made of others, or where there are more than MOST.
    """
    caller = _caller_type()
    numbers = {size: number for number, size in enumerate(sizes)}
    lengths = tuple(tuple(_length(size, numbers) for size in shape) for shape in arrays)
    if caller is None or any(None in shape for shape in lengths) or len(arrays) > MOST or len(sizes) > MOST:
        return function
    quick = caller(function, inputs, lengths, addressof(THREADS), library.addresses())
    quick.library = library  # its functions are there as long as it is
    return functools.update_wrapper(quick, function)


def _length(size: Any, numbers: dict[Any, int]) -> int | None:
    """The number of a symbol, or -1 - c for the constant c."""
    return -1 - int(size) if size.is_Integer else numbers.get(size)


@functools.lru_cache(maxsize=1)
def _caller_type() -> Any:
    """The type of such functions; None where it cannot be compiled."""
    include = (sysconfig.get_path("include"), np.get_include())
    options = ("-std=c11", *(f"-I{folder}" for folder in include))
    source = files("codegen.native").joinpath("caller.c").read_text(encoding="utf-8")
    try:
        path = build(source, "caller", options, (sys.version, np.__version__))
    except PushforwardError:
        return None
    loader = ExtensionFileLoader(MODULE, str(path))
    spec = importlib.util.spec_from_loader(MODULE, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module.Caller
