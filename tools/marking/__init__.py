"""Marking put to the test: right derivations rewritten, and wrong ones, by rules that the simplifier does not know."""
