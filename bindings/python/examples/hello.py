"""A cache in Python: set, get, load what is missing, and keep the results of a function."""

import brisk


def load(key: str) -> bytes:
    return f"{key}, made to order".encode()


with brisk.Cache("16 MiB", ttl=3600) as cache:
    cache["user:1"] = b"Ada"
    print("hello,", cache["user:1"].decode())

    # One caller loads, however many ask; the others wait for its value, up to a timeout.
    print(cache.get_or_load("page:7", load, timeout=5).decode())
    print(cache.get_many(["user:1", "user:2"]))

    with cache.pin("user:1") as view:  # the bytes in place, without a copy
        print(len(view), "bytes")

    print(f"{len(cache)} entries, hit ratio {cache.stats().hit_ratio}")

rates = brisk.Cache("1 MiB", codec="json")


@rates.memoize(ttl=60)
def rate(currency: str) -> float:
    return 1.25 if currency == "USD" else 1.0


print(rate("USD"), rate("USD"), rate.cache_info())
