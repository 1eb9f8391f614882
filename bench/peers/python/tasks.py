"""The pools of threads in Python: CONTESTANT WORK THREADS SECONDS.

T1 submits calls that do nothing, one by one, and takes all results. T3 maps such a call over many
items. The figure is nanoseconds a call, the median of rounds of 10,000.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

COUNT = 10_000


def nothing(item: int) -> int:
    return item


def brisk(threads: int) -> tuple[str, Any]:
    import brisk

    return brisk.version(), brisk.Workers(threads)


def executor(threads: int) -> tuple[str, Any]:
    from concurrent.futures import ThreadPoolExecutor

    return platform.python_version(), ThreadPoolExecutor(threads)


def submitted(pool: Any) -> int:
    tasks = [pool.submit(nothing, 1) for _ in range(COUNT)]
    return sum(task.result() for task in tasks)


def mapped(pool: Any) -> int:
    return sum(pool.map(nothing, [1] * COUNT))


def main() -> None:
    contestants: dict[str, Callable[[int], tuple[str, Any]]] = {
        "brisk": brisk,
        "executor": executor,
    }
    works: dict[str, Callable[[Any], int]] = {"T1": submitted, "T3": mapped}
    if len(sys.argv) != 5 or sys.argv[1] not in contestants or sys.argv[2] not in works:
        sys.exit("usage: brisk|executor T1|T3 THREADS SECONDS")
    version, pool = contestants[sys.argv[1]](int(sys.argv[3]))
    work = works[sys.argv[2]]
    work(pool)  # threads start in the first round
    rounds: list[float] = []
    end = time.perf_counter() + float(sys.argv[4])
    while not rounds or time.perf_counter() < end:
        begin = time.perf_counter()
        if work(pool) != COUNT:
            sys.exit("a call was lost")
        rounds.append((time.perf_counter() - begin) / COUNT * 1e9)
    print(json.dumps({"version": version, "ns": round(statistics.median(rounds), 3)}))


if __name__ == "__main__":
    main()
