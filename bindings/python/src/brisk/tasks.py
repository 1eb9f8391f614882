"""Task and Outcome: one call on a pool, and how a call ended."""

from __future__ import annotations

from time import monotonic_ns

from brisk import _brisk
from brisk._brisk import TaskBase
from brisk.errors import Cancelled, NeverStarted, Refused, Timeout

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Any

    from brisk._brisk import BatchHandle, Seconds, TaskHandle

# A wait is cut into pieces of this, in nanoseconds, so that Ctrl-C and other signals come through.
SLICE = 50 * 10**6
DONE = _brisk.TASK_STATE_DONE
TIMED_OUT = _brisk.TASK_STATE_TIMED_OUT
CANCELLED = _brisk.TASK_STATE_CANCELLED
STATES = {
    _brisk.TASK_STATE_QUEUED: "queued",
    _brisk.TASK_STATE_RUNNING: "running",
    DONE: "done",
    _brisk.TASK_STATE_FAILED: "failed",
    _brisk.TASK_STATE_TIMED_OUT: "timed out",
    _brisk.TASK_STATE_CANCELLED: "cancelled",
    _brisk.TASK_STATE_NEVER_STARTED: "never started",
}
# What an end without a value or an exception of its own raises.
ENDS: dict[int, tuple[type[_brisk.Error], str]] = {
    _brisk.TASK_STATE_TIMED_OUT: (Timeout, "the task did not end by its deadline; it goes on"),
    _brisk.TASK_STATE_CANCELLED: (Cancelled, "the task was cancelled"),
    _brisk.TASK_STATE_NEVER_STARTED: (
        NeverStarted,
        "the task had not begun when its deadline passed or the pool was closed",
    ),
}


class Outcome:
    """How one item of a batch ended: its value, or why there is none."""

    __slots__ = ("_state", "_value")

    def __init__(self, state: int, value: Any) -> None:
        self._state = state
        self._value = value

    @property
    def state(self) -> str:
        """ "done", "failed", "timed out", "cancelled" or "never started"."""
        return STATES[self._state]

    @property
    def value(self) -> Any:
        """What the item gave. Raises what it raised, or Timeout, Cancelled or NeverStarted."""
        if self._state == DONE:
            return self._value
        raise self._failure()

    @property
    def error(self) -> BaseException | None:
        """What value raises; None where it does not."""
        return None if self._state == DONE else self._failure()

    def _failure(self) -> BaseException:
        if self._state == _brisk.TASK_STATE_FAILED:
            error: BaseException = self._value
            return error
        kind, text = ENDS[self._state]
        return kind(text)

    def __repr__(self) -> str:
        if self._state in ENDS:
            return f"<brisk.Outcome: {self.state}>"
        return f"<brisk.Outcome: {self.state}, {self._value!r}>"


class Task(TaskBase):
    """One call on a pool: wait for it by result(), or in a coroutine by await. Any thread."""

    __slots__ = ("__weakref__",)

    def result(self, timeout: Seconds | None = None) -> Any:
        """Waits for the end, and gives what the call gave or raises what it raised.

        Without a timeout it waits for as long as that takes; zero does not wait. Raises Timeout
        when timeout or the task's own deadline passes first, Cancelled, NeverStarted, and Deadlock
        when a task waits for itself. In a task of the same pool it runs other tasks meanwhile.
        """
        if timeout is None and _brisk.task_poll(self._raw) == DONE:
            return self._value
        if not wait_for_end(self._raw, timeout):
            raise Timeout("the task did not end within the timeout; it goes on")
        return self._settled()

    def cancel(self) -> None:
        """Ends the task when it has not begun; one that runs sees it by brisk.is_cancelled()."""
        self._raw.cancel()

    def done(self) -> bool:
        """Whether the task has ended, in whichever way."""
        return _brisk.task_poll(self._raw) >= DONE

    @property
    def state(self) -> str:
        """ "queued", "running", "done", "failed", "timed out", "cancelled" or "never started"."""
        return STATES[_brisk.task_poll(self._raw)]

    def _settled(self) -> Any:
        state = _brisk.task_poll(self._raw)
        if state == DONE:
            return self._value
        return Outcome(state, self._error).value

    def __await__(self) -> Generator[Any, None, Any]:
        from brisk.aio import ended

        yield from ended(self).__await__()
        return self._settled()


def wait_for_end(raw: TaskHandle | BatchHandle, timeout: Seconds | None) -> bool:
    """Waits for the end; False when the timeout came first."""
    left = _brisk.wait_nanoseconds(timeout, "timeout") or _brisk.FOREVER
    deadline = monotonic_ns() + left
    while True:
        status, _ = raw.wait(min(left, SLICE))
        if status == _brisk.OK:
            return True
        left = deadline - monotonic_ns()
        if left <= 0:
            return False


def refused() -> Refused:
    return Refused("the queue of the pool is full; give room= seconds to wait for a place")
