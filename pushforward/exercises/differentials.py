"""The question for a differential: δY in terms of the perturbations of the inputs."""

from __future__ import annotations

from pushforward.exercises.draft import DIFFERENTIAL, Draft
from pushforward.exercises.model import Exercise
from pushforward.exercises.telling import derivation, hints, seeds, shown
from pushforward.exercises.wanted import Wanted
from pushforward.lesson.model import Formula, Paragraph
from symbolic.differential import Differential
from symbolic.language.names import unicode_name
from symbolic.language.styles import style_named
from symbolic.nodes import add


def differential_wanted(draft: Draft, differential: Differential, level: int, seed: int) -> Exercise:
    program = differential.primal
    output = program.outputs[-1]
    value, change = program.symbols[output], differential.tangent.symbols[differential.name(output)]
    moved = [Formula.of(program.symbols[name]) for name in differential.wrt]
    names = ", ".join(unicode_name(name) for _, name in differential.seeds)
    asked = Paragraph((
        "Find ", Formula.of(change), ", the differential of ", Formula.of(value), ", in terms of ",
        *seeds(differential), " alone. ", *(["Nothing else moves. "] if len(moved) < len(program.inputs) else []),
        "The names of the program may stand in your answer.",
    ))  # fmt: skip
    wanted = Wanted(
        program,
        program.outputs[-1],
        differential.wrt,
        subjects=(change, add(value, change), add(change, value)),
        subject=(f"{unicode_name(change.name)} = ", f"{style_named('latex').name(change.name)} = "),
        seeds=frozenset(name for _, name in differential.seeds),
        said=f"{unicode_name(change.name)} is wanted, multiplied out, in terms of {names} alone",
    )
    return Exercise(
        level, seed, DIFFERENTIAL, program, differential.wrt,
        question=(*shown(program, draft.text), asked),
        hints=tuple(hints(differential)),
        solution=derivation(differential),
        answer=differential.closed_form().equation(),
        answered=(Formula.of(change, differential.closed_form().expr),),
        wanted=wanted,
    )  # fmt: skip
