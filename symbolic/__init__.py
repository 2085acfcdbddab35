"""Mathematics: matrix programs, their differentials and the language they are written in.

Nothing here opens a file, draws on a terminal or knows of generated code.
"""
