"""Options as programs write them: sizes, counts, and choices by name. Zero is C's default."""

from __future__ import annotations

from brisk._brisk import InvalidArgument, WrongType, parse_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from brisk._brisk import RuntimeHandle
    from brisk.runtime import Runtime


def size(name: str, value: int | str | None) -> int:
    """A number of bytes, given as one or as a text like "64 MiB"; 0 for None."""
    return count(name, parse_size(value) if isinstance(value, str) else value)


def count(name: str, value: int | None) -> int:
    """A number that must be more than zero; 0 for None."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int):
        kind = type(value).__name__
        raise WrongType(f"{name} is of type {kind}; give an int, or None for the default")
    if not 0 < value < 1 << 64:
        raise InvalidArgument(f"{name} is {value}; give 1 to {(1 << 64) - 1}, or None")
    return value


def choice(name: str, value: str, known: Mapping[str, int]) -> int:
    """The number of a named choice."""
    if isinstance(value, str) and value in known:
        return known[value]
    due = ", ".join(map(repr, known))
    raise InvalidArgument(f"{name} is {value!r}; give one of {due}")


def home(runtime: Runtime | None) -> RuntimeHandle | None:
    """The handle of a runtime."""
    if runtime is None:
        return None
    raw: RuntimeHandle | None = getattr(runtime, "_raw", None)
    if raw is None:
        raise WrongType(f"runtime is of type {type(runtime).__name__}; give a brisk.Runtime")
    return raw
