"""A host in Python, guests in Rust and Go as shared objects, and one cache among the three."""

from __future__ import annotations

import ctypes
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import brisk
import pytest

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[2] / "build/together"
KEYS = 200
THREADS = 3  # of each language
MISS = 1


def build(command: list[str], folder: Path, **env: str) -> None:
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **env}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def guests() -> dict[str, ctypes.CDLL]:
    target = os.environ.get("CARGO_TARGET_DIR", str(BUILD / "rust"))
    build(["cargo", "build", "-q"], HERE / "rust", CARGO_TARGET_DIR=target)
    go = BUILD / "libtogether_go.so"
    build(["go", "build", "-buildmode=c-shared", "-o", str(go), "."], HERE / "go")
    paths = {"rust": Path(target) / "debug/libtogether_rust.so", "go": go}
    found = {language: ctypes.CDLL(str(path)) for language, path in paths.items()}
    for guest in found.values():
        guest.guest_loads.restype = ctypes.c_int64
    return found


@pytest.fixture
def shared() -> Iterator[brisk.Cache]:
    with brisk.Cache("8 MiB", name="shared") as cache:
        yield cache


def load(guest: ctypes.CDLL, key: str) -> bytes:
    buffer = ctypes.create_string_buffer(100)
    size = guest.guest_load(b"shared", key.encode(), buffer, ctypes.c_size_t(len(buffer)))
    return buffer.raw[:size]


def test_one_library_serves_all(guests: dict[str, ctypes.CDLL], shared: brisk.Cache) -> None:
    assert set(guests) == {"rust", "go"}
    maps = Path("/proc/self/maps").read_text().splitlines()
    assert len({line.split()[-1] for line in maps if "libbrisk.so" in line}) == 1


def test_what_one_writes_the_others_read(
    guests: dict[str, ctypes.CDLL], shared: brisk.Cache
) -> None:
    for language, guest in guests.items():
        assert guest.guest_put(b"shared", language.encode()) == 0
        assert shared.get(language) == language.encode()
    shared.set("python", b"python")
    for guest in guests.values():
        assert load(guest, "python") == b"python"
        assert guest.guest_put(b"unknown", b"key") == MISS


def test_one_load_a_key_among_them(guests: dict[str, ctypes.CDLL], shared: brisk.Cache) -> None:
    before = {language: guest.guest_loads() for language, guest in guests.items()}
    made = 0
    lock = threading.Lock()
    answers: dict[str, set[bytes]] = {str(key): set() for key in range(KEYS)}
    start = threading.Barrier(THREADS * (1 + len(guests)))

    def python(key: str) -> bytes:
        def loader(name: bytes) -> bytes:
            nonlocal made
            with lock:
                made += 1
            time.sleep(0.002)  # as long as the guests take
            return b"python made " + key.encode()

        return shared.get_or_load(key, loader)

    loaders = [python, *(lambda key, guest=guest: load(guest, key) for guest in guests.values())]

    def work(number: int) -> None:
        # Each language begins elsewhere, then the first key is everybody's.
        language = number % len(loaders)
        first, *keys = answers
        at = len(keys) * language // len(loaders)
        for key in (keys[at], first, *keys[at + 1 :], *keys[:at]):
            if key == first:
                start.wait()  # until each language has led one load
            answer = loaders[language](key)
            with lock:
                answers[key].add(answer)

    threads = [
        threading.Thread(target=work, args=(number,)) for number in range(THREADS * len(loaders))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ran = {language: guest.guest_loads() - before[language] for language, guest in guests.items()}
    assert made + sum(ran.values()) == KEYS
    assert min(made, *ran.values()) > 0, "every language led some of the loads"
    assert {len(found) for found in answers.values()} == {1}
    assert shared.stats().loads == KEYS


def test_closed_for_one_is_closed_for_all(guests: dict[str, ctypes.CDLL]) -> None:
    cache = brisk.Cache("1 MiB", name="closing")
    cache.close()
    for guest in guests.values():
        assert guest.guest_put(b"closing", b"key") == MISS, "its name is free"
    with pytest.raises(brisk.Closed):
        cache.get("key")
