"""The one place where a lazy module is imported: on time, on record, and with its errors explained.

Nothing is locked here. ``__import__`` holds the lock of the module it loads, so that a second
thread waits until the first is through; the records are single operations on a dict or list.
"""

import os
import sys
from _thread import get_ident
from time import perf_counter_ns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 0


class Load:
    """What one import took, the imports inside it included."""

    __slots__ = ("bytes", "modules", "nanoseconds", "reason", "within")

    def __init__(self, within: str) -> None:
        self.within = within  # the lazy module whose import this one was part of, or ""
        self.reason = ""  # why it failed
        self.nanoseconds = -perf_counter_ns()
        self.modules = -len(sys.modules)
        self.bytes = -resident()

    def end(self) -> None:
        self.nanoseconds += perf_counter_ns()
        self.modules += len(sys.modules)
        self.bytes += resident()


declared: list[tuple[str, str]] = []  # by module() and Registry: a module, and the place
loads: dict[str, Load] = {}  # by module: the one that succeeded, or the last that failed
_under_way: dict[int, str] = {}  # by thread: the lazy module that it imports


def absolute(name: str, level: int, package: str) -> str:
    """The full name of what ``package`` calls ``name`` with ``level`` leading dots."""
    if level == 0:
        return name
    parts = package.split(".") if package else []
    if level > len(parts):
        raise ImportError(f"'{'.' * level}{name}' leads out of the package {package!r}", name=name)
    base = ".".join(parts[: len(parts) - level + 1])
    return f"{base}.{name}" if name else base


def complete(module: object) -> bool:
    """Says whether the code of a module in sys.modules has run to its end."""
    return not getattr(getattr(module, "__spec__", None), "_initializing", False)


def load(name: str, where: str, mend: str) -> "ModuleType":
    """Imports a module that ``where`` declares, or waits for the thread that does.

    Within its own import it comes back as far as it is. ``mend`` says what to do if it is missing.
    """
    while (module := sys.modules.get(name)) is None or not complete(module):
        if module is None:
            record(name, where, mend)
            continue
        __import__(name)
        # It is another one, or gone, when this thread waited for an import that failed.
        if sys.modules.get(name) is module:
            break
    return module


def record(name: str, where: str, mend: str) -> None:
    """Imports a module, keeps what that took and explains what went wrong."""
    thread = get_ident()
    outer = _under_way.get(thread, "")
    taken = Load(outer)
    _under_way[thread] = name
    try:
        __import__(name)
    except BaseException as error:
        taken.reason = f"{type(error).__name__}: {error}"
        if isinstance(error, ModuleNotFoundError) and f"{name}.".startswith(f"{error.name}."):
            text = f"No module named {error.name!r}, which {where} declares as lazy: {mend}"
            raise ModuleNotFoundError(text, name=error.name) from None
        error.add_note(f"This came from the import of {name!r}, which {where} declares as lazy.")
        raise
    finally:
        if outer:
            _under_way[thread] = outer
        else:
            del _under_way[thread]
        taken.end()
        known = loads.get(name)
        done = taken.reason or (name in sys.modules and complete(sys.modules[name]))
        if done and (known is None or known.reason):  # else another thread had imported it
            loads[name] = taken


def cycle(name: str) -> str:
    """Tells how the import of ``name``, which is not at its end, came back to it."""
    chain: list[str] = []
    frame = sys._getframe()
    while frame := frame.f_back:  # type: ignore[assignment]
        if frame.f_code.co_name == "<module>":
            chain.insert(0, frame.f_globals.get("__name__", "?"))
            if chain[0] == name:
                return f"{' -> '.join((*chain, name))} is a circle"
    return f"another thread is still importing {name}, and waits for this one"


def resident() -> int:
    """The bytes of memory that this process has resident; 0 where there is no /proc."""
    try:
        file = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return 0
    try:
        return int(os.read(file, 128).split()[1]) * PAGE
    finally:
        os.close(file)
