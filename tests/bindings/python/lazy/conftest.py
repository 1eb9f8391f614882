"""The tests of brisk.lazy: packages that are written for each test, and interpreters of their own.

PYTHONPATH=build/python/site pytest tests/bindings/python/lazy
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

Tree = Callable[[Mapping[str, str]], Path]
Run = Callable[..., str]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tree]:
    """Writes files of Python into a folder where they can be imported from; forgets them later."""
    monkeypatch.delenv("BRISK_EAGER", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a file that changes is read anew
    monkeypatch.syspath_prepend(tmp_path)
    before = set(sys.modules)

    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))
        return tmp_path

    yield write
    for name in set(sys.modules) - before:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(tmp_path)):
            del sys.modules[name]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs Python in a process of its own, in the folder of ``tree``; returns its output."""

    def run(*arguments: str, status: int = 0, **env: str) -> str:
        path = os.pathsep.join(filter(None, (str(tmp_path), *sys.path)))
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": path, **env},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        said = done.stdout + done.stderr
        assert done.returncode == status, said
        return said

    return run
