"""C kernels as C programs use them: a `main` around the file that a kernel saves, compiled and run by itself."""

from __future__ import annotations

import math
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from codegen.kernel_file import save
from codegen.native.adapter import PRECISIONS
from codegen.native.compiler import find_compiler
from codegen.native.emit import NativeKernel
from symbolic.shapes import length

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic")
SANITIZED = (*STRICT, "-O0", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")

MAIN = """\
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "{name}.h"

typedef {real} real;

static void *memory(size_t count)
{{
    void *found = malloc(count ? count * sizeof(real) : 1);
    if (!found)
        exit(3);
    return found;
}}

static real *filled(size_t seed, size_t count)
{{
    real *x = memory(count);
    for (size_t k = 0; k < count; k++)
        x[k] = (real)((int)((37 * k + 11 * seed) % 101) - 50) / 64;
    return x;
}}

static void show(const real *x, size_t count)
{{
    for (size_t k = 0; k < count; k++)
        printf("%a\\n", (double)x[k]);
}}

{functions}
/* Sizes, then how many entries the inputs and the outputs have. */
int main(int count, char **given)
{{
    size_t number[64] = {{0}};
    for (int k = 1; k < count; k++)
        number[k - 1] = (size_t)strtoul(given[k], NULL, 10);
{memory}
    real *work = memory({name}_{suffix}_work({sizes}2));
    int code = {name}_{suffix}({arguments}work, 2);
    if (code) {{
        puts({message}(code));
        return 2;
    }}
{show}
{free}
    free(work);
    return 0;
}}
"""

FUNCTION = """\
static void {name}(void *context, size_t count, const real *x, real *y)
{{
    (void)context;
    for (size_t k = 0; k < count; k++)
        y[k] = (real){code}((double)x[k]);
}}
"""
ORDERS = ("sin", "cos")
"""f and f' of an unknown function."""


def is_possible(options: tuple[str, ...], folder: Path) -> bool:
    """Whether programs can be compiled and run with these options: sanitizers are libraries that may be missing."""
    (folder / "nothing.c").write_text("int main(void) { return 0; }\n")
    command = [*find_compiler().command, *options, "nothing.c", "-o", "nothing"]
    compiled = subprocess.run(command, cwd=folder, capture_output=True, timeout=300)
    return not compiled.returncode and not subprocess.run([folder / "nothing"], timeout=60).returncode


class CProgram:
    """The programs of one kernel, for double and for single precision, compiled with some options."""

    def __init__(self, file: NativeKernel, folder: Path, options: tuple[str, ...]) -> None:
        self.file, self.folder, self.options = file, folder, options
        self.name = file.emitted.signature.function
        save(file, folder / f"{self.name}.c")
        self._compile("-c", f"{self.name}.c", "-o", "kernel.o")
        for suffix, real in PRECISIONS.values():
            (folder / f"{suffix}.c").write_text(self._main(suffix, real), encoding="utf-8")
            self._compile(f"{suffix}.c", "kernel.o", "-lm", "-o", suffix)

    def _compile(self, *arguments: str) -> None:
        command = [*find_compiler().command, *self.options, *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr

    def _main(self, suffix: str, real: str) -> str:
        schedule, signature = self.file.schedule, self.file.emitted.signature
        sizes = [f"number[{k}]" for k in range(len(self.file.emitted.sizes))]
        names = [*(f"x{k}" for k in range(len(schedule.inputs))), *(f"y{k}" for k in range(len(schedule.outputs)))]
        counts = {name: f"number[{len(sizes) + k}]" for k, name in enumerate(names)}
        given, made = names[: len(schedule.inputs)], names[len(schedule.inputs) :]
        memory = {
            **{name: f"filled({k}, {counts[name]})" for k, name in enumerate(given)},
            **{name: f"memory({counts[name]})" for name in made},
        }
        functions = {f"function_{k}": ORDERS[order] for k, (_, _, order) in enumerate(signature.functions)}
        context = ["NULL"] if functions else []
        return MAIN.format(
            name=signature.function,
            message=self.file.emitted.message,
            real=real,
            suffix=suffix,
            functions="\n".join(FUNCTION.format(name=name, code=code) for name, code in functions.items()),
            memory="\n".join(f"    real *{name} = {value};" for name, value in memory.items()),
            sizes="".join(f"{size}, " for size in sizes),
            arguments="".join(f"{argument}, " for argument in (*sizes, *given, *functions, *context, *made)),
            show="\n".join(f"    show({name}, {counts[name]});" for name in made),
            free="\n".join(f"    free({name});" for name in names),
        )

    def inputs(self, lengths: Mapping[str, int]) -> list[Any]:
        """What the program fills its inputs with: small numbers, exact in both precisions."""
        return [_filled(k, self._shape(name, lengths)) for k, name in enumerate(self.file.schedule.inputs)]

    def functions(self) -> dict[str, Any]:
        return {keyword: (np.sin, np.cos)[order] for keyword, _, order in self.file.signature.functions}

    def run(self, lengths: Mapping[str, int], suffix: str = "f64") -> list[Any]:
        """The outputs that the program finds."""
        schedule = self.file.schedule
        shapes = [self._shape(name, lengths) for name in (*schedule.inputs, *schedule.outputs)]
        numbers = [*(lengths[size.name] for size in self.file.emitted.sizes), *map(math.prod, shapes)]
        done = subprocess.run(
            [self.folder / suffix, *map(str, numbers)], capture_output=True, text=True, timeout=300,
            env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        found = np.array([float.fromhex(line) for line in done.stdout.split()])
        shapes = shapes[len(schedule.inputs) :]
        ends = np.cumsum([*map(math.prod, shapes)])
        assert ends[-1] == found.size
        return [part.reshape(shape) for part, shape in zip(np.split(found, ends[:-1]), shapes, strict=True)]

    def _shape(self, name: str, lengths: Mapping[str, int]) -> tuple[int, ...]:
        return tuple(lengths[size.name] if size.is_Symbol else length(size, lengths) for size in self.file.shapes[name])


def _filled(seed: int, shape: tuple[int, ...]) -> Any:
    k = np.arange(math.prod(shape))
    return (((37 * k + 11 * seed) % 101 - 50) / 64).reshape(shape)
