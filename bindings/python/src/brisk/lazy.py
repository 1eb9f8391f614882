"""Modules that load when they are first used.

    import brisk.lazy

    brisk.lazy.attach(__name__, {"split": ["split_table"]})  # a package in front of its modules
    np = brisk.lazy.module("numpy")                          # a module that waits for its first use

    tools = brisk.lazy.Registry()                            # commands, each imported by its call
    tools.add("alias", "pkg.commands.alias:main", "what it does")

    print(brisk.lazy.report())                               # what is loaded, and what it cost
    brisk.lazy.budget("pkg", milliseconds=2)                 # in a test: fails when it grows

A first use imports under Python's own locks, so that any thread may be first; from then on the real
thing stands where the lazy one stood and costs what it costs anybody. What goes wrong is told at
the first use, with the line that declared it. ``BRISK_EAGER=1`` in the environment loads everything
where it is declared, for a run in CI that finds what is missing.

An import of this module is what a light front pays, so it is one file that imports nothing which
Python has not loaded already; what a first use needs comes with the first use.
"""

import os
import sys

TYPE_CHECKING = False  # type checkers take it for True; typing.TYPE_CHECKING costs an import
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    from brisk._lazy.budget import Cost, OverBudget, budget
    from brisk._lazy.module import module
    from brisk._lazy.registry import Registry, Tool, UnknownTool
    from brisk._lazy.report import Report, Row, report
    from brisk._lazy.stub import attach_stub

    _Entry = tuple[str, str | None, str]  # the module, its attribute or None for itself, the place
    _Hooks = tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]

__all__ = [
    "Cost",
    "OverBudget",
    "Registry",
    "Report",
    "Row",
    "Tool",
    "UnknownTool",
    "attach",
    "attach_stub",
    "budget",
    "module",
    "report",
]

_fronts: "dict[str, _Front]" = {}


def attach(
    package: str,
    attributes: "Mapping[str, Iterable[str]] | None" = None,
    submodules: "Iterable[str]" = (),
) -> "_Hooks":
    """Gives a package names that are imported from its submodules at their first use.

        brisk.lazy.attach(__name__, {"split": ["split_table"]}, submodules=["plots"])

    stands for ``from .split import split_table`` and ``from . import plots``. The call sets
    ``__getattr__``, ``__dir__`` and ``__all__`` of the package, which must be in sys.modules; it
    also returns them, for those who like to see them assigned:

        __getattr__, __dir__, __all__ = brisk.lazy.attach(__name__, {"split": ["split_table"]})

    Further calls add names, a ``__getattr__`` that stood there before is asked for all others. The
    first use may come from any thread. It raises what the import would have raised: an ImportError
    names this line; a circle of imports is told. A name of the same spelling as its submodule
    becomes the submodule when somebody imports that by its full name: give them different names.

    Type checkers do not see these names; for them there is ``attach_stub``, or the same imports
    under ``if TYPE_CHECKING:``. ValueError when the package is not in sys.modules or a name comes
    from two modules, TypeError when the names are one string.
    """
    namespace = _namespace(package)
    base = namespace.get("__package__") or package
    place = _place(1)
    entries: dict[str, _Entry] = {}
    for source, names in (attributes or {}).items():
        if isinstance(names, str):
            raise TypeError(f"the names of {source!r} are the string {names!r}: put it in a list")
        full = f"{base}.{source}"
        for name in names:
            if name in entries:
                other = entries[name][0]
                raise ValueError(f"{name!r} comes from {other} and from {full}: keep one of them")
            entries[name] = (full, name, place)
    if isinstance(submodules, str):
        raise TypeError(f"submodules is the string {submodules!r}: put it in a list")
    for name in submodules:
        entries.setdefault(name, (f"{base}.{name}", None, place))
    return _install(namespace, entries)


class _Front:
    """The lazy names of one module: those that wait, and those that are bound."""

    def __init__(self, namespace: "dict[str, Any]") -> None:
        self.namespace = namespace
        self.package: str = namespace["__name__"]
        self.entries: dict[str, _Entry] = {}
        self.bound: set[str] = set()
        self.before: Callable[[str], Any] | None = None  # a hook that was there already
        self.hooks = (self.get, self.listing)

    def get(self, name: str) -> "Any":
        """Answers for a name that the module does not have."""
        entry = self.entries.get(name)
        if entry:
            from brisk._lazy.names import first_use

            return first_use(self, name, *entry)
        if self.before:
            return self.before(name)
        text = f"module {self.package!r} has no attribute {name!r}"
        raise AttributeError(text, name=name, obj=sys.modules.get(self.package))

    def listing(self) -> "list[str]":
        return sorted({*self.namespace, *self.entries})


def _install(namespace: "dict[str, Any]", entries: "dict[str, _Entry]") -> "_Hooks":
    """Adds lazy names to the module of this namespace and returns its three hooks."""
    front = _fronts.get(namespace["__name__"])
    if front is None or front.namespace is not namespace:
        front = _fronts[namespace["__name__"]] = _Front(namespace)
    if front.bound:
        for name in front.bound.intersection(entries):  # the module is being reloaded
            namespace.pop(name, None)
        front.bound.difference_update(entries)
    front.entries.update(entries)
    hook, listing = front.hooks
    if namespace.get("__getattr__") is not hook:
        front.before = namespace.get("__getattr__")
    everything = sorted({*namespace.get("__all__", ()), *entries})
    namespace.update(__getattr__=hook, __dir__=listing, __all__=everything)
    if _eager():
        for name in entries:
            front.get(name)
    return hook, listing, everything


def _namespace(package: str) -> "dict[str, Any]":
    if package not in sys.modules:
        raise ValueError(f"there is no module {package!r} in sys.modules: pass __name__")
    return vars(sys.modules[package])


def _place(depth: int) -> str:
    """The file and line of the caller, or of what lies ``depth`` - 1 frames above it."""
    frame = sys._getframe(depth + 1)
    return f"{frame.f_code.co_filename}:{frame.f_lineno}"


def _eager() -> bool:
    """Says whether BRISK_EAGER asks for everything to be loaded where it is declared."""
    return os.environ.get("BRISK_EAGER", "0") not in ("", "0")


def __getattr__(name: str) -> "Any":
    """Attaches the names of this package when one is used: a light front uses none."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
    from brisk._lazy.names import OWN

    attach(__name__, OWN)
    return _fronts[__name__].get(name)


def __dir__() -> "list[str]":
    return sorted({*globals(), *__all__})
