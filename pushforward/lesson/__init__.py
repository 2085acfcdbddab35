"""Lessons: how the differential of a program comes about, as text, Markdown, LaTeX or one HTML page."""
