"""brisk: a bounded, compressed cache in memory, workers, and modules that load on first use.

    import brisk

    cache = brisk.Cache("64 MiB", ttl=3600)
    cache["user:1"] = b"Ada"
    cache.get("user:1")                                # b"Ada"
    cache.get_or_load("page:7", lambda key: b"...")    # one load, however many threads ask

    with brisk.Workers(4) as workers:
        workers.map(len, ["a", "bb"])                  # [1, 2]

    modules = brisk.Modules()
    modules.add_import("decimal")
    modules.load("decimal").Decimal("0.1")             # imported here, and once

Keys are str or bytes; a str is its UTF-8, so "a" and b"a" are one key. Times are seconds, as a
number or a timedelta; math.inf is for ever. Sizes are bytes, as a number or a text like "64 MiB".
Everything may be used from any thread, unless it says otherwise. A failure is a brisk.Error, and
a ValueError or TypeError as well where an argument is wrong.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from brisk._brisk import (
        CacheStats,
        Closed,
        Deadlock,
        Error,
        Exists,
        Internal,
        InvalidArgument,
        LimiterStats,
        LoadFailed,
        OutOfMemory,
        RuntimeStats,
        TooLarge,
        Unsupported,
        WorkersStats,
        WrongType,
        is_cancelled,
        parse_size,
        version,
    )
    from brisk.cache import Cache
    from brisk.errors import Cancelled, NeverStarted, RaceFailed, Refused, Timeout
    from brisk.limits import Limiter, Token
    from brisk.loads import Lease
    from brisk.modules import Modules
    from brisk.pins import Pin
    from brisk.reports import ModuleInfo, ModuleReport
    from brisk.runtime import Runtime
    from brisk.tasks import Outcome, Task
    from brisk.workers import Workers

__version__ = "0.1.0"
__all__ = [
    "Cache",
    "CacheStats",
    "Cancelled",
    "Closed",
    "Deadlock",
    "Error",
    "Exists",
    "Internal",
    "InvalidArgument",
    "Lease",
    "Limiter",
    "LimiterStats",
    "LoadFailed",
    "ModuleInfo",
    "ModuleReport",
    "Modules",
    "NeverStarted",
    "OutOfMemory",
    "Outcome",
    "Pin",
    "RaceFailed",
    "Refused",
    "Runtime",
    "RuntimeStats",
    "Task",
    "Timeout",
    "Token",
    "TooLarge",
    "Unsupported",
    "Workers",
    "WorkersStats",
    "WrongType",
    "build_info",
    "is_cancelled",
    "parse_size",
    "version",
]


def build_info() -> dict[str, str]:
    """Tells which library was loaded, and by what.

    version, abi and library (its path) are those of the loaded library, extension is the path of
    the module that loaded it, and text a line with the compiler and the allocator.
    """
    from brisk import _brisk

    loaded, abi, path = _brisk.library()
    extension = _brisk.__file__
    text = _brisk.build_info()
    return {"version": loaded, "abi": abi, "library": path, "extension": extension, "text": text}


# Everything is imported at its first use, the extension too, so that `import brisk` stays short:
# from here, or from the extension.
_LATER = {
    "Cache": "brisk.cache",
    "Cancelled": "brisk.errors",
    "Lease": "brisk.loads",
    "Limiter": "brisk.limits",
    "ModuleInfo": "brisk.reports",
    "ModuleReport": "brisk.reports",
    "Modules": "brisk.modules",
    "NeverStarted": "brisk.errors",
    "Outcome": "brisk.tasks",
    "Pin": "brisk.pins",
    "RaceFailed": "brisk.errors",
    "Refused": "brisk.errors",
    "Runtime": "brisk.runtime",
    "Task": "brisk.tasks",
    "Timeout": "brisk.errors",
    "Token": "brisk.limits",
    "Workers": "brisk.workers",
}


def __getattr__(name: str) -> object:
    if name == "lazy":
        return __import__("brisk.lazy", fromlist=["lazy"])
    if name not in __all__:
        raise AttributeError(f"module 'brisk' has no attribute {name!r}")
    home = _LATER.get(name, "brisk._brisk")
    found = globals()[name] = getattr(__import__(home, fromlist=[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
