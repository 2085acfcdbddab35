"""Mistakes in words: a hint that does not give the repair away, and what is wrong."""

from __future__ import annotations

from symbolic.language.names import canonical

HINTS = {
    "layout": "This is nearly it: which way round is the whole thing?",
    "sign": "Have another look at the signs.",
    "lost transpose": "Have another look at what is transposed here, and what is not.",
    "extra transpose": "Have another look at what is transposed here, and what is not.",
    "f for f'": "Is this the function, or its derivative?",
    "f' for f": "Is this the function, or its derivative?",
    "factors in the wrong order": "Matrix products do not commute: which factor stands on which side?",
    "product for ⊙": "Which of these products is entry by entry, and which is the matrix product?",
    "⊙ for product": "Which of these products is entry by entry, and which is the matrix product?",
    "a factor that divides": "Is this a factor, or a divisor?",
    "missing inverse": "Is there an inverse that should be here, or should not?",
    "extra inverse": "Is there an inverse that should be here, or should not?",
    "wrong argument of f'": "At which point is the derivative taken here?",
    "wrong argument of f": "What is the function applied to here?",
    "a δ is missing": "What moves in this term?",
    "a δ too many": "What moves in this term?",
    "wrong name": "Is every matrix in this term the one that belongs there?",
    "a factor too many": "Count the factors of this term.",
    "a factor is missing": "Count the factors of this term.",
    "wrong exponent": "Have another look at the exponents.",
    "wrong function": "Which function is this?",
    "+ for a product": "Are these terms, or factors?",
    "brackets": "What is done first here? Have another look at the brackets.",
    "wrong factor": "Have another look at the numbers in this term.",
    "a term too many": "Does every term belong here?",
    "a term is missing": "The product rule gives one term for every factor that moves: are they all here?",
    "shapes that do not fit": "Write the shapes next to the factors: do they fit?",
    "two mistakes": "There is more than one mistake in this step: do it again in two smaller ones.",
    "not recognised": "More than one thing is off here: do this step again in smaller ones.",
}

EXPLANATIONS = {
    "layout": "the transpose of this is right: it is written in the other layout",
    "sign": "a sign is wrong",
    "lost transpose": "a transpose was lost",
    "extra transpose": "a transpose is too many",
    "f for f'": "the function stands where its derivative belongs",
    "f' for f": "the derivative stands where the function belongs",
    "factors in the wrong order": "two factors are swapped",
    "product for ⊙": "a matrix product stands where the elementwise product belongs",
    "⊙ for product": "an elementwise product stands where the matrix product belongs",
    "a factor that divides": "a factor stands on the wrong side of the line",
    "missing inverse": "an inverse is missing",
    "extra inverse": "an inverse is too many",
    "wrong argument of f'": "the derivative is taken at another point",
    "wrong argument of f": "the function is applied to another matrix",
    "a δ is missing": "a perturbation was written as the matrix itself",
    "a δ too many": "the matrix itself was written as a perturbation",
    "wrong name": "another matrix belongs here",
    "a factor too many": "a factor does not belong here",
    "a factor is missing": "a factor was dropped",
    "wrong exponent": "an exponent is wrong",
    "wrong function": "another function belongs here",
    "+ for a product": "a sum stands where a product belongs",
    "brackets": "the operations are grouped in another way",
    "wrong factor": "a number is wrong",
    "a term too many": "a term does not belong here",
    "a term is missing": "a term was dropped",
    "shapes that do not fit": "the shapes do not fit",
    "two mistakes": "two things are wrong",
    "not recognised": "no single small change makes the two sides equal, and no pair of those that were tried",
}


def kind_of(kind: str, before: str, after: str) -> str:
    """The kind of mistake, from the kind of edit and the characters: a name for another may be a lost mark."""
    same = canonical(after.strip().strip("()")) == canonical(before.strip().strip("()"))
    return "brackets" if kind == "wrong name" and same else kind
