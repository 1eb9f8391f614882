"""The package as users see it: examples, types, everything of C within reach, the wheel."""

from __future__ import annotations

import ast
import inspect
import os
import re
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import brisk
import pytest

ROOT = Path(__file__).resolve().parents[3]
HOME = ROOT / "bindings/python"
PACKAGE = HOME / "src/brisk"
# Functions that Python programs have no use for.
UNREACHED = {
    "brisk_abi_digest": "the layout is checked when the extension is compiled",
    "brisk_batch_check": "a batch keeps the exceptions of its calls",
    "brisk_workers_batch_ranges": "an item of C is a block of calls, for one hold of the GIL",
    "brisk_cache_get_or_load": "nothing calls into Python; loads are by lease",
    "brisk_cache_get_or_refresh": "nothing calls into Python; loads are by lease",
    "brisk_error_ref": "an exception has a copy of the message and drops the error",
    "brisk_error_status": "the status comes from the call itself",
    "brisk_task_read": "a task keeps the value of its call, which is any object",
    "brisk_task_succeed": "a task keeps the value of its call, which is any object",
    **{
        f"brisk_{handle}_ref": "an object holds one, and Python counts the references to it"
        for handle in (
            *("cache", "value", "lease", "runtime", "workers", "task", "batch", "token"),
            *("completions", "intern", "limiter", "modules", "module_report"),
        )
    },
}
# Functions that the hot layer calls in place of their wrappers, and those of pinned batches.
BY_HAND = {"brisk_cache_get_many": "get_many copies; pins are made one at a time"}


def hot() -> str:
    """The C that is written by hand."""
    paths = (HOME / "native").glob("*.[ch]")
    texts = [path.read_text() for path in paths]
    return "\n".join(text for text in texts if "Generated from" not in text.partition("\n")[0])


def idiomatic() -> str:
    return "\n".join(path.read_text() for path in sorted(PACKAGE.glob("*.py")))


def functions() -> set[str]:
    return set(re.findall(r"\bbrisk_\w+", (ROOT / "lib/abi/brisk.map").read_text()))


def wrappers() -> dict[str, str]:
    """The names in Python of what the raw layer wraps, by the name in C."""
    generated = [path.read_text() for path in (HOME / "native").glob("*.c")]
    found = re.findall(r'RAW_METHOD\("(\w+)", (\w+)\)', "\n".join(generated))
    return {f"brisk_{c_name}": name for name, c_name in found}


def test_every_function_is_within_reach_or_has_a_reason() -> None:
    raw, by_hand, package = wrappers(), hot(), idiomatic()
    assert len(functions()) > 40
    for function in sorted(functions()):
        is_used = bool(re.search(rf"\b{function}\b", by_hand))
        if function in raw:
            by = "_report|_brisk" if "_module_report_" in function else "_raw|_brisk|cursor"
            is_used |= bool(re.search(rf"({by})\.{raw[function]}\b", package))
            is_used |= raw[function] in brisk.__all__
        if function.endswith("_unref"):
            is_used = True  # by the objects; test_memory.py counts what is left
        if function == "brisk_value_data":
            is_used = "memoryview(value)" in package
        reasons = {**UNREACHED, **BY_HAND}
        assert is_used != (function in reasons), function
    assert set(UNREACHED) | set(BY_HAND) <= functions()


def test_every_option_is_within_reach() -> None:
    package = idiomatic()
    for header, struct in (
        ("cache.h", "brisk_cache_options"),
        ("intern.h", "brisk_intern_options"),
        ("runtime.h", "brisk_runtime_options"),
        ("workers.h", "brisk_workers_options"),
        ("modules.h", "brisk_modules_options"),
        ("modules.h", "brisk_module_options"),
    ):
        text = (ROOT / "include/brisk" / header).read_text()
        body = text[text.index(f"typedef struct {struct} {{") : text.index(f"}} {struct};")]
        members = re.findall(r"^  \w[\w ]*?[ *](\w+);", body, re.MULTILINE)
        assert len(members) >= 2
        for member in members:
            if member != "reserved" and not member.endswith("_size"):
                assert f'"{member}"' in package, member


def test_every_value_of_the_enums_is_within_reach() -> None:
    headers = "".join(
        (ROOT / f"include/brisk/{name}.h").read_text()
        for name in ("cache", "runtime", "workers", "modules")
    )
    kinds = "POLICY|COMPRESSION|CAUSE|CLOCK|TASK_PRIORITY|TASK_STATE|MODULE_STATE|MODULE_STEP"
    kinds += "|MODULE_TEXT|REPORT_FORMAT"
    values = set(re.findall(rf"\bBRISK_((?:{kinds})_\w+) =", headers))
    assert len(values) > 9
    assert {value for value in values if f"_brisk.{value}" not in idiomatic()} == set()


@pytest.mark.parametrize("name", ["hello", "workers", "modules"])
def test_the_readme_shows_the_example(name: str) -> None:
    readme = (HOME / "README.md").read_text()
    example = (HOME / f"examples/{name}.py").read_text()
    _, shown, after = readme.partition(f"```python\n{example}```")
    assert shown
    expected = after.split("It prints\n\n```\n")[1].split("```")[0]
    done = subprocess.run(
        [sys.executable, HOME / f"examples/{name}.py"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == expected


def test_every_exception_stands_in_the_readme() -> None:
    readme = (HOME / "README.md").read_text()
    errors = {name for name in brisk.__all__ if inspect.isclass(getattr(brisk, name))}
    errors = {name for name in errors if issubclass(getattr(brisk, name), brisk.Error)}
    assert {name for name in errors if f"`brisk.{name}`" not in readme} == {"Internal"}


def public(of: Any) -> list[tuple[str, Any]]:
    return [(name, one) for name, one in inspect.getmembers(of) if not name.startswith("_")]


def test_type_checkers_see_the_names_that_there_are() -> None:
    stub = ast.parse((HOME / "src/brisk/__init__.pyi").read_text())
    said = [line.value for line in stub.body if ast.unparse(line).startswith("__all__ = ")]
    assert ast.literal_eval(said[0]) == brisk.__all__
    assert set(brisk.__all__) < set(dir(brisk))


def test_everything_public_is_documented() -> None:
    for name in brisk.__all__:
        one = getattr(brisk, name)
        assert one.__doc__, name
        if inspect.isclass(one) and not issubclass(one, (tuple, Exception)):
            assert {method for method, found in public(one) if not found.__doc__} - {
                "leads",
                "value",
            } == set(), name
    for name, one in public(brisk._brisk):
        if callable(one):
            assert one.__doc__, name


def test_signatures_are_told() -> None:
    assert str(inspect.signature(brisk.Cache.get)) == "(self, /, key, default=None)"
    assert str(inspect.signature(brisk.Cache.set)) == "(self, /, key, value, ttl=None, cost=0.0)"
    assert str(inspect.signature(brisk._brisk.CacheHandle.put)) == "(self, key, value, ttl_ns, /)"
    assert str(inspect.signature(brisk.parse_size)) == "(text, /)"


def test_the_stub_is_what_the_module_has() -> None:
    stub = (PACKAGE / "_brisk.pyi").read_text()
    declared = set(re.findall(r"^(?:class |def )?(\w+)(?:: int$|[(:])", stub, re.MULTILINE))
    declared -= {"from", "import", "HasSeconds", "class", "def"}
    has = {name for name, _ in public(brisk._brisk)}
    assert declared - has == set()
    assert has - declared == set()


USAGE = """
from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import brisk


def load(key: str) -> bytes:
    return key.encode()


cache = brisk.Cache("64 MiB", ttl=timedelta(hours=1), codec=None, policy="lru", events=5)
cache["a"] = b"1"
stored: bool = cache.set(b"b", bytearray(b"2"), ttl=2.5)
count: int = cache.set_many({"a": b"1"}) + cache.set_many([(b"b", b"2")], ttl=1)
values: list[bytes | None] = cache.get_many(["a", b"b"])
found: brisk.Cache | None = brisk.Cache.find("name")
with cache.pin("a") as view:
    first: int = view[0]
loaded: bytes = cache.get_or_load("k", load, ttl=5, timeout=1)
value, lease = cache.begin("k")
if lease is not None and lease.leads:
    lease.complete(b"made", ttl=3)
for key, cause in cache.events():
    print(key.hex(), cause.upper())
ratio: float = cache.stats().hit_ratio + cache.stats().bytes_held
pair = brisk.Cache(codec=(str.encode, bytes.decode))


@pair.memoize(ttl=60)
def upper(text: str, *, times: int = 1) -> str:
    return text.upper() * times


shout: str = upper("a", times=2)
hits = upper.cache_info().hits
upper.cache_clear()
with brisk.Workers(4, queue_bytes="1 GiB") as workers:
    sizes: list[int] = workers.map(len, ["a"], timeout=1)
    winner: int = workers.race([lambda: 1, lambda: 2])
    states: list[str] = [one.state for one in workers.batch([int], token=brisk.Token())]
    stragglers: list[str] = workers.close(1)


async def main() -> None:
    found: int = await workers.run(len, "a", priority="low", timeout=1)
    made = await cache.get_or_load_async("k", main_loader)
    await workers.submit(len, "a")


async def main_loader(key: str) -> bytes:
    return key.encode()


with brisk.Modules(load_timeout=timedelta(seconds=5)) as modules:

    @modules.add("part", dependencies=["other"], warm_up=print)
    def part() -> int:
        return 7

    number: int = part()
    other: Callable[[], str] = modules.add("other", str, version="1.2")
    address: int = modules.symbol("native", "x", timeout=1) + modules.scan(Path("/nothing"))
    times: list[float] = [info.load_time for info in modules.report()]
    needs: tuple[str, ...] = modules.report()["part"].dependencies

with brisk.Runtime(clock="manual", budget="1 GiB") as runtime:
    runtime.advance(5)
    now: float = runtime.now()
try:
    brisk.parse_size("x")
except brisk.InvalidArgument as error:
    print(error.status, error.status_name)
WRONG
"""


def mypy(folder: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(folder / "cache")]
    done = subprocess.run(
        [*command, *arguments],
        cwd=folder,
        env={**os.environ, "MYPYPATH": str(HOME / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_types(tmp_path: Path) -> None:
    if os.environ.get("CI") != "true":
        pytest.importorskip("mypy")
    assert "Success" in mypy(tmp_path, "-p", "brisk")
    usage = tmp_path / "usage.py"
    usage.write_text(USAGE.replace("WRONG", ""))
    assert "Success" in mypy(tmp_path, str(usage))
    for wrong in (
        "cache[5] = b''",
        "upper(5)",
        "brisk.Cache(size=5)",
        "workers.map(5, [])",
        "cache.set('a', b'', 'x')",
        "modules.add('x', len)",
    ):
        usage.write_text(USAGE.replace("WRONG", wrong))
        assert "Found 1 error" in mypy(tmp_path, str(usage)), wrong


def said(command: list[str], env: dict[str, str], cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, env=env, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


def test_the_wheel_needs_no_installed_library(tmp_path: Path) -> None:
    """Built, installed in an empty environment, and used there."""
    env = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
    env.pop("PYTHONPATH", None)
    wheel = Path(said([sys.executable, str(HOME / "wheel.py"), "--out", str(tmp_path)], env))
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    assert wheel.name == f"brisk_runtime-0.1.0-cp311-abi3-{platform}.whl"
    for name in ("LD_LIBRARY_PATH", "PKG_CONFIG_PATH"):
        env.pop(name, None)
    empty = tmp_path / "empty"
    said([sys.executable, "-m", "venv", "--without-pip", str(empty)], env)
    (site,) = empty.glob("lib/python3*/site-packages")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps"]
    said([*pip, "--target", str(site), str(wheel)], env)
    code = """
import brisk
cache = brisk.Cache("1 MiB"); cache["key"] = b"value"
print(cache["key"], brisk.build_info()["library"])
"""
    value, library = said([str(empty / "bin/python"), "-c", code], env, tmp_path).split()
    assert value == "b'value'"
    assert Path(library).resolve() == (site / "brisk/libbrisk.so.0.1").resolve()


@pytest.mark.parametrize("command", [["setup.py", "--version"], ["wheel.py"]])
def test_a_missing_library_is_explained(tmp_path: Path, command: list[str]) -> None:
    env = {**os.environ, "PKG_CONFIG_LIBDIR": str(tmp_path), "PKG_CONFIG_PATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(HOME / command[0]), *command[1:]],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "PKG_CONFIG_PATH" in done.stderr
