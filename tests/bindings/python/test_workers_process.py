"""Workers in their process: fork, exit with tasks that run, signals, what an import loads."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import pytest
from brisk import Workers


def test_a_child_starts_its_own_threads() -> None:
    with Workers(2) as workers:
        assert workers.map(len, ["a"] * 100) == [1] * 100
        child = os.fork()
        if child == 0:
            status = 1
            try:
                made = workers.map(len, ["bb"] * 100) == [2] * 100
                status = 0 if made and workers.submit(int, "7").result(10) == 7 else 2
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        assert workers.submit(len, "abc").result(10) == 3


def test_a_task_may_fork() -> None:
    def fork() -> int:
        child = os.fork()
        if child == 0:
            os._exit(7)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    with Workers(2) as workers:
        assert workers.map(lambda _: fork(), range(4)) == [7] * 4


@pytest.mark.parametrize(
    "work",
    [
        "lambda: time.sleep(60)",
        "lambda: threading.Event().wait()",
        "busy",
        "short",
        "lambda: workers.submit(time.sleep, 60).result()",
    ],
)
def test_the_interpreter_ends_with_tasks_in_flight(run: Any, work: str) -> None:
    began = time.monotonic()
    text = run(f"""
import brisk, sys, threading, time
sys.setswitchinterval(1e-5)
workers = brisk.Workers(4)
def busy():
    while True: pass
def short():
    workers.submit(short); [object() for _ in range(100)]
for _ in range(40): workers.submit({work})
batch = workers._begin(None, [{work}] * 10, None, None)
time.sleep(0.05)
print("end")
""")
    assert text == "end\n"
    assert time.monotonic() - began < 30


def test_the_interpreter_ends_while_tasks_come_back(run: Any) -> None:
    """Sleeps that end all through the end of the program, in many threads."""
    for _ in range(10):
        text = run("""
import brisk, time
workers = brisk.Workers(16)
def work(at):
    end = time.monotonic() + 1.5
    while time.monotonic() < end: time.sleep(0.001 + at / 1e5)
for at in range(16): workers.submit(work, at)
import brisk.workers; brisk.workers.LAST_WAIT = 10**6
time.sleep(0.02)
print("end")
""")
        assert text == "end\n"


def test_pools_are_dropped_in_any_order(run: Any) -> None:
    text = run("""
import brisk, threading
for _ in range(50):
    workers = brisk.Workers(3)
    tasks = [workers.submit(len, "ab") for _ in range(20)]
    batch = workers._begin(len, ["abc"] * 20, None, brisk.Token())
    del workers
    assert set(batch.values() if batch._raw.wait(1)[0] == 0 else [3]) == {3}
    del tasks, batch
print("end")
""")
    assert text == "end\n"


def test_ctrl_c_comes_through(run: Any) -> None:
    text = run("""
import brisk, os, signal, threading, time
workers = brisk.Workers(2)
task = workers.submit(time.sleep, 30)
began = time.monotonic()
try:
    threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
    task.result()
except KeyboardInterrupt: print("interrupted", time.monotonic() - began < 20)
""")
    assert text == "interrupted True\n"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_threads_end_with_their_pool(run: Any) -> None:
    text = run("""
import brisk, os, time
for _ in range(30):
    with brisk.Workers(4) as workers: workers.map(len, ["a"] * 100)
end = time.monotonic() + 10
while len(os.listdir("/proc/self/task")) > 1 and time.monotonic() < end: time.sleep(0.01)
print(len(os.listdir("/proc/self/task")))
""")
    assert text == "1\n"


def test_workers_do_without_asyncio(run: Any) -> None:
    text = run("""
import sys, brisk
with brisk.Workers(2) as workers: workers.map(len, ["a"])
print("asyncio" in sys.modules, "typing" in sys.modules)
""")
    assert text == "False False\n"


def test_it_works_with_the_allocators_checks(run: Any) -> None:
    text = run(
        """
import brisk, asyncio
def bad(): raise ValueError
with brisk.Workers(4) as workers:
    for _ in range(50):
        workers.batch([int, bad] * 20); workers.race([bad, int]); workers.map(len, ["a"] * 300)
        tasks = [workers.submit(int) for _ in range(50)]
        for task in tasks[:25]: task.result()
        for task in tasks[25:]: task.cancel()
    async def main():
        await asyncio.gather(*(workers.run(int) for _ in range(100)))
        await asyncio.gather(*(workers.submit(int) for _ in range(100)))
        await workers.batch_async([bad] * 10)
    asyncio.run(main())
print("end")
""",
        PYTHONMALLOC="debug",
        PYTHONDEVMODE="1",
    )
    assert text == "end\n"
