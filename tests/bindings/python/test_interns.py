"""Interners: one id for equal strings, from any thread, up to a bound."""

from __future__ import annotations

import gc
import threading

import brisk
import pytest
from brisk import Interner, Runtime


def test_equal_strings_are_one() -> None:
    names = Interner()
    assert [names.put(one) for one in ("red", b"red", bytearray(b"red"), "grün", "", b"a\0b")] == [
        *(0, 0, 0, 1, 2, 3)
    ]
    assert (names.find("red"), names.find(b"gr\xc3\xbcn"), names.find("re")) == (0, 1, None)
    assert ("red" in names, "re" in names) == (True, False)
    assert list(names) == [names[at] for at in range(4)] == [b"red", "grün".encode(), b"", b"a\0b"]
    assert len(names) == 4
    figures = names.stats()
    assert (figures.strings, figures.string_bytes, figures.refusals) == (4, 11, 0)
    assert figures.bytes_held <= figures.capacity_bytes == 64 << 20


def test_many_at_once() -> None:
    names = Interner("1 MiB")
    assert names.put_many(["a", b"b", bytearray(b"a"), memoryview(b"")]) == [0, 1, 0, 2]
    assert names.put_many(iter(())) == []
    assert names.find_many(("b", "c", "a")) == [1, None, 0]


@pytest.mark.parametrize("number", [1, -1, (1 << 32) - 1, 1 << 32])
def test_an_id_that_was_not_given_out(number: int) -> None:
    names = Interner()
    names.put("only one")
    with pytest.raises(IndexError, match=str(number)):
        names[number]


def test_refuses_beyond_its_capacity() -> None:
    runtime = Runtime()
    names = Interner("64 KiB", runtime=runtime)
    with pytest.raises(brisk.Refused, match="65536 bytes"):
        names.put_many(map(str, range(10_000)))
    count = len(names)
    assert 500 < count < 5000
    with pytest.raises(brisk.Refused, match="raise capacity"):
        names.put(str(count))
    assert names.put("7") == 7
    assert runtime.stats().bytes_held == names.stats().bytes_held <= 65536
    with pytest.raises(brisk.TooLarge):
        names.put(bytes(65536))
    del names
    gc.collect()
    assert runtime.stats().bytes_held == 0


def test_arguments() -> None:
    names = Interner()
    for wrong in (5, None, ["a"]):
        with pytest.raises(brisk.WrongType):
            names.put(wrong)  # type: ignore[arg-type]
        with pytest.raises(brisk.WrongType):
            names.put_many([wrong])  # type: ignore[list-item]
    for text in ("ab", b"ab"):
        with pytest.raises(brisk.WrongType, match="iterable"):
            names.put_many(text)  # type: ignore[arg-type]
    with pytest.raises(brisk.InvalidArgument, match="65536"):
        Interner(1)
    with pytest.raises(brisk.WrongType):
        Interner(runtime=names)  # type: ignore[arg-type]
    assert len(names) == 0


def test_threads_agree() -> None:
    names = Interner()
    ids: list[list[int]] = [[] for _ in range(4)]

    def put(own: list[int]) -> None:
        own.extend(names.put(str(at)) for at in range(2000))

    threads = [threading.Thread(target=put, args=(own,)) for own in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ids[0] == ids[1] == ids[2] == ids[3]
    assert sorted(ids[0]) == list(range(2000))
