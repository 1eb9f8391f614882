"""Pin: a value held in place, read without a copy."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from brisk._brisk import ValueHandle


class Pin:
    """Holds the bytes of one value: with cache.pin(key) as view.

    The view is a read-only memoryview. It stays valid and unchanged until the block ends, even when
    the entry is evicted or the cache is closed; what was made from it (a slice, a NumPy array)
    stays valid for as long as that lives, and pins the value meanwhile.
    """

    __slots__ = ("__weakref__", "_view")

    def __init__(self, value: ValueHandle) -> None:
        self._view = memoryview(value)

    @property
    def view(self) -> memoryview:
        """The bytes."""
        return self._view

    def release(self) -> None:
        """Lets go of the value. May be repeated."""
        try:
            self._view.release()
        except BufferError:
            return  # something was made from the view, and lets go of the value when it goes

    def __enter__(self) -> memoryview:
        return self._view

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
