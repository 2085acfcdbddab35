"""Each pass: an example of what it does, and on random schedules the same values in no more work.

The schedules are run by the interpreter in `oracles`, which shares memory exactly as they say.
"""

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from oracles import relative_error
from schedules import body_of, inputs_for, random_schedule, run_schedule, schedule_of

from codegen.cost import flops
from codegen.kernel import compile_kernel
from codegen.passes import (
    PASSES,
    average_largest,
    broadcast_ones,
    choose_larger,
    distribute_sums,
    factor_sums,
    halve_products,
    join_chains,
    optimize,
    order_chains,
    order_factors,
    pair_transposes,
    place_scalars,
    release_memory,
    remove_dead,
    reuse_memory,
    scale_by_diagonals,
    share_common,
    share_exponentials,
    share_sines,
    share_softmax,
    shorten_lives,
    solve_with_inverses,
    split_ones,
    sums_of_products,
    traces_of_products,
    values_alone,
)
from codegen.schedule import Instr
from symbolic.differential import differentiate
from symbolic.errors import PushforwardError
from symbolic.language.read import read_program

EACH = tuple(dict.fromkeys(PASSES))

FIXTURES = {
    "share_common: equal instructions": (
        share_common, "A:n,n B:n,n", ["P = matmul A B", "Q = matmul A B", "Y = add P Q"], "Y",
        ["P = matmul A B", "Y = add P P"],
    ),
    "share_common: sums and Hadamard products commute": (
        share_common, "A:n,n B:n,n", ["P = add A B", "Q = add B A", "R = multiply P Q", "Y = multiply Q P"], "R Y",
        ["P = add A B", "R = multiply P P", "Y = copy R"],
    ),
    "share_common: differences, quotients and matrix products do not": (
        share_common, "A:n,n B:n,n", ["P = subtract A B", "Q = subtract B A", "R = divide P Q", "S = divide Q P",
                                      "Y = matmul S R", "T = matmul R S"], "T Y",
        ["P = subtract A B", "Q = subtract B A", "R = divide P Q", "S = divide Q P",
         "Y = matmul S R", "T = matmul R S"],
    ),
    "share_common: copies are looked through": (
        share_common, "A:n,n", ["P = copy A", "Q = copy P", "Y = sin Q"], "Y", ["Y = sin A"],
    ),
    "remove_dead": (
        remove_dead, "A:n,n", ["P = sin A", "Q = cos P", "Y = exp A"], "Y", ["Y = exp A"],
    ),
    "broadcast_ones: a bias": (
        broadcast_ones, "X:n,m b:1,m", ["o:n,1 = ones", "B = matmul o b", "Y = add X B"], "Y",
        ["o = ones", "B = broadcast b", "Y = add X b"],
    ),
    "broadcast_ones: a column, and a result that nothing else gives its shape": (
        broadcast_ones, "X:n,m b:n,1", ["o:1,m = ones", "B = matmul b o", "Y = sin B", "Z = subtract B X"], "Y Z",
        ["o = ones", "B = broadcast b", ".1 = sin b", "Y = broadcast .1", "Z = subtract b X"],
    ),
    "broadcast_ones: a row of ones that is written as a column's transpose": (
        broadcast_ones, "b:n,1", ["o:m,1 = ones", "p = transpose o", "Y = matmul b p"], "Y",
        ["o = ones", "p = transpose o", "Y = broadcast b"],
    ),
    "broadcast_ones: two rows": (
        broadcast_ones, "b:1,m c:1,m A:n,1", ["o:n,1 = ones", "B = matmul o b", "C = matmul o c", "Y = add B C"], "Y",
        ["o = ones", "B = broadcast b", "C = broadcast c", ".1 = add b c", "Y = broadcast .1"],
    ),
    "broadcast_ones: a row and a column": (
        broadcast_ones, "b:1,m c:n,1", ["o:n,1 = ones", "e:1,m = ones", "B = matmul o b", "C = matmul c e",
                                       "Y = add B C"], "Y",
        ["o = ones", "e = ones", "B = broadcast b", "C = broadcast c", "Y = add B c"],
    ),
    "broadcast_ones: a vector times scalars keeps its rows": (
        broadcast_ones, "X:n,m b:1,m c:1,1", ["o:n,1 = ones", "B = matmul o b", "D = multiply B c", "Y = multiply D 2",
                                             "Z = subtract X Y"], "Y Z",
        ["o = ones", "B = broadcast b", ".1 = multiply b c", "D = broadcast .1", ".2 = multiply .1 2.0",
         "Y = broadcast .2", "Z = subtract X .2"],
    ),
    "join_chains: used once": (
        join_chains, "A:n,n B:n,n", ["P = matmul A B", "Q = matmul P A", "Y = matmul B Q"], "Y",
        ["Y = matmul B A B A"],
    ),
    "join_chains: used twice, or returned": (
        join_chains, "A:n,n B:n,n", ["P = matmul A B", "Q = matmul P P", "Y = matmul Q A"], "Q Y",
        ["P = matmul A B", "Q = matmul P P", "Y = matmul Q A"],
    ),
    "order_chains: from the narrow end": (
        order_chains, "A:n,n B:n,n v:n,1", ["Y = matmul A B v"], "Y", [".1 = matmul B v", "Y = matmul A .1"],
    ),
    "split_ones: a wide one, once for all columns": (
        split_ones, "X:n,m", ["o:m,k = ones", "Y = matmul X o"], "Y",
        ["o = ones", ".1 = ones", ".2 = ones", "Y = matmul X .1 .2"],
    ),
    "split_ones: a column stays": (
        split_ones, "X:n,m", ["o:m,1 = ones", "Y = matmul X o"], "Y", ["o = ones", "Y = matmul X o"],
    ),
    "distribute_sums: over a vector, the identity without a product": (
        distribute_sums, "X:n,m v:m,1 c:1,1",
        ["T = transpose X", "P = matmul T X", "I:m,m = eye", "J = multiply I c", "S = add P J", "Y = matmul S v"], "Y",
        ["T = transpose X", "P = matmul T X", "I = eye", "J = multiply I c", "S = add P J",
         ".1 = matmul T X v", ".2 = multiply v c", "Y = add .1 .2"],
    ),
    "distribute_sums: not over a matrix": (
        distribute_sums, "A:n,n B:n,n C:n,n", ["P = matmul A B", "S = add P C", "Y = matmul S A"], "Y",
        ["P = matmul A B", "S = add P C", "Y = matmul S A"],
    ),
    "distribute_sums: not where the sum is returned": (
        distribute_sums, "A:n,n B:n,n C:n,n v:n,1", ["P = matmul A B", "S = add P C", "Y = matmul S v"], "Y S",
        ["P = matmul A B", "S = add P C", "Y = matmul S v"],
    ),
    "distribute_sums: over the transpose": (
        distribute_sums, "A:n,n B:n,n C:n,n v:n,1",
        ["P = matmul A B", "S = subtract P C", "T = transpose S", "Y = matmul T v"], "Y",
        ["P = matmul A B", "S = subtract P C", ".1 = transpose B", ".2 = transpose A", ".3 = transpose C",
         ".4 = matmul .1 .2", "T = subtract .4 .3", ".6 = matmul .1 .2 v", ".7 = matmul .3 v", "Y = subtract .6 .7"],
    ),
    "distribute_sums: a difference that is taken away": (
        distribute_sums, "A:n,n B:n,n C:n,n D:n,n v:n,1",
        ["P = matmul A B", "R = subtract D P", "S = subtract C R", "Y = matmul S v"], "Y",
        ["P = matmul A B", "R = subtract D P", "S = subtract C R",
         ".1 = matmul C v", ".2 = matmul A B v", ".3 = add .1 .2", ".4 = matmul D v", "Y = subtract .3 .4"],
    ),
    "distribute_sums: no positive term": (
        distribute_sums, "A:n,n B:n,n C:n,n v:n,1",
        ["P = matmul A B", "N = negative P", "S = subtract N C", "Y = matmul S v"], "Y",
        ["P = matmul A B", "N = negative P", "S = subtract N C",
         ".1 = matmul A B v", ".2 = negative .1", ".3 = matmul C v", "Y = subtract .2 .3"],
    ),
    "factor_sums: from the left": (
        factor_sums, "A:n,n B:n,n C:n,n", ["P = matmul A B", "Q = matmul A C", "Y = subtract P Q"], "Y",
        ["P = matmul A B", "Q = matmul A C", ".1 = subtract B C", "Y = matmul A .1"],
    ),
    "factor_sums: from the right, with a number, beside another term": (
        factor_sums, "A:n,n B:n,n C:n,n",
        ["P = matmul B A", "Q = matmul C A", "R = multiply Q 2", "S = add P R", "Y = subtract S C"], "Y",
        ["P = matmul B A", "Q = matmul C A", "R = multiply Q 2.0", "S = add P R",
         ".1 = multiply C 2.0", ".2 = add B .1", ".3 = matmul .2 A", "Y = subtract .3 C"],
    ),
    "factor_sums: not where the sum costs more than the products": (
        factor_sums, "A:n,n b:n,1 c:n,1 d:1,n", ["P = matmul A b", "Q = matmul c d b", "Y = add P Q"], "Y",
        ["P = matmul A b", "Q = matmul c d b", "Y = add P Q"],
    ),
    "factor_sums: by a product": (
        factor_sums, "A:n,n B:n,n C:n,n D:n,n", ["P = matmul A B C", "Q = matmul A B D", "Y = add P Q"], "Y",
        ["P = matmul A B C", "Q = matmul A B D", ".1 = add C D", "Y = matmul A B .1"],
    ),
    "halve_products: triangular factors, the left one first": (
        halve_products, "L:n,n,lower A:n,m B:m,n U:n,n,upper",
        ["T = transpose L", "P = matmul L A", "Q = matmul T A", "R = matmul B U", "S = matmul L U", "C = matmul L T",
         "v:m,1 = ones", "w = matmul A v", "Z = matmul L w"], "P Q R S C Z",
        ["T = transpose L", "P = matmul L A lower=1 side=0", "Q = matmul T A lower=0 side=0",
         "R = matmul B U lower=0 side=1", "S = matmul L U lower=1 side=0",
         "C = matmul L T gram=1 lower=1 side=0 symmetric=1", "v = ones", "w = matmul A v", "Z = matmul L w"],
    ),
    "halve_products: symmetric ones": (
        halve_products, "S:n,n,symmetric A:n,m B:n,m Y:m,m,symmetric x:n,1",
        ["T = transpose A", "P = matmul T A", "Q = matmul S A", "R = matmul T Q", "V = transpose B",
         "N = matmul T B", "Y0 = matmul V Q", "D = diag x", "W = matmul D A", "X = matmul T W"], "P R N Y0 X",
        ["T = transpose A", "P = matmul T A gram=1 symmetric=1", "Q = matmul S A", "R = matmul T Q symmetric=1",
         "V = transpose B", "N = matmul T B", "Y0 = matmul V Q", "D = diag x", "W = matmul D A",
         "X = matmul T W symmetric=1"],
    ),
    "place_scalars: not into a product of a matrix with its transpose": (
        place_scalars, "A:n,m", ["T = transpose A", "P = matmul T A gram=1 symmetric=1", "Y = multiply P 3"], "Y",
        ["T = transpose A", "P = matmul T A gram=1 symmetric=1", "Y = multiply P 3.0"], {"n": 2, "m": 64},
    ),
    "pair_transposes: with a symmetric matrix between": (
        pair_transposes, "S:m,m,symmetric A:m,n D:m,n",
        ["T = transpose A", "U = transpose D", "P = matmul U S A", "Q = matmul T S D", "Y = add P Q"], "Y",
        ["T = transpose A", "U = transpose D", "P = matmul U S A", "Q = matmul T S D",
         ".1 = matmul U S A", ".2 = transpose .1", "Y = add .1 .2"],
    ),
    "pair_transposes: a difference, beside another term": (
        pair_transposes, "A:m,n D:m,n C:n,n",
        ["T = transpose A", "U = transpose D", "P = matmul U A", "Q = matmul T D", "R = subtract P Q", "Y = add R C"],
        "Y",
        ["T = transpose A", "U = transpose D", "P = matmul U A", "Q = matmul T D", "R = subtract P Q",
         ".1 = matmul U A", ".2 = transpose .1", ".3 = add .1 C", "Y = subtract .3 .2"],
    ),
    "pair_transposes: several that begin with one factor, and half of what is symmetric": (
        pair_transposes, "S:m,m,symmetric A:m,n B:m,n D:m,n",
        ["T = transpose A", "U = transpose D", "V = transpose B", "P = matmul U A", "Q = matmul T D", "R = matmul V A",
         "O = matmul T B", "N = matmul T S A", "a = add P Q", "b = add R O", "c = add a b", "Y = add c N"], "Y",
        ["T = transpose A", "U = transpose D", "V = transpose B", "P = matmul U A", "Q = matmul T D", "R = matmul V A",
         "O = matmul T B", "N = matmul T S A", "a = add P Q", "b = add R O", "c = add a b",
         ".1 = matmul T D", ".2 = matmul T B", ".3 = add .1 .2", ".4 = matmul T S A", ".5 = multiply .4 0.5",
         ".6 = add .3 .5", ".7 = transpose .6", "Y = add .6 .7"],
    ),
    "pair_transposes: not of another multiple, nor of another matrix": (
        pair_transposes, "A:m,n D:m,n B:m,n",
        ["T = transpose A", "U = transpose D", "P = matmul U A", "Q = matmul T D", "R = multiply Q 2", "Y = add P R",
         "O = matmul T B", "Z = add P O"], "Y Z",
        ["T = transpose A", "U = transpose D", "P = matmul U A", "Q = matmul T D", "R = multiply Q 2.0", "Y = add P R",
         "O = matmul T B", "Z = add P O"],
    ),
    "order_chains: the transpose of a product with a symmetric matrix": (
        order_chains, "S:n,n,symmetric B:n,n", ["T = transpose B", "P = matmul S B", "Q = matmul T S"], "P Q",
        ["T = transpose B", "P = matmul S B", "Q = transpose P"],
    ),
    "order_factors: numbers, scalars and columns before the matrix": (
        order_factors, "X:n,m b:n,1 c:n,1 d:1,1",
        ["P = multiply X b", "Q = multiply P c", "R = multiply Q 2", "Y = multiply R d"], "Y",
        ["P = multiply X b", "Q = multiply P c", "R = multiply Q 2.0",
         ".1 = multiply d 2.0", ".2 = multiply .1 b", ".3 = multiply .2 c", "Y = multiply .3 X"],
    ),
    "order_factors: not where nothing is gained": (
        order_factors, "A:n,m B:n,m C:n,m", ["P = multiply A B", "Y = multiply P C"], "Y",
        ["P = multiply A B", "Y = multiply P C"],
    ),
    "place_scalars: on the smallest factor": (
        place_scalars, "A:n,n v:n,1 w:1,n", ["P = matmul A v w", "Y = multiply P 3"], "Y",
        [".1 = multiply v 3.0", "Y = matmul A .1 w"],
    ),
    "place_scalars: not where nothing is gained": (
        place_scalars, "A:n,n v:n,1", ["P = matmul A v", "Y = multiply P 3"], "Y",
        ["P = matmul A v", "Y = multiply P 3.0"],
    ),
    "reuse_memory: in place, never an input": (
        reuse_memory, "A:n,n B:n,n", ["P = add A B", "Q = sin P", "Y = multiply Q B"], "Y",
        ["P = add A B", "Q = sin P into P", "Y = multiply Q B into Q"],
    ),
    "reuse_memory: a transpose keeps its operand alive": (
        reuse_memory, "A:n,n", ["P = sin A", "T = transpose P", "Q = cos A", "Y = multiply Q T"], "Y",
        ["P = sin A", "T = transpose P", "Q = cos A", "Y = multiply Q T into Q"],
    ),
    "reuse_memory: what a function returned has been copied": (
        reuse_memory, "A:n,n", ["P = call A", "Y = sin P"], "Y", ["P = call A", "Y = sin P into P"],
    ),
    "reuse_memory: a product never goes over its factor": (
        reuse_memory, "A:n,n B:n,n", ["P = matmul A B", "Y = matmul P A"], "Y", ["P = matmul A B", "Y = matmul P A"],
    ),
    "reuse_memory: another shape is other memory": (
        reuse_memory, "A:n,m B:m,m", ["P = sin A", "Y = matmul P B", "Z = cos B"], "Y Z",
        ["P = sin A", "Y = matmul P B", "Z = cos B"],
    ),
    "shorten_lives: what waits comes late": (
        shorten_lives, "A:n,n", ["P = matmul A A", "T = cos A", "Q = sin P", "R = matmul Q A", "Y = multiply R T"], "Y",
        ["P = matmul A A", "Q = sin P", "R = matmul Q A", "T = cos A", "Y = multiply R T"],
    ),
    "release_memory: after the last use, by every name": (
        release_memory, "A:n,n", ["P = sin A", "T = transpose P", "Q = matmul T A", "Y = cos Q", "Z = sin Y"], "Y Z",
        ["P = sin A", "T = transpose P", "Q = matmul T A frees P T", "Y = cos Q frees Q", "Z = sin Y"],
    ),
    "release_memory: what is written over keeps its memory": (
        release_memory, "A:n,n", ["P = sin A", "Q = cos P into P", "R = matmul Q A", "Y = sin R"], "Y",
        ["P = sin A", "Q = cos P into P", "R = matmul Q A frees P Q", "Y = sin R"],
    ),
    "share_common: a transpose of a transpose": (
        share_common, "A:n,m",
        ["T = transpose A", "U = transpose T", "V = transpose U", "Y = matmul U V"], "Y",
        ["T = transpose A", "Y = matmul A T"],
    ),
    "share_common: factors of the same matrix, with the same attributes": (
        share_common, "A:n,n B:n,m",
        ["F = factor_lu A", "X = solve_lu F B trans=0", "G = factor_lu A", "Z = solve_lu G B trans=1",
         "W = solve_lu G B trans=0"], "X Z W",
        ["F = factor_lu A", "X = solve_lu F B trans=0", "Z = solve_lu F B trans=1", "W = copy X"],
    ),
    "join_chains: through a transpose": (
        join_chains, "A:n,m B:m,h C:n,h",
        ["P = matmul A B", "T = transpose P", "Y = matmul T C"], "Y",
        [".1 = transpose B", ".2 = transpose A", "Y = matmul .1 .2 C"],
    ),
    "join_chains: a transpose that is there is taken": (
        join_chains, "A:n,m B:m,h C:n,h",
        ["U = transpose A", "P = matmul A B", "T = transpose P", "Y = matmul T C", "Z = matmul U A"], "Y Z",
        ["U = transpose A", ".1 = transpose B", "Y = matmul .1 U C", "Z = matmul U A"],
    ),
    "join_chains: not through a transpose of what is used twice": (
        join_chains, "A:n,m B:m,h C:n,h",
        ["P = matmul A B", "T = transpose P", "Y = matmul T C"], "P Y",
        ["P = matmul A B", "T = transpose P", "Y = matmul T C"],
    ),
    "order_chains: what is computed costs nothing": (
        order_chains, "A:n,n B:n,n C:n,n",
        ["P = matmul A B C", "Y = matmul B C A"], "P Y",
        [".1 = matmul B C", "P = matmul A .1", "Y = matmul .1 A"],
    ),
    "order_chains: nor does its transpose": (
        order_chains, "A:n,n B:n,n v:n,1",
        ["S = transpose A", "T = transpose B", "P = matmul A B", "Q = matmul T S", "Y = matmul T S v"], "P Q Y",
        ["S = transpose A", "T = transpose B", "P = matmul A B", "Q = transpose P", "Y = matmul Q v"],
    ),
    "order_chains: of equal orders, what can be shared": (
        order_chains, "a:1,n X:n,n D:n,n b:n,1",
        ["Y = matmul a X D X b", "Z = matmul X b", "W = matmul a X"], "Y Z W",
        [".1 = matmul a X", ".2 = matmul .1 D", ".3 = matmul X b", "Y = matmul .2 .3", "Z = copy .3",
         "W = copy .1"],
    ),
    "traces_of_products: of two": (
        traces_of_products, "A:n,m B:m,n",
        ["P = matmul A B", "y = tr P", "Q = matmul A B", "z = diagonal Q"], "y z",
        ["y = trace_product A B", "z = diagonal_product A B"],
    ),
    "traces_of_products: rotated": (
        traces_of_products, "A:n,n b:n,1 c:1,n",
        ["P = matmul c A b", "Q = matmul A b c", "y = tr Q"], "y",
        [".1 = matmul A b", "y = trace_product .1 c"],
    ),
    "traces_of_products: not of what is returned or used twice": (
        traces_of_products, "A:n,n",
        ["P = matmul A A", "y = tr P", "Q = matmul A A", "z = tr Q", "R = add Q A"], "P y z R",
        ["P = matmul A A", "y = tr P", "Q = matmul A A", "z = tr Q", "R = add Q A"],
    ),
    "traces_of_products: inside sums and multiples": (
        traces_of_products, "A:n,n B:n,n c:1,1",
        ["P = matmul A B", "M = multiply P 2", "N = negative M", "Q = multiply N c", "R = subtract Q B",
         "y = tr R"], "y",
        [".1 = trace_product A B", ".2 = multiply .1 2.0", ".3 = negative .2", ".4 = multiply .3 c", ".5 = tr B",
         "y = subtract .4 .5"],
    ),
    "traces_of_products: an inverse alone, where it is cheaper than a solve": (
        traces_of_products, "A:n,n B:n,n",
        ["F = factor_lu A", "V:n,n = inv_lu F", "P = matmul V B", "y = tr P"], "y",
        ["F = factor_lu A", "V = inv_lu F", "y = trace_product V B"],
    ),
    "traces_of_products: a solve with few right sides": (
        traces_of_products, "A:n,n B:n,h C:h,n",
        ["F = factor_lu A", "V:n,n = inv_lu F", "P = matmul V B C", "y = tr P"], "y",
        ["F = factor_lu A", "V = inv_lu F", ".1 = matmul V B", "y = trace_product .1 C"], {"n": 64, "h": 2},
    ),
    "place_scalars: not on what is solved with": (
        place_scalars, "A:n,n B:n,m",
        ["F = factor_lu A", "V:n,n = inv_lu F", "P = matmul V B", "Y = multiply P 3"], "Y",
        ["F = factor_lu A", "V = inv_lu F", "P = matmul V B", "Y = multiply P 3.0"], {"n": 4, "m": 64},
    ),
    "scale_by_diagonals: rows, columns": (
        scale_by_diagonals, "A:n,m x:n,1 y:m,1",
        ["D = diag x", "E = diag y", "P = matmul D A", "Y = matmul P E"], "Y",
        ["D = diag x", "E = diag y", "P = multiply A x", ".1 = transpose y", "Y = multiply P .1"],
    ),
    "scale_by_diagonals: two in a row": (
        scale_by_diagonals, "A:n,m x:n,1 y:n,1",
        ["D = diag x", "E = diag y", "P = matmul D E", "Y = matmul P A"], "Y",
        ["D = diag x", "E = diag y", ".1 = multiply x y", "P = diag .1", "Y = multiply A .1"],
    ),
    "solve_with_inverses: from the left and from the right": (
        solve_with_inverses, "A:n,n B:n,m C:h,n",
        ["F = factor_lu A", "V:n,n = inv_lu F", "Y = matmul V B", "Z = matmul C V"], "Y Z",
        ["F = factor_lu A", "Y = solve_lu F B trans=0", ".1 = transpose C", ".2 = solve_lu F .1 trans=1",
         "Z = transpose .2"],
    ),
    "solve_with_inverses: transposes": (
        solve_with_inverses, "A:n,n B:n,m C:h,n",
        ["F = factor_lu A", "V:n,n = inv_lu F", "T = transpose V", "Y = matmul T B", "Z = matmul C T"], "Y Z",
        ["F = factor_lu A", "Y = solve_lu F B trans=1", ".1 = transpose C", ".2 = solve_lu F .1 trans=0",
         "Z = transpose .2"],
    ),
    "solve_with_inverses: positive definite and triangular": (
        solve_with_inverses, "A:n,n B:n,m C:h,n",
        ["L = chol A", "V:n,n = inv_cho L", "W:n,n = inv_triangular A lower=1", "Y = matmul V B",
         "Z = matmul C V", "U = matmul W B", "X = matmul C W"], "Y Z U X",
        ["L = chol A", "Y = solve_cho L B", ".1 = transpose C", ".2 = solve_cho L .1", "Z = transpose .2",
         "U = solve_triangular A B lower=1 trans=0", ".3 = solve_triangular A .1 lower=1 trans=1",
         "X = transpose .3"],
    ),
    "solve_with_inverses: not where it is needed in full": (
        solve_with_inverses, "A:n,n B:n,m",
        ["F = factor_lu A", "V:n,n = inv_lu F", "Y = matmul V B", "Z = add V A"], "Y Z",
        ["F = factor_lu A", "V = inv_lu F", "Y = matmul V B", "Z = add V A"],
    ),
    "solve_with_inverses: of two the left": (
        solve_with_inverses, "A:n,n B:n,n",
        ["F = factor_lu A", "V:n,n = inv_lu F", "G = factor_lu B", "W:n,n = inv_lu G", "Y = matmul V W"], "Y",
        ["F = factor_lu A", "G = factor_lu B", "W = inv_lu G", "Y = solve_lu F W trans=0"],
    ),
    "share_softmax: with the logarithm": (
        share_softmax, "A:n,m",
        ["L = logsumexp_2 A", "D = subtract A L", "P = exp D", "Y = multiply D P"], "L Y",
        [".1 = softmax_2 A", "L = part .1 part=0", "D = subtract A L", "P = part .1 part=1", "Y = multiply D P"],
    ),
    "share_softmax: not of another matrix": (
        share_softmax, "A:n,m B:n,m",
        ["L = logsumexp_2 A", "D = subtract B L", "P = exp D"], "P",
        ["L = logsumexp_2 A", "D = subtract B L", "P = exp D"],
    ),
    "share_sines: of the same matrix": (
        share_sines, "A:n,m B:n,m",
        ["C = cos A", "T = cos B", "U = multiply C T", "S = sin A", "Y = multiply S U"], "Y",
        [".1 = sin_cos A", "C = part .1 part=1", "T = cos B", "U = multiply C T", "S = part .1 part=0",
         "Y = multiply S U"],
    ),
    "share_sines: not where one of them is there twice": (
        share_sines, "A:n,m", ["S = sin A", "C = cos A", "T = sin A"], "S C T",
        ["S = sin A", "C = cos A", "T = sin A"],
    ),
    "sums_of_products: without the product": (
        sums_of_products, "A:n,m B:n,m", ["P = multiply A B", "y = sum P"], "y",
        [".1 = transpose A", "y = trace_product .1 B"],
    ),
    "sums_of_products: not where it is needed, or repeats a vector": (
        sums_of_products, "A:n,m B:n,m c:n,1",
        ["P = multiply A B", "y = sum P", "Q = multiply A c", "z = sum Q", "R = multiply A B", "w = sum_1 R"],
        "P y z w",
        ["P = multiply A B", "y = sum P", "Q = multiply A c", "z = sum Q", "R = multiply A B", "w = sum_1 R"],
    ),
    "share_exponentials: what needs the value comes after": (
        share_exponentials, "A:n,n E:n,n",
        ["Y = expm A", "P = sin Y", "Q = cos E", "Z = expm_frechet A Q"], "P Z",
        ["Q = cos E", ".1 = expm_pair A Q", "Y = part .1 part=0", "Z = part .1 part=1", "P = sin Y"],
    ),
    "share_exponentials: not where the direction needs the value": (
        share_exponentials, "A:n,n",
        ["Y = expm A", "Z = expm_frechet A Y"], "Y Z",
        ["Y = expm A", "Z = expm_frechet A Y"],
    ),
    "share_exponentials: not where the derivative comes first": (
        share_exponentials, "A:n,n E:n,n",
        ["Z = expm_frechet A E", "Y = expm A"], "Y Z",
        ["Z = expm_frechet A E", "Y = expm A"],
    ),
    "values_alone: without their vectors": (
        values_alone, "A:n,n",
        ["F = eigh A", "Y:n,1 = part F part=0", "G = svd A", "Z:n,1 = part G part=1", "H = largest A",
         "W:1,1 = part H part=0"], "Y Z W",
        ["Y = eigvalsh A", "Z = svdvals A", "W = max A"],
    ),
    "values_alone: not with their vectors": (
        values_alone, "A:n,n",
        ["F = eigh A", "Y:n,1 = part F part=0", "V:n,n = part F part=1", "G = qr A", "Q:n,n = part G part=0"], "Y V Q",
        ["F = eigh A", "Y = part F part=0", "V = part F part=1", "G = qr A", "Q = part G part=0"],
    ),
    "reuse_memory: a view keeps its operand alive": (
        reuse_memory, "A:n,n",
        ["P = sin A", "D = diagonal P", "Q = cos A", "R = exp Q", "Y = add R D"], "Y",
        ["P = sin A", "D = diagonal P", "Q = cos A", "R = exp Q into Q", "Y = add R D into R"],
    ),
    "reuse_memory: what a library gives can be written over, parts of factors are not": (
        reuse_memory, "A:n,n",
        ["P = tril A k=0", "Q = sin P", "F = eigh A", "V:n,n = part F part=1", "Y = multiply V Q", "Z = cos V"], "Y Z",
        ["P = tril A k=0", "Q = sin P into P", "F = eigh A", "V = part F part=1", "Y = multiply V Q into Q",
         "Z = cos V"],
    ),
    "release_memory: a factor before its parts": (
        release_memory, "A:n,n",
        ["F = eigh A", "V:n,n = part F part=1", "D = diagonal V", "Y = sin D", "Z = cos Y"], "Z",
        ["F = eigh A", "V = part F part=1 frees F", "D = diagonal V", "Y = sin D frees V D", "Z = cos Y"],
    ),
    "average_largest: the value is found again": (
        average_largest, "A:n,m B:n,m",
        ["F = largest_2 A", "W:n,m = part F part=1", "P = multiply W B", "z = sum_2 P", "y:n,1 = part F part=0"], "z y",
        ["F = largest_2 A", "W = part F part=1", "P = multiply W B", ".1 = part F part=0",
         "z = average_largest_2 A .1 B", "y = part F part=0"],
    ),
    "average_largest: not along another axis, nor of what is used twice": (
        average_largest, "A:n,m B:n,m",
        ["F = largest_2 A", "W:n,m = part F part=1", "P = multiply W B", "z = sum_1 P", "Q = multiply B W",
         "y = sum_2 Q", "R = add Q B"], "z y R",
        ["F = largest_2 A", "W = part F part=1", "P = multiply W B", "z = sum_1 P", "Q = multiply B W",
         "y = sum_2 Q", "R = add Q B"],
    ),
    "choose_larger: the larger": (
        choose_larger, "A:n,m B:n,m C:n,m E:n,m",
        ["D = subtract A B", "R = relu D", "Y = add B R", "S = step D", "M = subtract C E", "P = multiply S M",
         "Z = add P E"], "Y Z",
        ["D = subtract A B", "R = relu D", "Y = larger A B", "S = step D", "M = subtract C E", "P = multiply S M",
         "Z = choose D C E"],
    ),
    "choose_larger: the smaller": (
        choose_larger, "A:n,m B:n,m C:n,m E:n,m",
        ["D = subtract B A", "R = relu D", "Y = subtract B R", "S = step D", "M = subtract E C", "P = multiply M S",
         "Z = subtract E P"], "Y Z",
        ["D = subtract B A", "R = relu D", "Y = smaller A B", "S = step D", "M = subtract E C", "P = multiply M S",
         "Z = choose D C E"],
    ),
    "choose_larger: not what only looks alike": (
        choose_larger, "A:n,m B:n,m", ["D = subtract A B", "R = relu D", "Y = add A R", "Z = subtract B R",
                                       "W = subtract R B"], "Y Z W",
        ["D = subtract A B", "R = relu D", "Y = add A R", "Z = subtract B R", "W = subtract R B"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIXTURES)
def test_an_example(name):
    run, inputs, lines, outputs, expected, *sizes = FIXTURES[name]
    before = schedule_of("\n".join([inputs, *lines, f"return {outputs}"]), *sizes)
    after = run(before)
    after.verify()
    # Instructions that only a later pass removes do not matter here.
    assert body_of(remove_dead(after) if run in (join_chains, traces_of_products) else after) == expected
    assert after.outputs == before.outputs and after.inputs == before.inputs


def test_every_pass_has_an_example():
    assert {run for run, *_ in FIXTURES.values()} == set(EACH)


def assert_same_values(before, after, seed):
    inputs = inputs_for(before, seed)
    expected, found = run_schedule(before, inputs), run_schedule(after, inputs)
    for name, value in expected.items():
        assert relative_error(found[name], value) < 1e-9, name


@pytest.mark.parametrize("run", EACH, ids=lambda run: run.__name__)
def test_values_are_kept_on_random_schedules(run):
    for seed in range(150):
        schedule = random_schedule(random.Random(seed))
        after = run(schedule)
        after.verify()
        assert_same_values(schedule, after, seed)


def test_values_are_kept_by_all_passes_together():
    for seed in range(150):
        schedule = random_schedule(random.Random(1000 + seed), length=20)
        assert_same_values(schedule, optimize(schedule), seed)


@pytest.mark.parametrize(
    "run",
    [
        share_common,
        remove_dead,
        order_chains,
        place_scalars,
        reuse_memory,
        scale_by_diagonals,
        broadcast_ones,
    ],
)
def test_no_pass_adds_work(run):
    gained = 0
    for seed in range(300):
        schedule = random_schedule(random.Random(seed))
        before, after = flops(schedule), flops(run(schedule))
        assert after <= before, seed
        gained += after < before
    assert gained or run is reuse_memory


@pytest.mark.parametrize("run", EACH, ids=lambda run: run.__name__)
def test_a_pass_is_deterministic_and_leaves_its_argument_alone(run):
    for seed in range(30):
        schedule = random_schedule(random.Random(seed))
        text, shapes = str(schedule), dict(schedule.shapes)
        assert str(run(schedule)) == str(run(schedule))
        assert str(schedule) == text and schedule.shapes == shapes


@pytest.mark.parametrize("run", [share_common, remove_dead], ids=lambda run: run.__name__)
def test_a_second_time_changes_nothing(run):
    for seed in range(30):
        once = run(random_schedule(random.Random(seed)))
        assert str(run(once)) == str(once)


def test_memory_is_reused_and_inputs_never():
    reused = 0
    for seed in range(200):
        schedule = optimize(random_schedule(random.Random(seed)))
        targets = [instr.into for instr in schedule.instrs if instr.into]
        reused += len(targets)
        assert not {*targets} & {*schedule.inputs}
        assert len(targets) == len(set(targets))
    assert reused > 100


def test_the_order_of_a_chain_is_free_also_across_statements():
    """X = A B; Y = X v, with X used nowhere else, multiplies B v first."""
    program = read_program("A : n x n\nB : n x n\nv : n\nX = A*B\nY = X*v")
    products = [instr for instr in compile_kernel(program).schedule.instrs if instr.op == "matmul"]
    assert [instr.args for instr in products] == [("B", "v"), ("A", products[0].out)]


def test_the_cheapest_order_follows_the_sample_sizes():
    text = "A : n x m\nB : m x h\nC : h x p\nY = A*B*C"
    left = {"n": 2, "m": 100, "h": 3, "p": 100}
    right = {"n": 100, "m": 3, "h": 100, "p": 2}
    firsts = [compile_kernel(read_program(text), sizes=sizes).schedule.instrs[0].args for sizes in (left, right)]
    assert firsts == [("A", "B"), ("B", "C")]


def test_the_best_order_of_the_textbook_chain():
    """30×35, 35×15, 15×5, 5×10, 10×20, 20×25 needs 15,125 multiplications (Cormen et al., section 14.2)."""
    sizes = [30, 35, 15, 5, 10, 20, 25]
    inputs = " ".join(f"A{k}:{rows},{cols}" for k, (rows, cols) in enumerate(pairwise(sizes)))
    chain = " ".join(f"A{k}" for k in range(6))
    assert flops(order_chains(schedule_of(f"{inputs}\nY = matmul {chain}\nreturn Y"))) == 2 * 15125


def test_chains_that_share_a_part_are_ordered_together():
    """A B C alone is (A B) C; with D B C, B C is computed once for both."""
    inputs, sizes = "A:n,m D:n,m B:m,h C:h,k", {"n": 4, "m": 6, "h": 4, "k": 4}
    alone = schedule_of(f"{inputs}\nY = matmul A B C\nreturn Y", sizes)
    assert body_of(order_chains(alone)) == [".1 = matmul A B", "Y = matmul .1 C"]
    together = f"{inputs}\nY = matmul A B C\nZ = matmul D B C\nreturn Y Z"
    ordered = [".1 = matmul B C", "Y = matmul A .1", "Z = matmul D .1"]
    assert body_of(order_chains(schedule_of(together, sizes))) == ordered


@pytest.mark.parametrize("directions, product", [(1, "B dX"), (10, "A B")])
def test_what_does_not_depend_on_a_direction_is_multiplied_once_for_many(directions, product):
    schedule = schedule_of("A:n,n B:n,n dX:n,m\nY = matmul A B dX\nreturn Y", {"n": 10, "m": 5})
    schedule = replace(schedule, seeds=("dX",), directions=directions)
    assert body_of(order_chains(schedule))[0] == f".1 = matmul {product}"


def test_factors_that_do_not_depend_on_a_direction_come_first():
    schedule = schedule_of("A:n,m B:n,m dX:n,m\nP = multiply A dX\nY = multiply P B\nreturn Y")
    schedule = replace(schedule, seeds=("dX",), directions=10)
    assert body_of(order_factors(schedule))[1:] == [".1 = multiply A B", "Y = multiply .1 dX"]


def test_a_long_product_of_entries():
    steps = "\n".join(f"P{k} = multiply P{k - 1} {'AB'[k % 2]}" for k in range(1, 3000))
    schedule = schedule_of(f"A:n,n B:n,n\nP0 = sin A\n{steps}\nreturn P2999")
    assert len(order_factors(schedule).instrs) == 3000


def test_a_sum_is_kept_where_its_product_is_needed_anyway():
    """A B is returned: (A B + C) v multiplies nothing out again."""
    text = "A : n x n\nB : n x n\nC : n x n\nv : n\nP = A*B\nY = (P + C)*v\nreturn P, Y"
    products = [i for i in compile_kernel(read_program(text)).schedule.instrs if i.op == "matmul"]
    assert len(products) == 2


def test_of_a_gram_matrix_times_a_vector_the_matrix_is_never_formed():
    text = "X : n x m\nv : m\nc : scalar\nY = (X'*X + c*eye(m))*v"
    schedule = compile_kernel(differentiate(read_program(text))).schedule
    assert {schedule.shapes[i.out][1] for i in schedule.instrs if i.op == "matmul"} == {1}


def test_a_chain_of_hundreds_of_factors():
    schedule = schedule_of(f"A:n,n B:n,n\nY = matmul {'A B ' * 150}\nreturn Y", {"n": 3})
    inputs = {name: matrix / 2 for name, matrix in inputs_for(schedule).items()}
    found = run_schedule(order_chains(schedule), inputs)["Y"]
    assert relative_error(found, np.linalg.matrix_power(inputs["A"] @ inputs["B"], 150)) < 1e-9


# What a schedule refuses


def instr(out, op, *args, into=None):
    return Instr(out, op, args, (), into)


@pytest.mark.parametrize(
    "instrs, words",
    [
        ([instr("Y", "sin", "Q")], "uses Q"),
        ([instr("Y", "sin", "A"), instr("Y", "cos", "A")], "defined twice"),
        ([instr("P", "sin", "A"), instr("Q", "cos", "A", into="P"), instr("Y", "add", "P", "Q")], "uses P"),
        ([instr("Y", "sin", "A", into="A")], "written over A"),
        ([instr("P", "sin", "A")], "output Y"),
        ([instr("Y", "sin", "A"), instr("P", "cos", "A", into="Y")], "output Y"),
        ([instr("Z", "sin", "A")], "no shape"),
        (
            [instr("P", "sin", "A"), instr("Q", "cos", "A", into="P"), instr("Y", "exp", "A", into="P")],
            "written over P",
        ),
        (
            [
                instr("P", "sin", "A"),
                instr("T", "transpose", "P"),
                instr("Q", "cos", "A", into="P"),
                instr("Y", "add", "T", "Q"),
            ],
            "T",
        ),
    ],
)
def test_a_schedule_that_does_not_hold_together_is_refused(instrs, words):
    good = schedule_of("A:n,n\nY = sin A\nP = cos A\nQ = exp A\nT = transpose A\nreturn Y")
    with pytest.raises(PushforwardError, match=words):
        replace(good, instrs=tuple(instrs)).verify()
