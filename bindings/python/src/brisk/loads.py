"""Loads: one for each key, however many threads and languages ask.

Built on leases: a caller leads the load of a key, or waits for the one who does. Nothing calls into
Python from C.
"""

from __future__ import annotations

from time import monotonic_ns

from brisk._brisk import LEAD, OK, Error, LeaseHandle, nanoseconds, wait_nanoseconds
from brisk.errors import Refused, Timeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextvars import ContextVar
    from typing import Any

    from brisk._brisk import Bytes, CacheBase, Seconds
else:
    from _contextvars import ContextVar

# A wait is cut into pieces of this, in nanoseconds, so that Ctrl-C and other signals come through.
SLICE = 50 * 10**6

# The lead under which code runs: loads that it needs name it, so that circles are found.
leading: ContextVar[LeaseHandle | None] = ContextVar("brisk.leading", default=None)


class Lease:
    """A part in the load of one key: the lead, or a place among those who wait.

    leads says which it is. A leader ends the load with complete, fail or abandon; dropping the
    lease abandons it. Who waits calls wait, and finds the result in value. Any thread.
    """

    __slots__ = ("__weakref__", "_cache", "_raw", "_timeout", "leads", "value")

    def __init__(self, cache: CacheBase, raw: LeaseHandle, leads: bool, timeout: int) -> None:
        self._cache = cache
        self._raw = raw
        self._timeout = timeout
        self.leads = leads
        self.value: Any = None

    def wait(self, timeout: Seconds | None = None) -> bool:
        """Waits for the load to end: True when value is there, False when this lease leads now.

        Without a timeout, the one of the cache holds; zero does not wait. Raises Timeout, and may
        be called again then; LoadFailed with the loader's text; Closed.
        """
        left = wait_nanoseconds(timeout, "timeout") or self._timeout
        deadline = monotonic_ns() + left
        while True:
            status, value = self._raw.wait(min(left, SLICE))
            if value is not None:
                self.value = self._cache._decode(value)
                return True
            if status == LEAD:
                self.leads = True
                return False
            left = deadline - monotonic_ns()
            if left <= 0:
                raise Timeout("the load did not end within the timeout; it goes on")

    def complete(self, value: Any, ttl: Seconds | None = None) -> None:
        """Ends the load with a value: every waiter gets it, and it is stored for ttl seconds."""
        self._raw.complete(self._cache._encode(value), nanoseconds(ttl, "ttl"), False)

    def fail(self, message: str) -> None:
        """Ends the load with a failure: every waiter gets LoadFailed with this message."""
        self._raw.fail(message)

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
            self._give_up(error)
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
            self._give_up(error)
            raise

    def _complete(self, made: Any, ttl_ns: int) -> Any:
        """Gives what the waiters get, so that all callers see the same."""
        data = self._cache._encode(made)
        self._raw.complete(data, ttl_ns, False)
        return self._cache._decode(data)

    def _give_up(self, error: BaseException) -> None:
        """Fails the load, or hands it on when it was only interrupted."""
        try:
            if isinstance(error, Exception):
                self._raw.fail(text_of(error))
            else:
                self._raw.abandon()
        except Error:
            pass  # the load has ended, or the cache is closed; the loader's own error says more


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
    """The value and no lease, or no value and the lease."""
    above = parent._raw if parent is not None else leading.get()
    value, raw, status = cache._begin(key, above)
    if status == OK:
        return value, None
    if raw is None:
        raise Refused("there is no room to unpack the value, because callers pin what is held")
    return None, Lease(cache, raw, status == LEAD, timeout)


def load(
    cache: CacheBase,
    key: Bytes,
    loader: Callable[[Any], Any],
    ttl: Seconds | None,
    timeout: Seconds | None,
    default_timeout: int,
) -> Any:
    """The value of key, by running loader where nobody else does."""
    value, lease = begin(cache, key, default_timeout)
    if lease is None:
        return value
    ttl_ns = nanoseconds(ttl, "ttl")
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
) -> Any:
    """The same for a coroutine. Waits by looking again, so that no thread is taken."""
    from asyncio import sleep

    ttl_ns = nanoseconds(ttl, "ttl")
    value, lease = begin(cache, key, default_timeout)
    if lease is None:
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
