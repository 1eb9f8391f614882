"""Token and Limiter: what ends work early, and what bounds how often it is done."""

from __future__ import annotations

from time import monotonic_ns

from brisk import _brisk
from brisk._brisk import LimiterStats, wait_nanoseconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from brisk._brisk import LimiterHandle, Seconds, TokenHandle


class Token:
    """A cancellation: set once, seen by every task and batch that was given it. Any thread.

    parent  What cancels this one too; None for nothing.
    """

    __slots__ = ("__weakref__", "_raw")

    def __init__(self, parent: Token | None = None) -> None:
        self._raw: TokenHandle = _brisk.token_new(None if parent is None else parent._raw)

    def cancel(self) -> None:
        """Cancels everything that was given this token or one below it. May be repeated."""
        self._raw.cancel()

    @property
    def cancelled(self) -> bool:
        """Whether this token or one above it was cancelled."""
        return _brisk.token_is_cancelled(self._raw) != 0


class Limiter:
    """A bound on how often something is done: a bucket of tokens that fills at a rate. Any thread.

    rate   Tokens that come back in a second; more than 0.
    burst  Tokens that are there at most, and at the start; at least 1.
    """

    __slots__ = ("__weakref__", "_rate", "_raw")

    def __init__(self, rate: float, burst: float = 1) -> None:
        self._raw: LimiterHandle = _brisk.limiter_new(rate, burst)
        self._rate = rate

    def acquire(self, tokens: float = 1, timeout: Seconds | None = None) -> bool:
        """Takes tokens, waiting for them in turn for timeout seconds, 30 by default.

        False, at once, when they would not be there in time; it takes nothing then. An interrupt
        such as Ctrl-C is seen when the wait is over.
        """
        timeout_ns = wait_nanoseconds(timeout, "timeout")
        return self._raw.acquire(tokens, timeout_ns) == _brisk.OK

    async def acquire_async(self, tokens: float = 1, timeout: Seconds | None = None) -> bool:
        """The same for coroutines, which do not wait in turn: who looks first gets them."""
        from asyncio import sleep

        deadline = monotonic_ns() + (wait_nanoseconds(timeout, "timeout") or 30 * 10**9)
        while self._raw.acquire(tokens, 1) != _brisk.OK:
            missing = max((tokens - self._raw.read_stats().available) / self._rate, 1e-6)
            if monotonic_ns() + missing * 1e9 > deadline:
                return False
            await sleep(missing)
        return True

    def stats(self) -> LimiterStats:
        """The figures of this moment: acquired, refused, waited_ns, available."""
        return self._raw.read_stats()
