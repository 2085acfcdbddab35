"""The public face: the whole way from text to a checked kernel, one module a stage, loaded when it is asked for.

text → parse → differential → compile → verify, and differential → explain
"""

import pushforward.siblings  # noqa: F401  (first: it checks which packages the modules here get)
