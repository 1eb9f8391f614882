"""A module that is imported when its first attribute is asked for.

Until then a stand-in answers: a ModuleType that is in nobody's sys.modules. The first use imports
the real one and puts it wherever a module held the stand-in as a global, so that further uses cost
what they cost after ``import``. What keeps the stand-in elsewhere (an attribute of a class, a
default argument) is forwarded to the real module, in C and for good.
"""

import sys
from types import ModuleType

from brisk._lazy import loading
from brisk.lazy import _eager, _place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from brisk._lazy.require import Requirement

OWN = frozenset(("__class__", "__name__", "__reduce_ex__"))
# What abc, copy, inspect and pytest ask of any object, and no module has: not a use.
PROBES = frozenset(
    (
        "__bases__",
        "__deepcopy__",
        "__isabstractmethod__",
        "__test__",
        "__wrapped__",
        "_pytestfixturefunction",
    )
)


class Lazy(ModuleType):
    """The stand-in. Its dictionary holds what ``module`` was told."""

    def __getattribute__(self, name: str) -> "Any":
        if name in OWN:
            return super().__getattribute__(name)
        if name in PROBES:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(use(self), name)

    def __setattr__(self, name: str, value: "Any") -> None:
        setattr(use(self), name, value)

    def __delattr__(self, name: str) -> None:
        delattr(use(self), name)

    def __repr__(self) -> str:
        return f"<lazy module {self.__name__!r}, declared at {told(self)['place']}>"

    def __reduce_ex__(self, protocol: "Any") -> "tuple[Any, ...]":
        return module, told(self)["arguments"]


def told(stand_in: Lazy) -> "dict[str, Any]":
    answer: dict[str, Any] = ModuleType.__getattribute__(stand_in, "__dict__")
    return answer


def module(name: str, require: str | None = None, *, error_on_import: bool = False) -> ModuleType:
    """Returns a module that is imported at its first use, or at once where it is loaded already.

        np = brisk.lazy.module("numpy", require=">=1.26")

    A name with leading dots is relative to the calling module's package; ``module("a.b")`` is the
    submodule ``b``, and imports no parent before its time. The import runs once, whichever thread
    asks first. A module that is missing or fails raises the ImportError, or its own exception, at
    each use, with the line of this call and the way out; ``error_on_import=True`` looks for it at
    once, without importing anything, and raises ModuleNotFoundError here.

    ``require`` bounds the version: ``">=1.26, <3"``, or with the name of the distribution
    ``"scikit-learn>=1.4"``. It is compared at the first use (ImportError), by release numbers, from
    the module's ``__version__`` or what is installed. ValueError when it cannot be read.

    It is a ModuleType for isinstance, dir, vars and inspect; pickle and copy keep it lazy. repr,
    bool and the questions of doctest and pytest load nothing. ``help`` and ``importlib.reload``
    want a first use before, type checkers ``if TYPE_CHECKING: import numpy as np`` beside it.
    """
    level = len(name) - len(name.lstrip("."))
    if level:
        package = sys._getframe(1).f_globals.get("__package__") or ""
        name = loading.absolute(name[level:], level, package)
    if not name or name.endswith("."):
        raise ValueError(f"{name!r} is no name of a module")
    place = _place(1)
    needs = None
    if require is not None:
        from brisk._lazy.require import Requirement

        needs = Requirement(name, require, place)
    loading.declared.append((name, place))
    real = sys.modules.get(name)
    if (real is not None and loading.complete(real)) or _eager():
        real = loading.load(name, place, mend(name, needs))
        if needs:
            needs.check(real)
        return real
    if error_on_import and not findable(name):
        text = f"No module named {name!r}, which {place} wants: {mend(name, needs)}"
        raise ModuleNotFoundError(text, name=name)
    lazy = Lazy(name)
    told(lazy).update(place=place, needs=needs, arguments=(name, require))
    return lazy


module.__module__ = "brisk.lazy"  # where a pickle looks for it


def mend(name: str, needs: "Requirement | None") -> str:
    what = needs.text if needs else name.partition(".")[0]
    return f"install it (pip install {what!r}), or correct the name there"


def findable(name: str) -> bool:
    """Asks the finders for a module, along its parents, and imports none of them."""
    path = None
    parts = name.split(".")
    for count in range(1, len(parts) + 1):
        full = ".".join(parts[:count])
        if full in sys.modules:
            path = getattr(sys.modules[full], "__path__", ())
            continue
        specs = (finder.find_spec(full, path, None) for finder in list(sys.meta_path))
        spec = next((spec for spec in specs if spec is not None), None)
        if spec is None:
            return False
        path = spec.submodule_search_locations or ()
    return True


def use(stand_in: Lazy) -> ModuleType:
    """Loads the real module and lets it take over. Threads that race all come to the same end."""
    state = told(stand_in)
    name: str = state["arguments"][0]
    needs: Requirement | None = state["needs"]
    real = loading.load(name, state["place"], mend(name, needs))
    if loading.complete(real):
        if needs:
            needs.check(real)
        forward(stand_in, real)
        replace(stand_in, real)
    return real


def forward(stand_in: Lazy, real: ModuleType) -> None:
    """Makes the stand-in hand everything on: its class gets methods bound to the real module."""
    import copyreg
    from functools import partial

    methods = {
        "__getattribute__": staticmethod(partial(getattr, real)),
        "__setattr__": staticmethod(partial(setattr, real)),
        "__delattr__": staticmethod(partial(delattr, real)),
        "__repr__": staticmethod(partial(repr, real)),
    }
    state = told(stand_in)
    state["__doc__"] = real.__doc__  # pydoc looks past __getattribute__
    arguments = state["arguments"]
    kind = type("module", (Lazy,), methods)
    copyreg.pickle(kind, lambda _: (module, arguments))  # the real module would refuse
    ModuleType.__setattr__(stand_in, "__class__", kind)


def replace(stand_in: Lazy, real: ModuleType) -> None:
    """Puts the real module where a module has the stand-in as a global."""
    for holder in list(sys.modules.values()):
        if issubclass(type(holder), ModuleType):  # isinstance would ask the holder
            namespace = ModuleType.__getattribute__(holder, "__dict__")
            for name in [name for name, value in list(namespace.items()) if value is stand_in]:
                namespace[name] = real
