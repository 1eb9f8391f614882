"""Loaders for the tests of modules: those that fail, and those that end when they are let."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any


def fails(reason: str = "no license") -> Any:
    raise ValueError(reason)


def eventually(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + 30
    while not is_so() and time.monotonic() < end:
        time.sleep(0.001)
    return is_so()


# Deadlines, in seconds, for calls of which some must end in time and others not: where the machine
# paused, the next one is tried.
DEADLINES = (0.1, 2, 15)


class Held:
    """A loader that says when it runs, and ends when it is let."""

    def __init__(self) -> None:
        self.runs = threading.Event()
        self.may_end = threading.Event()

    def __call__(self) -> str:
        self.runs.set()
        assert self.may_end.wait(20)
        return "held"


def on_thread(call: Callable[[], Any]) -> Callable[[], Any]:
    """Begins a call on a thread of its own; the answer waits for it."""
    answers: list[Any] = []

    def run() -> None:
        try:
            answers.append(call())
        except BaseException as error:
            answers.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def answer() -> Any:
        thread.join(20)
        (one,) = answers
        return one

    return answer
