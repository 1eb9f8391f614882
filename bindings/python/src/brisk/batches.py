"""Batch: the calls of a batch or a race that has begun."""

from __future__ import annotations

from brisk import _brisk
from brisk._brisk import BatchBase
from brisk.errors import RaceFailed
from brisk.tasks import CANCELLED, DONE, TIMED_OUT, Outcome, wait_for_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from brisk._brisk import TokenHandle


class Batch(BatchBase):
    """Calls of a batch or a race that has begun."""

    __slots__ = ("__weakref__", "_block", "_token")

    _block: int
    _token: TokenHandle | None

    def cancel(self) -> None:
        """Ends calls that have not begun; those that run see it by brisk.is_cancelled()."""
        self._raw.cancel()

    def _states(self) -> list[int]:
        """How each call ended: as it says itself, and otherwise as C says of its block."""
        own = self._own()
        if min(own, default=DONE) >= DONE:
            return list(own)
        blocks = self._raw.states(-(-len(own) // self._block))
        return [
            state if state >= DONE else self._missed(state, blocks[at // self._block])
            for at, state in enumerate(own)
        ]

    def _missed(self, own: int, block: int) -> int:
        """How a call ended that did not return."""
        if own == _brisk.TASK_STATE_RUNNING:
            return max(block, TIMED_OUT)  # one that returned too late is done in C
        if block == CANCELLED or _brisk.token_is_cancelled(self._token):
            return CANCELLED
        return _brisk.TASK_STATE_NEVER_STARTED

    def outcomes(self) -> list[Outcome]:
        """Waits for the end, and gives the outcome of each call."""
        wait_for_end(self._raw, None)
        values = list(self._values)
        return list(map(Outcome, self._states(), values))

    def values(self) -> list[Any]:
        """Waits for the end, and gives what each call gave, or raises for the first failure."""
        wait_for_end(self._raw, None)
        values = list(self._values)
        states = self._states()
        if max(states, default=DONE) != DONE:
            for state, value in zip(states, values, strict=True):
                if state == _brisk.TASK_STATE_FAILED:
                    raise value
            for state in states:
                if state != DONE:
                    raise Outcome(state, None)._failure()
        return values

    def winner(self) -> Any:
        """Waits for the end, and gives what the first call that succeeded gave."""
        wait_for_end(self._raw, None)
        _, winner = self._raw.wait(1)
        if winner != _brisk.FOREVER:
            return self._values[winner]
        raise RaceFailed(self.outcomes())
