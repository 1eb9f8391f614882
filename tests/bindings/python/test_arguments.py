"""Wrong arguments: each is named, with what is due, and nothing is stored."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import brisk
import pytest
from brisk import Cache

KEY_CALLS: list[Callable[[Cache, Any], Any]] = [
    lambda cache, key: cache.get(key),
    lambda cache, key: cache[key],
    lambda cache, key: cache.set(key, b"v"),
    lambda cache, key: cache.__setitem__(key, b"v"),
    lambda cache, key: cache.__delitem__(key),
    lambda cache, key: key in cache,
    lambda cache, key: cache.get_many(["a", key]),
    lambda cache, key: cache.set_many([("a", b"v"), (key, b"v")]),
    lambda cache, key: cache.pin(key),
    lambda cache, key: cache.touch(key),
    lambda cache, key: cache.discard(key),
    lambda cache, key: cache.begin(key),
    lambda cache, key: cache.get_or_load(key, lambda _: b"v"),
]


@pytest.mark.parametrize("call", KEY_CALLS)
def test_wrong_keys(cache: Cache, call: Callable[[Cache, Any], Any]) -> None:
    for key in (None, 1, 1.5, ["a"], object()):
        with pytest.raises(TypeError, match=f"key is of type {type(key).__name__}; give str"):
            call(cache, key)
        with pytest.raises(brisk.WrongType):
            call(cache, key)
    with pytest.raises(UnicodeEncodeError):
        call(cache, "\ud800")
    with pytest.raises(brisk.TooLarge, match="70000 bytes is longer than 65535"):
        call(cache, "k" * 70000)
    with pytest.raises(BufferError):
        call(cache, memoryview(b"abcdef")[::2])
    assert len(cache) == 0


@pytest.mark.parametrize("value", [None, "text", 1, 1.5, [b"v"], {}, object()])
def test_wrong_values(cache: Cache, value: Any) -> None:
    for call in (
        lambda: cache.set("key", value),
        lambda: cache.__setitem__("key", value),
        lambda: cache.set_many({"key": value}),
        lambda: cache.get_or_load("key", lambda _: value),
    ):
        kind = type(value).__name__
        with pytest.raises(TypeError, match=f'value is of type {kind}; give bytes.*codec="json"'):
            call()
    assert len(cache) == 0


TTL_CALLS: list[Callable[[Cache, Any], Any]] = [
    lambda cache, ttl: cache.set("key", b"v", ttl),
    lambda cache, ttl: cache.set_many({"key": b"v"}, ttl=ttl),
    lambda cache, ttl: cache.touch("key", ttl),
    lambda cache, ttl: cache.get_or_load("other", lambda _: b"v", ttl),
    lambda cache, ttl: cache.memoize(ttl)(len),
    lambda cache, ttl: Cache(ttl=ttl),
]


@pytest.mark.parametrize("call", TTL_CALLS)
def test_wrong_lifetimes(cache: Cache, call: Callable[[Cache, Any], Any]) -> None:
    for ttl in (0, -1, -1e-9, 0.0, math.nan, -math.inf, timedelta(0), timedelta(days=-1)):
        with pytest.raises(brisk.InvalidArgument, match="ttl is .* more than 0 seconds"):
            call(cache, ttl)
    for ttl in (10**400, -(10**400)):
        with pytest.raises(ValueError, match="ttl is out of range"):
            call(cache, ttl)
    for ttl in ("5", b"5", [], object(), 1j):
        with pytest.raises(TypeError, match=f"ttl is of type {type(ttl).__name__}; give seconds"):
            call(cache, ttl)
    assert len(cache) == 0


@pytest.mark.parametrize(
    ("ttl", "ns"),
    [
        (None, 0),
        (1, 10**9),
        (0.1, 10**8),
        (1e-12, 1),
        (3600, 3600 * 10**9),
        (True, 10**9),
        (Decimal("0.5"), 5 * 10**8),
        (Fraction(1, 4), 25 * 10**7),
        (timedelta(milliseconds=3), 3 * 10**6),
        (1e30, 2**64 - 1),
        (math.inf, 2**64 - 1),
    ],
)
def test_lifetimes_in_nanoseconds(ttl: Any, ns: int) -> None:
    assert brisk._brisk.nanoseconds(ttl, "ttl") == ns


@pytest.mark.parametrize(
    ("timeout", "ns"), [(None, 0), (0, 1), (-5, 1), (-math.inf, 1), (2, 2 * 10**9)]
)
def test_timeouts_in_nanoseconds(timeout: Any, ns: int) -> None:
    assert brisk._brisk.wait_nanoseconds(timeout, "timeout") == ns


def test_a_timeout_that_is_no_number(cache: Cache) -> None:
    _, lead = cache.begin("key")
    assert lead is not None
    for timeout, kind in ((math.nan, ValueError), ("5", TypeError), (10**400, ValueError)):
        with pytest.raises(kind, match="timeout"):
            cache.get_or_load("key", lambda _: b"v", timeout=timeout)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="load_timeout"):
        Cache(load_timeout=math.nan)


def test_a_time_that_raises(cache: Cache) -> None:
    class Broken:
        def total_seconds(self) -> float:
            raise ZeroDivisionError("broken")

    with pytest.raises(ZeroDivisionError):
        cache.set("key", b"v", ttl=Broken())


@pytest.mark.parametrize(
    ("options", "kind", "message"),
    [
        ({"capacity": "many"}, ValueError, "many"),
        ({"capacity": "64 parsec"}, ValueError, "parsec"),
        ({"capacity": 0}, ValueError, "capacity is 0"),
        ({"capacity": -1}, ValueError, "capacity is -1"),
        ({"capacity": 1 << 64}, ValueError, "capacity is 18446744073709551616"),
        ({"capacity": 1000}, ValueError, "262144"),
        ({"capacity": 1.5}, TypeError, "capacity is of type float"),
        ({"capacity": b"1 MiB"}, TypeError, "capacity is of type bytes"),
        ({"capacity": True}, TypeError, "capacity is of type bool"),
        ({"max_entries": 0}, ValueError, "max_entries is 0"),
        ({"max_entries": "5"}, TypeError, "max_entries is of type str"),
        ({"policy": "best"}, ValueError, "policy is 'best'; give one of 'auto', 'lru', 's3fifo'"),
        ({"policy": 1}, ValueError, "policy is 1"),
        ({"policy": []}, ValueError, "policy is"),
        ({"compression": "on"}, ValueError, "compression is 'on'; give one of 'auto', 'off'"),
        ({"compression_level": 99}, ValueError, "99"),
        ({"compression_level": 1 << 40}, ValueError, "compression_level is 1099511627776"),
        ({"compression_level": "1"}, TypeError, "compression_level is of type str"),
        ({"compression_threshold": -1}, ValueError, "compression_threshold is -1"),
        ({"events": -1}, ValueError, "event_capacity is -1"),
        ({"events": 1 << 21}, ValueError, "1048576"),
        ({"name": 5}, TypeError, "name is of type int"),
        ({"name": "n" * 300}, ValueError, "255"),
        ({"codec": "yaml"}, ValueError, "codec is 'yaml'; give None"),
        ({"codec": (len,)}, ValueError, "codec is"),
        ({"codec": ("a", "b")}, ValueError, "codec is"),
        ({"runtime": 5}, TypeError, "runtime is of type int"),
    ],
)
def test_wrong_options(options: dict[str, Any], kind: type[Exception], message: str) -> None:
    with pytest.raises(kind, match=message) as raised:
        Cache(**options)
    assert isinstance(raised.value, brisk.Error)


def test_batches_of_the_wrong_shape(cache: Cache) -> None:
    for keys in ("abc", b"abc"):
        with pytest.raises(TypeError, match="keys is of type .*; give a list"):
            cache.get_many(keys)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not iterable"):
        cache.get_many(5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="entry 0 is .*; give pairs"):
        cache.set_many([("a", b"1", b"2")])  # type: ignore[list-item]
    with pytest.raises(TypeError, match="entry is of type str"):
        cache.set_many(["ab"])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        cache.set_many([5])  # type: ignore[list-item]


def test_wrong_numbers_of_arguments(cache: Cache) -> None:
    anything: Any = cache
    for call, message in (
        (lambda: anything.get(), "get\\(\\) needs key"),
        (lambda: anything.get("a", 1, 2), "at most 2 arguments and was given 3"),
        (lambda: anything.get("a", key="b"), "got 'key' twice"),
        (lambda: anything.get("a", other=1), "no argument 'other'"),
        (lambda: anything.set("a"), "set\\(\\) needs value"),
        (lambda: anything.set(value=b"v"), "set\\(\\) needs key"),
        (lambda: anything.get_many(), "needs keys"),
        (lambda: anything._raw.put("a"), "takes 3 arguments and was given 1"),
    ):
        with pytest.raises(TypeError, match=message):
            call()
    assert anything.get(default=5, key="a") == 5


def test_a_cache_that_was_not_made() -> None:
    empty = Cache.__new__(Cache)
    for call in (
        lambda: empty.get("key"),
        lambda: empty.set("key", b"v"),
        lambda: empty.get_many(["key"]),
        lambda: empty.set_many({"key": b"v"}),
        lambda: "key" in empty,
    ):
        with pytest.raises(brisk.InvalidArgument, match="cache"):
            call()
    with pytest.raises(AttributeError):
        empty.stats()
    with pytest.raises(TypeError, match="CacheHandle"):
        brisk._brisk.CacheBase(5)  # type: ignore[arg-type]


def test_wrong_arguments_of_the_raw_layer(cache: Cache) -> None:
    raw: Any = cache._raw
    for call, message in (
        (lambda: raw.put("a", b"v", -1), "ttl_ns is -1; give an int of 0 to 18446744073709551615"),
        (lambda: raw.put("a", b"v", 1 << 64), "ttl_ns is 18446744073709551616"),
        (lambda: raw.put("a", b"v", 1.0), "ttl_ns is of type float; give int"),
        (lambda: raw.begin("a", 5), "parent is of type int; give LeaseHandle"),
        (lambda: raw.read("a", b"readonly"), "writable|not writable|read-only"),
        (lambda: raw.read("a", "text"), "buffer is of type str; give a bytearray"),
        (lambda: raw.get_many(b"ab", [1, 1]), "key_sizes is of type list; give an array.array"),
        (lambda: raw.get_many(b"ab", b"11"), "items of 1 bytes; give an array.array with 4"),
        (lambda: brisk._brisk.cache_new(None, {"speed": 9}), "cache_options has no 'speed'"),
        (lambda: brisk._brisk.cache_new(None, {5: 9}), "cache_options has no 5"),
        (lambda: brisk._brisk.cache_new(None, 5), "cache_options is of type int; give a dict"),
        (lambda: brisk._brisk.CacheHandle(), "cannot create"),
    ):
        with pytest.raises((TypeError, ValueError, BufferError), match=message):
            call()


def test_every_exception_is_an_error() -> None:
    raw = vars(brisk._brisk).values()
    known = [one for one in raw if isinstance(one, type) and issubclass(one, Exception)]
    known += [brisk.Timeout, brisk.Refused]
    assert len(known) == 13
    for one in known:
        assert issubclass(one, brisk.Error)
        assert getattr(brisk, one.__name__) is one
        assert one.__name__ in brisk.__all__
        assert one.__module__ == "brisk"
        assert one.__doc__
        assert one.status_name.startswith("BRISK_")
    assert issubclass(brisk.InvalidArgument, ValueError)
    assert issubclass(brisk.WrongType, TypeError)
    assert issubclass(brisk.TooLarge, ValueError)
    assert issubclass(brisk.Timeout, TimeoutError)
    assert issubclass(brisk.OutOfMemory, MemoryError)


def test_sizes() -> None:
    assert brisk.parse_size("64 MiB") == 64 << 20
    assert brisk.parse_size("1.5GB") == 1_500_000_000
    with pytest.raises(brisk.InvalidArgument, match="parsec"):
        brisk.parse_size("5 parsec")
    with pytest.raises(TypeError):
        brisk.parse_size(5)  # type: ignore[arg-type]
