"""Any dialect to a Program: tokens → syntax → shapes → nodes."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping

from sympy import Expr

from symbolic import scalars, shapes
from symbolic.collection import without_collecting
from symbolic.errors import NameError_, ProgramError, ReadError, ShapeError, Source, Span
from symbolic.facts import check_facts
from symbolic.language import sizes, text_lexer
from symbolic.language.cursor import join_lines
from symbolic.language.dialects import dialect_of, tokens_of
from symbolic.language.elaborate import Elaboration
from symbolic.language.infer import Inference
from symbolic.language.parser import parse, parse_expression
from symbolic.language.syntax import (
    Assignment,
    Declaration,
    Definition,
    Name,
    Return,
    Script,
    Statement,
)  # fmt: skip
from symbolic.language.tokens import resolve_marks
from symbolic.language.walk import check_scalar, matrix_names, names_in_size, size_names
from symbolic.language.words import is_known
from symbolic.nodes import Node, Scale, Shape, is_number
from symbolic.program import Program
from symbolic.statements import Input, Let, ScalarFunction
from symbolic.unification import Unknown, may_be_positive
from symbolic.walks import subexpressions


@without_collecting
def read_program(text: str, name: str = "", dialect: str | None = None) -> Program:
    """A program from text (ASCII, Unicode, Julia) or LaTeX.

    `name` labels it in messages and generated files; `dialect` is "text", "latex" or None: look and see.
    Raises ProgramError (ReadError, NameError_, ShapeError, LimitError, NotSupported) with the place.
    """
    source = Source(text.removeprefix("\ufeff"), name or "<program>")
    try:
        dialect = dialect or dialect_of(source.text)
        script = parse(tokens_of(source, dialect), source, bare=dialect == "latex")
        return _Reader(source, script).program(name)
    except ProgramError as error:
        raise error.at(None, source) from None


def read_expression(text: str, names: Mapping[str, Node]) -> Node:
    """A single expression over matrices that are given by name."""
    source = Source(text, "<expression>")
    try:
        syntax = parse_expression(resolve_marks(join_lines(text_lexer.tokens(source)), frozenset(names)), source)
        numbers = {symbol.name for node in names.values() for size in node.shape for symbol in size.free_symbols}
        inference = Inference(source, frozenset(numbers - names.keys()))
        inference.names = {name: node.shape for name, node in names.items()}
        inference.shape(syntax)
        unknown = inference.names.keys() - names.keys()
        if unknown:
            raise NameError_(f"unknown names: {', '.join(sorted(unknown))}", syntax.span)
        return Elaboration(names).matrix(syntax)
    except ProgramError as error:
        raise error.at(None, source) from None


class _Reader:
    """One text on its way from a Script to a Program."""

    def __init__(self, source: Source, script: Script) -> None:
        self.source = source
        self.script = script
        declared = [(s.rows, s.cols) for s in script.statements if isinstance(s, Declaration)]
        self.declared_sizes = {n.name: n.span for shape in declared for size in shape for n in names_in_size(size)}
        self.inference = Inference(source, self.numbers())
        self.inputs: dict[str, tuple[str, ...]] = {}
        self.first_use: dict[str, Span] = {}
        self.assigned: dict[str, Assignment] = {}
        self.functions: dict[str, Definition] = {}
        self.declarations: dict[str, Declaration] = {}
        self.with_sizes: list[Assignment] = []

    def program(self, name: str) -> Program:
        statements = self.statements()
        if not any(isinstance(s, Assignment) for s in statements):
            raise ReadError(
                "there is no equation here", Span(0, 1), self.source, "a program is a list of lines such as X1 = X0*W1"
            )
        self.declare_inputs(statements)
        self.infer(statements)
        return self.build(statements, name or self.script.name or "program")

    def statements(self) -> list[Statement]:
        """The statements; a last line that is only an expression is what the program returns."""
        statements = list(self.script.statements)
        for index, statement in enumerate(statements):
            last = index == len(statements) - 1
            if isinstance(statement, Return) and not last:
                raise ReadError("nothing may follow the line that returns", statement.span, self.source)
        if statements and isinstance(statements[-1], Return):
            statements[-1:] = self.name_results(statements[-1], statements)
        return statements

    def name_results(self, returned: Return, statements: list[Statement]) -> list[Statement]:
        """`return A*B` as Y = A*B; return Y."""
        taken = {s.name for s in statements if isinstance(s, Assignment | Declaration)}
        named: list[Statement] = []
        values = []
        for value in returned.values:
            if not isinstance(value, Name):
                name = next(n for k in range(len(taken) + 2) if (n := f"Y{k or ''}") not in taken)
                taken.add(name)
                named.append(Assignment(name, value, value.span, value.span))
                value = Name(name, value.span)
            values.append(value)
        return [*named, Return(tuple(values), returned.span)]

    def numbers(self) -> frozenset[str]:
        """The sizes that are numbers too, n in sum(X)/n: those that declarations name and no matrix has the name of."""
        matrices = {s.name for s in self.script.statements if isinstance(s, Assignment | Declaration)}
        matrices |= {parameter.name for parameter in self.script.parameters}
        return frozenset(self.declared_sizes.keys() - matrices)

    # Names

    def declare_inputs(self, statements: list[Statement]) -> None:
        """Inputs in the order of a Julia header, else of declaration, else of appearance."""
        for parameter in self.script.parameters:
            if parameter.name in self.inputs:
                raise NameError_(f"the argument {parameter.name!r} is given twice", parameter.span, self.source)
            self.inputs[parameter.name] = ()
        declared = self.declarations
        for statement in statements:
            if isinstance(statement, Declaration):
                if statement.name in declared:
                    raise NameError_(f"{statement.name!r} is declared twice", statement.span, self.source)
                declared[statement.name] = statement
                self.inference.require(statement.name, declared_shape(statement))
            elif isinstance(statement, Definition):
                self.define_function(statement)
            elif isinstance(statement, Assignment):
                self.bind(statement)
        for name, declaration in declared.items():
            if name not in self.assigned:
                self.inputs[name] = declaration.facts
            elif declaration.facts:
                raise ReadError("facts are declared of inputs only", declaration.span, self.source)

    def bind(self, statement: Assignment) -> None:
        name, span = statement.name, statement.name_span
        if name in self.assigned:
            line = self.line(self.assigned[name].span)
            raise NameError_(
                f"{name!r} is already defined in line {line}",
                span,
                self.source,
                "each name is bound once: use a new one",
            )
        if name in self.inputs:
            raise NameError_(f"{name!r} is an argument and cannot be assigned", span, self.source)
        self.assigned[name] = statement

    def define_function(self, statement: Definition) -> None:
        if statement.function in self.functions:
            raise NameError_(f"the function {statement.function!r} is defined twice", statement.span, self.source)
        self.functions[statement.function] = statement

    def line(self, span: Span) -> int:
        return self.source.text.count("\n", 0, span.start) + 1

    # Shapes

    def infer(self, statements: list[Statement]) -> None:
        known: set[str] = set(self.inputs)
        names = self.inference.names
        for statement in statements:
            if not isinstance(statement, Assignment):
                continue
            for used in matrix_names(statement.value):
                if used.name not in self.inference.sizes:
                    self.check_use(used, statement, known)
            if any(True for _ in size_names(statement.value)):
                self.with_sizes.append(statement)
                self.check_sizes(statement, self.declared_sizes)
            shape = self.inference.shape(statement.value) or (shapes.as_size(1), shapes.as_size(1))
            declared = names.get(statement.name)
            if not self.inference.require(statement.name, shape):
                assert declared is not None
                stated = shapes.words(self.inference.unification.shape(declared))
                found = shapes.words(self.inference.unification.shape(shape))
                raise ShapeError(
                    f"{statement.name} is declared {stated}, but the right side is {found}",
                    statement.name_span,
                    self.source,
                )
            known.add(statement.name)

    def check_use(self, used: Name, statement: Assignment, known: set[str]) -> None:
        """A name that nothing defines is an input; one defined further down is a mistake."""
        if used.name in known:
            return
        if used.name == statement.name:
            raise NameError_(f"{used.name!r} is defined by itself", used.span, self.source)
        if used.name in self.assigned:
            line = self.line(self.assigned[used.name].span)
            raise NameError_(f"{used.name!r} is used before it is defined, in line {line}", used.span, self.source)
        if self.script.parameters:
            raise NameError_(
                f"unknown name {used.name!r}", used.span, self.source,
                f"the arguments are {', '.join(p.name for p in self.script.parameters)}",
            )  # fmt: skip
        known.add(used.name)
        self.first_use[used.name] = used.span
        self.inputs[used.name] = ()

    # Nodes

    def build(self, statements: list[Statement], name: str) -> Program:
        unification, names = self.inference.unification, self.inference.names
        for name_ in self.inputs:
            self.inference.shape_of(name_)
        unification.name_unknowns((names[given] for given in self.inputs), self.named_sizes())
        inputs = tuple(Input(g, unification.shape(names[g]), facts) for g, facts in self.inputs.items())
        for given in inputs:
            if not all(map(may_be_positive, given.shape)):
                message = f"{given.name} would have to be {shapes.words(given.shape)}"
                raise ShapeError(message, self.first_use.get(given.name), self.source, "declare it, A : n x m")
        for given in inputs:
            if given.facts:
                self.check_facts_of(given)
        known = {symbol.name for given in inputs for size in given.shape for symbol in size.free_symbols}
        for statement in self.with_sizes:
            self.check_sizes(statement, known)
        lets = self.lets(statements, {given.name: given.symbol for given in inputs})
        self.check_numbers(inputs, lets)
        outputs, functions = self.outputs(statements, lets), self.scalar_functions()
        try:
            return Program(name, inputs, tuple(lets), outputs, functions)
        except ProgramError as error:
            raise self.located(error) from None

    def located(self, error: ProgramError) -> ProgramError:
        """A mistake that only a whole program shows, at the statement that it names."""
        where = re.match(r"in (\w+): ", error.message)
        if where and where[1] in self.assigned:
            error.message = error.message.removeprefix(where[0])
            return error.at(self.assigned[where[1]].value.span, self.source)
        return error.at(self.script.statements[-1].span, self.source)

    def lets(self, statements: list[Statement], symbols: dict[str, Node]) -> list[Let]:
        elaboration = Elaboration(symbols)
        lets = []
        for statement in statements:
            if isinstance(statement, Assignment):
                text = self.source.text[statement.span.start : statement.span.end]
                try:
                    let = Let(statement.name, elaboration.matrix(statement.value), text)
                except ProgramError as error:
                    raise error.at(statement.value.span, self.source) from None
                symbols[let.name] = let.symbol
                lets.append(let)
        for definition in self.functions.values():
            if definition.function in symbols:
                message = f"{definition.function!r} is the name of a function and cannot be the name of a matrix"
                raise NameError_(message, definition.span, self.source)
        return lets

    def check_numbers(self, inputs: Iterable[Input], lets: list[Let]) -> None:
        """A size that also counts as a number, as n does in sum(X)/n, has its name for itself."""
        places = {name: declaration.span for name, declaration in self.declarations.items()}
        places |= {name: statement.name_span for name, statement in self.assigned.items()}
        places |= {parameter.name: parameter.span for parameter in self.script.parameters}
        functions = {**self.script.called, **{n: s for n, s in self.declared_sizes.items() if is_known(n)}}
        known = {symbol.name for given in inputs for size in given.shape for symbol in size.free_symbols}
        doubtful = known & (places.keys() | functions.keys())
        counted = {symbol.name for let in lets for symbol in _sizes_as_numbers(let.expr)} if doubtful else set()
        for name in sorted(doubtful & counted):
            what, span = ("matrix", places[name]) if name in places else ("function", functions[name])
            raise NameError_(f"{name!r} is the name of a size and of a {what}", span, self.source, "rename one of them")

    def check_sizes(self, statement: Assignment, known: Container[str]) -> None:
        """The sizes in ones(n, m) must be those of an input: nothing else says what they are."""
        for size in size_names(statement.value):
            if size.name in known:
                continue
            hint = "give it as a number, or declare an input that has it"
            if size.name in self.inference.names:
                hint = f"{size.name} is a matrix; indices and sizes are whole numbers and names of sizes"
            raise NameError_(f"no input has the size {size.name!r}", size.span, self.source, hint)

    def check_facts_of(self, given: Input) -> None:
        """Check the facts of an input; an error points at its declaration."""
        try:
            check_facts(given.name, given.shape, given.facts)
        except ProgramError as error:
            raise error.at(self.declarations[given.name].span, self.source) from None

    def named_sizes(self) -> set[str]:
        """The sizes that the text names, so that inferred ones get other letters."""
        shapes_ = map(self.inference.unification.shape, self.inference.names.values())
        taken = {s.name for shape in shapes_ for size in shape for s in size.free_symbols if not isinstance(s, Unknown)}
        return taken | self.inference.names.keys() | self.script.called.keys()

    def outputs(self, statements: list[Statement], lets: list[Let]) -> tuple[str, ...]:
        last = statements[-1]
        if not isinstance(last, Return):
            assignments = [statement for statement in statements if isinstance(statement, Assignment)]
            return tuple(a.name for a in assignments if a.span == assignments[-1].span)
        result = []
        for value in last.values:
            assert isinstance(value, Name)
            if value.name not in self.assigned and value.name not in self.inputs:
                raise NameError_(f"unknown name {value.name!r}", value.span, self.source)
            if value.name in result:
                raise NameError_(f"{value.name!r} is returned twice", value.span, self.source)
            result.append(value.name)
        return tuple(result)

    def scalar_functions(self) -> tuple[ScalarFunction, ...]:
        """Bodies may use the functions of the catalogue; the argument is one and the same symbol."""
        for definition in self.functions.values():
            check_scalar(definition.body)
        return tuple(
            ScalarFunction(d.function, scalars.evaluate(d.body, {d.parameter: scalars.ARGUMENT}))
            for d in self.functions.values()
        )


def declared_shape(declaration: Declaration) -> Shape:
    return sizes.length(declaration.rows, shapes.as_size), sizes.length(declaration.cols, shapes.as_size)


def _sizes_as_numbers(node: Node) -> Iterator[Expr]:
    for part in subexpressions(node):
        if type(part) is Scale and is_number(part.coefficient):
            yield from part.coefficient.free_symbols
