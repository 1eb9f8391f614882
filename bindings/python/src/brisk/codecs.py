"""Codecs: how values that are not bytes are stored.

A codec is None or "bytes" (bytes-like in, bytes out), "str" (UTF-8), "json", "pickle", or a pair
of functions (encode, decode) between a value and its bytes. Pickle runs code out of what it reads,
so it is used where it was named and nowhere else.
"""

from __future__ import annotations

from brisk._brisk import InvalidArgument

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from _typeshed import ReadableBuffer

    Encode = Callable[[Any], ReadableBuffer]
    Decode = Callable[[bytes], Any]
    Codec = str | tuple[Encode, Decode] | None


def pair(codec: Codec) -> tuple[Encode | None, Decode | None]:
    """The functions of a codec; two times None for bytes as they are."""
    if codec is None or codec == "bytes":
        return None, None
    if codec == "str":
        return str.encode, bytes.decode
    if codec == "json":
        return _json()
    if codec == "pickle":
        import pickle

        return pickle.dumps, pickle.loads
    if isinstance(codec, tuple) and len(codec) == 2 and callable(codec[0]) and callable(codec[1]):
        return codec
    raise InvalidArgument(
        f"codec is {codec!r}; give None, 'bytes', 'str', 'json', 'pickle',"
        " or a pair of functions (encode, decode)"
    )


def _json() -> tuple[Encode, Decode]:
    import json

    write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    read = json.JSONDecoder().decode
    return (
        lambda value: write(value).encode("utf-8", "surrogatepass"),
        lambda data: read(data.decode("utf-8", "surrogatepass")),
    )
