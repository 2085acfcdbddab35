"""Everything that an operation needs is there: of what is not, the place that was forgotten is named.

And nothing is a silent zero: without its rule an operation is refused by its name; with it, it depends on all operands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sympy import ZeroMatrix

import pushforward as pf
from codegen.lower import lower
from codegen.operations import EXPANSIONS
from codegen.operations import OPERATIONS as INSTRUCTIONS
from codegen.passes import optimize
from codegen.reference import VALUES
from codegen.reference_operations import OPERATION_VALUES, WATCHED
from codegen.targets.numpy import SPELLINGS
from pushforward import catalogue
from pushforward.catalogue import OPERATORS, Form
from pushforward.sources import work_cited
from symbolic.differential import differentiate
from symbolic.errors import DifferentiationError
from symbolic.exact_operations import EXACT_OPERATIONS
from symbolic.functions import CATALOGUE, ElementaryFunction
from symbolic.indices.entries import CODED as CODED_ENTRIES
from symbolic.nodes import LEAVES, NODES, Elementwise, Operation, operate, zeros
from symbolic.operations import DEFINITIONS, OPERATIONS, RESULTS, Definition, MatrixOperation
from symbolic.reverse.adjoint import adjoint
from symbolic.reverse.transposition import TRANSPOSITIONS
from symbolic.rules import RULES
from tools.reference import PAGE

NOT_RATIONAL = {
    "logdet", "max", "max_1", "max_2", "max_weights", "max_weights_1", "max_weights_2", "logsumexp", "logsumexp_1",
    "logsumexp_2", "expm", "expm_frechet", "logm", "logm_frechet", "sinm", "sinm_frechet", "cosm", "cosm_frechet",
    "sqrtm", "chol", "qr_q", "qr_r", "eigvalsh", "eigvecsh", "eigval", "eigvec", "svdvals", "svd_u", "svd_v",
}  # fmt: skip
"""Operations whose values are no quotients of polynomials, or are chosen by size: a prime field has none of them."""

PIECEWISE_CONSTANT = {"max_weights", "max_weights_1", "max_weights_2", "sign", "step"}
"""The only operations whose differential is zero."""

NO_ENTRIES = {"expm_frechet", "logm_frechet", "sinm_frechet", "cosm_frechet"}
"""Linear operations whose entries are no finite sums of products of entries."""

NO_SOURCE_NEEDED = ("definition", "linear: ", "piecewise ", "from ")
"""How a reason begins that stands in the place of a citation."""

Record = MatrixOperation | Definition


# What each kind of operation needs, in the order in which it is added


def _program(record: Record) -> pf.Program:
    return pf.parse(record.example, record.name)


def _operations_in(record: Record) -> set[str]:
    return {str(node.name) for node in _program(record).nodes() if type(node) is Operation}


def _lowered(record: Record, *, passes: bool) -> set[str]:
    schedule = lower(_program(record))
    return {instr.op for instr in (optimize(schedule) if passes else schedule).instrs} - {"call"}


def _reads_again(record: Record) -> bool:
    """The differential as it is printed, read and compared."""
    tangent = differentiate(_program(record)).tangent
    return all(pf.parse(tangent.text(style)) == tangent for style in ("text", "unicode"))


def _is_cited(cite: str) -> bool:
    return bool(work_cited(cite)) or cite.startswith(NO_SOURCE_NEEDED)


def _has_entries(record: MatrixOperation) -> bool:
    """In its record, in code where it has any number of operands, or known to be none."""
    places = bool(record.entries), record.name in CODED_ENTRIES, record.name in NO_ENTRIES
    return places.count(True) == bool(record.is_linear or record.linear_in)


def _has_vec(record: MatrixOperation) -> bool:
    """A line for each operand that it is linear in; those of any number of operands are coded."""
    return len(record.vec) == (0 if record.variadic else len(record.linear_in))


def _on_page(name: str) -> bool:
    return f"\n### {name}\n" in PAGE.read_text("utf-8")


OF_AN_OPERATION: dict[str, Callable[[MatrixOperation], Any]] = {
    "symbolic/operations: a meaning": lambda record: record.meaning,
    "symbolic/operations: a cite that pushforward/sources.py knows": lambda record: _is_cited(record.cite),
    "symbolic/operations: an example that reads": lambda record: record.name in _operations_in(record),
    "symbolic/rules: a rule in RULES": lambda record: (Operation, record.name) in RULES,
    "symbolic/operations: its line entries, or NO_ENTRIES of tests/test_completeness.py": _has_entries,
    "symbolic/operations: a line vec for each operand of linear_in": _has_vec,
    "codegen/reference_operations.py: a value in OPERATION_VALUES": lambda record: record.name in OPERATION_VALUES,
    "codegen/reference_operations.py: a distance in WATCHED": lambda record: (
        not record.singular or record.name in WATCHED
    ),
    "symbolic/exact_operations.py: a value in EXACT_OPERATIONS, or NOT_RATIONAL of tests/test_completeness.py": (
        lambda record: (record.name in EXACT_OPERATIONS) is not (record.name in NOT_RATIONAL)
    ),
    "codegen/operations.py: its instruction in OPERATIONS": (
        lambda record: _lowered(record, passes=False) <= INSTRUCTIONS.keys()
    ),
    "codegen/targets/numpy: its spelling in SPELLINGS": lambda record: (
        _lowered(record, passes=True) <= SPELLINGS.keys()
    ),
    "symbolic/language: a differential that reads as it is printed": _reads_again,
    "symbolic/rules: a differential of its differential": (
        lambda record: differentiate(differentiate(_program(record)).tangent)
    ),
    "symbolic/operations: an adjoint for each operand of linear_in, or symbolic/reverse/transposition.py": (
        lambda record: not (record.linear_in or record.jointly) or record.name in TRANSPOSITIONS
    ),
    "symbolic/reverse/adjoint.py: a pullback of its differential": lambda record: adjoint(
        differentiate(_program(record))
    ),
    "docs/operations.md: run make docs": lambda record: _on_page(record.written),
}

OF_A_DEFINITION: dict[str, Callable[[Definition], Any]] = {
    "symbolic/operations: a meaning": lambda record: record.meaning,
    "symbolic/operations: a cite that pushforward/sources.py knows": lambda record: _is_cited(record.cite),
    "symbolic/operations: an example that reads": _program,
    "symbolic/language: a differential that reads as it is printed": _reads_again,
    "symbolic/rules: a differential of its differential": (
        lambda record: differentiate(differentiate(_program(record)).tangent)
    ),
    "symbolic/reverse/adjoint.py: a pullback of its differential": lambda record: adjoint(
        differentiate(_program(record))
    ),
    "docs/operations.md: run make docs": lambda record: _on_page(record.written),
}

OF_A_FUNCTION: dict[str, Callable[[ElementaryFunction], Any]] = {
    "symbolic/functions.py: a cite that pushforward/sources.py knows": lambda function: _is_cited(function.cite),
    "symbolic/rules: a rule in RULES": lambda function: (Elementwise, function.name) in RULES,
    "codegen/reference.py: a value in VALUES": lambda function: function.name in VALUES,
    "codegen/targets/numpy: its spelling in SPELLINGS, or codegen/operations.py: its expansion in EXPANSIONS": (
        lambda function: function.name in SPELLINGS or function.name in EXPANSIONS
    ),
    "docs/operations.md: run make docs": lambda function: f"\n| {function.name} |" in PAGE.read_text("utf-8"),
}


def gaps(record: Any) -> list[str]:
    """The places where something is missing that an operation, a composition or a function needs."""
    needs = {MatrixOperation: OF_AN_OPERATION, Definition: OF_A_DEFINITION, ElementaryFunction: OF_A_FUNCTION}
    return [place for place, holds in needs[type(record)].items() if not _holds(holds, record)]


def _holds(check: Callable[[Any], Any], record: Any) -> bool:
    try:
        return bool(check(record))
    except Exception:  # whatever goes wrong where something is missing, the place is what is said
        return False


ALL = [*OPERATIONS.values(), *DEFINITIONS.values(), *CATALOGUE.values()]


@pytest.mark.parametrize("record", ALL, ids=lambda record: record.name)
def test_nothing_is_missing(record: Any) -> None:
    missing = gaps(record)
    assert not missing, f"{record.name} lacks {' and '.join(missing)}; see docs/add-an-operation.md"


def test_every_operation_is_rational_or_said_not_to_be() -> None:
    assert NOT_RATIONAL | EXACT_OPERATIONS.keys() == OPERATIONS.keys()
    assert not NOT_RATIONAL & EXACT_OPERATIONS.keys()


def test_every_node_type_has_a_rule_and_is_an_operator_of_the_catalogue() -> None:
    known = {type(pf.parse(entry.forms[0].example).lets[-1].expr) for entry in OPERATORS}
    assert known == {operation for operation, name in RULES if not name} == {*NODES} - {*LEAVES, Operation}


FORGOTTEN: dict[str, tuple[dict[Any, Any], Any, Any]] = {
    "symbolic/rules: a rule in RULES": (RULES, (Operation, "chol"), OPERATIONS["chol"]),
    "codegen/reference_operations.py: a value in OPERATION_VALUES": (OPERATION_VALUES, "chol", OPERATIONS["chol"]),
    "codegen/reference_operations.py: a distance in WATCHED": (WATCHED, "chol", OPERATIONS["chol"]),
    "symbolic/exact_operations.py: a value in EXACT_OPERATIONS": (EXACT_OPERATIONS, "det", OPERATIONS["det"]),
    "codegen/operations.py: its instruction in OPERATIONS": (INSTRUCTIONS, "kron", OPERATIONS["kron"]),
    "codegen/targets/numpy: its spelling in SPELLINGS": (SPELLINGS, "chol", OPERATIONS["chol"]),
    "symbolic/operations: an adjoint for each operand": (TRANSPOSITIONS, "tr", OPERATIONS["tr"]),
    "codegen/reference.py: a value in VALUES": (VALUES, "tanh", CATALOGUE["tanh"]),
    "codegen/targets/numpy: its spelling in SPELLINGS, or": (SPELLINGS, "tanh", CATALOGUE["tanh"]),
}


@pytest.mark.parametrize("place", FORGOTTEN)
def test_what_is_forgotten_in_a_table_is_named(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table, key, record = FORGOTTEN[place]
    monkeypatch.delitem(table, key)
    assert gaps(record)[0].startswith(place)
    with pytest.raises(AssertionError, match=f"{record.name} lacks {place}"):
        test_nothing_is_missing(record)


@pytest.mark.parametrize(
    "faulty, place",
    [
        (replace(OPERATIONS["chol"], meaning=""), "symbolic/operations: a meaning"),
        (replace(OPERATIONS["chol"], cite="a friend"), "symbolic/operations: a cite"),
        (replace(OPERATIONS["chol"], cite="Higham 2009"), "symbolic/operations: a cite"),
        (replace(OPERATIONS["chol"], example="A : n x n spd\nY = chol(A"), "symbolic/operations: an example"),
        (replace(OPERATIONS["chol"], example="A : n x n spd\nY = inv(A)"), "symbolic/operations: an example"),
        (replace(OPERATIONS["tr"], entries=""), "symbolic/operations: its line entries"),
        (replace(OPERATIONS["solve"], entries=""), "symbolic/operations: its line entries"),
        (replace(OPERATIONS["sylvester"], vec=()), "symbolic/operations: a line vec"),
        (replace(OPERATIONS["kron"], vec=OPERATIONS["kron"].vec[:1]), "symbolic/operations: a line vec"),
        (replace(OPERATIONS["chol"], entries="A[i,j]"), "symbolic/operations: its line entries"),
        (replace(OPERATIONS["chol"], call="choleski"), "docs/operations.md"),
        (replace(DEFINITIONS["softmax_2"], example="A : n x m\nY = softmax(B, 3)"), "symbolic/operations: an example"),
        (replace(DEFINITIONS["affine"], call="linear"), "docs/operations.md"),
        (replace(CATALOGUE["tanh"], cite=""), "symbolic/functions.py: a cite"),
        (replace(CATALOGUE["tanh"], name="tanhh"), "symbolic/rules"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_what_is_wrong_in_a_record_is_named(faulty: Any, place: str) -> None:
    assert gaps(faulty)[0].startswith(place)


# No silent zeros

FORMS = [form for entry in catalogue.ENTRIES if entry.name not in RESULTS for form in entry.forms]
WITH_A_RULE = [form for form in FORMS if not form.composed]
COMPOSED = [form for form in FORMS if form.composed]


def _name(form: Form) -> str:
    return form.name


def _key(form: Form) -> tuple[type, str]:
    """What the rule of a form is found by."""
    if form.name in OPERATIONS:
        return Operation, form.name
    if form.name in CATALOGUE:
        return Elementwise, form.name
    node = pf.parse(form.example).lets[-1].expr
    return type(node), ""


def test_the_forms_are_all_that_there_is() -> None:
    assert {form.name for form in FORMS} >= {*OPERATIONS, *DEFINITIONS, *CATALOGUE}
    assert {_key(form) for form in WITH_A_RULE} == RULES.keys()


@pytest.mark.parametrize("form", WITH_A_RULE, ids=_name)
def test_without_its_rule_an_operation_is_refused_by_name(form: Form, monkeypatch: pytest.MonkeyPatch) -> None:
    program = pf.parse(form.example)
    operation, name = _key(form)
    differentiate(program)
    monkeypatch.delitem(RULES, (operation, name))
    with pytest.raises(DifferentiationError, match=rf"there is no rule for .* {name or operation.__name__}\b"):
        differentiate(program)


@pytest.mark.parametrize("form", COMPOSED, ids=_name)
def test_without_any_one_of_its_rules_a_composition_is_refused(form: Form) -> None:
    program = pf.parse(form.example)
    rules = {step.rule.operation: step.rule for step in differentiate(program).steps if step.is_rule}
    assert rules
    for key, rule in rules.items():
        with pytest.MonkeyPatch.context() as patch, pytest.raises(DifferentiationError, match="there is no rule for"):
            patch.delitem(RULES, key)
            differentiate(program)
        assert RULES[key] is rule


@pytest.mark.parametrize("form", FORMS, ids=_name)
def test_the_differential_depends_on_every_operand(form: Form) -> None:
    program = pf.parse(form.example)
    output = program.outputs[-1]
    for given in program.inputs:
        differential = differentiate(program, given.name)
        zero = type(differential.closed_form(output).expr) is ZeroMatrix
        assert zero is (form.name in PIECEWISE_CONSTANT), given.name


@pytest.mark.parametrize(
    "faulty",
    [lambda node, d: zeros(*node.shape), lambda node, d: operate("solve", node.operands[0], d(node.operands[1]))],
    ids=["zero", "an operand forgotten"],
)
def test_a_rule_that_leaves_out_a_dependence_is_found(faulty: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = RULES[Operation, "solve"]
    monkeypatch.setitem(RULES, rule.operation, replace(rule, apply=faulty))
    with pytest.raises(AssertionError, match="A"):
        test_the_differential_depends_on_every_operand(catalogue.find("solve")[1])


@pytest.mark.parametrize("form", FORMS, ids=_name)
def test_the_example_verifies(form: Form) -> None:
    kernel = pf.compile(differentiate(pf.parse(form.example)))
    sizes = {str(size): 2 + k for k, size in enumerate(kernel.program.sizes)}
    report = pf.verify(kernel, sizes, seeds=(0,))
    assert report.passed, str(report)
