"""memoize: the results of a function in a cache.

The key of a call is the name of the function and its arguments, as text. None, bool, int, float,
str and bytes stand as Python writes them, in ASCII; tuple, list, dict, set and frozenset hold such
values, the last three in the order of their texts; keyword arguments follow by name. So 1, 1.0,
True and "1" are four keys, as are f(1) and f(x=1). Only these very types are taken, because for any
other two equal texts need not mean equal values.
"""

from __future__ import annotations

from _thread import allocate_lock, get_ident
from collections import namedtuple
from functools import update_wrapper

from brisk._brisk import InvalidArgument, WrongType, nanoseconds, wait_nanoseconds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ParamSpec, Protocol, TypeVar

    from brisk._brisk import Seconds
    from brisk.cache import Cache
    from brisk.workers import Workers

    P = ParamSpec("P")
    R = TypeVar("R")
    R_co = TypeVar("R_co", covariant=True)

    class Memoized(Protocol[P, R_co]):
        """A function whose results are kept."""

        @property
        def __wrapped__(self) -> Callable[P, R_co]:
            """The function itself."""
            ...

        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...
        def cache_info(self) -> CacheInfo:
            """Hits and misses of this function, and how many of its results are in the cache."""
            ...

        def cache_clear(self) -> None:
            """Drops the results of this function, and no others, and counts anew."""
            ...


_PLAIN = frozenset((str, bytes, int, float, bool, type(None)))  # what Python writes one way
COROUTINE = 0x80  # the flag of code that async def makes
# How often each name was taken: what is defined twice under one name does not share results.
_taken: dict[str, int] = {}


# As functools has it. maxsize is None, because the bound is the cache's and in bytes; currsize
# counts the results of this function that are in the cache.
CacheInfo = namedtuple("CacheInfo", ["hits", "misses", "maxsize", "currsize"])


class _Counter:
    """Hits and misses."""

    __slots__ = ("_lock", "hits", "misses")

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self.clear()

    def clear(self) -> None:
        with self._lock:
            self.hits = self.misses = 0

    def count(self, ran: bool) -> None:
        with self._lock:
            self.misses += ran
            self.hits += not ran


def memoized(
    cache: Cache,
    function: Callable[P, R],
    ttl: Seconds | None,
    timeout: Seconds | None,
    name: str | None,
    refresh: Workers | bool | None,
) -> Memoized[P, R]:
    """A function that looks for its result in cache first."""
    nanoseconds(ttl, "ttl")
    wait_nanoseconds(timeout, "timeout")
    prefix = _name(function, name)
    code = getattr(function, "__code__", None)
    is_coroutine = code is not None and code.co_flags & COROUTINE
    pool = _refresher(refresh, bool(is_coroutine))
    counter = _Counter()

    def call(*args: Any, **kwargs: Any) -> Any:
        ran = False
        caller = get_ident()

        def run(key: str) -> Any:
            nonlocal ran
            ran = ran or get_ident() == caller  # on the pool it runs for a call that was a hit
            return function(*args, **kwargs)

        value = cache.get_or_load(key_of(prefix, args, kwargs), run, ttl, timeout, pool)
        counter.count(ran)
        return value

    async def call_async(*args: Any, **kwargs: Any) -> Any:
        ran = False

        async def run(key: str) -> Any:
            nonlocal ran
            ran = True
            return await function(*args, **kwargs)  # type: ignore[misc]

        key = key_of(prefix, args, kwargs)
        value = await cache.get_or_load_async(key, run, ttl, timeout, refresh is True)
        counter.count(ran)
        return value

    def cache_info() -> CacheInfo:
        start = prefix.encode()
        size = sum(key.startswith(start) for key in cache)
        return CacheInfo(counter.hits, counter.misses, None, size)

    def cache_clear() -> None:
        cache.invalidate(_escaped(prefix) + "*")
        counter.clear()

    made: Any = update_wrapper(call_async if is_coroutine else call, function)
    made.cache_info = cache_info
    made.cache_clear = cache_clear
    memo: Memoized[P, R] = made
    return memo


def _refresher(refresh: Workers | bool | None, is_coroutine: bool) -> Workers | None:
    """The pool, where one is wanted: a coroutine is a task of its loop instead."""
    if refresh is None or refresh is False or (is_coroutine and refresh is True):
        return None
    if is_coroutine or refresh is True:
        wanted = "True for a coroutine" if is_coroutine else "Workers for a function"
        raise WrongType(f"refresh is {refresh!r}; give {wanted}")
    return refresh


def _name(function: Callable[..., object], name: str | None) -> str:
    """What the keys of a function begin with, up to the parenthesis."""
    if name is None:
        if not callable(function):
            raise WrongType(
                f"{function!r} is no function; write @cache.memoize(), with parentheses"
            )
        kind = type(function)
        module = getattr(function, "__module__", None) or kind.__module__
        name = f"{module}.{getattr(function, '__qualname__', kind.__qualname__)}"
        number = _taken[name] = _taken.get(name, 0) + 1
        name = name if number == 1 else f"{name}#{number}"
    elif not isinstance(name, str) or "(" in name:
        raise InvalidArgument(f"name is {name!r}; give a str without a parenthesis")
    return f"{name}("


def _escaped(text: str) -> str:
    """A pattern that matches this text alone."""
    return "".join(f"\\{letter}" if letter in "\\*?[" else letter for letter in text)


def key_of(prefix: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """The key of one call."""
    texts = [text_of(value) for value in args]
    for name in sorted(kwargs):
        texts.append(f"{name if name.isidentifier() else ascii(name)}={text_of(kwargs[name])}")
    return f"{prefix}{','.join(texts)})"


def text_of(value: Any) -> str:
    """The canonical text of one argument."""
    kind = type(value)
    if kind in _PLAIN:
        return ascii(value)
    if kind is tuple:
        return f"({','.join(map(text_of, value))},)"
    if kind is list:
        return f"[{','.join(map(text_of, value))}]"
    if kind is dict:
        pairs = sorted(f"{text_of(key)}:{text_of(value[key])}" for key in value)
        return f"{{{','.join(pairs)}}}"
    if kind in (set, frozenset):
        return f"{kind.__name__}({','.join(sorted(map(text_of, value)))})"
    raise WrongType(
        f"an argument of type {kind.__name__} cannot stand in a key; give None, bool, int, float,"
        " str, bytes, or a tuple, list, dict, set or frozenset of these"
    )
