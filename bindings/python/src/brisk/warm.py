"""Warming: the keys that are asked for most, and loads of those that are missing."""

from __future__ import annotations

from brisk import _brisk
from brisk._brisk import nanoseconds
from brisk.loads import begin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from brisk._brisk import Seconds
    from brisk.cache import Cache
    from brisk.workers import Workers

ALL = 1 << 16  # more than a cache remembers


def hot_keys(cache: Cache, count: int | None) -> list[tuple[bytes, int]]:
    """The hottest keys with their lookups."""
    cursor = cache._raw.hot_keys(ALL if count is None else count)
    buffer = bytearray(64)
    found: list[tuple[bytes, int]] = []
    while True:
        status, length = cursor.next(buffer)
        if status == _brisk.END:
            return found
        if status == _brisk.SHORT_BUFFER:
            buffer = bytearray(length)
        else:
            found.append((bytes(buffer[:length]), _brisk.cursor_lookups(cursor)))


def warm(
    cache: Cache,
    loader: Callable[[Any], Any],
    top_n: int,
    workers: Workers | None,
    ttl: Seconds | None,
) -> int:
    """Loads the missing among the hottest keys; how many were loaded."""
    ttl_ns = nanoseconds(ttl, "ttl")

    def load(key: bytes) -> bool:
        made = False

        def counted(key: Any) -> Any:
            nonlocal made
            value = loader(key)
            made = True
            return value

        try:
            _, lease = begin(cache, key, 0)
            if lease is not None and lease.leads:
                lease._run(key, counted, ttl_ns)
        except Exception:
            return False  # counted, and told to those who wait
        return made  # and not what a failure falls back on

    missing = [key for key, _ in hot_keys(cache, top_n) if key not in cache]
    return sum(map(load, missing) if workers is None else workers.map(load, missing))
