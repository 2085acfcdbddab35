"""Targets: spellings and templates, nothing else."""
