"""Kernels of Jacobians: which directions, which layout, for whom."""
