"""The first use of a lazy name: its module is loaded, and the name put where it was looked for.

CPython finds the attributes of a module by position, at a quarter of the cost, only where it has no
``__getattr__``: the hook leaves with the last lazy name.
"""

from brisk._lazy import loading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any

    from brisk.lazy import _Front

OWN = {  # the names of brisk.lazy itself that a light front does without
    "_lazy.budget": ["Cost", "OverBudget", "budget"],
    "_lazy.module": ["module"],
    "_lazy.registry": ["Registry", "Tool", "UnknownTool"],
    "_lazy.report": ["Report", "Row", "report"],
    "_lazy.stub": ["attach_stub"],
}
MEND = "correct the name there, or add the file"


def first_use(front: "_Front", name: str, source: str, attribute: str | None, place: str) -> "Any":
    """Loads the module of a name and returns the value. Called by any thread."""
    module = loading.load(source, place, MEND)
    if attribute is None:
        value = module
    else:
        try:
            value = getattr(module, attribute)
        except AttributeError as error:
            why = MEND if loading.complete(module) else loading.cycle(source)
            text = f"cannot import name {attribute!r} from {source!r}, as {place} declares"
            path = getattr(module, "__file__", None)
            raise ImportError(f"{text}: {why}", name=source, path=path) from error
    if loading.complete(module):
        bind(front, name, value)
        bind_siblings(front, source, module)
        settle(front)
    return value


def bind(front: "_Front", name: str, value: "Any") -> None:
    front.namespace[name] = value
    front.bound.add(name)


def bind_siblings(front: "_Front", source: str, module: "ModuleType") -> None:
    """Binds what else comes from that module, but nothing that is lazy there."""
    there = vars(module)
    for name, (other, attribute, _) in front.entries.items():
        if other == source and attribute in there and front.namespace.get(name, module) is module:
            bind(front, name, there[attribute])


def settle(front: "_Front") -> None:
    """Takes the hook away when nothing waits for it."""
    waits = front.entries.keys() - front.namespace.keys()
    if not waits and front.namespace.get("__getattr__") is front.hooks[0]:
        if front.before:
            front.namespace["__getattr__"] = front.before
        else:
            front.namespace.pop("__getattr__", None)
