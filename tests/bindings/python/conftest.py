"""The tests of the Python package, against the one that is installed.

pip install --no-build-isolation --no-deps --target build/python/site bindings/python
PYTHONPATH=build/python/site pytest tests/bindings/python
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import brisk
import pytest

ROOT = Path(__file__).resolve().parents[3]
Run = Callable[..., str]


@pytest.fixture
def cache() -> Iterator[brisk.Cache]:
    made = brisk.Cache("4 MiB")
    yield made
    made.close()


@pytest.fixture
def modules() -> Iterator[brisk.Modules]:
    with brisk.Modules(load_timeout=20) as made:
        yield made


@pytest.fixture
def clock() -> brisk.Runtime:
    """A runtime whose clock the test moves."""
    return brisk.Runtime(clock="manual")


@pytest.fixture
def run() -> Run:
    """Runs a program in an interpreter of its own; returns what it printed."""

    def run(code: str, *, fails: bool = False, **env: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **env},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout

    return run
