"""The exceptions: one class for each failure, all of them brisk.Error."""

from __future__ import annotations

from brisk import _brisk
from brisk._brisk import Error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from brisk._brisk import Seconds
    from brisk.tasks import Outcome


class Timeout(Error, TimeoutError):
    """The timeout passed before a load or task ended; it goes on."""

    __module__ = "brisk"
    status = _brisk.TIMEOUT
    status_name = "BRISK_TIMEOUT"


class Refused(Error):
    """There is no room: to unpack a value while callers pin what is held, in a queue, in an
    interner.
    """

    __module__ = "brisk"
    status = _brisk.REFUSED
    status_name = "BRISK_REFUSED"


class Absent(Error, KeyError):
    """The key is known to have no value. A loader raises it, with ttl as the seconds to know it."""

    __module__ = "brisk"
    status = _brisk.ABSENT
    status_name = "BRISK_ABSENT"

    def __init__(
        self, text: str = "the key is known to have no value", *, ttl: Seconds | None = None
    ) -> None:
        super().__init__(text)
        self.ttl = ttl
        self.known = False  # by the cache: then it is not of the loader that it passes through


class Cancelled(Error):
    """The task was cancelled before it began, or failed after it was."""

    __module__ = "brisk"


class NeverStarted(Timeout):
    """The deadline of the task passed, or its pool was closed, before it began."""

    __module__ = "brisk"


class RaceFailed(Error):
    """No function of a race succeeded. outcomes says how each of them ended."""

    __module__ = "brisk"

    def __init__(self, outcomes: list[Outcome]) -> None:
        self.outcomes = outcomes
        told = "; ".join(_told(at, outcome) for at, outcome in enumerate(outcomes))
        super().__init__(f"none of {len(outcomes)} functions succeeded: {told or 'none was given'}")

    def __reduce__(self) -> tuple[type[RaceFailed], tuple[list[Outcome]]]:
        return type(self), (self.outcomes,)


def _told(at: int, outcome: Outcome) -> str:
    """How one of them ended, as text."""
    error = outcome.error
    kind = type(error).__name__
    return f"{at} {outcome.state}" + (f" with {kind}: {error}" if outcome.state == "failed" else "")
