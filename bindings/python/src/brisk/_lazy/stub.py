"""Lazy names that are read from a stub, so that type checkers and the running program see the same.

The stub is parsed by the compiler of Python itself; the module ``ast`` would cost ten times as
much.
"""

import os

from brisk._lazy import loading
from brisk.lazy import _install, _namespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ast import ImportFrom
    from collections.abc import Iterator

    from brisk.lazy import _Entry, _Hooks

ONLY_AST = 0x400  # ast.PyCF_ONLY_AST


def attach_stub(package: str, file: str) -> "_Hooks":
    """Gives a package the names that its stub imports, each loaded at its first use.

        brisk.lazy.attach_stub(__name__, __file__)

    reads the ``.pyi`` beside the file. Its relative imports at the top level count
    (``from .split import split_table as split_table``, ``from . import plots``, with other names by
    ``as``); all else is for type checkers alone. Sets and returns what ``attach`` does, and errors
    name the line of the stub. The stub must be installed with the package, as package data.

    FileNotFoundError when it is missing, SyntaxError when it is none, ValueError for
    ``from .split import *``, which does not say what it imports, and for a stub without names.
    """
    path = file if file.endswith(".pyi") else f"{os.path.splitext(file)[0]}.pyi"  # noqa: PTH122
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError as error:
        error.add_note(f"{package!r} takes its lazy names from it: is it among the package data?")
        raise
    with os.fdopen(descriptor, "rb") as stub:
        text = stub.read()
    namespace = _namespace(package)
    base = namespace.get("__package__") or package
    entries: dict[str, _Entry] = {}
    for line in imports(text, path):
        source = loading.absolute(line.module or "", line.level, base)
        place = f"{path}:{line.lineno}"
        for alias in line.names:
            if alias.name == "*":
                raise ValueError(f"{place} imports *: name what it imports")
            name = alias.asname or alias.name
            if line.module:
                entries[name] = (source, alias.name, place)
            else:
                entries[name] = (f"{source}.{alias.name}", None, place)
    if not entries:
        raise ValueError(f"{path} has no relative import: write from .module import name")
    return _install(namespace, entries)


def imports(text: bytes, path: str) -> "Iterator[ImportFrom]":
    """The relative imports of a stub."""
    tree = compile(text, path, "exec", ONLY_AST, dont_inherit=True)
    for node in tree.body:
        if type(node).__name__ == "ImportFrom" and node.level:
            yield node
