"""memoize: keys made of arguments, counts, and what is dropped."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import OrderedDict, namedtuple
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from typing import Any

import brisk
import pytest
from brisk import Cache


@pytest.fixture
def memory() -> Cache:
    return Cache("4 MiB", codec="json")


def test_results_are_kept(memory: Cache) -> None:
    calls = []

    @memory.memoize()
    def area(width: int, height: int = 2) -> int:
        """Width times height."""
        calls.append((width, height))
        return width * height

    assert [area(3), area(3), area(3, 2), area(3, height=2), area(width=3)] == [6] * 5
    assert calls == [(3, 2)] * 4
    assert area.cache_info() == (1, 4, None, 4)
    assert area.cache_info().currsize == 4
    assert "hits=1" in repr(area.cache_info())
    assert area.__doc__ == "Width times height."
    assert area.__name__ == "area"  # type: ignore[attr-defined]
    assert area.__wrapped__(2) == 4


def test_every_argument_has_a_key_of_its_own(memory: Cache) -> None:
    @memory.memoize()
    def shown(*args: Any, **kwargs: Any) -> str:
        return repr((args, kwargs))

    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
        *(((value,), {}) for value in (None, True, False, 1, 0, 1.0, 0.0, -0.0, float("inf"))),
        *(((value,), {}) for value in ("1", b"1", "", b"", "None", "1,2", "'", '"', "\0", "é")),
        *(((value,), {}) for value in ((), [], {}, set(), frozenset(), (1,), [1], {1: 2}, {1})),
        *(((value,), {}) for value in (((),), [[]], (1, 2), ((1,), 2), (1, (2,)), {"a": [1]})),
        *(((value,), {}) for value in ({1: {2: 3}}, {1: 2, 3: 4}, frozenset({(1, 2)}))),
        ((), {}),
        ((1, 2), {}),
        ((1,), {"b": 2}),
        ((), {"a": 1, "b": 2}),
        ((), {"a=1,b": 2}),
        (("a=1",), {"b": 2}),
        ((), {"ab": 12}),
    ]
    texts = [shown(*args, **kwargs) for args, kwargs in calls]
    assert texts == [repr(call) for call in calls]
    assert [shown(*args, **kwargs) for args, kwargs in calls] == texts
    assert shown.cache_info()[:2] == (len(calls), len(calls))


def test_order_does_not_matter_where_it_means_nothing(memory: Cache) -> None:
    @memory.memoize()
    def count(*args: Any, **kwargs: Any) -> int:
        return len(args) + len(kwargs)

    count({1: "a", "b": 2}, {3, "x"}, b=1, a=2)
    count({"b": 2, 1: "a"}, {"x", 3}, a=2, b=1)
    assert count.cache_info()[:2] == (1, 1)


class Color(IntEnum):
    RED = 1


@pytest.mark.parametrize(
    "value",
    [object(), Color.RED, OrderedDict(), namedtuple("P", "x")(1), 1j, bytearray(b"a"), [object()]],
)
def test_other_types_are_refused(memory: Cache, value: Any) -> None:
    @memory.memoize()
    def same(value: Any) -> int:
        return 1

    with pytest.raises(brisk.WrongType, match="cannot stand in a key; give None"):
        same(value)
    assert same.cache_info() == (0, 0, None, 0)


def test_clear_drops_one_function_alone(memory: Cache) -> None:
    memory["other"] = 1

    @memory.memoize(name="f*[x]?\\")
    def one(x: int) -> int:
        return x

    @memory.memoize(name="f*[x]?\\2")
    def two(x: int) -> int:
        return x

    for x in range(5):
        assert one(x) == two(x) == x
    one.cache_clear()
    assert one.cache_info() == (0, 0, None, 0)
    assert two.cache_info() == (0, 5, None, 5)
    assert memory["other"] == 1


def test_two_functions_of_one_name_do_not_share(memory: Cache) -> None:
    def made(factor: int) -> Any:
        @memory.memoize()
        def times(x: int) -> int:
            return factor * x

        return times

    assert [made(2)(5), made(3)(5)] == [10, 15]
    shared = [memory.memoize(name="times")(lambda x, f=f: f * x) for f in (2, 3)]
    assert [times(5) for times in shared] == [10, 10]


def test_methods_of_the_cache_hold(clock: brisk.Runtime) -> None:
    cache = Cache(codec="str", runtime=clock)

    @cache.memoize(ttl=5)
    def now() -> str:
        return str(clock.now())

    assert now() == now() == "0.0"
    clock.advance(5)
    assert now() == "5.0"


def test_an_error_is_not_kept(memory: Cache) -> None:
    @memory.memoize()
    def inverse(x: float) -> float:
        return 1 / x

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            inverse(0)
    assert inverse.cache_info() == (0, 0, None, 0)


def test_recursion_and_circles(memory: Cache) -> None:
    @memory.memoize()
    def fib(n: int) -> int:
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    assert fib(40) == 102334155
    assert fib.cache_info() == (38, 41, None, 41)

    @memory.memoize()
    def circle(n: int) -> int:
        return circle(1 - n)

    with pytest.raises(brisk.Deadlock):
        circle(0)


def test_one_run_among_threads(memory: Cache) -> None:
    @memory.memoize()
    def slow(x: int) -> int:
        time.sleep(0.05)
        return threading.get_ident()

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(slow, [1] * 8))) == 1
    assert slow.cache_info()[:2] == (7, 1)


def test_wrong_uses(memory: Cache) -> None:
    with pytest.raises(brisk.InvalidArgument, match="without a parenthesis"):
        memory.memoize(name="f(x)")(len)
    with pytest.raises(brisk.WrongType, match="is no function"):
        memory.memoize()(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="ttl is of type function"):
        memory.memoize(lambda: 1)(len)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="value is of type int; give bytes"):
        Cache("1 MiB").memoize()(len)("abc")
    with pytest.raises(brisk.TooLarge):
        memory.memoize()(len)("a" * 70000)


def test_coroutines(memory: Cache) -> None:
    running = 0

    @memory.memoize(timeout=10)
    async def page(number: int) -> list[int]:
        nonlocal running
        running += 1
        await asyncio.sleep(0.02)
        return [number]

    async def main() -> None:
        assert await asyncio.gather(*(page(7) for _ in range(20))) == [[7]] * 20
        assert await page(7) == [7]
        assert page.cache_info() == (20, 1, None, 1)

    asyncio.run(main())
    assert running == 1


def test_coroutines_that_fail_or_end(memory: Cache) -> None:
    @memory.memoize(timeout=5)
    async def broken() -> int:
        await asyncio.sleep(0.02)
        raise LookupError("no such page")

    @memory.memoize(timeout=0.05)
    async def slow() -> int:
        await asyncio.sleep(30)
        return 1

    async def main() -> None:
        answers = await asyncio.gather(*(broken() for _ in range(3)), return_exceptions=True)
        assert [type(answer) for answer in answers] == [LookupError] + [brisk.LoadFailed] * 2
        first = asyncio.ensure_future(slow())
        await asyncio.sleep(0)
        with pytest.raises(brisk.Timeout):
            await slow()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        value, lease = memory.begin("free")
        assert value is None
        assert lease is not None

    asyncio.run(main())


def test_circles_of_coroutines(memory: Cache) -> None:
    @memory.memoize(timeout=5)
    async def circle(n: int) -> int:
        return await circle(1 - n)

    with pytest.raises(brisk.Deadlock):
        asyncio.run(circle(0))  # type: ignore[arg-type]


def test_a_result_from_before_comes_at_once(clock: brisk.Runtime) -> None:
    results = iter([b"old", b"new"])
    began = threading.Event()
    go = threading.Event()

    class Slow(Cache):
        def get_or_load(self, *args: Any, **kwargs: Any) -> Any:
            value = super().get_or_load(*args, **kwargs)
            assert began.wait(20), "what runs on the pool has begun when the call is counted"
            return value

    cache = Slow("1 MiB", ttl=10, stale=5, runtime=clock)

    with brisk.Workers(1, runtime=clock) as workers:

        @cache.memoize(refresh=workers)
        def slow(number: int) -> bytes:
            result = next(results)
            began.set()
            if result == b"new":
                go.wait(20)
            return result

        assert slow(1) == b"old"
        clock.advance(10)
        began.clear()
        assert [slow(1), slow(1)] == [b"old"] * 2
        go.set()
        while cache.stats().loads < 2:
            time.sleep(0.001)
        assert slow(1) == b"new"
        assert slow.cache_info()[:2] == (3, 1)


def test_a_coroutine_refreshes_its_result(clock: brisk.Runtime) -> None:
    cache = Cache("1 MiB", ttl=10, stale=5, runtime=clock)
    results = iter([b"old", b"new"])

    @cache.memoize(refresh=True)
    async def slow(number: int) -> bytes:
        await asyncio.sleep(0)
        return next(results)

    async def main() -> None:
        assert await slow(1) == b"old"
        clock.advance(10)
        assert await slow(1) == b"old"
        while cache.stats().loads < 2:
            await asyncio.sleep(0.001)
        assert await slow(1) == b"new"
        assert slow.cache_info()[:2] == (2, 1)

    asyncio.run(main())


def test_an_error_gives_the_result_from_before(clock: brisk.Runtime) -> None:
    cache = Cache("1 MiB", ttl=10, stale_if_error=5, runtime=clock)
    results = iter([b"old"])

    @cache.memoize()
    def once() -> bytes:
        return next(results)

    assert once() == b"old"
    clock.advance(10)
    assert once() == b"old"
    clock.advance(5)
    with pytest.raises(StopIteration):
        once()


def test_what_refreshes_fits_the_function(memory: Cache) -> None:
    async def coroutine() -> None: ...

    with brisk.Workers(1) as workers:
        with pytest.raises(TypeError, match="give True for a coroutine"):
            memory.memoize(refresh=workers)(coroutine)
        with pytest.raises(TypeError, match="give Workers for a function"):
            memory.memoize(refresh=True)(len)
        assert memory.memoize(refresh=False)(len)("abc") == 3
