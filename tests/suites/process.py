"""Programs: each in a process group of its own, bounded in time, with its output in a log."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 1800.0  # seconds

_lock = threading.RLock()  # a signal handler takes it as well
_live: set[int] = set()
_stopped = threading.Event()


@dataclass(frozen=True)
class Done:
    """How a program ended. The code is negative for a signal, None when it ran out of time."""

    code: int | None
    output: str
    seconds: float

    @property
    def how(self) -> str:
        if self.code is None:
            return f"killed after {self.seconds:.0f} s"
        return signal.Signals(-self.code).name if self.code < 0 else f"exit status {self.code}"


class Log:
    """The log of a suite. Threads may append to it; what one program wrote stays together."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")

    def add(self, command: Sequence[str], done: Done) -> None:
        with _lock, self.path.open("a") as file:
            file.write(f"$ {' '.join(command)}\n{done.output.rstrip()}\n")
            file.write(f"-> {done.how}, {done.seconds:.1f} s\n\n")


def execute(
    command: Sequence[str],
    log: Log,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = ROOT,
    limit: float = LIMIT,
) -> Done:
    """Runs a program to its end, or kills it with its children when the limit has passed."""
    begin = time.monotonic()
    with tempfile.TemporaryFile() as output:
        try:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(env or {})},
                cwd=cwd,
                start_new_session=True,
            )
        except OSError as error:
            done = Done(127, f"{command[0]}: {error.strerror}", 0.0)
            log.add(command, done)
            return done
        with _lock:
            _live.add(process.pid)
            if _stopped.is_set():
                _kill(process.pid)
        code: int | None
        try:
            code = process.wait(limit)
        except subprocess.TimeoutExpired:
            code = None
        _kill(process.pid)
        process.wait()
        with _lock:
            _live.discard(process.pid)
        output.seek(0)
        text = output.read().decode(errors="replace")
    done = Done(code, text, time.monotonic() - begin)
    log.add(command, done)
    return done


def stop() -> None:
    """Ends every program that runs, and every one that starts from now on."""
    _stopped.set()
    with _lock:
        for group in _live:
            _kill(group)


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
