"""The works that rules and definitions cite, each under the words by which it is cited."""

from __future__ import annotations

SOURCES = {
    "Ba, Kiros and Hinton 2016": "J. L. Ba, J. R. Kiros and G. E. Hinton, Layer normalization, arXiv:1607.06450, 2016.",
    "Boyd and Vandenberghe 2004": "S. Boyd and L. Vandenberghe, Convex Optimization, Cambridge University Press, 2004.",
    "Danskin 1967": (
        "J. M. Danskin, The Theory of Max-Min and its Application to Weapons Allocation Problems, Springer, 1967."
    ),
    "de Hoog, Anderssen and Lukas 2011": (
        "F. R. de Hoog, R. S. Anderssen and M. A. Lukas, Differentiation of matrix functionals using "
        "triangular factorization, Mathematics of Computation 80 (2011), 1585–1600."
    ),
    "DLMF": "NIST Digital Library of Mathematical Functions, edited by F. W. J. Olver et al., https://dlmf.nist.gov.",
    "Dugas et al. 2001": (
        "C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau and R. Garcia, Incorporating second-order functional "
        "knowledge for better option pricing, Advances in Neural Information Processing Systems 13, 2001."
    ),
    "Elfwing et al. 2018": (
        "S. Elfwing, E. Uchibe and K. Doya, Sigmoid-weighted linear units for neural network function "
        "approximation in reinforcement learning, Neural Networks 107 (2018), 3–11."
    ),
    "Giles 2008": (
        "M. B. Giles, An extended collection of matrix derivative results for forward and reverse mode "
        "algorithmic differentiation, Report 08/01, Oxford University Computing Laboratory, 2008."
    ),
    "Golub and Pereyra 1973": (
        "G. H. Golub and V. Pereyra, The differentiation of pseudo-inverses and nonlinear least squares "
        "problems whose variables separate, SIAM Journal on Numerical Analysis 10 (1973), 413–432."
    ),
    "Goodfellow, Bengio and Courville 2016": (
        "I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, MIT Press, 2016."
    ),
    "Hendrycks and Gimpel 2016": (
        "D. Hendrycks and K. Gimpel, Gaussian error linear units (GELUs), arXiv:1606.08415, 2016."
    ),
    "Higham 2008": "N. J. Higham, Functions of Matrices: Theory and Computation, SIAM, 2008.",
    "Higham and Relton 2014": (
        "N. J. Higham and S. D. Relton, Higher order Fréchet derivatives of matrix functions and the level-2 "
        "condition number, SIAM Journal on Matrix Analysis and Applications 35 (2014), 1019–1037."
    ),
    "Magnus 1985": (
        "J. R. Magnus, On differentiating eigenvalues and eigenvectors, Econometric Theory 1 (1985), 179–191."
    ),
    "Magnus and Neudecker 2019": (
        "J. R. Magnus and H. Neudecker, Matrix Differential Calculus with Applications in Statistics and "
        "Econometrics, third edition, Wiley, 2019."
    ),
    "Matrix Cookbook 2012": (
        "K. B. Petersen and M. S. Pedersen, The Matrix Cookbook, Technical University of Denmark, version of "
        "15 November 2012."
    ),
    "Murray 2016": "I. Murray, Differentiation of the Cholesky decomposition, arXiv:1602.07527, 2016.",
    "Townsend 2016": (
        "J. Townsend, Differentiating the singular value decomposition, 2016, "
        "https://j-towns.github.io/papers/svd-derivative.pdf."
    ),
    "Van Loan and Pitsianis 1993": (
        "C. F. Van Loan and N. Pitsianis, Approximation with Kronecker products, Linear Algebra for Large Scale and "
        "Real-Time Applications, Kluwer, 1993, 293–314."
    ),
    "Vaswani et al. 2017": (
        "A. Vaswani et al., Attention is all you need, Advances in Neural Information Processing Systems 30, 2017."
    ),
    "Walter and Lehmann 2010": (
        "S. F. Walter and L. Lehmann, Algorithmic differentiation of linear algebra functions with "
        "application in optimum experimental design (extended version), arXiv:1001.1654, 2010."
    ),
}


def work_cited(cite: str) -> str:
    """The full reference of a citation, `Giles 2008, section 2.3.1`; empty where none is meant, as for a definition."""
    return next((work for words, work in SOURCES.items() if cite.startswith(words)), "")
