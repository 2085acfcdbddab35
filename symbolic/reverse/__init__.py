"""Reverse mode, derived from forward by transposition."""
