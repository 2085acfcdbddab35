"""What an expression is lowered to, as lines that can be compared."""

import re

from codegen.lower import lower
from codegen.operations import OPERATIONS
from codegen.passes import remove_dead
from codegen.schedule import Literal
from symbolic.language.read import read_program


def lowered(expression):
    """What lowering leaves, but for what nothing needs: operations of the table, of names and numbers."""
    schedule = remove_dead(lower(read_program(f"a : scalar\nA : n x n\nB : n x n\nv : n\nY = {expression}")))
    for instr in schedule.instrs:
        assert instr.op in OPERATIONS
        assert all(isinstance(arg, str | Literal) for arg in instr.args)
    return schedule


def renumbered(lines):
    """Intermediate results as .1, .2, …, whatever gaps the numbers had."""
    text = "\n".join(lines)
    numbers = {name: f".{k}" for k, name in enumerate(dict.fromkeys(re.findall(r"(?m)^\.\d+", text)), start=1)}
    return re.sub(r"(?<!\d)\.\d+", lambda match: numbers.get(match[0], match[0]), text).splitlines()
