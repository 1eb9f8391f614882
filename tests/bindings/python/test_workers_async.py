"""Workers and loads in asyncio: no thread waits, and cancelling an await cancels the work."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from typing import Any

import brisk
import pytest
from brisk import Cache, Workers
from loaders import DEADLINES
from test_workers import Broken, broken, until_cancelled


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers(4) as made:
        yield made


def test_results_and_failures(workers: Workers) -> None:
    async def main() -> None:
        assert await workers.run(divmod, 7, 2) == (3, 1)
        assert await asyncio.gather(*(workers.run(int, n) for n in range(300))) == list(range(300))
        with pytest.raises(Broken):
            await workers.run(broken)
        task = workers.submit(lambda: time.sleep(0.02) or 5)
        assert await task == await task == 5
        assert workers.stats().threads <= 4

    asyncio.run(main())
    asyncio.run(main())  # in another loop


def test_the_loop_goes_on_meanwhile(workers: Workers) -> None:
    async def main() -> None:
        enough = threading.Event()
        waiting = asyncio.ensure_future(workers.run(enough.wait, 20))
        for _ in range(6):
            await asyncio.sleep(0.001)
        enough.set()
        assert await waiting is True
        assert threading.active_count() - before <= 4

    before = threading.active_count()
    asyncio.run(main())


@pytest.mark.parametrize("form", ["run", "task"])
def test_deadlines(workers: Workers, form: str) -> None:
    async def main() -> None:
        submit = workers.run if form == "run" else workers.submit
        for timeout in DEADLINES:
            began = time.monotonic()
            with pytest.raises(brisk.Timeout) as late:
                await submit(until_cancelled, timeout=timeout)  # type: ignore[misc]
            assert time.monotonic() - began < timeout + 10
            if late.type is brisk.Timeout:
                break
        assert late.type is brisk.Timeout

    asyncio.run(main())


def test_a_queued_task_that_ends_early() -> None:
    async def main(workers: Workers) -> None:
        event = threading.Event()
        workers.submit(event.wait, 20)
        with pytest.raises(brisk.NeverStarted):
            await workers.run(int, timeout=0.05)
        with pytest.raises(brisk.NeverStarted):
            await workers.submit(int, timeout=0.05)
        task = workers.submit(int)
        asyncio.get_running_loop().call_later(0.02, task.cancel)
        with pytest.raises(brisk.Cancelled):
            await task
        event.set()

    with Workers(1) as workers:
        asyncio.run(main(workers))


@pytest.mark.parametrize("form", ["run", "task", "batch"])
def test_cancelling_the_await_cancels_the_work(workers: Workers, form: str) -> None:
    seen = threading.Event()

    def work() -> None:
        until_cancelled()
        seen.set()

    async def main() -> None:
        async def wait() -> Any:
            if form == "run":
                return await workers.run(work)
            return await (workers.submit(work) if form == "task" else workers.batch_async([work]))

        waiting = asyncio.ensure_future(wait())
        while workers.stats().running == 0:
            await asyncio.sleep(0.001)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(main())
    assert seen.wait(10)


def test_batches_and_races(workers: Workers) -> None:
    async def main() -> None:
        for timeout in DEADLINES:
            outcomes = await workers.batch_async([int, broken, until_cancelled], timeout=timeout)
            if [one.state for one in outcomes] == ["done", "failed", "timed out"]:
                break
        assert [one.state for one in outcomes] == ["done", "failed", "timed out"]
        assert await workers.map_async(len, ["a", "bb"] * 500) == [1, 2] * 500
        assert await workers.race_async([broken, until_cancelled, lambda: 5]) == 5
        with pytest.raises(brisk.RaceFailed):
            await workers.race_async([broken])
        assert await workers.batch_async([]) == []

    asyncio.run(main())


def test_a_full_queue() -> None:
    async def main(workers: Workers) -> None:
        event = threading.Event()
        first = workers.submit(event.wait, 20)
        while first.state == "queued":
            await asyncio.sleep(0.001)
        queued = workers.submit(int)
        with pytest.raises(brisk.Refused):
            await workers.run(int)
        with pytest.raises(brisk.Refused):
            await workers.run(int, room=0.02)
        asyncio.get_running_loop().call_later(0.05, event.set)
        assert await workers.run(int, room=10) == 0
        assert await queued == 0

    with Workers(1, queue_tasks=1) as workers:
        asyncio.run(main(workers))


def test_a_closed_pool(workers: Workers) -> None:
    workers.close()
    with pytest.raises(brisk.Closed):
        asyncio.run(workers.run(int))


def test_a_loop_that_ends_before_the_task(workers: Workers) -> None:
    event = threading.Event()

    async def main() -> brisk.Task:
        task = workers.submit(event.wait, 20)
        while task.state == "queued":
            await asyncio.sleep(0.001)
        waiting = asyncio.ensure_future(asyncio.wait_for(asyncio.shield(_of(task)), 0.02))
        with pytest.raises(asyncio.TimeoutError):
            await waiting
        return task

    task = asyncio.run(main())
    event.set()
    assert task.result(10) is True


async def _of(task: brisk.Task) -> Any:
    return await task


def test_a_limiter() -> None:
    async def main() -> None:
        limiter = brisk.Limiter(rate=200, burst=1)
        began = time.monotonic()
        assert all(await asyncio.gather(*(limiter.acquire_async(timeout=10) for _ in range(5))))
        assert time.monotonic() - began > 0.015
        slow = brisk.Limiter(rate=0.001, burst=1)  # no pause of the machine lets a token come
        assert await slow.acquire_async(timeout=0)
        assert not await slow.acquire_async(timeout=0)

    asyncio.run(main())


def test_one_load_among_threads_and_coroutines(cache: Cache, workers: Workers) -> None:
    calls: list[str] = []

    async def loader(key: str) -> bytes:
        calls.append(key)
        await asyncio.sleep(0.05)
        return b"value"

    def never(key: str) -> bytes:
        calls.append("again")
        return b"other"

    async def main() -> None:
        first = asyncio.ensure_future(cache.get_or_load_async("key", loader))
        await asyncio.sleep(0)
        others = [workers.run(cache.get_or_load, "key", never) for _ in range(3)]
        more = [cache.get_or_load_async("key", loader) for _ in range(20)]
        assert set(await asyncio.gather(first, *others, *more)) == {b"value"}

    asyncio.run(main())
    assert calls == ["key"]


def test_a_coroutine_waits_for_a_thread_up_to_its_timeout(cache: Cache) -> None:
    async def loader(key: str) -> bytes:
        raise AssertionError("called")

    async def main() -> None:
        with pytest.raises(brisk.Timeout):
            await cache.get_or_load_async("key", loader, timeout=0.05)
        assert lease is not None
        asyncio.get_running_loop().call_later(0.02, lease.complete, b"made")
        assert await cache.get_or_load_async("key", loader, timeout=10) == b"made"

    _, lease = cache.begin("key")
    asyncio.run(main())
