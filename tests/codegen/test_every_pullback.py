"""Pullback, gradient and Hessian-vector product of every operation's example, as kernels that are verified."""

from dataclasses import replace

import pytest

from codegen.kernel import compile_kernel
from codegen.verify import verify_kernel
from symbolic.differential import differentiate
from symbolic.language.read import read_program
from symbolic.nodes import SCALAR, apply, operate
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.reverse.adjoint import adjoint
from symbolic.reverse.gradients import gradient, hvp
from symbolic.statements import Let

RECORDS = [*OPERATIONS.values(), *DEFINITIONS.values()]


def scalar(record):
    """The example, and where its result is no scalar, the sum of the sines of its entries."""
    program = read_program(record.example)
    result = program.symbols[program.outputs[-1]]
    if result.shape == SCALAR:
        return replace(program, outputs=(result.name,))
    loss = Let("loss", operate("sum", apply("sin", result)))
    return replace(program, lets=(*program.lets, loss), outputs=("loss",))


def verified(derived):
    kernel = compile_kernel(derived)
    sizes = {str(size): 4 - k % 2 for k, size in enumerate(kernel.program.sizes)}
    return verify_kernel(kernel, sizes, seeds=(0,))


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_pullback_and_gradient(record):
    for derived in (adjoint(differentiate(read_program(record.example))), gradient(scalar(record))):
        report = verified(derived)
        assert report.passed, str(report)
        assert {"value", "complex step", "dot product"} <= set(report.by_method()) | (
            {"value"} if not derived.of else set()
        )


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_hessian_vector_product(record):
    report = verified(hvp(scalar(record)))
    assert report.passed, str(report)
