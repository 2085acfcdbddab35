"""pf.jacobian: all views of one Jacobian agree, with each other, with differences and, where it is there, with JAX."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from oracles import TIGHT, relative_error

import pushforward as pf
from codegen.reference import evaluate
from codegen.sampling import sample
from symbolic.jacobian.vec import vec_form
from symbolic.jacobian.views import VIEWS
from symbolic.operations import DEFINITIONS, OPERATIONS
from symbolic.statements import Let

SEED = "X1 = X0*W1; X2 = f.(X1); X3 = X2*W2; X4 = f.(X3)"
THREAD = "X0 : n x 2; W2 : h x 1; " + SEED
FULL = ("tensor", "sympy", "vec", "vec-row-major")
PROGRAMS = {
    "seed": SEED,
    "thread": THREAD,
    "softmax of rows": "A : n x m; Y = softmax(A, 2)",
    "softmax of columns": "A : n x m; Y = softmax(A, 1)",
    "transpose": "A : n x m; Y = A'*A",
    "entries": "A : n x m; Y = A .* sin(A)",
    "attention": "Q : n x k; K : m x k; V : m x p; Y = attention(Q, K, V)",
    "layernorm": "A : n x m; Y = layernorm(A)",
    "kron": "A : n x m; B : p x q; Y = kron(A, B)",
    "a scalar": "A : n x m; b : m; y = sum(tanh(A*b))",
    "by a scalar": "a : scalar; A : n x m; Y = sin(a)*A",
    "vectors": "A : n x m; x : m; y = tanh(A*x)",
}
EXAMPLES = {name: record.example for name, record in (OPERATIONS | DEFINITIONS).items()}


def lengths_of(program):
    return {str(size): 3 - k % 2 for k, size in enumerate(program.sizes)}


def point_of(found):
    return sample(found.differential.primal, dict(found.differential.seeds), lengths_of(found.program), 7)


def functions(point):
    return {"d" * order + name: function for (name, order), function in point.functions.items()}


def numbers(found, point):
    wanted = {keyword for keyword, _, _ in found._kernel.signature.functions}
    return found.numbers(**point.inputs, **{name: f for name, f in functions(point).items() if name in wanted})


def one_by_one(found, point):
    """∂Y[i,o]/∂X[a,b] by the reference evaluation of the tangent program along one entry after the other."""
    differential = found.differential
    (seed,) = (seed for _, seed in differential.seeds)
    moved = point.inputs[found.wrt]
    tensor = None
    for a, b in np.ndindex(moved.shape):
        direction = np.zeros(moved.shape)
        direction[a, b] = 1
        values = evaluate(differential.tangent, {**point.inputs, seed: direction}, point.functions)
        column = values[differential.name(found.of)]
        tensor = np.zeros((*column.shape, *moved.shape)) if tensor is None else tensor
        tensor[:, :, a, b] = column
    return tensor


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_all_views_are_one_jacobian(text):
    program = pf.parse(text)
    for given in program.inputs:
        tensor = None
        for view in VIEWS:
            try:
                found = pf.jacobian(program, wrt=given.name, view=view)
            except pf.NotSupported:
                assert view not in FULL
                continue
            point = point_of(found)
            tensor = one_by_one(found, point) if tensor is None else tensor
            layout = pf.layout("tensor", tensor.shape[:2], tensor.shape[2:])
            array = numbers(found, point)
            assert relative_error(array, layout.convert(tensor, view)) < TIGHT
            assert found.layout.axes == pf.layout(view, tensor.shape[:2], tensor.shape[2:]).axes


@pytest.mark.parametrize("text", PROGRAMS.values(), ids=PROGRAMS)
def test_closed_forms_that_are_matrices_are_the_numbers(text):
    """The right side of vec, rows, numerator, … evaluated as it stands."""
    program = pf.parse(text)
    for given in program.inputs:
        for view in ("vec", "vec-row-major", "entries", "numerator", "denominator"):
            try:
                found = pf.jacobian(program, wrt=given.name, view=view)
            except pf.NotSupported:
                continue
            point = point_of(found)
            assert relative_error(_value(found, point), numbers(found, point)) < TIGHT


def _value(found, point):
    """The closed form evaluated, with the commutation matrices it names."""
    expr = found.expr.expr if hasattr(found.expr, "expr") else found.expr
    primal = found.differential.primal
    more = ()
    if found.view.startswith("vec"):
        form = vec_form(found.differential, found.of, found.wrt, found.view == "vec-row-major")
        more = tuple(form.commutations.let(name) for name in form.commutations.sizes)
    lets = (*primal.lets, *more, Let("closed_form", expr))
    return evaluate(replace(primal, lets=lets), point.inputs, point.functions)["closed_form"]


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_operation_has_its_views(name):
    """vec in both orders and, where its index form exists, tensor; each the numbers of the others."""
    program = pf.parse(EXAMPLES[name])
    given = program.inputs[0].name
    arrays = {}
    for view in ("vec", "vec-row-major"):
        found = pf.jacobian(program, wrt=given, view=view)
        point = point_of(found)
        arrays[view] = numbers(found, point)
        if not program.inputs[0].facts:
            assert relative_error(_value(found, point), arrays[view]) < 100 * TIGHT
    symbols = found.differential.primal.symbols
    lengths = lengths_of(program)
    shapes = [
        tuple(int(size.xreplace({s: lengths[str(s)] for s in size.free_symbols})) for size in symbols[each].shape)
        for each in (found.of, given)
    ]
    assert np.allclose(pf.layout("vec", *shapes).convert(arrays["vec"], "vec-row-major"), arrays["vec-row-major"])


def test_the_question_in_one_call():
    found = pf.jacobian(pf.parse(THREAD), of="X4", wrt="X0", view="rows")
    assert found.formula == "\n".join(
        [
            "∂x4ᵢ/∂x0ᵢᵀ = f'(x3ᵢ) W2ᵀ diag(f'(x1ᵢ)) W1ᵀ",
            "J[:, 1, 1] = f'(X3) ⊙ ((f'(X1) ⊙ (ones(n, 1) W1[1, :])) W2)",
            "J[:, 1, 2] = f'(X3) ⊙ ((f'(X1) ⊙ (ones(n, 1) W1[2, :])) W2)",
            "  x1ᵢ = (X1[i, :])ᵀ",
            "  x3ᵢ = X3[i]",
        ]
    )
    assert "Row i of X4 depends on row i of X0 alone." in str(found)
    assert "Exact: at a random point" in str(found)
    assert "J[i, o, a] = ∂X4[i, o]/∂X0[i, a], of shape n × 1 × 2" in str(found)
    assert found.latex().startswith(r"\frac{\partial x_{4,i}}{\partial {x_{0,i}}^\top} = ")
    assert r"\begin{aligned}" in found._repr_latex_()
    assert repr(found) == "<Jacobian of X4 with respect to X0, view 'rows'>"


@pytest.mark.parametrize(
    "view, formula",
    [
        ("rows", "∂x4ᵢ/∂x0ᵢᵀ = diag(f'(x3ᵢ)) W2ᵀ diag(f'(x1ᵢ)) W1ᵀ"),
        ("tensor", "∂X4[i,o]/∂X0[a,b] = [i = a] f'(X3)[i,o] Σ_h W2[h,o] f'(X1)[i,h] W1[b,h]"),
        ("vec", "∂vec(X4)/∂vec(X0)ᵀ = diag(vec(f'(X3))) (W2ᵀ ⊗ eye(n)) diag(vec(f'(X1))) (W1ᵀ ⊗ eye(n))"),
        (
            "vec-row-major",
            "∂vec(X4ᵀ)/∂vec(X0ᵀ)ᵀ = diag(vec(f'(X3)ᵀ)) (eye(n) ⊗ W2ᵀ) diag(vec(f'(X1)ᵀ)) (eye(n) ⊗ W1ᵀ)",
        ),
    ],
)
def test_the_views_of_the_question(view, formula):
    assert pf.jacobian(pf.parse(SEED), "X4", "X0", view).closed_form.equations()[0] == formula


@pytest.mark.parametrize(
    "text, wrt, numerator, denominator",
    [
        (PROGRAMS["vectors"], "x", "∂y/∂x = diag(1 - y ⊙ y) A", "∂y/∂x = Aᵀ diag(1 - y ⊙ y)"),
        ("x : n; A : n x n; y = x'*A*x", "x", "∂y/∂x = xᵀ (A + Aᵀ)", "∂y/∂x = (Aᵀ + A) x"),
        ("A : n x n; y = logdet(A)", "A", "∂y/∂A = A⁻¹", "∂y/∂A = (A⁻¹)ᵀ"),
        (PROGRAMS["by a scalar"], "a", "∂Y/∂a = cos(a) A", "∂Y/∂a = cos(a) Aᵀ"),
    ],
)
def test_layouts_of_vector_calculus(text, wrt, numerator, denominator):
    program = pf.parse(text)
    for view, expected in (("numerator", numerator), ("denominator", denominator)):
        assert pf.jacobian(program, wrt=wrt, view=view).formula == expected


def test_commutations_are_explained():
    found = pf.jacobian(pf.parse("A : n x m; Y = A'*A"), view="vec")
    assert found.formula == (
        "∂vec(Y)/∂vec(A)ᵀ = (Aᵀ ⊗ eye(m)) K_n_m + eye(m) ⊗ Aᵀ\n  K_n_m vec(A) = vec(Aᵀ), A : n × m"
    )
    assert "K_{n,m}" in found.latex()


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda p: pf.jacobian(p, view="jaxx"), "there is no view 'jaxx'"),
        (lambda p: pf.jacobian(p, of="Z"), "'Z' is not a name of this program"),
        (lambda p: pf.jacobian(p, wrt="Z"), "Z"),
        (lambda p: pf.jacobian(p, wrt="W1", view="rows"), "rows are mixed by X1 = X0 W1"),
        (lambda p: pf.jacobian(p, wrt="W2", view="rows"), "Column j of X4 depends on column j of W2 alone"),
        (lambda p: pf.jacobian(p, view="entries"), "columns are mixed by X1 = X0 W1"),
        (lambda p: pf.jacobian(p, view="numerator"), "no numerator layout of a n×p matrix by a n×m one"),
    ],
)
def test_what_there_is_not_says_so(call, message):
    with pytest.raises(pf.ProgramError, match=message):
        call(pf.parse(SEED))


def test_inputs_are_named():
    found = pf.jacobian(pf.parse("A : n x m; B : m x p; Y = A*B"), wrt="B")
    A, B = np.ones((2, 3)), np.ones((3, 2))
    assert np.array_equal(found.numbers(A, B), found.numbers(A, B=B))
    with pytest.raises(TypeError, match="no value is given for B; the inputs are A, B"):
        found.numbers(A)
    with pytest.raises(TypeError, match="more values than inputs"):
        found.numbers(A, B, B)


def test_a_gradient_is_a_kernel_in_denominator_layout():
    kernel = pf.jacobian(pf.parse("X : n x m; y = sum(X .* X)"), view="denominator").kernel()
    assert np.array_equal(kernel(np.ones((2, 3))), 2 * np.ones((2, 3)))


def test_what_cannot_fit_says_so_before_it_is_computed():
    found = pf.jacobian(pf.parse(THREAD), view="tensor")
    X0, W1, W2 = np.zeros((10**6, 2)), np.zeros((2, 4)), np.zeros((4, 1))
    with pytest.raises(MemoryError, match="16,000,000,000,000 bytes"):
        found.numbers(X0, W1=W1, W2=W2, f=np.sin, df=np.cos)


@pytest.mark.parametrize("wrt", [0, 1, 2])
def test_jax_agrees(wrt):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    random = np.random.default_rng(1)
    given = [random.standard_normal(shape) for shape in ((5, 2), (2, 4), (4, 3))]

    def model(X0, W1, W2):
        return jnp.sin(jnp.sin(X0 @ W1) @ W2)

    expected = {way: np.asarray(getattr(jax, way)(model, wrt)(*given)) for way in ("jacfwd", "jacrev")}
    program, name = pf.parse(SEED).define(f="sin"), ("X0", "W1", "W2")[wrt]
    layout = pf.layout("jax", expected["jacfwd"].shape[:2], expected["jacfwd"].shape[2:])
    for tensor in expected.values():
        for view in FULL:
            array = pf.jacobian(program, "X4", name, view).numbers(*given)
            assert relative_error(array, layout.convert(tensor, view)) < 1e-12
    if name == "X0":
        rows = np.asarray(jax.vmap(jax.jacrev(lambda x: model(x, *given[1:])))(given[0]))
        assert relative_error(pf.jacobian(program, "X4", "X0", "rows").numbers(*given), rows) < 1e-12


def test_a_long_program_is_read_statement_by_statement():
    text = "; ".join(["A : n x n", "Y0 = A", *(f"Y{k + 1} = f(Y{k}*A) + Y{k}" for k in range(100))])
    found = pf.jacobian(pf.parse(text), view="vec")
    with pytest.raises(pf.LimitError, match="can be read one by one"):
        found.formula  # noqa: B018
    assert "more than 20,000 operations" in str(found)
    lines = found.statements.lines("unicode")
    assert lines[3:5] == ["Y1 = f(Y0 A) + Y0", "J_Y1 = diag(vec(f'(Y0 A))) ((Aᵀ ⊗ eye(n)) J_Y0 + eye(n) ⊗ Y0) + J_Y0"]
    assert len(lines) == 203
    with pytest.raises(pf.NotSupported, match="has no statements"):
        pf.jacobian(pf.parse(text), view="tensor").statements  # noqa: B018


def test_letters_that_are_sizes_are_not_taken_for_indices():
    text = "; ".join(["X : i x r", "Y0 = X", *(f"Y{k + 1} = f(Y{k}*W{k})" for k in range(40))])
    assert "∂y40ᵢ₂/∂xᵢ₂ᵀ = " in pf.jacobian(pf.parse(text), view="rows").formula
