"""The names of brisk and where they are, read when one is used: `import brisk` stays short.

Packages in front of others import brisk for brisk.lazy alone. Type checkers have __init__.pyi.
"""

from __future__ import annotations

HOMES = {
    "brisk._brisk": "CacheStats Closed Deadlock Error Exists InternStats Internal InvalidArgument "
    "LimiterStats LoadFailed OutOfMemory RuntimeStats TooLarge Unsupported WorkersStats WrongType "
    "is_cancelled parse_size version",
    "brisk._names": "build_info",
    "brisk.cache": "Cache",
    "brisk.errors": "Absent Cancelled NeverStarted RaceFailed Refused Timeout",
    "brisk.interns": "Interner",
    "brisk.limits": "Limiter Token",
    "brisk.loads": "Lease",
    "brisk.modules": "Modules",
    "brisk.pins": "Pin",
    "brisk.reports": "ModuleInfo ModuleReport",
    "brisk.runtime": "Runtime",
    "brisk.tasks": "Outcome Task",
    "brisk.workers": "Workers",
}


def every() -> list[str]:
    return sorted(name for names in HOMES.values() for name in names.split())


def find(name: str) -> object:
    if name == "__all__":
        return every()
    for home, names in HOMES.items():
        if name in names.split():
            return getattr(__import__(home, fromlist=[name]), name)
    raise AttributeError(f"module 'brisk' has no attribute {name!r}")


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
