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

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "lazy":
        return __import__("brisk.lazy", fromlist=["lazy"])
    import brisk._names as names

    found = globals()[name] = names.find(name)
    return found


def __dir__() -> list[str]:
    import brisk._names as names

    return sorted({*globals(), *names.every()})
