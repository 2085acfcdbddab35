"""Random programs: expressions from the top down, each operand asked for by shape and by what has to hold of it."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import count
from random import Random
from typing import Any

from sympy import Expr, Integer

from symbolic import nodes
from symbolic.errors import NotSupported
from symbolic.language.read import read_program
from symbolic.nodes import Node, Operation, Shape, dimension
from symbolic.operations import OPERATIONS
from symbolic.program import Program
from symbolic.statements import Input, Let, ScalarFunction
from symbolic.walks import subexpressions
from tools.generator import sizes
from tools.generator.coverage import NODES, PRODUCTIONS, Pair, pairs_in
from tools.generator.entrywise import OWN_FUNCTIONS
from tools.generator.leaves import Leaves
from tools.generator.possible import possible_pairs
from tools.generator.requests import ONE, Chooser, Plan, Request, ask

ATTEMPTS = 400
"""Shapes and places at which a pair is tried."""
SURE_ATTEMPTS = 60
PAIRS_EACH = 2
MAX_OUTPUTS = 2
DEPTH = 2
NUMERIC_SIZES = ((1, 2, 3), (1, 2), (2, 3), (1, 3), (2, 4), (3,), (1,))
SYMBOLIC_SIZES = (("n", "m"), ("n",), ("h", "p"), ("batch", "k1"), ("m", "n"))
LETS = ("Y{}", "Y{}", "Z{}", "gamma{}", "out{}")


@dataclass(frozen=True)
class Drawn:
    """A random program, the pairs of operations that it was built for, and those of them that it missed."""

    program: Program
    wanted: tuple[Pair, ...]
    missed: tuple[Pair, ...] = ()


def programs(seed: int) -> Iterator[Program]:
    """A stream of random programs, the same for the same seed."""
    return (draw(seed, index).program for index in count())


def draw(seed: int, index: int, statements: int = PAIRS_EACH, depth: int = DEPTH) -> Drawn:
    """The program of a stream at a place. Every possible pair of operations is built for once before any is again."""
    random = Random(f"{seed} {index}")
    return build(random, wanted_pairs(seed, index)[:statements], depth, f"random_{seed}_{index}")


def wanted_pairs(seed: int, index: int) -> tuple[Pair, ...]:
    places = range(index * PAIRS_EACH, (index + 1) * PAIRS_EACH)
    everything = len(possible_pairs())
    return tuple(_in_random_order(seed, place // everything)[place % everything] for place in places)


def programs_in_a_round() -> int:
    """How many programs it takes until every possible pair has been built for."""
    return -(-len(possible_pairs()) // PAIRS_EACH)


@lru_cache(maxsize=4)
def _in_random_order(seed: int, number: int) -> tuple[Pair, ...]:
    shuffled = list(possible_pairs())
    Random(f"{seed} round {number}").shuffle(shuffled)
    return tuple(shuffled)


def build(random: Random, wanted: tuple[Pair, ...], depth: int, name: str) -> Drawn:
    """A program with a statement for each of the pairs, and others around them."""
    building = Building(random, depth)
    missed = []
    for pair in wanted:
        if building.chooser.chance(0.2):
            building.bind(building.anything())
        node = building.paired(pair)
        if node is None:
            missed.append(pair)
        else:
            building.bind(node)
    if not building.lets or building.chooser.chance(0.3):
        building.bind(building.anything())
    return Drawn(building.program(name), wanted, tuple(missed))


class Building(Leaves):
    """One program while it is built."""

    def __init__(self, random: Random, depth: int) -> None:
        super().__init__(Chooser(random, _sizes(random)))
        self.depth = depth
        self.lets: list[Let] = []
        self.made: list[tuple[Request, Node]] = []

    def request(self, choose: Chooser) -> Request:
        """A statement of any shape; with symbolic sizes also of shapes that no input can have."""
        a, b, c = choose.size(), choose.size(), choose.size()
        if choose.chance(0.6 if choose.hopeful else 0.85):
            return ask(*choose.pick(((a, a), (a, a), (a, ONE), (ONE, b), (ONE, ONE), (a, b), (a, b))))
        return ask(*choose.pick(_LARGE if not a.is_Symbol else (*_LARGE, *_LESS))(a, b, c))

    # Expressions

    def expression(self, request: Request, depth: int) -> Node:
        """An expression with the shape and what is needed; the deeper, the more operations."""
        choose = self.chooser
        if depth <= 0 or choose.chance(0.2):
            return self.leaf(request)
        again = [node for earlier, node in self.made if earlier == request]
        if again and choose.chance(0.2):
            return choose.pick(again)
        for _ in range(20):
            plan = PRODUCTIONS[choose.pick(_NAMES)](choose, request)
            if plan is not None:
                return self.carry_out(plan, request, depth)
        return self.leaf(request)

    def anything(self) -> Node:
        """A statement that nothing is asked of."""
        while True:
            node = self.expression(self.request(self.chooser), self.depth)
            if self.is_sound(node):
                return node

    def carry_out(self, plan: Plan, request: Request, depth: int) -> Node:
        node = plan.build(*(self.expression(wanted, depth - 1) for wanted in plan.requests))
        self.made.append((request, node))
        return node

    def paired(self, pair: Pair) -> Node | None:
        """An expression that applies the first operation to the result of the second; None if no attempt gave one."""
        for attempt in range(ATTEMPTS):
            choose = self._narrowed(attempt)
            plan = PRODUCTIONS[pair[0]](choose, self.request(choose))
            before = len(self.inputs), len(self.made)
            node = self._paired(choose, plan, pair) if plan is not None else None
            if node is not None:
                return node
            del self.inputs[before[0] :], self.made[before[1] :]
        return None

    def _narrowed(self, attempt: int) -> Chooser:
        """Fewer sizes to choose from, so that shapes fit more often; in the end others too, small ones, and hope."""
        choose, hopeful = self.chooser, attempt >= SURE_ATTEMPTS
        found = (*choose.sizes, *map(Integer, (1, 2, 3))) if hopeful else choose.sizes
        if (attempt + hopeful) % 3:
            found = (ONE,) if (attempt + hopeful) % 3 == 1 else (choose.pick(found),)
        return Chooser(choose.random, found, hopeful)

    def _paired(self, choose: Chooser, plan: Plan, pair: Pair) -> Node | None:
        for place in choose.random.sample(range(len(plan.requests)), len(plan.requests)):
            within = PRODUCTIONS[pair[1]](choose, plan.requests[place])
            if within is None:
                continue
            operands = [self.expression(wanted, choose.pick((0, 0, self.depth - 1))) for wanted in plan.requests]
            operands[place] = self.carry_out(within, plan.requests[place], choose.pick((0, 1, 1, self.depth)))
            node = plan.build(*operands)
            if _is_seen(node, pair) and self.is_sound(node):
                return node
        return None

    def is_sound(self, node: Node) -> bool:
        """Whether operations that are of symmetric matrices have one that is known to be."""
        if not any(type(part) is Operation and OPERATIONS[part.name].symmetric for part in subexpressions(node)):
            return True
        inputs = (*self.inputs, *map(_input_of_size, filter(lambda size: size.is_Symbol, self.chooser.sizes)))
        try:
            Program("", inputs, (*self.lets, Let("Y", node)), ("Y",), own_functions(OWN_FUNCTIONS))
        except NotSupported:
            return False
        return True

    # Statements

    def bind(self, node: Node) -> None:
        name = self.chooser.pick(LETS).format(len(self.lets) + 1)
        self.lets.append(Let(name, node))
        self.named.append((ask(*node.shape), self.lets[-1].symbol))

    def program(self, name: str) -> Program:
        """With the inputs and functions that are used; what no statement uses is returned, or added up."""
        self._add_up_results()
        parts = [part for let in self.lets for part in subexpressions(let.expr)]
        used = set(parts)
        functions = {part.function for part in parts if type(part) is nodes.Elementwise}
        inputs = [given for given in self.inputs if given.symbol in used or self.chooser.chance(0.05)]
        known = {symbol for given in inputs for size in given.shape for symbol in size.free_symbols}
        inputs += self._missing_sizes(parts, known)
        if not inputs:
            inputs = [Input("A", (ONE, ONE))]
        outputs = [let.name for let in self._results()]
        self.chooser.random.shuffle(outputs)
        own = own_functions([function for function in OWN_FUNCTIONS if function in functions])
        return Program(name, tuple(inputs), tuple(self.lets), tuple(outputs), own)

    def _missing_sizes(self, parts: list[Node], known: set[Expr]) -> Iterator[Input]:
        """An input for each size that only constants have."""
        for size in self.chooser.sizes:
            if size.is_Symbol and size not in known and any(_has_size(part, size) for part in parts):
                yield _input_of_size(size)

    def _results(self) -> list[Let]:
        used = {
            part
            for let in self.lets
            for part in subexpressions(let.expr)
            if part is not let.expr or not nodes.operands(part)
        }
        return [let for let in self.lets if let.symbol not in used]

    def _add_up_results(self) -> None:
        results = self._results()
        if len(results) > MAX_OUTPUTS:
            sums = [nodes.operate("sum", let.symbol) for let in results[:-1]]
            self.bind(nodes.add(*sums))


_NAMES = tuple(PRODUCTIONS)
_ShapeOf = Callable[[Any, Any, Any], Shape]
_LARGE: tuple[_ShapeOf, ...] = (
    lambda a, b, c: (2 * a, b),
    lambda a, b, c: (a * b, c),
    lambda a, b, c: (a + b, c),
    lambda a, b, c: (c, a + b),
    lambda a, b, c: (2 * a, 2 * a),
    lambda a, b, c: (a, a * b),
    lambda a, b, c: (a * a, ONE),
)
_LESS: tuple[_ShapeOf, ...] = (
    lambda a, b, c: (a - 1, b),
    lambda a, b, c: (b, a - 1),
    lambda a, b, c: (a, sizes.smaller(a, b)),
    lambda a, b, c: (sizes.smaller(a, b), ONE),
)


def _is_seen(node: Node, pair: Pair) -> bool:
    """Whether a pair is in an expression; compositions are written out, and taken to be."""
    return not all(name in NODES for name in pair) or pair in pairs_in(node, OWN_FUNCTIONS)


def _input_of_size(size: Expr) -> Input:
    return Input(f"size_{size}", (size, ONE))


def _has_size(part: Node, size: Expr) -> bool:
    return bool(part.has(size))


def _sizes(random: Random) -> tuple[Expr, ...]:
    """Numbers, or letters and a few numbers."""
    if random.random() < 0.5:
        return tuple(map(Integer, random.choice(NUMERIC_SIZES)))
    letters = tuple(map(dimension, random.choice(SYMBOLIC_SIZES)))
    return (*letters, *map(Integer, random.choice(((1,), (1, 2), (1, 3), (2,)))))


@cache
def _all_own_functions() -> dict[str, ScalarFunction]:
    text = "; ".join(f"{name}(x) = {body}" for name, body in OWN_FUNCTIONS.items())
    return {function.name: function for function in read_program(f"{text}; Y = A").functions}


def own_functions(names: Container[str]) -> tuple[ScalarFunction, ...]:
    return tuple(function for name, function in _all_own_functions().items() if name in names)
