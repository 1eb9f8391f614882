"""Workers: a pool of threads for Python calls, alone, in batches and in races.

Tasks that wait for tasks never use up the threads, because a wait in a task runs others meanwhile.
"""

from __future__ import annotations

from time import monotonic_ns

from brisk import _brisk
from brisk._brisk import WorkersHandle, WorkersStats, nanoseconds
from brisk.batches import Batch
from brisk.ends import at_end
from brisk.errors import Refused
from brisk.tasks import SLICE, Task, refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from types import TracebackType
    from typing import Any, TypeVar

    from brisk._brisk import Seconds
    from brisk.limits import Token
    from brisk.runtime import Runtime
    from brisk.tasks import Outcome

    T = TypeVar("T")

LAST_WAIT = 10**9  # nanoseconds, for tasks that still run when the program ends
DONE_AT = 4  # where WorkersStats has done, followed by failed
BLOCK_MAX = 256  # calls that one thread makes in a row
PRIORITIES = {
    "normal": _brisk.TASK_PRIORITY_NORMAL,
    "high": _brisk.TASK_PRIORITY_HIGH,
    "low": _brisk.TASK_PRIORITY_LOW,
}
_pools: dict[int, WorkersHandle] = {}  # those that the end of the program closes


class Workers:
    """A pool of threads for Python calls, alone, in batches and in races.

    threads      Threads at most, 1 to 1024; None for one for each processor.
    queue_tasks  Tasks that may wait for a thread at a time; None for 65536.
    queue_bytes  Bytes that waiting tasks may have declared together; None for no bound.
    name         Name of the threads, at most 12 bytes; None for brisk.
    runtime      The runtime whose budget declared bytes come from; None for the default one.

    Threads start when there is work, and start anew in the child of a fork. What is queued when the
    pool is closed, or the program ends, never starts. May be used from any thread.
    """

    __slots__ = ("__weakref__", "_raw", "_tally", "_threads")

    def __init__(
        self,
        threads: int | None = None,
        *,
        queue_tasks: int | None = None,
        queue_bytes: int | str | None = None,
        name: str | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        from brisk.options import count, home, size

        options: dict[str, Any] = {
            "threads": count("threads", threads),
            "queue_tasks": count("queue_tasks", queue_tasks),
            "queue_bytes": size("queue_bytes", queue_bytes),
        }
        if name is not None:
            options["name"] = name
        self._raw: WorkersHandle = _brisk.workers_new(home(runtime), options)
        self._tally = bytearray(16)
        self._threads: int = threads or _processors()
        _pools[id(self)] = self._raw

    def submit(
        self,
        function: Callable[..., Any],
        /,
        *args: Any,
        priority: str = "normal",
        timeout: Seconds | None = None,
        bytes: int | str = 0,
        name: str | None = None,
        token: Token | None = None,
        room: Seconds | None = None,
    ) -> Task:
        """Queues function(*args).

        priority  "high", "normal" or "low".
        timeout   Seconds in which it must end, queue included; None for as long as it takes. It is
                  not interrupted, and sees its end by brisk.is_cancelled().
        bytes     Memory that it will take: it starts when the budget of the runtime has them.
        name      A name for what close() lists; None for that of the function.
        token     What cancels it, besides cancel().
        room      Seconds to wait for room in a full queue; None not to wait.

        Raises Refused when the queue had no room in time, TooLarge when bytes are beyond the
        budget, and Closed.
        """
        # Straight to C: the layers on the way there and back were two fifths of what a task cost.
        level = PRIORITIES.get(priority)
        if level is None:
            level = _level(priority)
        raw = None if token is None else token._raw
        made = _brisk.submit(
            Task, self._raw, function, args, level, timeout, bytes, name, room, raw, None, 0
        )
        if made is None:
            raise refused()
        return made

    async def run(
        self,
        function: Callable[..., T],
        /,
        *args: Any,
        priority: str = "normal",
        timeout: Seconds | None = None,
        bytes: int | str = 0,
        name: str | None = None,
        token: Token | None = None,
        room: Seconds | None = None,
    ) -> T:
        """Gives what function(*args) gives: submit and result for coroutines.

        Cancelling the await cancels the task. No thread waits.
        """
        from brisk.aio import run

        raw = None if token is None else token._raw
        task = await run(self, function, args, (_level(priority), timeout, bytes, name), room, raw)
        value: T = task._settled()
        return value

    def batch(
        self,
        functions: Iterable[Callable[[], Any]],
        timeout: Seconds | None = None,
        token: Token | None = None,
    ) -> list[Outcome]:
        """Calls each function, and gives the outcome of each, in their order.

        Those that have not ended when timeout seconds have passed, or token is cancelled, are told
        as such. Where there are many, a thread calls up to 256 of them in a row. Raises Refused
        when the queue has no room, and Closed.
        """
        return self._begin(None, functions, timeout, token).outcomes()

    def map(
        self,
        function: Callable[[Any], T],
        items: Iterable[Any],
        timeout: Seconds | None = None,
        token: Token | None = None,
    ) -> list[T]:
        """Gives function(item) for each item, in their order; raises what the first failure raised.

        What timeout, token and refusal are, batch says.
        """
        return self._begin(function, items, timeout, token).values()

    def race(
        self,
        functions: Iterable[Callable[[], T]],
        timeout: Seconds | None = None,
        token: Token | None = None,
    ) -> T:
        """Calls the functions at once and gives what the first that succeeds gives.

        The others are cancelled. Raises RaceFailed, which lists every outcome, when none succeeds
        within timeout seconds.
        """
        value: T = self._begin(None, functions, timeout, token, race=True).winner()
        return value

    async def batch_async(
        self,
        functions: Iterable[Callable[[], Any]],
        timeout: Seconds | None = None,
        token: Token | None = None,
    ) -> list[Outcome]:
        """The same as batch, for coroutines. Cancelling the await cancels the batch."""
        return (await self._begun(None, functions, timeout, token)).outcomes()

    async def map_async(
        self,
        function: Callable[[Any], T],
        items: Iterable[Any],
        timeout: Seconds | None = None,
        token: Token | None = None,
    ) -> list[T]:
        """The same as map, for coroutines. Cancelling the await cancels what has not ended."""
        return (await self._begun(function, items, timeout, token)).values()

    async def race_async(
        self,
        functions: Iterable[Callable[[], T]],
        timeout: Seconds | None = None,
        token: Token | None = None,
    ) -> T:
        """The same as race, for coroutines. Cancelling the await cancels the race."""
        value: T = (await self._begun(None, functions, timeout, token, race=True)).winner()
        return value

    def _begin(
        self,
        function: Callable[[Any], Any] | None,
        items: Iterable[Any],
        timeout: Seconds | None,
        token: Token | None,
        race: bool = False,
    ) -> Batch:
        every = tuple(items)
        for item in () if function is not None else every:
            if not callable(item):
                raise _brisk.WrongType(f"{item!r} is no function; give functions of no argument")
        block = 1 if race else min(len(every) // (16 * self._threads), BLOCK_MAX) or 1
        raw = None if token is None else token._raw
        timeout_ns = nanoseconds(timeout, "timeout")
        made = _brisk.begin_batch(
            Batch, self._raw, function, every, block, timeout_ns, race, raw, self._tally
        )
        if made is None:
            raise Refused("the queue of the pool is full; wait for tasks to end")
        made._block = block
        made._token = raw
        return made

    def _begun(self, *args: Any, **kwargs: Any) -> Awaitable[Batch]:
        from brisk.aio import ended

        return ended(self._begin(*args, **kwargs))

    def stats(self) -> WorkersStats:
        """The figures of this moment: threads, queued, running, done, failed and their times."""
        figures = self._raw.read_stats()
        done, failed = memoryview(self._tally).cast("q")
        values = list(figures)
        values[DONE_AT] += done
        values[DONE_AT + 1] += failed
        return type(figures)(values)

    def close(self, timeout: Seconds | None = None) -> list[str]:
        """Ends the pool, and names the tasks that still run after timeout seconds, 30 by default.

        Tasks that have not begun are never started, those that run are cancelled and waited for. A
        straggler is named with how long it has run: "resize (1250 ms)". May be repeated; later
        submissions raise Closed.
        """
        left = _brisk.wait_nanoseconds(timeout, "timeout") or 30 * 10**9
        stragglers = _close(self._raw, left)
        if not stragglers:
            _pools.pop(id(self), None)
        return stragglers

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        _pools.pop(id(self), None)


def _level(priority: str) -> int:
    from brisk.options import choice

    return choice("priority", priority, PRIORITIES)


def _close(raw: WorkersHandle, timeout_ns: int) -> list[str]:
    """Closes a pool and gives the lines about its stragglers."""
    deadline = monotonic_ns() + timeout_ns
    buffer = bytearray(4096)
    while True:
        left = max(deadline - monotonic_ns(), 1)
        status, size = raw.close(min(left, SLICE), buffer)
        if status == _brisk.OK:
            return []
        if size > len(buffer):
            buffer = bytearray(2 * size)
        elif left <= SLICE:
            return buffer[:size].decode("utf-8", "replace").splitlines()


def _processors() -> int:
    from os import sched_getaffinity

    return len(sched_getaffinity(0))


def _close_all() -> bool:
    """Closes every pool; False when a task ends the program, and Python needs its thread."""
    until = monotonic_ns() + LAST_WAIT
    for deadline in (0, until):  # all are told before one is waited for
        for raw in list(_pools.values()):
            try:
                raw.close(max(deadline - monotonic_ns(), 1), bytearray())
            except _brisk.Deadlock:
                return False
    return True


at_end(_close_all)
