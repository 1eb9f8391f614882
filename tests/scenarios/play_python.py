"""The player of scenarios in Python, over the package brisk. README.md has the protocol."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Iterable

import brisk

FOREVER = 2**64 - 1
DURATIONS = ("ttl", "idle", "load_timeout", "stale", "stale_if_error")
NUMBERS = ("capacity", "max_entries", "compression_level", "compression_threshold", "load_costs")
FIGURES = (
    *("entries", "hits", "misses", "puts", "refusals", "loads", "load_failures"),
    *("evicted_capacity", "evicted_expired", "evicted_erased", "evicted_replaced"),
    *("events_dropped", "capacity_bytes", "raw_bytes", "compressed_entries"),
    *("stale_hits", "stale_errors", "absent_hits"),
)


class LoaderFailed(Exception):
    """What only the loader of load_fails raises."""


def from_hex(word: str) -> bytes:
    return bytes.fromhex(word.removeprefix("x"))


def to_hex(data: bytes | memoryview) -> str:
    return f"x{data.hex()}"


def seconds(word: str) -> float | None:
    """A duration; None where zero inherits one."""
    number = int(word)
    if number == 0:
        return None
    return float("inf") if number == FOREVER else number / 1e9


def listed(name: str, values: Iterable[bytes | memoryview | None]) -> str:
    return " ".join([name, *("-" if value is None else to_hex(value) for value in values)])


class Player:
    """The current cache, the pins that are kept, and the leases by number."""

    def __init__(self) -> None:
        self.runtime = brisk.Runtime(clock="manual")
        self.cache = brisk.Cache(runtime=self.runtime)
        self.pins: list[brisk.Pin] = []
        self.leases: dict[str, brisk.Lease] = {}

    def open(self, *options: str) -> str:
        given: dict[str, object] = {"runtime": self.runtime}
        for name, _, word in (option.partition("=") for option in options):
            if name in DURATIONS:
                given[name] = seconds(word)
            elif name == "event_capacity":
                given["events"] = int(word)
            elif name in ("ttl_jitter", "early_beta"):
                given[name] = float(word)
            elif name in NUMBERS:
                given[name] = int(word)
            else:
                given[name] = from_hex(word) if name == "name" else word
        self.cache = brisk.Cache(**given)  # type: ignore[arg-type]
        return "ok"

    def find(self, name: str) -> str:
        found = brisk.Cache.find(from_hex(name), runtime=self.runtime)
        if found is None:
            return "miss"
        self.cache = found
        return "ok"

    def close(self) -> str:
        self.cache.close()
        return "ok"

    def put(self, key: str, value: str, ttl: str) -> str:
        stored = self.cache.set(from_hex(key), from_hex(value), ttl=seconds(ttl))
        return "ok" if stored else "refused"

    def put_cost(self, key: str, value: str, ttl: str, cost: str) -> str:
        stored = self.cache.set(from_hex(key), from_hex(value), seconds(ttl), cost=float(cost))
        return "ok" if stored else "refused"

    def put_many(self, ttl: str, *words: str) -> str:
        entries = zip(map(from_hex, words[::2]), map(from_hex, words[1::2]), strict=True)
        return f"count {self.cache.set_many(entries, ttl=seconds(ttl))}"

    def get(self, key: str) -> str:
        with self.cache.pin(from_hex(key)) as view:
            return f"value {to_hex(view)}"

    def pin(self, key: str) -> str:
        pin = self.cache.pin(from_hex(key))
        self.pins.append(pin)
        return f"value {to_hex(pin.view)}"

    def read(self, key: str) -> str:
        value = self.cache.get(from_hex(key))
        return "miss" if value is None else f"value {to_hex(value)}"

    def get_many(self, *words: str) -> str:
        keys = [from_hex(word) for word in words]
        packed = b"".join(keys), array("I", map(len, keys))
        values, _ = self.cache._raw.get_many(*packed)
        return listed("values", (value and memoryview(value) for value in values))

    def read_many(self, *words: str) -> str:
        return listed("values", self.cache.get_many(map(from_hex, words)))

    def pinned(self) -> str:
        return listed("values", (pin.view for pin in self.pins))

    def unpin(self) -> str:
        self.pins.clear()
        return "ok"

    def contains(self, key: str) -> str:
        return "ok" if from_hex(key) in self.cache else "miss"

    def touch(self, key: str, ttl: str) -> str:
        return "ok" if self.cache.touch(from_hex(key), seconds(ttl)) else "miss"

    def erase(self, key: str) -> str:
        del self.cache[from_hex(key)]
        return "ok"

    def erase_matching(self, pattern: str) -> str:
        return f"count {self.cache.invalidate(from_hex(pattern))}"

    def clear(self) -> str:
        self.cache.clear()
        return "ok"

    def keys(self) -> str:
        return listed("keys", sorted(self.cache))

    def event(self) -> str:
        for key, cause in self.cache.events():
            return f"event {to_hex(key)} {cause}"
        return "end"

    def advance(self, duration: str) -> str:
        self.runtime.advance(seconds(duration) or 0)
        return "ok"

    def load(self, key: str, value: str, ttl: str) -> str:
        made = self.cache.get_or_load(from_hex(key), lambda _: from_hex(value), seconds(ttl))
        return f"value {to_hex(made)}"

    def load_fails(self, key: str, message: str) -> str:
        def loader(_: bytes) -> bytes:
            raise LoaderFailed(from_hex(message).decode())

        try:
            return f"value {to_hex(self.cache.get_or_load(from_hex(key), loader))}"
        except LoaderFailed as error:
            return f"error BRISK_LOAD_FAILED {error}"

    def load_absent(self, key: str, ttl: str) -> str:
        def loader(_: bytes) -> bytes:
            raise brisk.Absent(ttl=seconds(ttl))

        return f"value {to_hex(self.cache.get_or_load(from_hex(key), loader))}"

    def load_self(self, key: str) -> str:
        def loader(name: bytes) -> bytes:
            value: bytes = self.cache.get_or_load(name, loader)
            return value

        return f"value {to_hex(self.cache.get_or_load(from_hex(key), loader))}"

    def begin(self, number: str, key: str) -> str:
        value, lease = self.cache.begin(from_hex(key))
        if lease is None:
            return f"value {to_hex(value)}"
        self.leases[number] = lease
        if value is not None:
            return f"lead {to_hex(value)}"
        return "lead" if lease.leads else "wait"

    def wait(self, number: str, duration: str) -> str:
        lease = self.leases[number]
        return f"value {to_hex(lease.value)}" if lease.wait(seconds(duration)) else "lead"

    def complete(self, number: str, value: str, ttl: str) -> str:
        self.leases[number].complete(from_hex(value), seconds(ttl))
        return "ok"

    def set_cost(self, number: str, cost: str) -> str:
        self.leases[number].set_cost(float(cost))
        return "ok"

    def complete_absent(self, number: str, ttl: str) -> str:
        self.leases[number].complete_absent(seconds(ttl))
        return "ok"

    def fail(self, number: str, message: str) -> str:
        self.leases[number].fail(from_hex(message).decode())
        return "ok"

    def abandon(self, number: str) -> str:
        self.leases[number].abandon()
        return "ok"

    def drop(self, number: str) -> str:
        del self.leases[number]
        return "ok"

    def stats(self) -> str:
        now = self.cache.stats()
        figures = (f"{name}={getattr(now, name)}" for name in FIGURES)
        return " ".join(["stats", *figures, f"saved_cost={now.saved_cost:.0f}"])

    def parse_size(self, text: str) -> str:
        return f"size {brisk.parse_size(from_hex(text))}"


def answer(player: Player, line: str) -> str:
    name, *words = line.split()
    operation: Callable[..., str] = getattr(player, name)
    try:
        return operation(*words)
    except brisk.Absent:
        return "absent"
    except KeyError:
        return "miss"
    except brisk.Refused:
        return "refused"
    except brisk.Timeout:
        return "timeout"
    except brisk.Error as error:
        return f"error {error.status_name} {error}"


def main() -> None:
    player = Player()
    for line in sys.stdin:
        print(answer(player, line), flush=True)


if __name__ == "__main__":
    main()
