"""Cache: a mapping of keys to values within a bound on every byte it holds."""

from __future__ import annotations

from brisk import _brisk
from brisk._brisk import CacheBase, CacheStats, nanoseconds, wait_nanoseconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from os import PathLike
    from types import TracebackType
    from typing import Any, TypeVar

    from brisk._brisk import Bytes, CacheHandle, Seconds
    from brisk.codecs import Codec, Decode, Encode
    from brisk.loads import Lease
    from brisk.memo import Memoized, P, R
    from brisk.pins import Pin
    from brisk.runtime import Runtime
    from brisk.workers import Workers

    Self = TypeVar("Self", bound="Cache")

POLICIES = {
    "auto": _brisk.POLICY_AUTO,
    "lru": _brisk.POLICY_LRU,
    "s3fifo": _brisk.POLICY_S3FIFO,
}
AIMS = {"objects": _brisk.AIM_OBJECTS, "bytes": _brisk.AIM_BYTES, "cost": _brisk.AIM_COST}
COMPRESSIONS = {"auto": _brisk.COMPRESSION_AUTO, "off": _brisk.COMPRESSION_OFF}
DEFAULT_TIMEOUT = 30 * 10**9  # nanoseconds, as in C
CAUSES = {
    _brisk.CAUSE_CAPACITY: "capacity",
    _brisk.CAUSE_EXPIRED: "expired",
    _brisk.CAUSE_ERASED: "erased",
    _brisk.CAUSE_REPLACED: "replaced",
}


class Cache(CacheBase):
    """A bounded, compressed cache in memory.

    capacity               Bound on all bytes held, keys, values and overhead; at least 256 KiB.
    ttl                    Lifetime of an entry from its last write; None for ever.
    idle                   Lifetime of an entry from its last use; None for ever.
    ttl_jitter             Every ttl is shortened at random by up to this share, 0 to 0.5, so that
                           what was written together does not expire together.
    early_beta             How readily a loaded value is loaded anew before its ttl ends, in
                           proportion to what its load took, so that not everybody finds it missing
                           at once (XFetch). 1 is the optimum; 0 to 1000; 0 for never.
    load_costs             Whether a loaded value carries what its load took, in nanoseconds, as its
                           cost; with early_beta and aim="cost" it does.
    stale                  For so long after its ttl a value is given to those who ask for a load,
                           while one of them makes a new one; lookups miss it. None for not at all.
    stale_if_error         For so long after its ttl a value is given to those who ask for a load
                           that fails; None for not at all.
    max_entries            Bound on the number of entries; None for none.
    name                   Unique in the runtime, for Cache.find. Raises Exists when it is taken.
    policy                 Which entries a full cache gives up: "auto", "lru" or "s3fifo".
    aim                    What the policy maximizes: "objects", the share of lookups that hit;
                           "bytes", of the bytes asked for; "cost", of the cost that hits save. With
                           "lru" it is "objects".
    compression            "auto" (with zstd, where it pays) or "off".
    compression_level      The zstd level, -7 to 19; None to let the cache choose.
    compression_threshold  Values of fewer bytes stay raw; None to let the cache choose.
    load_timeout           How long a load without a timeout is waited for; None for 30 seconds.
    events                 How many events are kept for events(); the oldest are dropped first.
    hot_keys               How many of the keys asked for most are remembered, for warm(); at most
                           1024, 0 for none; None for 128, or fewer in a cache of less than 2 MiB.
    codec                  How values become bytes: None for bytes as they are, "str", "json",
                           "pickle", or a pair of functions (encode, decode).
    share_decoded          Whether the objects that hot values were decoded to are kept and given
                           again, as long as the stored bytes are the same: a hit then costs no
                           decode, and all who ask for a key get one object, which they must not
                           change. They may take an eighth of the capacity, besides it.
    runtime                The runtime to live in; None for the default one.

    A cache is used as a dict is; get, set, get_many and set_many do the same with a default, a ttl,
    and at a lower cost for many keys. cache[key] = value cannot tell that there was no room, which
    happens only while callers pin what the cache holds; set does.
    """

    __slots__ = ("__weakref__", "_timeout")

    def __init__(
        self,
        capacity: int | str = "64 MiB",
        *,
        ttl: Seconds | None = None,
        idle: Seconds | None = None,
        ttl_jitter: float = 0.0,
        early_beta: float = 0.0,
        load_costs: bool = False,
        stale: Seconds | None = None,
        stale_if_error: Seconds | None = None,
        max_entries: int | None = None,
        name: Bytes | None = None,
        policy: str = "auto",
        aim: str = "objects",
        compression: str = "auto",
        compression_level: int | None = None,
        compression_threshold: int | None = None,
        load_timeout: Seconds | None = None,
        events: int = 0,
        hot_keys: int | None = None,
        codec: Codec = None,
        share_decoded: bool = False,
        runtime: Runtime | None = None,
    ) -> None:
        from brisk.options import choice, count, home, size

        encode, decode = _functions(codec)
        options: dict[str, Any] = {
            "capacity_bytes": size("capacity", capacity),
            "ttl_ns": nanoseconds(ttl, "ttl"),
            "idle_ns": nanoseconds(idle, "idle"),
            "ttl_jitter": ttl_jitter,
            "early_beta": early_beta,
            "load_costs": 1 if load_costs else 0,
            "stale_ns": nanoseconds(stale, "stale"),
            "stale_if_error_ns": nanoseconds(stale_if_error, "stale_if_error"),
            "max_entries": count("max_entries", max_entries),
            "policy": choice("policy", policy, POLICIES),
            "aim": choice("aim", aim, AIMS),
            "compression": choice("compression", compression, COMPRESSIONS),
            "compression_level": 0 if compression_level is None else compression_level,
            # In C zero is the default, and no value is smaller than one byte.
            "compression_threshold": 1
            if compression_threshold == 0
            else count("compression_threshold", compression_threshold),
            "load_timeout_ns": wait_nanoseconds(load_timeout, "load_timeout"),
            "event_capacity": events,
            "hot_keys": _brisk.FOREVER if hot_keys == 0 else count("hot_keys", hot_keys),
        }
        if name is not None:
            options["name"] = name
        raw = _brisk.cache_new(home(runtime), options)
        super().__init__(raw, encode, decode, _kept(raw, decode, share_decoded))
        self._timeout: int = options["load_timeout_ns"] or DEFAULT_TIMEOUT

    @classmethod
    def find(
        cls: type[Self],
        name: Bytes,
        *,
        codec: Codec = None,
        share_decoded: bool = False,
        load_timeout: Seconds | None = None,
        runtime: Runtime | None = None,
    ) -> Self | None:
        """The live cache of this name, made in any language of the process; None without one."""
        from brisk.options import home

        encode, decode = _functions(codec)
        timeout = wait_nanoseconds(load_timeout, "load_timeout") or DEFAULT_TIMEOUT
        _, raw = _brisk.cache_find(home(runtime), name)
        if raw is None:
            return None
        self = cls.__new__(cls)
        CacheBase.__init__(self, raw, encode, decode, _kept(raw, decode, share_decoded))
        self._timeout = timeout
        return self

    def pin(self, key: Bytes) -> Pin:
        """Holds the value of key in place, to read it without a copy: with cache.pin(key) as view.

        The bytes are those that are stored, whatever the codec. Raises KeyError where there is no
        value, and Refused where there is no room to unpack it.
        """
        status, value = self._raw.get(key)
        if value is not None:
            from brisk.pins import Pin

            return Pin(value)
        if status == _brisk.MISS:
            raise KeyError(key)
        from brisk.errors import Refused

        raise Refused("there is no room to unpack the value, because callers pin what is held")

    def get_or_load(
        self,
        key: Bytes,
        loader: Callable[[Any], Any],
        ttl: Seconds | None = None,
        timeout: Seconds | None = None,
        refresh: Workers | None = None,
    ) -> Any:
        """Gives the value of key; where it is missing, loader(key) makes it.

        One caller runs its loader, on its own thread, for as long as that takes. The others, in any
        thread and language, wait for its value, for load_timeout or timeout seconds: then Timeout
        is raised, and the load goes on. An exception of the loader leaves the call that ran it; the
        others get LoadFailed with its text, and the next caller tries anew. An interrupt such as
        KeyboardInterrupt hands the load to one of those who wait. A load that needs itself, through
        loaders called in one thread or task, raises Deadlock.

        A loader for whose key there is no value raises Absent(ttl=seconds): so long nobody loads
        it, and all get that exception, a KeyError.

        Within stale_if_error of its ttl, all get the value from before when the loader fails. With
        a pool as refresh, and within stale of its ttl, the value from before comes at once and the
        loader runs on the pool; on this thread where the pool takes no task.
        """
        from brisk.loads import load

        return load(self, key, loader, ttl, timeout, self._timeout, refresh)

    def get_or_load_async(
        self,
        key: Bytes,
        loader: Callable[[Any], Awaitable[Any]],
        ttl: Seconds | None = None,
        timeout: Seconds | None = None,
        refresh: bool = False,
    ) -> Awaitable[Any]:
        """The same for a coroutine function: await cache.get_or_load_async(key, loader).

        One load for each key among threads and coroutines. A coroutine that waits for another
        caller's load looks again after pauses that grow to 20 ms, so that it takes no thread. With
        refresh the loader runs as a task of the loop where a value from before is at hand.
        """
        from brisk.loads import load_async

        return load_async(self, key, loader, ttl, timeout, self._timeout, refresh)

    def begin(self, key: Bytes, parent: Lease | None = None) -> tuple[Any, Lease | None]:
        """Looks key up, and where it is missing joins its load. Never blocks.

        Gives the value and None, or None and a lease; or a value from before, which may be used
        until the load ends, and the lease that leads it. For loads that are not one function call.
        parent is the lead under which this load is needed; without one, that of the loader which
        runs in this thread or task.
        """
        from brisk.loads import begin

        return begin(self, key, self._timeout, parent)

    def memoize(
        self,
        ttl: Seconds | None = None,
        timeout: Seconds | None = None,
        name: str | None = None,
        refresh: Workers | bool | None = None,
    ) -> Callable[[Callable[P, R]], Memoized[P, R]]:
        """Keeps the results of a function: @cache.memoize(ttl=60). Coroutines as well.

        The function gains cache_info(), cache_clear() and __wrapped__, as by functools. Results go
        through the codec. Arguments are None, bool, int, float, str, bytes, and tuples, lists,
        dicts, sets and frozensets of these; anything else is a TypeError. name replaces the name
        of the function in the keys, so that two definitions can share results.

        refresh is a pool for a function, True for a coroutine: within stale of its ttl, and early
        (early_beta), the result from before comes at once, as a hit, and the function runs in the
        background. Within stale_if_error the result from before takes the place of an exception.
        """
        from brisk.memo import memoized

        return lambda function: memoized(self, function, ttl, timeout, name, refresh)

    def touch(self, key: Bytes, ttl: Seconds | None = None) -> bool:
        """Starts the lifetime of an entry anew. False where there is none."""
        return self._raw.touch(key, nanoseconds(ttl, "ttl")) == _brisk.OK

    def invalidate(self, pattern: Bytes) -> int:
        """Erases every key that matches a glob such as "user:123:*". Returns how many.

        ? is any byte, * any bytes, [a-z] and [!a-z] a set; a backslash takes the next byte as it
        is. Walks over all keys.
        """
        return self._raw.erase_matching(pattern)

    def clear(self) -> None:
        """Erases every entry."""
        self._raw.clear()

    def keys(self) -> Iterator[bytes]:
        """Walks over the keys, as bytes and in no order.

        A key that is there for the whole walk comes exactly once, one that comes or goes meanwhile
        at most once. One thread at a time.
        """
        cursor = self._raw.keys()
        buffer = bytearray(64)
        while True:
            status, length = cursor.next(buffer)
            if status == _brisk.END:
                return
            if status == _brisk.SHORT_BUFFER:
                buffer = bytearray(length)
            else:
                yield bytes(buffer[:length])

    __iter__ = keys

    def events(self) -> Iterator[tuple[bytes, str]]:
        """Takes the events off the queue, the oldest first: (key, cause) of an entry that left.

        cause is "capacity", "expired", "erased" or "replaced". Ends when the queue is empty; the
        cache keeps none unless it was made with events=.
        """
        buffer = bytearray(64)
        while True:
            status, length, cause = self._raw.next_event(buffer)
            if status == _brisk.END:
                return
            if status == _brisk.SHORT_BUFFER:
                buffer = bytearray(length)
            else:
                yield bytes(buffer[:length]), CAUSES.get(cause, str(cause))

    def hot_keys(self, count: int | None = None) -> list[tuple[bytes, int]]:
        """The keys asked for most, here or missing, each with how often; at most count of them.

        The hottest come first. Exact for some thousand lookups, then an estimate; every six hours
        counts are halved.
        """
        from brisk.warm import hot_keys

        return hot_keys(self, count)

    def warm(
        self,
        loader: Callable[[Any], Any],
        top_n: int = 20,
        workers: Workers | None = None,
        ttl: Seconds | None = None,
    ) -> int:
        """Loads those of the top_n hottest keys that are missing. Returns how many were loaded.

        loader(key) makes a value as for get_or_load; key is bytes. Each runs on this thread, one
        after the other, or in parallel on workers. One that raises is passed over, and counted by
        stats().load_failures; a key that somebody else loads at the time is left to them. A load
        counts as one lookup of its key.
        """
        from brisk.warm import warm

        return warm(self, loader, top_n, workers, ttl)

    def save_hot(self, path: str | bytes | PathLike[str]) -> None:
        """Writes the hot keys to a file that only its owner may read, in place of an older one."""
        from os import fsencode

        self._raw.save_hot(fsencode(path))

    def restore_hot(self, path: str | bytes | PathLike[str]) -> int:
        """Adds the hot keys of a file of save_hot. Returns how many it has, 0 where there is none.

        Raises InvalidArgument for a file that cannot be read, or is damaged.
        """
        from os import fsencode

        return self._raw.restore_hot(fsencode(path))[1]

    def stats(self) -> CacheStats:
        """The figures of this moment: hit_ratio, bytes_held and every other one of C."""
        return self._raw.read_stats()

    def close(self) -> None:
        """Drops every entry and gives the name free. Later calls raise Closed; pins stay valid."""
        self._raw.close()

    def __len__(self) -> int:
        return self._raw.read_stats().entries

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        try:
            now = self.stats()
        except _brisk.Error as error:
            return f"<brisk.Cache: {error}>"
        held = f"{now.bytes_held} of {now.capacity_bytes} bytes"
        return f"<brisk.Cache: {now.entries} entries, {held}>"


def _kept(raw: CacheHandle, decode: Decode | None, share: bool) -> int:
    """How many bytes of decoded objects are kept."""
    if not share:
        return 0
    if decode is None:
        raise _brisk.InvalidArgument("share_decoded is of no use without a codec; name one")
    return raw.read_stats().capacity_bytes // 8


def _functions(codec: Codec) -> tuple[Encode | None, Decode | None]:
    """The functions of a codec."""
    if codec is None:
        return None, None
    from brisk.codecs import pair

    return pair(codec)
