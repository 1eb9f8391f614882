"""The end of the program: what has threads of C is closed, and then they are kept out of Python."""

from __future__ import annotations

import atexit

from brisk import _brisk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_closers: list[Callable[[], bool]] = []


def at_end(close: Callable[[], bool]) -> None:
    """Has close called when the program ends. It says whether Python may do without the threads."""
    _closers.append(close)


def _end() -> None:
    closed = [close() for close in _closers]  # each of them, whatever the others say
    if all(closed):
        _brisk.end_of_python()


atexit.register(_end)
