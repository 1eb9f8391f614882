"""Memory: nothing leaks, nothing goes too early, threads and collections do no harm."""

from __future__ import annotations

import gc
import itertools
import os
import sys
import threading
import time
import tracemalloc
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brisk
import pytest
from brisk import Cache

BIG = bytes(50_000)
TYPES = [one for one in vars(brisk._brisk).values() if isinstance(one, type)]


def rejected(call: Callable[[], Any]) -> None:
    try:
        call()
    except (brisk.Error, KeyError, ZeroDivisionError):
        return
    raise AssertionError("it was accepted")


def circle(cache: Cache) -> None:
    """A cycle through a codec, which only the collector frees."""
    holder: list[Any] = []
    holder.append(Cache("256 KiB", codec=(lambda value: bytes(holder), lambda data: holder)))


OPERATIONS: dict[str, Callable[[Cache, str, bytes], Any]] = {
    "get": lambda cache, key, value: (cache.get(key), cache.get("none"), cache.get("none", value)),
    "item": lambda cache, key, value: cache[key],
    "large": lambda cache, key, value: cache["big"],
    "set": lambda cache, key, value: (cache.set(key, value), cache.set(key, value, ttl=5.5)),
    "other types": lambda cache, key, value: cache.set(bytearray(b"x"), memoryview(value)),
    "contains": lambda cache, key, value: (key in cache, "none" in cache),
    "discard": lambda cache, key, value: (cache.set("d", value), cache.discard("d")),
    "get_many": lambda cache, key, value: cache.get_many([key, "none", "big"], value),
    "set_many": lambda cache, key, value: cache.set_many({key: value, "m": b"1"}, ttl=9),
    "pin": lambda cache, key, value: cache.pin(key).release(),
    "view": lambda cache, key, value: bytes(cache.pin(key).view[1:]),
    "stats": lambda cache, key, value: cache.stats(),
    "keys": lambda cache, key, value: next(iter(cache)),
    "events": lambda cache, key, value: list(cache.events()),
    "load": lambda cache, key, value: cache.get_or_load(key, lambda _: value),
    "new load": lambda cache, key, value: (
        cache.get_or_load("n", lambda _: value),
        cache.discard("n"),
    ),
    "lease": lambda cache, key, value: cache.begin("lease"),
    "find": lambda cache, key, value: Cache.find("memory"),
    "wrong key": lambda cache, key, value: rejected(lambda: cache.get(5)),  # type: ignore[arg-type]
    "wrong value": lambda cache, key, value: rejected(lambda: cache.set(key, 5)),
    "long key": lambda cache, key, value: rejected(lambda: cache.get("k" * 70000)),
    "no key": lambda cache, key, value: rejected(lambda: cache["none"]),
    "wrong entry": lambda cache, key, value: rejected(lambda: cache.set_many([(key, 5)])),
    "wrong ttl": lambda cache, key, value: rejected(lambda: cache.set(key, value, ttl=-1)),
    "wrong option": lambda cache, key, value: rejected(lambda: Cache(policy="best")),
    "broken load": lambda cache, key, value: rejected(
        lambda: cache.get_or_load("none", lambda _: 1 // 0)
    ),
    "deadlock": lambda cache, key, value: rejected(
        lambda: cache.get_or_load("x", lambda _: cache.get_or_load("x", bytes))
    ),
}


@pytest.fixture
def filled() -> Iterator[Cache]:
    cache = Cache("4 MiB", name="memory", events=4)
    cache.set_many({"key": b"value of some bytes", "big": BIG})
    yield cache
    cache.close()


@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_leaks(filled: Cache, name: str) -> None:
    operation = OPERATIONS[name]
    key, value = "".join(["k", "ey"]), bytes(bytearray(b"value of some bytes"))
    many = 200 if name in ("long key", "large", "get_many") else 2000

    def rounds(count: int) -> None:
        for _ in range(count):
            operation(filled, key, value)
        gc.collect()

    tracemalloc.start()
    try:
        rounds(100)
        blocks, traced = sys.getallocatedblocks(), tracemalloc.get_traced_memory()[0]
        counts = [sys.getrefcount(one) for one in (filled, key, value, None, *TYPES)]
        rounds(many)
        assert sys.getallocatedblocks() - blocks < many // 10
        assert tracemalloc.get_traced_memory()[0] - traced < many * 8
        after = [sys.getrefcount(one) for one in (filled, key, value, None, *TYPES)]
        assert all(abs(b - a) < many // 10 for a, b in zip(counts, after, strict=True))
    finally:
        tracemalloc.stop()


def test_a_hundred_thousand_operations() -> None:
    cache = Cache("4 MiB")
    keys = [f"key{i}" for i in range(1000)]
    cache.set_many({key: b"value" for key in keys})
    value = b"the same"
    before = sys.getrefcount(value)
    blocks = sys.getallocatedblocks()
    for _ in range(100):
        for key in keys:
            cache.set(key, value)
            cache.get(key)
    assert sys.getrefcount(value) == before
    assert sys.getallocatedblocks() - blocks < 500


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_errors_of_c_are_dropped() -> None:
    cache = Cache("1 MiB")
    cache.close()

    def fail(count: int) -> None:
        for _ in range(count):
            rejected(lambda: cache.get("key"))

    fail(1000)
    before = resident()
    fail(400_000)
    assert resident() - before < 6 << 20


def test_caches_go_away(filled: Cache) -> None:
    held = brisk.Runtime.default().stats().caches
    for _ in range(50):
        circle(filled)
    gc.collect()
    assert brisk.Runtime.default().stats().caches == held
    cache = Cache("256 KiB")
    gone = weakref.ref(cache)
    del cache
    assert gone() is None


def test_objects_go_in_any_order() -> None:
    for order in range(6):
        runtime = brisk.Runtime()
        cache = Cache("1 MiB", runtime=runtime)
        cache["key"] = b"value"
        parts: dict[int, Any] = {
            0: runtime,
            1: cache,
            2: cache.pin("key"),
            3: iter(cache),
            4: cache.begin("load")[1],
            5: cache.begin("load")[1],
        }
        del runtime, cache
        next(parts[3])
        for i in range(6):
            del parts[(order + i * 5) % 6]
    gc.collect()


def test_threads_and_collections() -> None:
    """Readers, writers, loaders and a collector at once, in a cache that is always full."""
    cache = Cache("512 KiB", events=16)
    failures: list[BaseException] = []
    end = time.monotonic() + 1.5

    def work(seed: int) -> None:
        try:
            i = seed
            for turn in itertools.count():
                if turn > 500 and time.monotonic() > end:
                    break
                i = (i * 1103515245 + 12345) % 2**31
                key = f"k{i % 300}"
                value = key.encode() * (1 + i % 400)
                step = i // 300 % 8
                if step == 0:
                    cache.set(key, value)
                elif step == 1:
                    found = cache.get_or_load(key, lambda k, v=value: v, timeout=20)
                    assert found.startswith(key.encode())
                elif step == 2:
                    for found in cache.get_many([key, "k1", "k2"]):
                        assert found is None or found[:1] == b"k"
                elif step == 3 and key in cache:
                    cache.discard(key)
                elif step == 4:
                    try:
                        with cache.pin(key) as view:
                            assert bytes(view[: len(key)]) == key.encode()
                    except (KeyError, brisk.Refused):
                        pass
                elif step == 5:
                    assert all(k[:1] == b"k" for k in cache)
                    list(cache.events())
                else:
                    found = cache.get(key)
                    assert found is None or found.startswith(key.encode())
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(6)]
    sys.setswitchinterval(1e-5)
    try:
        for thread in threads:
            thread.start()
        while time.monotonic() < end:
            gc.collect()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(0.005)
    assert not failures
    stats = cache.stats()
    assert stats.bytes_held <= stats.capacity_bytes
    assert stats.hits > 100


def test_long_calls_let_other_threads_run() -> None:
    cache = Cache("256 MiB")
    cache.set_many({f"key{i}": b"v" for i in range(100_000)})
    large = bytes(8 << 20)
    turns = 0
    stop = False

    def count() -> None:
        nonlocal turns
        while not stop:
            turns += 1
            time.sleep(0)  # lets go of the GIL, so that a turn needs another to do the same

    _, lead = cache.begin("led")
    _, lease = cache.begin("led")

    def wait(lease: brisk.Lease | None) -> None:
        assert lease is not None
        with pytest.raises(brisk.Timeout):
            lease.wait(0.05)

    def turns_during(call: Callable[[], Any]) -> int:
        before = turns
        call()
        return turns - before

    def lets_go(call: Callable[[], Any]) -> bool:
        """On a busy machine the other thread may come too late, once; then with all there again."""
        for _ in range(20):
            cache["large"] = large
            cache.set_many({f"key{i}": b"v" for i in range(50_000)})
            if turns_during(call):
                return True
        return False

    thread = threading.Thread(target=count)
    thread.start()
    sys.setswitchinterval(1000)  # nobody is asked to let go
    try:
        assert turns_during(lambda: cache.get("key1")) == 0
        assert turns_during(lambda: cache.set("key1", b"v")) == 0
        assert turns_during(lambda: cache.get_many(["key1"] * 100)) == 0
        for call in (
            lambda: wait(lease),
            lambda: cache.set("large", large),
            lambda: cache.get("large"),
            lambda: cache.invalidate("none*"),
            lambda: cache.clear(),
        ):
            assert lets_go(call)
    finally:
        stop = True
        sys.setswitchinterval(0.005)
        thread.join()


def test_a_value_that_grows_while_it_is_read() -> None:
    """Between learning its size and copying it, somebody stores a larger one."""
    cache = Cache("64 MiB", compression="off")
    sizes = (2_000, 40_000, 60_000)
    values = [bytes(size) for size in sizes]
    cache["key"] = values[0]
    end = time.monotonic() + 1

    def grow() -> None:
        while time.monotonic() < end:
            for value in values:
                cache.set("key", value)

    thread = threading.Thread(target=grow)
    thread.start()
    found: set[int] = set()
    while time.monotonic() < end:
        found.update(len(cache["key"]) for _ in range(100))
    thread.join()
    assert found <= set(sizes)
