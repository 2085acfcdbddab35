"""Kernels of what is linear in its directions: values once, directions as often as asked."""
