"""The course in docs/course: prose in `pages/`, to which the program adds formulas, pictures, numbers and marks."""
