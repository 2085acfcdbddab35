"""The functions of a C kernel behind one type each, whatever its arguments are: what is called from Python.

    int NAME__call_f64(const size_t *sizes, void *const *arrays, void *work, int threads);
    size_t NAME__work_f64(const size_t *sizes, int threads);

`arrays`: inputs, unknown functions with their context, outputs, in the order of the kernel's own parameters.
"""

from __future__ import annotations

from codegen.header import Signature

PRECISIONS = {"float64": ("f64", "double"), "float32": ("f32", "float")}
"""By the name of the entries' type, the suffix of functions and the type in C."""


def adapted(signature: Signature, suffix: str) -> tuple[str, str]:
    """The names of what computes, and of what tells how much memory that needs."""
    return f"{signature.function}__call_{suffix}", f"{signature.function}__work_{suffix}"


def adapter(signature: Signature, sizes: int) -> str:
    """C to follow the kernel's in one file. `sizes`: how many there are."""
    return "\n" + "\n".join(_functions(signature, sizes, suffix, real) for suffix, real in PRECISIONS.values())


def _functions(signature: Signature, sizes: int, suffix: str, real: str) -> str:
    function_type = f"(void (*)(void *, size_t, const {real} *, {real} *))"
    casts = [""] * len(signature.arguments) + [function_type] * len(signature.functions)
    casts += [""] * (bool(signature.functions) + len(signature.results))
    lengths = [f"sizes[{k}]" for k in range(sizes)]
    arrays = [f"{cast}arrays[{k}]" for k, cast in enumerate(casts)]
    name = f"{signature.function}_{suffix}"
    call, work = adapted(signature, suffix)
    return (
        f"int {call}(const size_t *sizes, void *const *arrays, void *work, int threads)\n"
        f"{{\n    (void)sizes;\n    return {name}({', '.join([*lengths, *arrays, 'work', 'threads'])});\n}}\n\n"
        f"size_t {work}(const size_t *sizes, int threads)\n"
        f"{{\n    (void)sizes;\n    return {name}_work({', '.join([*lengths, 'threads'])});\n}}\n"
    )
