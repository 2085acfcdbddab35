"""A lesson in words: one notation a file; what is common to them in `base`."""
