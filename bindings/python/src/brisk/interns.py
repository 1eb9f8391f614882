"""Interner: equal strings as one number."""

from __future__ import annotations

from brisk import _brisk
from brisk._brisk import InternStats, WrongType
from brisk.errors import Refused
from brisk.options import home, size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from brisk._brisk import Bytes, InternHandle
    from brisk.runtime import Runtime


class Interner:
    """One copy of each byte string that it is given, and a number for it. Any thread.

    Ids count from 0 in the order of the first coming, so that an interner reads like a list of its
    strings, as bytes. They stay until the interner is gone as a whole. A str is its UTF-8.

    capacity  Bound on all bytes held, as a number or a text like "16 MiB"; 64 MiB by default.
    runtime   The runtime whose budget is charged; None for that of the process.
    """

    __slots__ = ("__weakref__", "_raw")

    def __init__(
        self, capacity: int | str | None = None, *, runtime: Runtime | None = None
    ) -> None:
        options = {"capacity_bytes": size("capacity", capacity)}
        self._raw: InternHandle = _brisk.intern_new(home(runtime), options)

    def put(self, string: Bytes) -> int:
        """The id of a string, which is copied when it is new. Refused without room for it."""
        status, found = self._raw.put(string)
        if status == _brisk.REFUSED:
            raise self._full()
        return found

    def put_many(self, strings: Iterable[Bytes]) -> list[int]:
        """The ids of many strings in their order, at a lower cost each.

        Refused when there is no room for one of them; those before it are then in.
        """
        status, found, _ = self._raw.put_many(*_packed(strings))
        if status == _brisk.REFUSED:
            raise self._full()
        return found

    def find(self, string: Bytes) -> int | None:
        """The id of a string that is there."""
        status, found = self._raw.find(string)
        return found if status == _brisk.OK else None

    def find_many(self, strings: Iterable[Bytes]) -> list[int | None]:
        """The ids of many strings in their order, None for each that is not there."""
        found, _ = self._raw.find_many(*_packed(strings))
        return [None if one == _brisk.INTERN_NONE else one for one in found]

    def __getitem__(self, number: int) -> bytes:
        found = _brisk.intern_at(self._raw, number) if 0 <= number < _brisk.INTERN_NONE else None
        if found is None:
            raise IndexError(f"no string has the id {number}")
        return found

    def __contains__(self, string: Bytes) -> bool:
        return self.find(string) is not None

    def __len__(self) -> int:
        return self.stats().strings

    def __iter__(self) -> Iterator[bytes]:
        at = 0
        while (found := _brisk.intern_at(self._raw, at)) is not None:
            yield found
            at += 1

    def stats(self) -> InternStats:
        """The figures of this moment: strings, string_bytes, hits, refusals, bytes_held."""
        return self._raw.read_stats()

    def _full(self) -> Refused:
        stats = self.stats()
        return Refused(
            f"no room for another string: {stats.held_bytes} of at most {stats.capacity_bytes}"
            " bytes are held; raise capacity, or the budget of the runtime"
        )


def _packed(strings: Iterable[Bytes]) -> tuple[bytes, memoryview]:
    """All strings, one after the other, and the size of each."""
    from array import array

    if isinstance(strings, (str, bytes)):
        raise WrongType(f"strings is of type {type(strings).__name__}; give a list or an iterable")
    pieces = [one if type(one) is bytes else _bytes(one) for one in strings]
    return b"".join(pieces), memoryview(array("I", map(len, pieces)))


def _bytes(string: Bytes) -> bytes:
    if isinstance(string, str):
        return string.encode()
    try:
        return bytes(memoryview(string))
    except TypeError:
        raise WrongType(f"a string is of type {type(string).__name__}; give str or bytes") from None
