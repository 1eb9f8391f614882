"""Workers: results, outcomes, races, deadlines, cancellation, room, memory, the end of a pool."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any

import brisk
import pytest
from brisk import Workers
from loaders import DEADLINES


class Broken(Exception):
    """What only a task raises."""


def broken() -> None:
    raise Broken("bad luck")


def until_cancelled() -> str:
    """Runs until it sees that it was cancelled, or too long."""
    end = time.monotonic() + 20
    while not brisk.is_cancelled():
        assert time.monotonic() < end
        time.sleep(0.001)
    return "seen"


@pytest.fixture
def workers() -> Iterator[Workers]:
    with Workers(4) as made:
        yield made


@pytest.fixture
def busy() -> Iterator[tuple[Workers, threading.Event]]:
    """A pool of one thread that is taken until the event is set."""
    with Workers(1, queue_tasks=2) as made:
        event, began = threading.Event(), threading.Event()
        made.submit(lambda: (began.set(), event.wait(20)))
        assert began.wait(20)
        yield made, event
        event.set()


def test_a_task_gives_what_its_function_gives(workers: Workers) -> None:
    task = workers.submit(divmod, 7, 2)
    assert task.result(10) == (3, 1)
    assert task.result() == (3, 1)
    assert (task.done(), task.state) == (True, "done")


def test_a_task_raises_what_its_function_raises(workers: Workers) -> None:
    task = workers.submit(broken)
    with pytest.raises(Broken, match="bad luck") as first:
        task.result()
    assert first.traceback[-1].name == "broken"
    with pytest.raises(Broken):
        task.result()
    assert task.state == "failed"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_other_exceptions_come_out_as_well(workers: Workers, error: type[BaseException]) -> None:
    def leave() -> None:
        raise error

    with pytest.raises(error):
        workers.submit(leave).result(10)
    assert workers.submit(len, "abc").result(10) == 3


def test_a_batch_has_an_outcome_for_each(workers: Workers) -> None:
    for timeout in DEADLINES:
        done, failed, late = workers.batch([lambda: 1, broken, until_cancelled], timeout=timeout)
        states = [one.state for one in (done, failed, late)]
        if states == ["done", "failed", "timed out"]:
            break
    assert states == ["done", "failed", "timed out"]
    assert (done.value, done.error) == (1, None)
    assert isinstance(failed.error, Broken)
    with pytest.raises(Broken):
        failed.value  # noqa: B018
    with pytest.raises(brisk.Timeout):
        late.value  # noqa: B018
    assert repr(done) == "<brisk.Outcome: done, 1>"


@pytest.mark.parametrize("count", [0, 1, 5, 63, 64, 65, 1000, 20_000])
def test_batches_of_every_size(workers: Workers, count: int) -> None:
    assert workers.map(lambda x: x * 2, range(count)) == [x * 2 for x in range(count)]
    assert [one.value for one in workers.batch([int] * count)] == [0] * count


def test_a_map_raises_the_first_failure(workers: Workers) -> None:
    with pytest.raises(ZeroDivisionError):
        workers.map(lambda x: 1 // x, [1, 0, 2])
    for timeout in DEADLINES:
        with pytest.raises(brisk.Timeout) as late:
            workers.map(lambda _: until_cancelled(), [1, 2], timeout=timeout)
        if late.type is brisk.Timeout:
            break
    assert late.type is brisk.Timeout


def test_what_a_batch_did_not_begin(busy: tuple[Workers, threading.Event]) -> None:
    workers, event = busy
    began = time.monotonic()
    outcomes = workers.batch([int, int], timeout=0.05)
    assert time.monotonic() - began < 10
    assert [one.state for one in outcomes] == ["never started"] * 2
    with pytest.raises(brisk.NeverStarted):
        outcomes[0].value  # noqa: B018
    event.set()


def test_calls_of_a_block_that_a_cancellation_left() -> None:
    """320 calls on one thread come 20 at a time."""
    token = brisk.Token()

    def work(at: int) -> int:
        if at == 25:
            token.cancel()
        return at

    with Workers(1) as workers:
        batch = workers._begin(work, range(320), None, token)
        states = [one.state for one in batch.outcomes()]
        assert states == ["done"] * 26 + ["cancelled"] * 294
        while workers.stats().running:
            time.sleep(0.001)
        assert workers.stats().done in (26, 27)  # with the task that made the calls


def test_the_first_success_wins(workers: Workers) -> None:
    seen = threading.Event()

    def loser() -> None:
        until_cancelled()
        seen.set()

    assert workers.race([broken, loser, lambda: "won"], timeout=10) == "won"
    assert seen.wait(10)


def test_a_race_that_nobody_wins_tells_of_all(workers: Workers) -> None:
    for timeout in DEADLINES:
        with pytest.raises(brisk.RaceFailed, match="none of 3 ") as no:
            workers.race([broken, until_cancelled, broken], timeout=timeout)
        states = [one.state for one in no.value.outcomes]
        if states == ["failed", "timed out", "failed"]:
            break
    assert states == ["failed", "timed out", "failed"]
    assert "0 failed with Broken: bad luck" in str(no.value)
    with pytest.raises(brisk.RaceFailed, match="none was given"):
        workers.race([])


def test_a_deadline_ends_the_wait_and_is_seen(workers: Workers) -> None:
    seen: list[str] = []
    for timeout in DEADLINES:
        task = workers.submit(lambda: seen.append(until_cancelled()), timeout=timeout)
        began = time.monotonic()
        with pytest.raises(brisk.Timeout):
            task.result()
        assert time.monotonic() - began < timeout + 10
        if task.state == "timed out":
            break
    assert task.state == "timed out"
    workers.close()
    assert seen == ["seen"]


def test_a_wait_has_a_timeout_of_its_own(workers: Workers) -> None:
    event = threading.Event()
    task = workers.submit(event.wait, 20)
    for timeout in (0, 0.02):
        with pytest.raises(brisk.Timeout, match="it goes on"):
            task.result(timeout)
    event.set()
    assert task.result(10) is True


def test_cancellation(busy: tuple[Workers, threading.Event]) -> None:
    workers, event = busy
    task = workers.submit(int)
    task.cancel()
    assert task.state == "cancelled"
    with pytest.raises(brisk.Cancelled):
        task.result()
    event.set()
    running = workers.submit(until_cancelled)
    while running.state == "queued":
        time.sleep(0.001)
    running.cancel()
    assert running.result(10) == "seen"


def test_a_token_cancels_everything_below_it(workers: Workers) -> None:
    above = brisk.Token()
    token = brisk.Token(above)
    assert not token.cancelled
    task = workers.submit(until_cancelled, token=token)
    while task.state == "queued":
        time.sleep(0.001)
    above.cancel()
    assert token.cancelled
    assert task.result(10) == "seen"
    assert [one.state for one in workers.batch([int] * 3, token=token)] == ["cancelled"] * 3


def test_outside_of_tasks_nothing_is_cancelled(workers: Workers) -> None:
    assert brisk.is_cancelled() is False
    assert workers.submit(brisk.is_cancelled).result() is False


def test_priorities(busy: tuple[Workers, threading.Event]) -> None:
    with Workers(1) as workers:
        event = threading.Event()
        workers.submit(event.wait, 20)
        order: list[str] = []
        tasks = [
            workers.submit(order.append, name, priority=name) for name in ("low", "normal", "high")
        ]
        event.set()
        for task in tasks:
            task.result(10)
    assert order == ["high", "normal", "low"]


def test_a_full_queue_refuses_or_waits(busy: tuple[Workers, threading.Event]) -> None:
    workers, event = busy
    tasks = [workers.submit(int) for _ in range(2)]
    with pytest.raises(brisk.Refused, match="room="):
        workers.submit(int)
    with pytest.raises(brisk.Refused):
        workers.submit(int, room=0.02)
    with pytest.raises(brisk.Refused):
        workers.map(int, [1])
    assert workers.stats().refused == 3
    threading.Timer(0.05, event.set).start()
    assert workers.submit(int, room=10).result(10) == 0
    assert [task.result(10) for task in tasks] == [0, 0]


def test_declared_bytes_wait_for_the_budget() -> None:
    runtime = brisk.Runtime(budget="1 MiB")
    with Workers(2, runtime=runtime, queue_bytes="4 MiB") as workers:
        event = threading.Event()
        first = workers.submit(event.wait, 20, bytes="900 KiB")
        second = workers.submit(int, bytes=900 * 1024)
        assert workers.submit(len, "ab").result(10) == 2
        assert second.state == "queued"
        assert workers.stats().queued_bytes == 900 * 1024
        event.set()
        assert (first.result(10), second.result(10)) == (True, 0)
        with pytest.raises(brisk.TooLarge):
            workers.submit(int, bytes="2 MiB")


def test_tasks_wait_for_tasks_on_one_thread() -> None:
    with Workers(1) as workers:

        def down(depth: int) -> int:
            return 1 + workers.submit(down, depth - 1).result() if depth else 0

        assert workers.submit(down, 64).result(20) == 64
        nested = workers.submit(lambda: sum(workers.map(lambda x: x, range(1000))))
        assert nested.result(20) == 499500
        assert workers.submit(lambda: workers.race([broken, lambda: 5])).result(20) == 5


def test_a_task_that_waits_for_itself(workers: Workers) -> None:
    known: list[brisk.Task] = []
    event = threading.Event()

    def own() -> Any:
        assert event.wait(10)
        return known[0].result()

    known.append(workers.submit(own))
    event.set()
    with pytest.raises(brisk.Deadlock, match="waits for itself"):
        known[0].result(10)
    with pytest.raises(brisk.Deadlock):
        workers.submit(workers.close).result(10)


def test_close_names_the_stragglers() -> None:
    workers = Workers(2)
    event = threading.Event()
    running = workers.submit(event.wait, 20, name="import of events.h5")
    other = workers.submit(event.wait, 20)
    queued = workers.submit(int)
    while "queued" in (running.state, other.state):
        time.sleep(0.001)
    lines = sorted(workers.close(0.03))
    assert [line.rpartition(" (")[0] for line in lines] == ["Event.wait", "import of events.h5"]
    assert all(line.endswith(" ms)") for line in lines)
    with pytest.raises(brisk.NeverStarted):
        queued.result()
    with pytest.raises(brisk.Closed):
        workers.submit(int)
    with pytest.raises(brisk.Closed):
        workers.map(int, [1])
    event.set()
    assert workers.close() == []
    assert running.result() is True


def test_a_pool_may_be_dropped_before_its_tasks() -> None:
    workers = Workers(1)
    event = threading.Event()
    running, queued = workers.submit(event.wait, 20), workers.submit(int)
    while running.state == "queued":
        time.sleep(0.001)
    del workers
    gc.collect()
    event.set()
    assert running.result(10) is True
    assert queued.done() or queued.result(10) == 0


def test_nothing_is_kept_of_what_ended(workers: Workers) -> None:
    class Held:
        pass

    function_of, argument, value = Held(), Held(), Held()
    alive = [weakref.ref(one) for one in (function_of, argument, value)]

    def make(_: Any, held: Held = function_of, value: Held = value) -> Held:
        return value

    task = workers.submit(make, argument)
    assert task.result(10) is value
    assert workers.map(make, [argument] * 3) == [value] * 3
    del function_of, argument, value, make
    assert alive[1]() is None
    del task
    gc.collect()
    assert [one() for one in alive] == [None] * 3


def test_a_task_nobody_waits_for_runs(workers: Workers) -> None:
    event = threading.Event()
    workers.submit(event.set)
    assert event.wait(10)


def test_many_threads(workers: Workers) -> None:
    found: list[int] = []

    def ask() -> None:
        tasks = [workers.submit(lambda x: x, at) for at in range(500)]
        total = sum(task.result(20) for task in tasks) + sum(workers.map(int, range(500)))
        found.append(total)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [249500] * 8


def test_figures(workers: Workers) -> None:
    workers.map(lambda x: 1 // (x % 10), range(1, 10))
    outcomes = workers.batch([lambda x=x: 1 // (x % 10) for x in range(5000)])  # type: ignore[misc]
    assert sum(one.state == "failed" for one in outcomes) == 500
    workers.submit(int).result()
    figures = workers.stats()
    # Each thread that took part in one of the two batches is a task as well.
    assert 9 + 4500 + 1 <= figures.done <= 9 + 4500 + 1 + 2 * 4
    assert figures.failed == 500
    assert (figures.queued, figures.cancelled) == (0, 0)
    assert 0 < figures.threads <= 4
    assert figures.run_max_ns >= figures.run_p50_ns > 0


def test_wrong_arguments(workers: Workers) -> None:
    for wrong in (
        lambda: workers.submit(5),  # type: ignore[arg-type]
        lambda: workers.submit(int, name=5),  # type: ignore[arg-type]
        lambda: workers.submit(int, timeout="x"),  # type: ignore[arg-type]
        lambda: workers.batch([5]),  # type: ignore[list-item]
        lambda: workers.map(int, [1], timeout=-1),
        lambda: workers.submit(int, priority="urgent"),
        lambda: workers.submit(int, name="n" * 256),
        lambda: Workers(0),
        lambda: Workers(name="a name of many bytes"),
        lambda: brisk.Limiter(0),
        lambda: brisk.Limiter(1).acquire(2),
    ):
        with pytest.raises((brisk.InvalidArgument, brisk.WrongType)):
            wrong()
    with pytest.raises(TypeError):
        brisk.Task()


def test_a_limiter_bounds_the_rate() -> None:
    fast = brisk.Limiter(rate=100, burst=2)
    began = time.monotonic()
    for _ in range(4):
        assert fast.acquire(2, timeout=10)
    assert time.monotonic() - began > 0.055
    assert fast.stats().acquired == 4
    assert fast.stats().waited_ns > 0
    slow = brisk.Limiter(rate=0.001, burst=2)  # no pause of the machine lets a token come
    assert slow.acquire(2)
    assert not slow.acquire(timeout=0)
    figures = slow.stats()
    assert (figures.acquired, figures.refused) == (1, 1)
    assert figures.available < 1
