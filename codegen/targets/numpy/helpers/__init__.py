"""Functions that generated kernels carry with them: ordinary Python, of which a kernel gets those that it calls.

Each is copied into the file as it stands here, so it uses nothing but NumPy, SciPy and the others. Matrices have two
axes, and results are new. Where there is no value or no derivative, LinAlgError says so; what is equal or zero to
rounding counts as such, at any scale of the matrix.
"""
