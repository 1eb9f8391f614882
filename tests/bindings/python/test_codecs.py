"""Codecs: what is stored for a value, and what comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from brisk import Cache


@pytest.mark.parametrize(
    ("codec", "value", "stored"),
    [
        (None, b"value", b"value"),
        ("bytes", b"value", b"value"),
        ("str", "grün", "grün".encode()),
        ("json", {"a": [1, 2.5, None, True], "ü": "\ud800"}, None),
        ("json", None, b"null"),
        ("json", {"a": 1}, b'{"a":1}'),
        ("pickle", {1, 2, (3, 4)}, None),
    ],
)
def test_codecs(codec: Any, value: Any, stored: bytes | None) -> None:
    cache = Cache("1 MiB", codec=codec)
    cache["key"] = value
    cache.set_many({"many": value})
    cache.get_or_load("loaded", lambda _: value)
    assert cache["key"] == cache.get("many") == cache.get("loaded") == value
    assert cache.get_many(["key", "none", "loaded"], default="-") == [value, "-", value]
    assert type(cache["key"]) is type(value)
    assert cache.begin("key") == (value, None)
    if stored is not None:
        with cache.pin("key") as view:
            assert view == stored


def test_a_pair_of_functions() -> None:
    cache = Cache("1 MiB", codec=(lambda value: bytearray(value[::-1]), lambda data: (data, 1)))
    cache["key"] = b"abc"
    assert cache["key"] == (b"cba", 1)
    big = bytes(5000) + b"x"
    cache["big"] = big
    assert cache["big"] == (big[::-1], 1)


def test_all_callers_of_a_load_see_the_same() -> None:
    cache = Cache("1 MiB", codec="json")
    assert cache.get_or_load("key", lambda _: (1, 2)) == [1, 2]
    assert cache.get_or_load("key", lambda _: (1, 2)) == [1, 2]


@pytest.mark.parametrize("made", ["text", None, 5])
def test_an_encode_that_makes_no_bytes(made: Any) -> None:
    cache = Cache("1 MiB", codec=(lambda value: made, lambda data: data))
    with pytest.raises(TypeError, match="the codec's encode returned is of type .*; give bytes"):
        cache["key"] = 1
    assert "key" not in cache


def test_the_errors_of_a_codec_come_out() -> None:
    cache = Cache("1 MiB", codec="json")
    with pytest.raises(TypeError, match="not JSON serializable"):
        cache["key"] = object()
    with pytest.raises(TypeError):
        Cache(codec="str")["key"] = 5
    plain = Cache("1 MiB", name="shared")
    plain["key"] = b"\xff{"
    plain.set_many({f"k{i}": b"1" for i in range(10)})
    found = Cache.find("shared", codec="json")
    assert found is not None
    for call in (
        lambda: found.get("key"),
        lambda: found["key"],
        lambda: found.get_many(["k1", "key", "k2"]),
        lambda: found.get_or_load("key", lambda _: 1),
    ):
        with pytest.raises((json.JSONDecodeError, UnicodeDecodeError)):
            call()
    assert found.get_many(["k1", "k2"]) == [1, 1]


def test_a_codec_may_use_the_cache() -> None:
    def decode(data: bytes) -> bytes:
        cache.set("seen", data)
        return data

    cache = Cache("1 MiB", codec=(bytes, decode))
    cache.set_many({"a": b"1", "b": b"2"})
    assert cache.get_many(["a", "b"]) == [b"1", b"2"]
