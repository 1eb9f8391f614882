"""The contestants in Python: CONTESTANT WORK KEYS ROOM THREADS SECONDS [SEQUENCE].

The work is that of workload.h, with one difference: keys and values are bytes objects that lie in
lists before the clock starts, the same for all, because Python would measure how they are computed.
"""

from __future__ import annotations

import functools
import json
import struct
import sys
import threading
import time
from array import array
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

BATCH = 100
BLOCK = 64 * BATCH  # operations between two looks at the clock
SET = 0x8000_0000  # in a sequence: this operation is a set
U64 = 2**64 - 1
Get = Callable[[bytes], Any]
Put = Callable[[bytes, bytes], Any]
Block = Callable[[int], None]


class Work(NamedTuple):
    name: str
    keys: int
    room: int
    threads: int
    seconds: float
    sequence: str


class Contestant(NamedTuple):
    version: str
    get: Get
    put: Put
    get_many: Callable[[list[bytes]], list[bytes | None]] | None = None


def fail(why: str) -> None:
    sys.exit(why)


def mix(x: int) -> int:
    """The finalizer of splitmix64."""
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & U64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & U64
    return x ^ (x >> 31)


def key_of(number: int) -> bytes:
    return struct.pack("2Q", mix(number + 0x9E3779B97F4A7C15), mix(number + 0x3C6EF372FE94F82A))


def value_of(key: bytes) -> bytes:
    first = int.from_bytes(key[:8], "little")
    return struct.pack("8Q", *((first + i) & U64 for i in range(8)))


def brisk(work: Work) -> Contestant:
    import brisk

    room = work.room if work.room < work.keys else None
    cache = brisk.Cache("256 MiB", max_entries=room)
    return Contestant(brisk.version(), cache.get, cache.set, cache.get_many)


def cachebox(work: Work) -> Contestant:
    import cachebox

    cache: Any = cachebox.LRUCache(work.room)
    return Contestant(version("cachebox"), cache.get, cache.insert)


def cachetools(work: Work) -> Contestant:
    import cachetools

    cache: Any = cachetools.LRUCache(work.room)
    return Contestant(version("cachetools"), cache.get, cache.__setitem__)


def lru_cache(work: Work) -> Contestant:
    """A memoized function of the key; putting is calling."""
    get = functools.lru_cache(work.room)(value_of)
    return Contestant(sys.version.split()[0], get, lambda key, value: get(key))


def plain_dict(work: Work) -> Contestant:
    """No cache, because it is not bounded; what a lookup in Python costs at the least."""
    table: dict[bytes, bytes] = {}
    return Contestant(sys.version.split()[0], table.get, table.__setitem__)


CONTESTANTS = {
    "brisk": brisk,
    "cachebox": cachebox,
    "cachetools": cachetools,
    "lru_cache": lru_cache,
    "dict": plain_dict,
}


def read_sequence(path: str) -> array[int]:
    ids = array("I")
    ids.frombytes(Path(path).read_bytes())
    return ids


def cut(items: list[Any], size: int) -> list[list[Any]]:
    """Whole pieces of a list, cut before the clock runs: a program has its keys at hand."""
    return [items[i : i + size] for i in range(0, len(items) - size + 1, size)]


def operations_per_second(work: Work, size: int, block: Block) -> float:
    """Runs block over and over on each thread, from another offset on each."""
    rates = [0.0] * work.threads
    start = threading.Barrier(work.threads)

    def run(thread: int) -> None:
        position = size // work.threads * thread
        done = 0
        elapsed = 0.0
        start.wait()
        begin = time.perf_counter()
        while elapsed < work.seconds:
            block(position)
            position += BLOCK
            done += BLOCK
            elapsed = time.perf_counter() - begin
        rates[thread] = done / elapsed

    others = [threading.Thread(target=run, args=(i,)) for i in range(1, work.threads)]
    for other in others:
        other.start()
    run(0)
    for other in others:
        other.join()
    return sum(rates)


def report(contestant: Contestant, rate: float, hit: float) -> None:
    figures = {"ns": round(1e9 / rate, 3), "mops": round(rate / 1e6, 4), "hit": round(hit, 6)}
    print(json.dumps({"version": contestant.version, **figures}))


def all_hits(work: Work, contestant: Contestant) -> None:
    keys = [key_of(number) for number in range(work.keys)]
    for key in keys:
        contestant.put(key, value_of(key))
    for key in keys:
        if contestant.get(key) != value_of(key):
            fail("an entry is missing or wrong although there is room")
    wanted = [keys[number] for number in read_sequence(work.sequence)]
    get, get_many = contestant.get, contestant.get_many
    blocks = cut(wanted, BLOCK)
    batches = [cut(block, BATCH) for block in blocks]

    def single(position: int) -> None:
        for key in blocks[position // BLOCK % len(blocks)]:
            if get(key) is None:
                fail("an entry was lost")

    def batch(position: int) -> None:
        assert get_many is not None
        for keys in batches[position // BLOCK % len(blocks)]:
            if not all(get_many(keys)):  # no value is empty
                fail("an entry was lost")

    if work.name == "W1-batch" and get_many is None:
        fail("this cache has no batches")
    block = single if work.name == "W1" else batch
    for position in range(0, len(wanted), BLOCK):
        block(position)
    report(contestant, operations_per_second(work, len(wanted), block), 1)


def mixed(work: Work, contestant: Contestant) -> None:
    keys = [key_of(number) for number in range(work.keys)]
    values = [value_of(key) for key in keys]
    ids = read_sequence(work.sequence)
    wanted = [keys[number & ~SET] for number in ids]
    stored = [values[number & ~SET] if number & SET else None for number in ids]
    get, put = contestant.get, contestant.put
    # One round warms the cache; its second half, the same for all, gives the hit ratio.
    gets = hits = 0
    for i, (key, value) in enumerate(zip(wanted, stored, strict=True)):
        if value is not None:
            put(key, value)
            continue
        found = get(key)
        if i >= len(wanted) // 2:
            gets += 1
            hits += found is not None
        if found is not None and found != values[ids[i]]:
            fail("a wrong value came back")

    blocks = list(zip(cut(wanted, BLOCK), cut(stored, BLOCK), strict=True))

    def block(position: int) -> None:
        for key, value in zip(*blocks[position // BLOCK % len(blocks)], strict=True):
            if value is None:
                get(key)
            else:
                put(key, value)

    rate = operations_per_second(work, len(wanted), block)
    report(contestant, rate, hits / gets)


def main() -> None:
    if len(sys.argv) < 7:
        fail("usage: CONTESTANT WORK KEYS ROOM THREADS SECONDS [SEQUENCE]")
    name, work_name, keys, room, threads, seconds, *sequence = sys.argv[1:]
    work = Work(work_name, int(keys), int(room), int(threads), float(seconds), "".join(sequence))
    if name not in CONTESTANTS:
        fail(f"unknown contestant {name}")
    works = {"W1": all_hits, "W1-batch": all_hits, "W2": mixed}
    if work.name not in works:
        fail(f"unknown work {work.name}")
    works[work.name](work, CONTESTANTS[name](work))


if __name__ == "__main__":
    main()
