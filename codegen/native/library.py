"""A C kernel in this process: compiled, loaded, and run on arrays that fit."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from codegen.header import Signature
from codegen.native.adapter import PRECISIONS, adapted, adapter
from codegen.native.cache import VARIABLE, cached_library
from codegen.native.callbacks import Callbacks
from codegen.native.compiler import find_compiler
from codegen.native.threads import THREADS
from symbolic.errors import PushforwardError

ERRORS: dict[str, type[Exception]] = {
    "FloatingPointError": FloatingPointError,
    "LinAlgError": np.linalg.LinAlgError,
    "ValueError": ValueError,
}


class CSource(Protocol):
    """What the C target emits, as far as it takes part in running it. `failures`: kinds of errors by their codes."""

    @property
    def source(self) -> str: ...
    @property
    def header_source(self) -> str: ...
    @property
    def signature(self) -> Signature: ...
    @property
    def sizes(self) -> Sequence[Any]: ...
    @property
    def failures(self) -> Mapping[int, str]: ...
    @property
    def message(self) -> str:
        """The function that says what a code means."""
        ...


class Library:
    """A function of a C file; `others`: those besides that are called from Python.

    Raises NotSupported where there is no compiler, PushforwardError where it fails, or the library cannot be loaded.
    """

    def __init__(self, emitted: CSource, *others: CSource) -> None:
        self.signature, self.failures = emitted.signature, emitted.failures
        every = sorted((emitted, *others), key=lambda each: each.signature.function)
        adapters = (adapter(each.signature, len(each.sizes)) for each in every)
        self.loaded = load_library(build("".join([emitted.source, *adapters]), "kernel"))
        self.calls = {np.dtype(entries): self._functions(suffix) for entries, (suffix, _) in PRECISIONS.items()}
        self.message = getattr(self.loaded, emitted.message)
        self.message.argtypes, self.message.restype = [ctypes.c_int], ctypes.c_char_p

    def _functions(self, suffix: str) -> tuple[Any, Any]:
        """What computes, and what tells how much memory that needs."""
        names = adapted(self.signature, suffix)
        call, work = (getattr(self.loaded, name) for name in names)
        call.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int]
        work.argtypes, work.restype = [ctypes.c_void_p, ctypes.c_int], ctypes.c_size_t
        return call, work

    def addresses(self) -> tuple[int, ...]:
        """Of the functions of both precisions."""
        functions = (function for pair in self.calls.values() for function in pair)
        return tuple(ctypes.cast(function, ctypes.c_void_p).value or 0 for function in functions)

    def run(
        self,
        sizes: Sequence[int],
        inputs: Sequence[Any],
        outputs: Sequence[Any],
        functions: Mapping[str, Callable[..., Any]],
    ) -> None:
        """Fill the outputs, new arrays, from inputs of the same type. Raises what a function of the caller raises, and
        FloatingPointError, LinAlgError or ValueError where the kernel says that there is no result."""
        entries = inputs[0].dtype
        call, work = self.calls[entries]
        given = [_in_order(array) for array in inputs]
        callbacks = Callbacks(functions, entries)
        threads = 1 if functions else THREADS.value
        lengths = (ctypes.c_size_t * len(sizes))(*sizes)
        memory = np.empty(work(lengths, threads), entries)
        addresses = [*map(_address, given), *callbacks.addresses(), *map(_address, outputs)]
        code = call(lengths, (ctypes.c_void_p * len(addresses))(*addresses), _address(memory), threads)
        if callbacks.error is not None:
            raise callbacks.error
        if code:
            raise ERRORS[self.failures[code]](self.message(code).decode())


def build(source: str, name: str, options: tuple[str, ...] = (), depends_on: tuple[str, ...] = ()) -> Path:
    """A shared library of a source, from the cache where it is there. `depends_on`: what else decides what it is."""
    compiler = find_compiler()

    def compile_it(library: Path) -> None:
        file = library.with_name(f"{name}.c")
        file.write_text(source, encoding="utf-8")
        compiler.compile(file, library, options)

    made_of = (source, *compiler.command, *compiler.flags, *options, compiler.identity, *depends_on)
    return cached_library(made_of, compile_it)


def load_library(path: Path) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise PushforwardError(
            f"a compiled kernel cannot be loaded: {error}; {VARIABLE} names another folder to keep them in"
        ) from None


def _in_order(array: Any) -> Any:
    """Row after row, and each entry where the processor expects it."""
    return array if array.flags.c_contiguous and array.flags.aligned else array.copy(order="C")


def _address(array: Any) -> int:
    return int(array.__array_interface__["data"][0])
