"""Differentials in index form: sums over indices of products of entries, and back to matrices."""
