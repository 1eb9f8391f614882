"""Workers in Python: batches, races, deadlines, cancellation, and the same from coroutines."""

import asyncio
import time

import brisk


def page(number: int) -> str:
    time.sleep(0.1)
    return f"page {number}"


def slow() -> str:
    while not brisk.is_cancelled():  # a task that looks ends soon after its deadline
        time.sleep(0.01)
    return "too late"


with brisk.Workers(4) as workers:
    print(workers.map(page, [1, 2, 3]))

    outcomes = workers.batch([lambda: 7, lambda: 1 // 0, slow], timeout=1)
    print([one.state for one in outcomes], outcomes[0].value, repr(outcomes[1].error))

    print(workers.race([slow, lambda: page(5)], timeout=2))  # the first success; others cancelled

    task = workers.submit(page, 6, priority="high", timeout=5, name="page six")
    print(task.result(), task.state)

    async def main() -> None:
        first = workers.submit(page, 7)
        print(await workers.run(page, 8), await first)

    asyncio.run(main())

limiter = brisk.Limiter(rate=0.1, burst=2)  # a token comes back every ten seconds
print(limiter.acquire(2), limiter.acquire(timeout=0))
