"""get_or_load and leases: one load a key, its value or its error for all, timeouts, circles."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import brisk
import pytest
from brisk import Cache, Lease


class Broken(Exception):
    """What only a loader raises."""


def load(key: Any) -> bytes:
    return b"made for " + str(key).encode()


def never(key: Any) -> bytes:
    raise AssertionError("called again")


class Begun:
    """A load that has begun, on a thread of its own, and whose loader ends when it is told how."""

    def __init__(self, cache: Cache, key: str = "key") -> None:
        self._running = threading.Event()
        self._end: Future[bytes] = Future()
        self._pool = ThreadPoolExecutor(1)
        self.answer = self._pool.submit(cache.get_or_load, key, self._load)
        assert self._running.wait(10)

    def _load(self, key: str) -> bytes:
        self._running.set()
        return self._end.result(20)

    def give(self, value: bytes) -> None:
        self._end.set_result(value)
        self._pool.shutdown()

    def fail(self, error: BaseException) -> None:
        self._end.set_exception(error)
        self._pool.shutdown()


def lead_of(cache: Cache, key: str) -> Lease:
    value, lease = cache.begin(key)
    assert value is None
    assert lease is not None
    return lease


def test_what_is_missing_is_loaded_once(cache: Cache) -> None:
    assert cache.get_or_load("key", load) == b"made for key"
    assert cache.get_or_load("key", never) == b"made for key"
    assert cache["key"] == b"made for key"
    assert cache.stats().loads == 1


def test_the_loader_gets_the_key_as_it_was_given(cache: Cache) -> None:
    for key in ("text", b"bytes"):
        assert cache.get_or_load(key, load) == b"made for " + str(key).encode()


def test_loaded_values_have_a_lifetime(clock: brisk.Runtime) -> None:
    cache = Cache(runtime=clock)
    cache.get_or_load("short", load, ttl=1)
    cache.get_or_load("long", load)
    clock.advance(2)
    assert cache.get_many(["short", "long"]) == [None, b"made for long"]


def test_one_loader_for_many_threads(cache: Cache) -> None:
    calls = []
    start = threading.Barrier(16)

    def slow(key: str) -> bytes:
        calls.append(key)
        time.sleep(0.1)
        return b"value"

    def ask() -> Any:
        start.wait()
        return cache.get_or_load("key", slow)

    with ThreadPoolExecutor(16) as pool:
        answers = [pool.submit(ask) for _ in range(16)]
        assert [answer.result() for answer in answers] == [b"value"] * 16
    assert calls == ["key"]


def test_races_of_many_keys_and_failures(cache: Cache) -> None:
    def loader(key: str) -> bytes:
        if int(key) % 3 == 0:
            raise Broken("bad luck")
        return key.encode()

    def ask() -> set[str]:
        said = set()
        for i in range(400):
            key = str(i // 4)
            try:
                assert cache.get_or_load(key, loader) == key.encode()
            except (Broken, brisk.LoadFailed) as error:
                said.add(str(error))
        return said

    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(ask) for _ in range(4)]
        assert [answer.result() for answer in answers] == [{"bad luck"}] * 4


def test_the_exception_of_the_loader_comes_out(cache: Cache) -> None:
    error = Broken("no such page")

    def loader(key: str) -> bytes:
        raise error

    with pytest.raises(Broken) as raised:
        cache.get_or_load("key", loader)
    assert raised.value is error
    assert cache.stats().load_failures == 1
    assert "key" not in cache
    assert cache.get_or_load("key", load) == b"made for key"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Broken("no such page"), "no such page"),
        (Broken(), "Broken"),
        (Broken("\ud800"), "?"),
        (OSError(2, "gone"), "[Errno 2] gone"),
    ],
)
def test_those_who_wait_get_its_text(cache: Cache, error: Exception, text: str) -> None:
    begun = Begun(cache)
    lease = lead_of(cache, "key")
    assert not lease.leads
    begun.fail(error)
    with pytest.raises(brisk.LoadFailed) as raised:
        lease.wait()
    assert str(raised.value) == text
    assert begun.answer.exception() is error


def test_an_exception_without_a_text(cache: Cache) -> None:
    class Mute(Exception):
        def __str__(self) -> str:
            raise ValueError("no text")

    begun = Begun(cache)
    lease = lead_of(cache, "key")
    begun.fail(Mute())
    with pytest.raises(brisk.LoadFailed, match="Mute"):
        lease.wait()


def test_those_who_wait_get_the_value(cache: Cache) -> None:
    begun = Begun(cache)
    lease = lead_of(cache, "key")
    begun.give(b"value")
    assert lease.wait() is True
    assert lease.wait() is True
    assert lease.value == begun.answer.result() == b"value"


def test_a_wait_ends_with_its_timeout(cache: Cache) -> None:
    begun = Begun(cache)
    for timeout in (0, -1, 1e-9, 0.12):
        began = time.monotonic()
        with pytest.raises(brisk.Timeout, match="goes on") as raised:
            cache.get_or_load("key", never, timeout=timeout)
        assert isinstance(raised.value, TimeoutError)
        assert timeout <= time.monotonic() - began < 5
    assert (raised.value.status, raised.value.status_name) == (3, "BRISK_TIMEOUT")
    begun.give(b"value")
    assert begun.answer.result() == b"value"
    assert cache.stats().loads == 1


def test_the_timeout_of_the_cache(cache: Cache) -> None:
    cache = Cache(load_timeout=0.06)
    begun = Begun(cache)
    with pytest.raises(brisk.Timeout):
        cache.get_or_load("key", never)
    with pytest.raises(brisk.Timeout):
        lead_of(cache, "key").wait()
    begun.give(b"value")


def test_a_wrong_type_fails_the_load(cache: Cache) -> None:
    begun = Begun(cache)
    lease = lead_of(cache, "key")
    begun.give("text")  # type: ignore[arg-type]
    with pytest.raises(brisk.LoadFailed, match="value is of type str; give bytes"):
        lease.wait()
    assert isinstance(begun.answer.exception(), TypeError)
    assert cache.get_or_load("key", load) == b"made for key"


def test_a_value_too_large_to_keep_reaches_all_the_same() -> None:
    cache = Cache("256 KiB")
    begun = Begun(cache)
    lease = lead_of(cache, "key")
    begun.give(bytes(1 << 20))
    assert lease.wait()
    assert lease.value == begun.answer.result() == bytes(1 << 20)
    assert "key" not in cache


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_interrupt_hands_the_load_on(cache: Cache, kind: type[BaseException]) -> None:
    def interrupted(key: str) -> bytes:
        raise kind

    begun = Begun(cache)
    lease = lead_of(cache, "key")
    begun.fail(kind())
    assert lease.wait() is False
    assert lease.leads
    lease.complete(b"made by another")
    assert cache["key"] == b"made by another"
    with pytest.raises(kind):
        cache.get_or_load("other", interrupted)
    assert cache.get_or_load("other", load) == b"made for other"


def test_circles_are_found(cache: Cache) -> None:
    def a(key: str) -> bytes:
        value: bytes = cache.get_or_load("b", b)
        return value

    def b(key: str) -> bytes:
        value: bytes = cache.get_or_load("a", a)
        return value

    with pytest.raises(brisk.Deadlock, match="waits for itself"):
        cache.get_or_load("a", a)
    other = Cache()
    with pytest.raises(brisk.Deadlock):
        cache.get_or_load(
            "a", lambda _: other.get_or_load("x", lambda _: cache.get_or_load("a", a))
        )
    assert cache.get_or_load("a", lambda _: cache.get_or_load("b", load)) == b"made for b"


def test_circles_through_threads_are_found(cache: Cache) -> None:
    """a needs b and b needs a, each led by a thread of its own."""
    both = threading.Barrier(2)

    def crossing(mine: str, other: str) -> Any:
        def loader(key: str) -> bytes:
            both.wait(10)
            value: bytes = cache.get_or_load(other, never, timeout=10)
            return value

        return cache.get_or_load(mine, loader)

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(crossing, "a", "b"), pool.submit(crossing, "b", "a")]
        errors = [answer.exception(30) for answer in answers]
    assert brisk.Deadlock in map(type, errors)


def test_a_loader_may_use_the_cache(cache: Cache) -> None:
    def loader(key: str) -> bytes:
        cache["side"] = b"effect"
        cache[key] = b"written meanwhile"
        return b"loaded"

    assert cache.get_or_load("key", loader) == b"loaded"
    assert cache.get_many(["side", "key"]) == [b"effect", b"written meanwhile"]


def test_a_loader_may_close_the_cache() -> None:
    cache = Cache("1 MiB")

    def loader(key: str) -> bytes:
        cache.close()
        return b"late"

    with pytest.raises(brisk.Closed):
        cache.get_or_load("key", loader)


def test_leases(cache: Cache) -> None:
    lead = lead_of(cache, "key")
    assert lead.leads
    wait = lead_of(cache, "key")
    with pytest.raises(brisk.InvalidArgument, match="lead"):
        lead.wait()
    with pytest.raises(brisk.InvalidArgument, match="waits"):
        wait.complete(b"value")
    with pytest.raises(brisk.Timeout):
        wait.wait(0)
    lead.complete(b"value", ttl=60)
    for call in (lambda: lead.complete(b"v"), lambda: lead.fail("why"), lead.abandon):
        with pytest.raises(brisk.InvalidArgument, match="ended"):
            call()
    assert wait.wait()
    assert wait.value == b"value"
    assert cache.begin("key") == (b"value", None)


def test_a_dropped_lease_hands_the_lead_on(cache: Cache) -> None:
    lead = lead_of(cache, "key")
    second = lead_of(cache, "key")
    third = lead_of(cache, "key")
    lead.abandon()
    assert second.wait() is False
    del second
    assert third.wait() is False
    third.fail("no such row")
    del lead
    outer = lead_of(cache, "outer")
    with pytest.raises(brisk.Deadlock):
        cache.begin("outer", parent=outer)


def test_those_who_wait_for_a_closed_cache_are_told() -> None:
    cache = Cache("1 MiB")
    lead = lead_of(cache, "key")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(cache.get_or_load, "key", never, timeout=20)
        time.sleep(0.05)
        cache.close()
        assert isinstance(waiting.exception(10), brisk.Closed)
    with pytest.raises(brisk.Closed):
        lead.complete(b"late")


def test_a_signal_comes_through_a_wait(run: Any) -> None:
    text = run("""
import brisk, os, signal, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job ignores it
cache = brisk.Cache()
_, lead = cache.begin("key")
began = time.monotonic()
try:
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    cache.get_or_load("key", None, timeout=20)
except KeyboardInterrupt:
    print(time.monotonic() - began < 15)
""")
    assert text == "True\n"


def test_a_value_from_before_serves_while_one_loads(clock: brisk.Runtime) -> None:
    with Cache(runtime=clock, ttl=10, stale=5) as cache, brisk.Workers(1) as workers:
        cache["key"] = b"old"
        clock.advance(10)
        assert cache.get("key") is None
        value, lease = cache.begin("key")
        assert value == b"old"
        assert lease is not None
        assert lease.leads
        assert cache.begin("key") == (b"old", None)
        assert cache.get_or_load("key", never) == b"old"
        lease.complete(b"new")
        assert cache["key"] == b"new"

        clock.advance(10)
        go = threading.Event()

        def slow(key: str) -> bytes:
            assert go.wait(10)
            return b"newer"

        assert cache.get_or_load("key", slow, refresh=workers) == b"new"
        assert cache.get_or_load("key", never, refresh=workers) == b"new"
        go.set()
        while "key" not in cache:
            time.sleep(0.001)
        assert cache["key"] == b"newer"
        assert cache.stats().stale_hits == 5

        workers.close()
        clock.advance(10)
        assert cache.get_or_load("key", load, refresh=workers) == b"made for key"


def test_a_value_from_before_may_be_none(clock: brisk.Runtime) -> None:
    me = threading.get_ident()

    def elsewhere(key: str) -> int:
        assert threading.get_ident() != me
        return 1

    async def later(key: str) -> int:
        await asyncio.sleep(0)
        return 2

    with Cache(runtime=clock, ttl=10, stale=5, codec="json") as cache, brisk.Workers(1) as workers:
        cache["key"] = None
        clock.advance(10)
        assert cache.get_or_load("key", elsewhere, refresh=workers) is None
        while "key" not in cache:
            time.sleep(0.001)
        assert cache["key"] == 1

        cache["key"] = None
        clock.advance(10)

        async def main() -> None:
            assert await cache.get_or_load_async("key", later, refresh=True) is None
            while "key" not in cache:
                await asyncio.sleep(0.001)

        asyncio.run(main())
        assert cache["key"] == 2


def test_a_value_from_before_answers_for_a_failure(clock: brisk.Runtime) -> None:
    def broken(key: str) -> bytes:
        raise Broken(key)

    with Cache(runtime=clock, ttl=10, stale_if_error=5) as cache:
        cache["key"] = b"old"
        clock.advance(14)
        assert cache.get_or_load("key", broken) == b"old"
        lead = lead_of(cache, "key")
        waits = lead_of(cache, "key")
        assert lead.fail("the disk is gone")
        assert lead.wait()
        assert waits.wait()
        assert lead.value == waits.value == b"old"
        assert cache.stats().stale_errors == 3
        clock.advance(1)
        with pytest.raises(Broken):
            cache.get_or_load("key", broken)


def test_a_coroutine_refreshes_in_its_loop(clock: brisk.Runtime) -> None:
    async def made(key: str) -> bytes:
        await asyncio.sleep(0)
        return b"new"

    async def broken(key: str) -> bytes:
        raise Broken(key)

    async def main() -> None:
        with Cache(runtime=clock, ttl=10, stale=5, stale_if_error=5) as cache:
            cache["key"] = b"old"
            clock.advance(10)
            assert await cache.get_or_load_async("key", broken) == b"old"
            assert await cache.get_or_load_async("key", made, refresh=True) == b"old"
            while "key" not in cache:
                await asyncio.sleep(0.001)
            assert cache["key"] == b"new"

    asyncio.run(main())


def test_what_has_no_value_is_not_loaded_again(clock: brisk.Runtime) -> None:
    def none(key: str) -> bytes:
        raise brisk.Absent(ttl=5)

    def through(key: str) -> bytes:
        value: bytes = cache.get_or_load("key", never)
        return value

    with Cache(runtime=clock) as cache:
        with pytest.raises(brisk.Absent):
            cache.get_or_load("key", none)
        with pytest.raises(KeyError, match="no value"):
            cache.get_or_load("key", never)
        with pytest.raises(brisk.Absent):
            cache.begin("key")
        with pytest.raises(brisk.Absent):
            cache.get_or_load("other", through)
        assert cache.get_or_load("other", load) == b"made for other", "only the key itself"
        assert "key" not in cache
        assert cache.stats().absent_hits == 3
        clock.advance(5)
        lead = lead_of(cache, "key")
        waits = lead_of(cache, "key")
        lead.complete_absent(ttl=5)
        with pytest.raises(brisk.Absent):
            waits.wait()
        cache["key"] = b"value"
        assert cache.get_or_load("key", never) == b"value"
