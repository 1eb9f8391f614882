"""Loads: one for each key, however many threads and languages ask.

Built on leases: a caller leads the load of a key, or waits for the one who does. Nothing calls into
Python from C.
"""

from __future__ import annotations

from time import monotonic_ns

from brisk._brisk import (
    ABSENT,
    LEAD,
    OK,
    STALE,
    Closed,
    Error,
    LeaseHandle,
    nanoseconds,
    wait_nanoseconds,
)
from brisk.errors import Absent, Refused, Timeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import Task
    from collections.abc import Awaitable, Callable
    from contextvars import ContextVar
    from typing import Any

    from brisk._brisk import Bytes, CacheBase, Seconds
    from brisk.workers import Workers
else:
    from _contextvars import ContextVar

# A wait is cut into pieces of this, in nanoseconds, so that Ctrl-C and other signals come through.
SLICE = 50 * 10**6

_refreshing: set[Task[Any]] = set()  # an event loop does not keep its tasks

# The lead under which code runs: loads that it needs name it, so that circles are found.
leading: ContextVar[LeaseHandle | None] = ContextVar("brisk.leading", default=None)


class Lease:
    """A part in the load of one key: the lead, or a place among those who wait.

    leads says which it is. A leader ends the load with complete, fail or abandon; dropping the
    lease abandons it. Who waits calls wait, and finds the result in value. Any thread.
    """

    __slots__ = ("__weakref__", "_cache", "_raw", "_stale", "_timeout", "leads", "value")

    def __init__(
        self, cache: CacheBase, raw: LeaseHandle, leads: bool, stale: bool, timeout: int
    ) -> None:
        self._cache = cache
        self._raw = raw
        self._stale = stale  # a value from before, which may be None, came with the lead
        self._timeout = timeout
        self.leads = leads
        self.value: Any = None

    def wait(self, timeout: Seconds | None = None) -> bool:
        """Waits for the load to end: True when value is there, False when this lease leads now.

        Without a timeout, the one of the cache holds; zero does not wait. Raises Timeout, and may
        be called again then; LoadFailed with the loader's text; Closed. A lease that leads may
        wait once its load has ended.
        """
        left = wait_nanoseconds(timeout, "timeout") or self._timeout
        deadline = monotonic_ns() + left
        while True:
            status, value = self._raw.wait(min(left, SLICE))
            if value is not None:
                self.value = self._cache._decode(value)
                return True
            if status == ABSENT:
                raise absent()
            if status == LEAD:
                self.leads = True
                return False
            left = deadline - monotonic_ns()
            if left <= 0:
                raise Timeout("the load did not end within the timeout; it goes on")

    def complete(self, value: Any, ttl: Seconds | None = None) -> None:
        """Ends the load with a value: every waiter gets it, and it is stored for ttl seconds."""
        self._raw.complete(self._cache._encode(value), nanoseconds(ttl, "ttl"), False)

    def set_cost(self, cost: float) -> None:
        """Gives the cost that the value will carry, before complete; see Cache.set."""
        self._raw.set_cost(cost)

    def complete_absent(self, ttl: Seconds | None = None) -> None:
        """Ends the load: there is no value, and nobody loads the key for ttl seconds."""
        self._raw.complete_absent(nanoseconds(ttl, "ttl"))

    def fail(self, message: str) -> bool:
        """Ends the load with a failure: every waiter gets LoadFailed with this message.

        True when they get the value from before instead (stale_if_error), and so does wait().
        """
        return self._raw.fail(message) == STALE

    def abandon(self) -> None:
        """Gives the lead to one of the waiters; without waiters the load ends."""
        self._raw.abandon()

    def _run(self, key: Bytes, loader: Callable[[Any], Any], ttl_ns: int) -> Any:
        """Leads: runs the loader and ends the load, whatever happens."""
        try:
            token = leading.set(self._raw)
            try:
                made = loader(key)
            finally:
                leading.reset(token)
            return self._complete(made, ttl_ns)
        except BaseException as error:
            if self._give_up(error):
                return self.value
            raise

    async def _run_async(self, key: Bytes, loader: Callable[[Any], Awaitable[Any]], ns: int) -> Any:
        try:
            token = leading.set(self._raw)
            try:
                made = await loader(key)
            finally:
                leading.reset(token)
            return self._complete(made, ns)
        except BaseException as error:
            if self._give_up(error):
                return self.value
            raise

    async def _refresh_async(
        self, key: Bytes, loader: Callable[[Any], Awaitable[Any]], ns: int
    ) -> None:
        """The same for nobody: a failure is counted, and who asked has a value."""
        try:
            await self._run_async(key, loader, ns)
        except Exception:
            return

    def _complete(self, made: Any, ttl_ns: int) -> Any:
        """Gives what the waiters get, so that all callers see the same."""
        data = self._cache._encode(made)
        self._raw.complete(data, ttl_ns, False)
        return self._cache._decode(data)

    def _give_up(self, error: BaseException) -> bool:
        """Fails the load, or hands it on when it was only interrupted.

        True when the value from before is given instead.
        """
        try:
            if isinstance(error, Absent) and not error.known:
                error.known = True
                self.complete_absent(error.ttl)
                return False
            if isinstance(error, Exception):
                return self._raw.fail(text_of(error)) == STALE and self.wait(0)
            self._raw.abandon()
        except Error:
            pass  # the load has ended, or the cache is closed; the loader's own error says more
        return False


def absent() -> Absent:
    """The answer for a key that is known to have no value."""
    error = Absent()
    error.known = True
    return error


def text_of(error: BaseException) -> bytes:
    """What those who wait are told."""
    try:
        text = str(error)
    except Exception:
        text = ""
    return (text or type(error).__name__).encode("utf-8", "replace")


def begin(
    cache: CacheBase, key: Bytes, timeout: int, parent: Lease | None = None
) -> tuple[Any, Lease | None]:
    """The value and no lease, or a lease; with it the value, if any, that may be used meanwhile."""
    above = parent._raw if parent is not None else leading.get()
    value, there, raw, status = cache._begin(key, above)
    if status == OK:
        return value, None
    if status == ABSENT:
        raise absent()
    if raw is None:
        raise Refused("there is no room to unpack the value, because callers pin what is held")
    return value, Lease(cache, raw, status == LEAD, there, timeout)


def load(
    cache: CacheBase,
    key: Bytes,
    loader: Callable[[Any], Any],
    ttl: Seconds | None,
    timeout: Seconds | None,
    default_timeout: int,
    refresh: Workers | None,
) -> Any:
    """The value of key, by running loader where nobody else does."""
    value, lease = begin(cache, key, default_timeout)
    if lease is None:
        return value
    ttl_ns = nanoseconds(ttl, "ttl")
    if lease._stale and refresh is not None:
        try:
            refresh.submit(lease._run, key, loader, ttl_ns)
            return value
        except (Refused, Closed):
            pass
    if not lease.leads and lease.wait(timeout):
        return lease.value
    return lease._run(key, loader, ttl_ns)


async def load_async(
    cache: CacheBase,
    key: Bytes,
    loader: Callable[[Any], Awaitable[Any]],
    ttl: Seconds | None,
    timeout: Seconds | None,
    default_timeout: int,
    refresh: bool,
) -> Any:
    """The same for a coroutine. Waits by looking again, so that no thread is taken."""
    from asyncio import create_task, sleep

    ttl_ns = nanoseconds(ttl, "ttl")
    value, lease = begin(cache, key, default_timeout)
    if lease is None:
        return value
    if lease._stale and refresh:
        task = create_task(lease._refresh_async(key, loader, ttl_ns))
        _refreshing.add(task)
        task.add_done_callback(_refreshing.discard)
        return value
    deadline = monotonic_ns() + (wait_nanoseconds(timeout, "timeout") or default_timeout)
    pause = 0.0
    while not lease.leads:
        try:
            if lease.wait(0):
                return lease.value
        except Timeout:
            if monotonic_ns() >= deadline:
                raise
            await sleep(pause)
            pause = min(pause + 0.001, 0.02)
    return await lease._run_async(key, loader, ttl_ns)
