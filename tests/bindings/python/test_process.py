"""The package in its process: fork, exit, interpreters, other libraries, what an import costs."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import brisk
import pytest
from brisk import Cache

START = 0.009  # seconds that an empty program takes on the machine that the budget was set for
BUDGET = 0.002  # seconds that `import brisk` may add there


def test_a_child_goes_on_with_the_cache(cache: Cache) -> None:
    cache["key"] = b"value"
    _, lead = cache.begin("led by the parent")
    assert lead is not None
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            cache["key2"] = b"of the child"
            made = cache.get_or_load("led by the parent", lambda _: b"made", timeout=5)
            os.write(writing, b"|".join([cache["key"], cache["key2"], made]))
            status = 0
        finally:
            os._exit(status)
    assert os.waitpid(child, 0)[1] == 0
    assert os.read(reading, 100) == b"value|of the child|made"
    assert "key2" not in cache
    lead.complete(b"of the parent")
    assert cache["led by the parent"] == b"of the parent"


def test_multiprocessing_by_fork(run: Any) -> None:
    text = run("""
import brisk, multiprocessing, threading
cache = brisk.Cache()
cache["key"] = b"value"
stop = False
def busy():
    while not stop:
        cache.set("busy", b"x"); cache.get_or_load("busy2", lambda _: b"y"); cache.discard("busy2")
threads = [threading.Thread(target=busy) for _ in range(2)]
for thread in threads: thread.start()
def work(i):
    cache[f"k{i}"] = b"v"
    return cache["key"] + cache.get_or_load(f"l{i}", lambda _: b"!", timeout=10)
with multiprocessing.get_context("fork").Pool(3) as pool:
    print(set(pool.map(work, range(30))))
stop = True
for thread in threads: thread.join()
""")
    assert text == "{b'value!'}\n"


@pytest.mark.parametrize("daemon", [True, False])
def test_the_interpreter_ends_with_loads_in_flight(run: Any, daemon: bool) -> None:
    began = time.monotonic()
    text = run(f"""
import brisk, threading, time
cache = brisk.Cache(load_timeout=1)
def wait():
    try: cache.get_or_load("key", None, timeout={60 if daemon else 0.5})
    except brisk.Timeout: pass
_, lead = cache.begin("key")
value, waiting = cache.begin("key")
pin = None
cache["other"] = b"v"
pin = cache.pin("other").view
threads = [threading.Thread(target=wait, daemon={daemon}) for _ in range(4)]
for thread in threads: thread.start()
def loader(key): time.sleep(60)
threading.Thread(target=cache.get_or_load, args=("slow", loader), daemon=True).start()
time.sleep(0.2)
print("end")
""")
    assert text == "end\n"
    assert time.monotonic() - began < 20


def test_objects_outlive_the_modules(run: Any) -> None:
    text = run("""
import brisk, sys
class Last:
    def __init__(self):
        self.cache = brisk.Cache(); self.cache["key"] = b"value"; self.me = self
    def __del__(self):
        sys.stdout.write(self.cache["key"].decode()); self.cache.close()
        try: self.cache["key"]
        except Exception as error: sys.stdout.write(" " + type(error).__name__)
last = Last()
del sys.modules["brisk"], sys.modules["brisk._brisk"]
""")
    assert text == "value Closed"


def test_a_second_import_gives_the_same_types(run: Any) -> None:
    text = run("""
import sys, brisk
first = brisk
cache = brisk.Cache()
for name in [name for name in sys.modules if name.startswith("brisk")]: del sys.modules[name]
import brisk
assert brisk is not first
assert brisk.Error is first.Error
try: brisk.Cache("nothing")
except first.InvalidArgument: print("caught")
""")
    assert text == "caught\n"


def test_a_subinterpreter_is_refused(run: Any) -> None:
    text = run(
        """
import brisk, _xxsubinterpreters as subinterpreters
cache = brisk.Cache()
other = subinterpreters.create()
try: subinterpreters.run_string(other, "import brisk; brisk.Cache")
except Exception as error: print(error)
subinterpreters.destroy(other)
cache["a"] = b"1"; print(cache["a"])
"""
    )
    assert "belongs to the first interpreter" in text
    assert text.endswith("b'1'\n")


@pytest.mark.skipif(not shutil.which("gcc"), reason="no gcc")
def test_a_library_of_another_interface_is_refused(tmp_path: Path, run: Any) -> None:
    source = tmp_path / "other.c"
    source.write_text("unsigned brisk_abi_version(void) { return 7 * 65536 + 9; }\n")
    other = tmp_path / "other.so"
    subprocess.run(["gcc", "-shared", "-fPIC", source, "-o", other], check=True)
    error = run("import brisk; brisk.Cache", fails=True, LD_PRELOAD=str(other))
    assert "ImportError" in error
    assert "0.1" in error
    assert "7.9" in error


def test_the_malloc_of_the_host_stays_its_own(run: Any) -> None:
    text = run(
        """
import ctypes
host = ctypes.CDLL(None)
address = lambda name: ctypes.cast(getattr(host, name), ctypes.c_void_p).value
names = ["malloc", "calloc", "realloc", "free"]
before = [address(name) for name in names]
import brisk
cache = brisk.Cache(); cache["key"] = b"v" * 10000
print("mimalloc" in brisk.build_info()["text"], hasattr(host, "mi_malloc"))
host = ctypes.CDLL(None)
print([address(name) for name in names] == before)
print([cache.get("key") == b"v" * 10000 for _ in range(1000)].count(True))
""",
        PYTHONMALLOC="malloc",
    )
    assert text == "True False\nTrue\n1000\n"


def test_it_works_with_the_allocators_checks(run: Any) -> None:
    text = run(
        """
import brisk
cache = brisk.Cache("1 MiB", codec="json")
@cache.memoize()
def f(x): return [x]
for i in range(2000):
    cache.set_many({f"k{j}": j for j in range(i % 7)})
    cache.get_many(["k1", "k2", "none"])
    f(i % 5)
    try: cache["none"]
    except KeyError: pass
    try: cache.get_or_load("broken", lambda key: 1 / 0)
    except ZeroDivisionError: pass
with cache.pin("k1") as view: part = view[:1]
del cache
print(bytes(part))
""",
        PYTHONMALLOC="debug",
        PYTHONDEVMODE="1",
    )
    assert text == "b'1'\n"


def test_what_an_import_loads(run: Any) -> None:
    new = run(
        "import sys; before = set(sys.modules); import brisk; brisk.Cache;"
        "print(*sorted(set(sys.modules) - before))"
    ).split()
    assert "brisk._brisk" in new
    assert len(new) < 12, new
    heavy = {"enum", "typing", "dataclasses", "asyncio", "re", "functools", "json", "collections"}
    assert not heavy & set(new)


def test_what_an_import_costs() -> None:
    """The best of many runs, side by side; in proportion where the machine is slower or busy."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    env.pop("PYTHONDONTWRITEBYTECODE", None)

    def start(code: str) -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], env=env, check=True)
        return time.perf_counter() - began

    start("import brisk")
    times = [(start("pass"), start("import brisk")) for _ in range(25)]
    empty, loaded = (sorted(column) for column in zip(*times, strict=True))
    budget = BUDGET * max(1.0, statistics.median(empty) / START)
    added = [b - a for a, b in zip(empty[:12], loaded[:12], strict=True)]
    assert statistics.median(added) < budget, f"{added} against {empty}"


def test_build_info() -> None:
    info = brisk.build_info()
    assert info["version"] == brisk.version() == brisk.__version__ == "0.1.0"
    assert info["abi"] == "0.1"
    assert Path(info["library"]).name == "libbrisk.so.0.1"
    assert Path(info["extension"]).name == "_brisk.abi3.so"
    assert Path(info["library"]).exists()
    assert info["library"] in info["text"]
