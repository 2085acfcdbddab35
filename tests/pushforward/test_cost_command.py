"""pushforward cost, and pf.cost: what they say."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

import pushforward as pf
from pushforward.cli import main

SEED = "X1 = X0*W1; X2 = tanh(X1); X3 = X2*W2; X4 = tanh(X3)"
DONE, FAILED, USAGE, PROGRAM, FILE = range(5)


def run(*arguments: str) -> Result:
    return CliRunner(env={"COLUMNS": "160"}).invoke(main, ["cost", *arguments], prog_name="pushforward")


def test_every_statement_and_the_totals() -> None:
    result = run("-e", SEED, "--wrt", "X0", "--size", "n=1000")
    assert result.exit_code == DONE
    lines = [" ".join(line.split()) for line in result.output.splitlines()]
    assert "δX1 = δX0 W1 2 n m h 8,192,000 n m + n h + m h" in lines
    assert "δX2 = (1 - X2 ⊙ X2) ⊙ δX1 3 n h 192,000 7 n h" in lines
    values, moved = "2 n m h + 2 n h p + 10 n h + 10 n p", "4 n m h + 4 n h p + 13 n h + 13 n p"
    assert f"flops {values} {moved} {moved}" in lines
    assert "n = 1000, m = 64, h = 64, p = 64" in result.output


def test_the_pullback_statement_by_statement() -> None:
    output = run("-e", SEED, "--wrt", "W1", "--mode", "reverse").output
    assert output.startswith("values and pullback") and "X0ᵀ X̄1" in output


def test_where_there_is_no_pullback_the_rest_is_told() -> None:
    program = ("-e", "X : n x m; Y = sin(X)", "--order", "2")
    result = run(*program)
    assert result.exit_code == DONE and "# no pullback: " in result.stderr and "+ pullback" not in result.stdout
    assert run(*program, "--mode", "reverse").exit_code == PROGRAM


def test_json_holds_formulas_and_numbers() -> None:
    found = json.loads(run("-e", SEED, "--wrt", "X0", "--size", "n=10", "--json").stdout)
    assert list(found) == ["values", "differential", "pullback"]
    assert found["values"]["flops"] == {"formula": "2 n m h + 2 n h p + 10 n h + 10 n p", "number": 176_640}
    assert found["values"]["statements"][0] == {
        "statement": "X1 = X0 W1",
        "flops": {"formula": "2 n m h", "number": 81_920},
        "moved": {"formula": "n m + n h + m h", "number": 5_376},
    }


def test_an_unknown_size_is_refused() -> None:
    result = run("-e", SEED, "--size", "z=3")
    assert result.exit_code == PROGRAM and "no size 'z'" in result.output


@pytest.mark.parametrize("what", ["program", "differential", "adjoint"])
def test_the_statements_add_up_to_the_whole(what: str) -> None:
    program = pf.parse("A : n x n; X : n x m; Y = softmax(A*X, 2); y = sum(square(Y)) + logdet(A*A')")
    derived = {"program": program, "differential": pf.differential(program), "adjoint": pf.gradient(program)}[what]
    cost = pf.cost(derived)
    assert (sum(row.flops for row in cost.statements) - cost.flops).expand() == 0
    assert (sum(row.moved for row in cost.statements) - cost.moved).expand() == 0


def test_in_words() -> None:
    assert str(pf.cost(pf.parse("X : n x m; Y = sin(X)"), {"n": 1000, "m": 2})).splitlines() == [
        "flops: 10 n m = 20,000",
        "moved: 2 n m numbers = 32,000 bytes",
        "peak memory: n m numbers = 16,000 bytes",
        "temporaries: 0; flops for each byte moved: 0.62",
    ]
