"""Exercises: a program and a question, drawn by a seed; hints from the recorded steps; answers marked by the grader."""
