"""The templates of a target: layout alone, and every name that they use has to be given."""

from __future__ import annotations

from functools import lru_cache

import jinja2


@lru_cache(maxsize=16)
def template(target: str, name: str) -> jinja2.Template:
    """That of a file in the folder of a target."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("codegen", f"targets/{target}"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    return environment.get_template(name)
