"""Decoded values that are kept: a hit costs no decode, and is never what somebody replaced."""

from __future__ import annotations

import contextlib
import gc
import json
import sys
import threading
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import brisk
import pytest
from brisk import Cache


class Counted:
    """JSON that counts its decodes."""

    def __init__(self) -> None:
        self.decodes = 0

    def encode(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def decode(self, data: bytes) -> Any:
        self.decodes += 1
        return json.loads(data)


@pytest.fixture
def counted() -> Counted:
    return Counted()


@pytest.fixture
def shared(counted: Counted) -> Iterator[Cache]:
    with Cache("16 MiB", codec=(counted.encode, counted.decode), share_decoded=True) as made:
        yield made


def hot(cache: Cache, key: str) -> Any:
    """The object that is kept for key."""
    cache[key]
    return cache[key]


READS: dict[str, Callable[[Cache, str], Any]] = {
    "subscript": lambda cache, key: cache[key],
    "get": lambda cache, key: cache.get(key),
    "bytes": lambda cache, key: cache[key.encode()],
    "get_many": lambda cache, key: cache.get_many(["none", key])[1],
    "begin": lambda cache, key: cache.begin(key)[0],
    "get_or_load": lambda cache, key: cache.get_or_load(key, pytest.fail),
}


@pytest.mark.parametrize("size", [0, 100, 2000, 50_000])
@pytest.mark.parametrize("read", READS)
def test_a_hit_costs_no_decode(shared: Cache, counted: Counted, size: int, read: str) -> None:
    shared["key"] = ["x" * size]
    kept = hot(shared, "key")
    decodes = counted.decodes
    for _ in range(3):
        assert READS[read](shared, "key") is kept
    assert counted.decodes == decodes


@pytest.mark.parametrize("codec", ["json", "pickle"])
def test_it_is_asked_for(codec: str) -> None:
    with Cache(codec=codec, share_decoded=True) as shared, Cache(codec=codec) as plain:
        for cache in (shared, plain):
            cache["key"] = {"a": [1, 2]}
            assert hot(cache, "key") == {"a": [1, 2]}
        assert shared["key"] is shared["key"]
        assert plain["key"] is not plain["key"]
    for none in (None, "bytes"):
        with pytest.raises(brisk.InvalidArgument, match="codec"):
            Cache(codec=none, share_decoded=True)


def test_nothing_is_stale(clock: brisk.Runtime) -> None:
    with Cache(codec="json", share_decoded=True, name="shared", runtime=clock) as cache:
        cache["key"] = [1]
        first = hot(cache, "key")
        cache["key"] = [2]  # in its place
        assert cache["key"] == [2]
        cache["key"] = [1]
        assert hot(cache, "key") == [1]
        assert first == [1]

        other = Cache.find("shared", codec=None, runtime=clock)
        assert other is not None
        other["key"] = b"[3]"
        assert cache["key"] == [3]
        other["key"] = b'"longer than it was before"'
        assert cache["key"] == "longer than it was before"
        hot(cache, "key")
        other.discard("key")
        assert "key" not in cache
        assert cache.get("key") is None
        assert cache.get_or_load("key", lambda _: [4]) == [4]

        cache.set("key", [5], ttl=10)
        hot(cache, "key")
        clock.advance(11)
        assert cache.get("key", "gone") == "gone"
        cache["key"] = [6]
        hot(cache, "key")
        cache.clear()
        assert cache.get_many(["key"]) == [None]

        found = Cache.find("shared", codec="json", share_decoded=True, runtime=clock)
        assert found is not None
        found["key"] = [7]
        assert hot(found, "key") is found["key"]


def test_keys_of_one_value_share_nothing(shared: Cache) -> None:
    for key in ("a", "b", ""):
        shared[key] = []
    a, b, empty = hot(shared, "a"), hot(shared, "b"), hot(shared, "")
    a.append(1)
    assert shared["a"] is a
    assert shared["b"] is b
    assert b == []
    assert shared[""] is empty
    assert empty == []


def test_hits_are_counted_as_ever(shared: Cache) -> None:
    shared["key"] = [1]
    for _ in range(5):
        shared["key"]
    assert shared.stats().hits == 5
    assert shared.hot_keys() == [(b"key", 5)]


class Thing:
    """A value that can be watched."""

    def __init__(self, data: bytes) -> None:
        self.data = data


def test_objects_stay_within_an_eighth_of_the_capacity() -> None:
    things: weakref.WeakSet[Thing] = weakref.WeakSet()

    def decode(data: bytes) -> Thing:
        thing = Thing(data)
        things.add(thing)
        return thing

    with Cache("16 MiB", codec=(bytes, decode), compression="off", share_decoded=True) as cache:
        for i in range(500):
            cache[f"k{i}"] = bytes(20_000)
        for _ in range(3):
            for i in range(500):
                cache[f"k{i}"]
        assert 5 <= len(things) <= 2 * 1024 * 1024 // 20_000
        cache["large"] = bytes(1024 * 1024)
        assert hot(cache, "large") is not cache["large"]
    del cache
    gc.collect()
    assert not things


def test_what_it_cannot_weigh_is_not_kept() -> None:
    class Odd:
        def __sizeof__(self) -> int:
            raise ValueError("no")

    class Endless:
        def __sizeof__(self) -> int:
            return sys.maxsize * 2 + 1

    def nested(_: bytes) -> Any:
        made: list[Any] = []
        for _ in range(sys.getrecursionlimit() * 2):
            made = [made]
        return made

    def loop(_: bytes) -> Any:
        made: list[Any] = []
        made.append(made)
        return made

    for decode in (lambda _: Odd(), lambda _: Endless(), lambda _: [Endless()], nested, loop):
        with Cache(codec=(bytes, decode), share_decoded=True) as cache:
            cache["key"] = b"value"
            assert hot(cache, "key") is not cache["key"]


def test_an_error_of_the_codec_is_not_kept(shared: Cache) -> None:
    with Cache(codec=(bytes, json.loads), share_decoded=True) as cache:
        cache["key"] = b"not json"
        for _ in range(4):
            with pytest.raises(ValueError, match="Expecting value"):
                cache["key"]


def test_a_circle_through_the_cache_is_collected() -> None:
    cache = Cache(codec=(lambda value: b"x", lambda data: Thing(data)), share_decoded=True)
    cache["key"] = None
    thing = hot(cache, "key")
    assert cache["key"] is thing
    thing.cache = cache
    gone = weakref.ref(thing)
    del cache, thing
    gc.collect()
    assert gone() is None


def test_a_finalizer_may_use_the_cache() -> None:
    class Loud:
        def __del__(self) -> None:
            with contextlib.suppress(brisk.Closed):
                cache.get("other")
                cache.set("key", b"by the finalizer")

    with Cache("1 MiB", codec=(bytes, lambda data: Loud()), share_decoded=True) as cache:
        cache["other"] = b"other"
        for i in range(300):
            cache["key"] = str(i).encode()
            hot(cache, "key")
            hot(cache, "other")
        assert "key" in cache


def test_threads_never_see_an_older_value(shared: Cache) -> None:
    done = [0]
    shared["n"] = 0

    def write() -> None:
        for n in range(1, 3000):
            shared["n"] = n
            done[0] = n

    wrong: list[tuple[int, int]] = []

    def read() -> None:
        while done[0] < 2999:
            before = done[0]
            seen = shared["n"]
            if seen < before:
                wrong.append((before, seen))

    threads = [threading.Thread(target=run) for run in (write, read, read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
