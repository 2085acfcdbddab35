"""C kernels in this process: compiled by the system's compiler, kept in a cache, called as NumPy kernels are."""
