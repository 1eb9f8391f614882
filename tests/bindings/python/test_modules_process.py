"""Modules in their process: exit with loads in flight, fork, allocators, what an import loads."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import pytest
from brisk import Modules


@pytest.mark.parametrize(
    "begin",
    [
        "modules.preload()",
        "thread(lambda: modules.load_all(4, timeout=60))",
        "thread(lambda: modules.load('part1'))",
        "[thread(lambda: modules.load('part1', 60)) for _ in range(5)]",
        "thread(lambda: modules.load_all(8)); modules.preload(); del modules",
    ],
)
@pytest.mark.parametrize(
    "load",
    [
        "lambda: time.sleep(60)",
        "lambda: threading.Event().wait()",
        "lambda: all(True for _ in iter(int, 1))",
        "lambda: other.load('part1')",
    ],
)
def test_the_interpreter_ends_with_loads_in_flight(run: Any, begin: str, load: str) -> None:
    began = time.monotonic()
    text = run(f"""
import brisk, sys, threading, time
sys.setswitchinterval(1e-5)
def thread(call): threading.Thread(target=call, daemon=True).start()
other = brisk.Modules()
other.add("part1", lambda: time.sleep(60))
other.preload()
modules = brisk.Modules()
for at in range(20): modules.add(f"part{{at}}", {load})
{begin}
time.sleep(0.05)
sys.stderr.close()  # what daemon threads have to say about the end
print("end")
""")
    assert text == "end\n"
    assert time.monotonic() - began < 20


def test_the_interpreter_ends_while_loads_come_back(run: Any) -> None:
    """Short loads all through the end of the program, in threads of C and of Python."""
    for _ in range(10):
        text = run("""
import brisk, sys, threading, time
sys.setswitchinterval(1e-5)
sets = [brisk.Modules() for _ in range(8)]
def load():
    end = time.monotonic() + 0.3
    while time.monotonic() < end: time.sleep(0.0005)
for modules in sets:
    for at in range(10): modules.add(f"part{at}", load)
    modules.preload()
    threading.Thread(target=modules.load_all, daemon=True).start()
time.sleep(0.05)
sys.stderr.close()  # what daemon threads have to say about the end
print("end")
""")
        assert text == "end\n"


def test_sets_work_in_what_runs_at_exit(run: Any) -> None:
    text = run("""
import atexit
def late():
    try: modules.load("part")
    except brisk.Closed: print("closed")
atexit.register(late)
import brisk
modules = brisk.Modules()
modules.add("part", int)
modules.add("first", int)
@atexit.register
def early(): print(modules.load("first"))
""")
    assert text == "0\nclosed\n"


def test_pools_and_sets_end_together(run: Any) -> None:
    text = run("""
import brisk, time
workers = brisk.Workers(2)
modules = brisk.Modules()
modules.add("part", lambda: time.sleep(0.3) or "part")
tasks = [workers.submit(modules.load, "part") for _ in range(4)]
print([task.result() for task in tasks])
modules.add("slow", lambda: time.sleep(60))
workers.submit(modules.load, "slow")
modules.preload()
time.sleep(0.05)
""")
    assert text == "['part', 'part', 'part', 'part']\n"


def test_a_child_loads_by_itself() -> None:
    parent = os.getpid()
    forked = threading.Event()

    def slow() -> int:
        assert os.getpid() != parent or forked.wait(20)
        return os.getpid()

    with Modules() as modules:
        modules.add("early", os.getpid)
        modules.add("late", os.getpid)
        modules.add("slow", slow)
        early = modules.load("early")
        modules.preload()
        while modules.state("slow") != "loading":
            time.sleep(0.001)
        child = os.fork()
        if child == 0:
            status = 1
            try:
                here = os.getpid()
                modules.load_all(2, timeout=10)
                is_right = modules.load("early") == early and modules.load("slow") == here
                status = 0 if is_right else 2
            finally:
                os._exit(status)
        forked.set()
        assert os.waitpid(child, 0)[1] == 0
        assert modules.load("slow") == os.getpid()


def test_sets_are_dropped_in_any_order_while_loads_run(run: Any) -> None:
    text = run(
        """
import brisk, gc, random, sys, threading, time
sys.setswitchinterval(1e-5)
random.seed(7)
def use(modules, names):
    for name in names:
        try: modules.load(name, random.choice([0, 0.001, 5]))
        except brisk.Error: pass
def load():
    time.sleep(random.random() / 500)
    if random.random() < 0.2: raise ValueError("no luck")
for at in range(60):
    modules = brisk.Modules()
    names = [f"part{i}" for i in range(6)]
    for i, name in enumerate(names):
        modules.add(name, lambda modules=modules, other=names[i - 1]: (
            load(), random.random() < 0.1 and modules.load(other)), dependencies=names[:i:2])
    given = [(modules, random.sample(names, 6)) for _ in range(3)]
    threads = [threading.Thread(target=use, args=args) for args in given]
    del given
    for thread in threads: thread.start()
    if at % 2: modules.preload()
    if at % 3 == 0:
        try: modules.load_all(3, timeout=random.choice([0, 5]))
        except brisk.Error: pass
    if at % 5 == 0: modules.close()
    report = random.random() < 0.5 and at % 5 and modules.report()
    del modules
    gc.collect()
    for thread in threads: thread.join()
    str(report)
del threads, thread, report
gc.collect()
from brisk.modules import _sets
end = time.monotonic() + 10
while len(threading.enumerate()) > 1 and time.monotonic() < end: time.sleep(0.01)
gc.collect()
print(len(_sets))
""",
        PYTHONMALLOC="debug",
        PYTHONDEVMODE="1",
    )
    assert text == "0\n"


def test_threads_end_with_their_loads(run: Any) -> None:
    text = run("""
import brisk, os, time
for _ in range(20):
    with brisk.Modules() as modules:
        for at in range(5): modules.add(f"part{at}", lambda: time.sleep(0.001))
        modules.preload(); modules.load_all()
end = time.monotonic() + 10
while len(os.listdir("/proc/self/task")) > 1 and time.monotonic() < end: time.sleep(0.01)
print(len(os.listdir("/proc/self/task")))
""")
    assert text == "1\n"


def test_what_modules_import(run: Any) -> None:
    text = run("""
import sys
before = set(sys.modules)  # what the interpreter's own start has imported
import brisk
print("brisk.modules" in sys.modules)
modules = brisk.Modules()
modules.add("part", int)
modules.load("part"); modules.load_all(); modules.preload(); modules.close()
heavy = {"asyncio", "collections", "ctypes", "enum", "json", "re", "threading", "typing", "weakref"}
print(*sorted(heavy & (set(sys.modules) - before)))
""")
    assert text == "False\n\n"
