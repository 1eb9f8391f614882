"""Runtime: what caches share, a memory budget, a clock and their names."""

from __future__ import annotations

from brisk import _brisk
from brisk._brisk import RuntimeHandle, RuntimeStats, nanoseconds
from brisk.options import choice, count, size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from brisk._brisk import Seconds

CLOCKS = {"system": _brisk.CLOCK_SYSTEM, "manual": _brisk.CLOCK_MANUAL}


class Runtime:
    """One memory budget, one clock and one set of names.

    Most programs use the default one of their process, which caches take without being told.

    clock           "system", or "manual": one that starts at zero and moves only by advance.
    budget          Bound on the bytes that everything in the runtime holds; None for none.
    budget_percent  The same as a share, 1 to 100, of the memory that the container or machine has.
    """

    __slots__ = ("__weakref__", "_raw")

    def __init__(
        self,
        clock: str = "system",
        budget: int | str | None = None,
        budget_percent: int | None = None,
    ) -> None:
        options = {
            "clock": choice("clock", clock, CLOCKS),
            "budget_bytes": size("budget", budget),
            "budget_percent": count("budget_percent", budget_percent),
        }
        self._raw: RuntimeHandle = _brisk.runtime_new(options)

    @classmethod
    def default(cls) -> Runtime:
        """The runtime that caches live in when none is named. It cannot be closed."""
        self = cls.__new__(cls)
        self._raw = _brisk.runtime_default()
        return self

    def now(self) -> float:
        """Seconds since an arbitrary start, to the tick that decides about expiry."""
        return _brisk.runtime_now(self._raw) / 1e9

    def advance(self, seconds: Seconds) -> None:
        """Moves a manual clock forward and frees everything that has expired by then.

        Raises InvalidArgument for a system clock.
        """
        self._raw.advance(nanoseconds(seconds, "seconds") if seconds else 0)

    def stats(self) -> RuntimeStats:
        """The figures of this moment: caches, budget_bytes, bytes_held, peak_bytes."""
        return _brisk.runtime_read_stats(self._raw)

    def close(self) -> None:
        """Closes every cache of the runtime. May block, and may be repeated."""
        self._raw.close()

    def __enter__(self) -> Runtime:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
