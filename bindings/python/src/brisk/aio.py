"""Ends of tasks and batches in asyncio, without a thread that waits.

One queue of completions for each event loop, which polls its descriptor, tells of what run()
submitted. A Task that was submitted without one, and a batch, call the loop when they end.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic_ns
from weakref import WeakKeyDictionary

from brisk import _brisk
from brisk.tasks import Task, refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeVar

    from brisk._brisk import Seconds, TokenHandle
    from brisk.batches import Batch
    from brisk.workers import Workers

    Watched = TypeVar("Watched", Task, Batch)

TAGS = 64  # ends that are taken off the queue at a time
PAUSE_MAX = 0.02  # seconds between two looks for room in a full queue
LATE = 0.0002  # seconds after a deadline until it is looked at, so that it has passed


class Ends:
    """The tasks that coroutines of one loop wait for."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._raw = _brisk.completions_new()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._tag = 0
        loop.add_reader(_brisk.completions_fd(self._raw), self._take)

    def expect(self, loop: asyncio.AbstractEventLoop) -> tuple[int, asyncio.Future[None]]:
        """A tag, and what is done when it comes."""
        self._tag += 1
        future = self._waiting[self._tag] = loop.create_future()
        return self._tag, future

    def forget(self, tag: int) -> None:
        self._waiting.pop(tag, None)

    def _take(self) -> None:
        while True:
            status, tags, taken = self._raw.next(TAGS)
            if status == _brisk.END:
                return
            for tag in tags[:taken]:
                future = self._waiting.pop(tag, None)
                if future is not None:
                    wake(future)


_ends: WeakKeyDictionary[asyncio.AbstractEventLoop, Ends] = WeakKeyDictionary()


def wake(future: asyncio.Future[None]) -> None:
    """Ends a wait, unless that was cancelled."""
    if not future.done():
        future.set_result(None)


async def run(
    workers: Workers,
    function: Callable[..., Any],
    args: tuple[Any, ...],
    given: tuple[int, Seconds | None, int | str, str | None],
    room: Seconds | None,
    token: TokenHandle | None,
) -> Task:
    """Submits a call and waits for its end."""
    loop = asyncio.get_running_loop()
    ends = _ends.get(loop)
    if ends is None:
        ends = _ends[loop] = Ends(loop)
    until = monotonic_ns() + _brisk.wait_nanoseconds(room, "room")
    pause = 0.0
    while True:
        tag, future = ends.expect(loop)
        task = None
        try:
            task = _brisk.submit(
                Task, workers._raw, function, args, *given, None, token, ends._raw, tag
            )
        finally:
            if task is None:
                ends.forget(tag)
        if task is not None:
            break
        if monotonic_ns() >= until:
            raise refused()
        await asyncio.sleep(pause)
        pause = min(pause + 0.001, PAUSE_MAX)
    timer = None
    raw = task._raw

    def look() -> None:
        # A wait after the deadline ends the task, and that is told by the queue. The deadline of
        # the task itself is later than ours, by what passed while it was submitted.
        nonlocal timer
        if raw.wait(1)[0] != _brisk.OK:
            timer = loop.call_later(PAUSE_MAX, look)

    if task._deadline:
        left = (task._deadline - monotonic_ns()) / 1e9
        timer = loop.call_later(left + LATE, look)
    try:
        await future
    except asyncio.CancelledError:
        task.cancel()
        raise
    finally:
        ends.forget(tag)
        if timer is not None:
            timer.cancel()
    return task


async def ended(watched: Watched) -> Watched:
    """Waits for the end of a task or batch that calls when it ends."""
    loop = asyncio.get_running_loop()
    try:
        while watched._raw.wait(1)[0] != _brisk.OK:
            future = loop.create_future()
            if not watched._tell(_caller(loop, future)):
                await asyncio.sleep(0)  # its last step is being made
                continue
            # A deadline is not told: a wait after it finds that it has passed.
            left = (watched._deadline - monotonic_ns()) / 1e9
            timer = loop.call_later(left + LATE, wake, future) if watched._deadline else None
            try:
                await future
            finally:
                if timer is not None:
                    timer.cancel()
    except asyncio.CancelledError:
        watched.cancel()
        raise
    return watched


def _caller(loop: asyncio.AbstractEventLoop, future: asyncio.Future[None]) -> Callable[[], None]:
    def call() -> None:
        with suppress(RuntimeError):  # the loop is closed, and nobody waits
            loop.call_soon_threadsafe(wake, future)

    return call
