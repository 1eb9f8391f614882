"""brisk.Cache as a mapping: keys, values, batches, lifetimes, pins, walks, figures."""

from __future__ import annotations

import gc
import os
from datetime import timedelta
from pickle import PickleBuffer

import brisk
import pytest
from brisk import Cache, Runtime

BIG = bytes(range(256)) * 400


@pytest.mark.parametrize(
    "key", ["key", "ключ", "", "a\0b", b"\xff\0", bytearray(b"k"), "k" * 65535]
)
@pytest.mark.parametrize("value", [b"", b"value", b"\0" * 1024, b"x" * 1025, BIG])
def test_what_is_set_is_got(cache: Cache, key: str | bytes, value: bytes) -> None:
    assert key not in cache
    assert cache.get(key) is None
    assert cache.get(key, 7) == 7
    assert cache.set(key, value) is True
    assert key in cache
    assert cache.get(key) == cache[key] == value
    assert type(cache[key]) is bytes
    del cache[key]
    assert cache.get(key, default=b"none") == b"none"


def test_a_str_is_its_utf8(cache: Cache) -> None:
    cache["é"] = b"one"
    assert cache["é".encode()] == cache[memoryview("é".encode())] == b"one"


@pytest.mark.parametrize(
    "value", [bytearray(b"abc"), memoryview(b"abc"), memoryview(b"xabcx")[1:4]]
)
def test_values_are_anything_with_bytes(cache: Cache, value: bytearray | memoryview) -> None:
    cache["key"] = value
    assert cache["key"] == b"abc"


def test_it_is_a_mapping(cache: Cache) -> None:
    with pytest.raises(KeyError, match="missing"):
        cache["missing"]
    with pytest.raises(KeyError, match="missing"):
        del cache["missing"]
    assert cache.discard("missing") is False
    cache.set_many({f"k{i}": b"v" for i in range(500)})
    assert len(cache) == 500
    assert set(cache) == set(cache.keys()) == {f"k{i}".encode() for i in range(500)}
    assert cache.discard("k1") is True
    cache.clear()
    assert len(cache) == 0
    assert list(cache) == []


def test_long_keys_are_walked_over(cache: Cache) -> None:
    cache["k" * 65535] = b"v"
    assert [len(key) for key in cache] == [65535]


def test_get_many_keeps_order(cache: Cache) -> None:
    keys = [f"key{i}" for i in range(1000)]
    values = [b"v" * (i % 7 * 300) for i in range(1000)]
    assert cache.set_many(zip(keys, values, strict=True)) == 1000
    assert cache.get_many(keys) == values
    assert cache.get_many(iter(["key2", "none", "key0", "key2"]), default=b"-") == [
        values[2],
        b"-",
        values[0],
        values[2],
    ]
    assert cache.get_many([]) == []
    assert cache.get_many(()) == []


def test_batches_of_any_size(cache: Cache) -> None:
    """Values that no buffer holds, keys that no batch holds, and small ones between them."""
    entries = {"a": b"1", "big": BIG, "b": b"2", "k" * 5000: b"long", "c": b"x" * 16384, "d": b""}
    assert cache.set_many(entries) == 6
    assert cache.get_many(list(entries)) == list(entries.values())
    assert cache.get_many(["none", *entries, "none"]) == [None, *entries.values(), None]
    hits = cache.stats().hits
    cache.get_many(["a"] * 1000)
    assert cache.stats().hits == hits + 1000


def test_set_many_stores_nothing_when_one_is_wrong(cache: Cache) -> None:
    with pytest.raises(brisk.WrongType, match="value is of type int"):
        cache.set_many([("a", b"1"), ("b", 2)])
    with pytest.raises(brisk.TooLarge):
        cache.set_many([("a", b"1"), ("k" * 65536, b"2")])
    assert len(cache) == 0


def test_lifetimes(clock: Runtime) -> None:
    cache = Cache(runtime=clock, ttl=10, idle=timedelta(seconds=8))
    cache["ten"] = b"v"
    cache.set("two", b"v", ttl=2)
    cache.set("half", b"v", ttl=0.5)
    cache.set("ever", b"v", float("inf"))
    clock.advance(0.6)
    assert cache.get_many(["ten", "two", "half", "ever"]) == [b"v", b"v", None, b"v"]
    assert cache.touch("two", ttl=timedelta(seconds=5)) is True
    assert cache.touch("half") is False
    clock.advance(4)
    assert cache.get_many(["ten", "two", "ever"]) == [b"v", b"v", b"v"]
    clock.advance(timedelta(seconds=6))
    assert cache.get_many(["ten", "two", "ever"]) == [None, None, b"v"]
    clock.advance(9)
    assert "ever" not in cache  # it was not used
    assert clock.now() == pytest.approx(19.6)


def test_get_many_has_the_lifetime_of_its_call(clock: Runtime) -> None:
    cache = Cache(runtime=clock)
    cache.set_many({"a": b"1"}, ttl=1)
    clock.advance(1)
    assert "a" not in cache


def test_invalidate(cache: Cache) -> None:
    cache.set_many({f"user:{i}:{part}": b"v" for i in range(3) for part in ("name", "mail")})
    assert cache.invalidate("user:1:*") == 2
    assert cache.invalidate(b"user:[02]:name") == 2
    assert cache.invalidate("nothing*") == 0
    assert sorted(cache) == [b"user:0:mail", b"user:2:mail"]


def test_a_pin_outlives_everything() -> None:
    cache = Cache("1 MiB")
    cache["key"] = BIG
    pin = cache.pin("key")
    view = pin.view
    part = view[256:512]
    assert view.readonly
    cache.clear()
    cache.close()
    del cache
    gc.collect()
    assert bytes(view) == BIG
    pin.release()
    pin.release()
    assert bytes(part) == bytes(range(256))


def test_a_pin_ends_with_its_block(cache: Cache) -> None:
    cache["key"] = b"value"
    with cache.pin("key") as view:
        assert view == b"value"
        kept = memoryview(view)
    with pytest.raises(ValueError, match="released"):
        view[0]
    assert kept == b"value"
    with pytest.raises(TypeError):
        kept[0] = 1
    with pytest.raises(KeyError):
        cache.pin("missing")


def test_a_pin_is_let_go_while_something_uses_it(cache: Cache) -> None:
    cache["key"] = b"value"
    with cache.pin("key") as view:
        user = PickleBuffer(view)  # like a NumPy array, it keeps the view from being released
    cache.clear()
    assert bytes(user) == b"value"


def test_pins_are_counted(cache: Cache) -> None:
    cache["key"] = BIG
    pin = cache.pin("key")
    del cache["key"]
    cache["other"] = b"v"
    assert cache.stats().pinned_bytes > len(BIG) // 2
    pin.release()
    cache["other"] = b"w"
    assert cache.stats().pinned_bytes == 0


def test_a_cache_without_room_refuses() -> None:
    cache = Cache("256 KiB", compression="off")
    held = []
    for i in range(50):
        if not cache.set(f"key{i}", bytes(20_000)):
            break
        held.append(cache.pin(f"key{i}"))
    assert 5 < len(held) < 14
    assert cache.set("one more", bytes(20_000)) is False
    cache["one more"] = bytes(20_000)  # an assignment cannot say so
    assert "one more" not in cache
    assert cache.set_many([("one", bytes(20_000)), ("more", bytes(20_000))]) == 0
    assert cache.stats().refusals >= 3
    held.clear()
    assert cache.set("one more", bytes(20_000)) is True


def test_a_packed_value_without_room_cannot_be_pinned() -> None:
    cache = Cache("16 MiB")
    cache["packed"] = bytes(2 << 20)
    held = []
    for i in range(14):
        assert cache.set(f"key{i}", os.urandom(1 << 20))
        held.append(cache.pin(f"key{i}"))
    assert cache.stats().compressed_entries == 1
    with pytest.raises(brisk.Refused, match="no room") as refused:
        cache.pin("packed")
    assert (refused.value.status, refused.value.status_name) == (5, "BRISK_REFUSED")
    assert cache["packed"] == bytes(2 << 20)
    with pytest.raises(brisk.Refused):
        cache.begin("packed")


def test_events(clock: Runtime) -> None:
    cache = Cache(runtime=clock, events=10)
    cache["long" * 100] = b"1"
    cache["a"] = b"1"
    cache["a"] = b"2"
    del cache["a"]
    cache.clear()
    cache.set("b", b"v", ttl=1)
    clock.advance(2)
    assert list(cache.events()) == [
        (b"a", "replaced"),
        (b"a", "erased"),
        (b"long" * 100, "erased"),
        (b"b", "expired"),
    ]
    assert list(cache.events()) == []


def test_evictions_are_events() -> None:
    cache = Cache(max_entries=2, policy="lru", events=10)
    cache.set_many({"a": b"1", "b": b"2", "c": b"3"})
    assert list(cache.events()) == [(b"a", "capacity")]
    assert len(cache) == 2


def test_figures(cache: Cache) -> None:
    assert cache.stats().hit_ratio == 0
    cache["key"] = b"value"
    cache.get("key")
    cache.get("none")
    now = cache.stats()
    assert (now.entries, now.hits, now.misses, now.puts, now.hit_ratio) == (1, 1, 1, 1, 0.5)
    assert now.bytes_held == now.held_bytes > 0
    assert now.capacity_bytes == 4 << 20
    assert "1 entries" in repr(cache)


def test_names() -> None:
    cache = Cache("1 MiB", name="sessions")
    cache["key"] = b"value"
    found = Cache.find("sessions")
    assert found is not None
    assert found["key"] == b"value"
    assert Cache.find(b"sessions") is not None
    assert Cache.find("none") is None
    with pytest.raises(brisk.Exists, match="sessions"):
        Cache(name="sessions")
    found.close()
    assert Cache.find("sessions") is None


def test_a_closed_cache_says_so() -> None:
    with Cache("1 MiB") as cache:
        cache["key"] = b"value"
    cache.close()
    for call in (
        lambda: cache.get("key"),
        lambda: cache.get_many(["key"]),
        lambda: cache.set("key", b"value"),
        lambda: cache.set_many({"key": b"value"}),
        lambda: cache["key"],
        lambda: "key" in cache,
        lambda: len(cache),
        lambda: list(cache),
        lambda: cache.pin("key"),
        lambda: cache.get_or_load("key", lambda _: b""),
        lambda: cache.stats(),
        lambda: cache.clear(),
    ):
        with pytest.raises(brisk.Closed, match="closed"):
            call()
    assert "closed" in repr(cache)


def test_runtimes(clock: Runtime) -> None:
    with Runtime(budget="10 MiB", budget_percent=50) as runtime:
        cache = Cache("1 MiB", runtime=runtime)
        cache["key"] = b"value"
        assert runtime.stats().caches == 1
        assert runtime.stats().bytes_held == cache.stats().bytes_held
        assert runtime.stats().budget_bytes <= 10 << 20
    with pytest.raises(brisk.Closed):
        cache.get("key")
    with pytest.raises(brisk.InvalidArgument):
        Runtime().advance(1)
    assert Runtime.default().now() > 0
    with pytest.raises(brisk.InvalidArgument):
        Runtime.default().close()
    clock.advance(0)
    assert clock.now() == 0


def test_compression() -> None:
    packed = Cache(compression_threshold=0, compression_level=3)
    plain = Cache("1 MiB", compression="off")
    for cache in (packed, plain):
        cache["key"] = bytes(10_000)
        assert cache["key"] == bytes(10_000)
    assert packed.stats().compressed_entries == 1
    assert plain.stats().compressed_entries == 0


def test_subclasses() -> None:
    class Mine(Cache):
        def __init__(self) -> None:
            super().__init__("1 MiB", name="mine")
            self.extra = [self]

        def shout(self, key: str) -> bytes:
            value: bytes = self[key]
            return value.upper()

    mine = Mine()
    mine["key"] = b"value"
    assert mine.shout("key") == b"VALUE"
    assert isinstance(Mine.find("mine"), Mine)
    mine.close()
    with pytest.raises(brisk.InvalidArgument, match="made already"):
        mine.__init__()  # type: ignore[misc]
