"""The arrays that a traced function is called on: they stand in for NumPy's, and note what is done to them."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from pushforward.tracing.errors import TracingError, UnknownAttribute
from pushforward.tracing.hints import conversion_hint, hint_for
from pushforward.tracing.sizes import GIVE_NUMBERS, Size, as_length
from pushforward.tracing.tape import Recorded, Tape
from symbolic.errors import ShapeError
from symbolic.nodes import Node

_np: Any = np
_REFUSED = "an array has no entries while the function is read, and {} needs them"


class Memory:
    """What arrays that are views of each other have in common. `is_input`: the entries are a person's."""

    def __init__(self, is_input: bool = False) -> None:
        self.is_input = is_input
        self.arrays: list[weakref.ref[Array]] = []

    def add(self, array: Array) -> None:
        self.arrays = [*(other for other in self.arrays if other() is not None), weakref.ref(array)]

    def is_shared(self) -> bool:
        """Whether more than one array that is still in use has these entries."""
        return sum(array() is not None for array in self.arrays) > 1


class Array(Recorded, NDArrayOperatorsMixin):
    """An array of `ndim` 0, 1 or 2 axes. Its `node` is a matrix: r×c; of one axis, a column; of none, 1×1."""

    def __init__(self, tape: Tape, node: Node, ndim: int, memory: Memory | None = None) -> None:
        self.tape = tape
        self.node = node
        self.ndim = ndim
        self.memory = memory or Memory()
        self.memory.add(self)

    def new(self, expression: Node, ndim: int) -> Array:
        """The result of an operation. Raises ShapeError, NotSupported."""
        return Array(self.tape, self.tape.record(expression), ndim)

    def as_view_of(self, other: Array) -> Array:
        """The same, known to share its entries with another: to change one in place would change both."""
        self.memory = other.memory
        self.memory.add(self)
        return self

    def assign(self, result: Array) -> Array:
        """`X += Y`: the same array object with other entries, which all of its names see.

        Raises TracingError for an input and for views, where NumPy would change other arrays too.
        """
        if self.memory.is_input or self.memory.is_shared():
            name = "an input" if self.memory.is_input else "an array that shares its entries with another"
            raise TracingError(f"{name} is changed in place", hint="write X = X + Y, which makes a new array")
        if result.ndim != self.ndim or result.node.shape != self.node.shape:
            raise ShapeError("an array that is changed in place keeps its shape")
        self.node = result.node
        return self

    # What NumPy calls

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return self.tape.dispatch.ufunc(self.tape, ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return self.tape.dispatch.function(self.tape, function, args, options)

    def __array__(self, *args: Any, **options: Any) -> NoReturn:
        name, hint = conversion_hint()
        raise TracingError(_REFUSED.format(name), hint=hint)

    # Shapes

    @property
    def lengths(self) -> tuple[Any, ...]:
        """The sizes of the axes, as SymPy's numbers and symbols."""
        rows, cols = self.node.shape
        return (rows, cols)[: self.ndim]

    @property
    def shape(self) -> tuple[int | Size, ...]:
        return tuple(as_length(length, self.tape) for length in self.lengths)

    @property
    def size(self) -> Any:
        return as_length(self.node.shape[0] * self.node.shape[1], self.tape)

    @property
    def dtype(self) -> Any:
        return np.dtype(float)

    @property
    def T(self) -> Array:
        return _np.transpose(self)  # type: ignore[no-any-return]

    @property
    def mT(self) -> Array:
        return _np.linalg.matrix_transpose(self)  # type: ignore[no-any-return]

    @property
    def real(self) -> Array:
        return self

    # Methods of NumPy's arrays

    def sum(self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return _np.sum(self, axis=axis, dtype=dtype, out=out, keepdims=keepdims)

    def mean(self, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return _np.mean(self, axis=axis, dtype=dtype, out=out, keepdims=keepdims)

    def var(self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False) -> Any:
        return _np.var(self, axis=axis, dtype=dtype, out=out, ddof=ddof, keepdims=keepdims)

    def std(self, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0, keepdims: bool = False) -> Any:
        return _np.std(self, axis=axis, dtype=dtype, out=out, ddof=ddof, keepdims=keepdims)

    def max(self, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return _np.max(self, axis=axis, out=out, keepdims=keepdims)

    def min(self, axis: Any = None, out: Any = None, keepdims: bool = False) -> Any:
        return _np.min(self, axis=axis, out=out, keepdims=keepdims)

    def clip(self, min: Any = None, max: Any = None) -> Any:
        return _np.clip(self, min, max)

    def dot(self, other: Any) -> Any:
        return _np.dot(self, other)

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        return _np.reshape(self, shape[0] if len(shape) == 1 else shape, order=order)

    def ravel(self, order: str = "C") -> Any:
        return _np.ravel(self, order=order)

    def flatten(self, order: str = "C") -> Any:
        return _np.ravel(self.copy(), order=order).copy()

    def transpose(self, *axes: Any) -> Any:
        return _np.transpose(self, axes[0] if len(axes) == 1 else axes or None)

    def swapaxes(self, axis1: int, axis2: int) -> Any:
        return _np.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: Any = None) -> Any:
        return _np.squeeze(self, axis=axis)

    def trace(self) -> Any:
        return _np.trace(self)

    def diagonal(self) -> Any:
        return _np.diagonal(self)

    def copy(self, order: str = "C") -> Array:
        return self.new(self.node, self.ndim)

    def conj(self) -> Array:
        return self

    conjugate = conj

    def astype(self, dtype: Any, **options: Any) -> Array:
        """The same array, for real floating types. Raises TracingError for others, which would round."""
        if not np.issubdtype(dtype, np.floating):
            raise TracingError(f"entries become {np.dtype(dtype).name}, which rounds them", hint="leave astype out")
        return self.copy()

    def __copy__(self) -> Array:
        return self.copy()

    def __deepcopy__(self, memo: Any) -> Array:
        return self.copy()

    # Indexing and iteration

    def __getitem__(self, key: Any) -> Array:
        part: Array = self.tape.dispatch.index(self, key)
        return part.as_view_of(self)

    def __len__(self) -> int:
        if not self.ndim:
            raise ShapeError("an array without axes has no len()")
        length = self.shape[0]
        if isinstance(length, Size):
            message = f"an array has {length} rows, a number that is not known: they cannot be counted or gone through"
            raise TracingError(message, hint=hint_for("len") or GIVE_NUMBERS)
        return int(length)

    def __iter__(self) -> Iterator[Array]:
        """The rows, where their number is known. Raises TracingError where it is a name such as n."""
        return (self[place] for place in range(len(self)))

    # What has no meaning without entries

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        hint = "make a new array: np.concatenate and np.block join parts, np.tril and np.triu keep a part"
        raise TracingError("an entry of an array is assigned, which changes the array in place", hint=hint)

    def __delitem__(self, key: Any) -> NoReturn:
        self.__setitem__(key, None)

    def __bool__(self) -> NoReturn:
        hint = "a program has one way only: np.maximum, np.clip, np.abs and np.heaviside choose for each entry"
        raise TracingError(_REFUSED.format("a branch or bool()"), hint=hint)

    def __float__(self) -> NoReturn:
        hint = "use NumPy's functions and not those of math; leave float() and item() out"
        raise TracingError(_REFUSED.format("a plain number"), hint=hint)

    __int__ = __index__ = __complex__ = __float__

    def item(self, *place: Any) -> NoReturn:
        self.__float__()

    def __contains__(self, value: Any) -> NoReturn:
        raise TracingError(_REFUSED.format("`in`"))

    def __round__(self, digits: int = 0) -> NoReturn:
        raise TracingError("round() has no derivative", hint="leave it out")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_") or not hasattr(np.ndarray, name):
            raise AttributeError(f"an array has no attribute {name!r}")
        raise UnknownAttribute(f"the array's .{name} is not read", hint=hint_for(name))

    # Words

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<an array of shape ({', '.join(map(str, self.lengths))}) while a function is traced>"

    def __format__(self, specification: str) -> str:
        return repr(self)
