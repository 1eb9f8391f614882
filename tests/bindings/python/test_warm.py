"""Warming: what is asked for most is loaded, by threads as well, and outlives the process."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import brisk
import pytest
from brisk import Cache


def ask(cache: Cache, **times: int) -> None:
    for key, count in times.items():
        for _ in range(count):
            cache.get(key)


def test_hot_keys_count_every_lookup(cache: Cache) -> None:
    assert cache.hot_keys() == []
    cache["there"] = b"value"
    ask(cache, there=3, missing=2)
    cache.get_many(["there", "batch", "x" * 100])
    assert cache.hot_keys() == [(b"there", 4), (b"missing", 2), (b"batch", 1), (b"x" * 100, 1)]
    assert cache.hot_keys(1) == [(b"there", 4)]
    assert cache.hot_keys(0) == []
    with pytest.raises(brisk.InvalidArgument, match="-1"):
        cache.hot_keys(-1)


def test_their_number_is_an_option() -> None:
    with Cache(hot_keys=2) as few:
        ask(few, a=2, b=2, c=3)
        assert len(few.hot_keys()) == 2
        assert few.hot_keys()[0] == (b"c", 3)
    with Cache(hot_keys=0) as none:
        ask(none, a=2)
        assert none.hot_keys() == []
        assert none.warm(lambda key: key) == 0
    with pytest.raises(brisk.InvalidArgument, match="1025"):
        Cache(hot_keys=1025)


def test_counts_fade(clock: brisk.Runtime) -> None:
    with Cache(runtime=clock) as cache:
        ask(cache, old=10)
        clock.advance(6 * 3600)
        ask(cache, new=6)
        assert cache.hot_keys() == [(b"new", 6), (b"old", 5)]


def test_warm_loads_the_hottest_that_are_missing(cache: Cache) -> None:
    cache["there"] = b"value"
    ask(cache, there=5, a=4, b=3, c=2, d=1)
    loaded: list[bytes] = []

    def loader(key: bytes) -> bytes:
        loaded.append(key)
        return key * 2

    assert cache.warm(loader, top_n=3) == 2
    assert loaded == [b"a", b"b"]
    assert cache["a"] == b"aa"
    assert cache["there"] == b"value"
    assert cache.warm(loader, ttl=60) == 2
    assert loaded == [b"a", b"b", b"c", b"d"]
    assert cache.warm(loader) == 0


@pytest.mark.parametrize("threads", [0, 3])
def test_a_loader_that_fails_is_counted_and_stops_no_other(cache: Cache, threads: int) -> None:
    ask(cache, a=3, b=2, c=1)

    def loader(key: bytes) -> bytes:
        if key == b"a":
            raise ValueError("not this one")
        return key

    workers = brisk.Workers(threads) if threads else None
    assert cache.warm(loader, workers=workers) == 2
    assert cache.stats().load_failures == 1
    assert "a" not in cache
    assert cache["b"] == b"b"
    if workers is not None:
        workers.close()


def test_workers_load_at_once(cache: Cache) -> None:
    ask(cache, a=1, b=1, c=1)
    together = threading.Barrier(3)

    def loader(key: bytes) -> bytes:
        together.wait(10)
        return key

    with brisk.Workers(3) as workers:
        assert cache.warm(loader, workers=workers) == 3


def test_what_somebody_else_loads_is_left_to_them(cache: Cache) -> None:
    ask(cache, a=2, b=1)
    _, lead = cache.begin("a")
    assert lead is not None
    assert cache.warm(lambda key: b"warm") == 1
    lead.complete(b"theirs")
    assert cache["a"] == b"theirs"


def test_what_is_stale_is_loaded_anew(clock: brisk.Runtime) -> None:
    with Cache(ttl=10, stale=100, stale_if_error=100, runtime=clock) as cache:
        cache["a"] = b"old"
        cache["b"] = b"old"
        ask(cache, a=3, b=2, c=1)
        clock.advance(11)

        def loader(key: bytes) -> bytes:
            if key == b"b":
                raise ValueError("not this one")
            if key == b"c":
                raise brisk.Absent
            return b"new"

        assert cache.warm(loader) == 1
        assert cache["a"] == b"new"
        assert cache.warm(loader, top_n=3) == 0
        with pytest.raises(brisk.Absent):
            cache.get_or_load("c", lambda key: b"made")


def test_values_go_through_the_codec() -> None:
    with Cache(codec="json") as cache:
        ask(cache, a=1)
        assert cache.warm(lambda key: {"key": key.decode()}) == 1
        assert cache["a"] == {"key": "a"}


def test_an_interrupt_comes_through(cache: Cache) -> None:
    ask(cache, a=1)

    def loader(key: bytes) -> Any:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.warm(loader)


def test_a_restart_goes_on_with_what_was_hot(cache: Cache, run: Any, tmp_path: Path) -> None:
    path = tmp_path / "hot"
    assert cache.restore_hot(path) == 0
    run(f"""
import brisk
cache = brisk.Cache()
for key in ["user:1"] * 5 + ["user:2"] * 3 + ["user:3"]:
    cache.get_or_load(key, lambda _: b"of the first process")
cache.save_hot({str(path)!r})
""")
    assert path.stat().st_mode & 0o777 == 0o600
    assert cache.restore_hot(str(path)) == 3
    assert cache.hot_keys() == [(b"user:1", 5), (b"user:2", 3), (b"user:3", 1)]
    assert cache.warm(lambda key: b"warm", top_n=2) == 2
    assert sorted(cache.keys()) == [b"user:1", b"user:2"]

    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(brisk.InvalidArgument, match=f"{path}.*damaged"):
        cache.restore_hot(path)
    with pytest.raises(brisk.InvalidArgument, match="no/hot"):
        cache.save_hot(tmp_path / "no/hot")


def test_a_closed_cache_says_so(cache: Cache) -> None:
    cache.close()
    for call in (cache.hot_keys, lambda: cache.warm(bytes), lambda: cache.save_hot("x")):
        with pytest.raises(brisk.Closed):
            call()
