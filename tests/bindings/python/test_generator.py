"""The raw layer follows the specification: every shape of a parameter, with no work by hand."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
GEN = ROOT / "bindings/abi/gen.py"
NATIVE = "bindings/python/native"
STUB = "bindings/python/src/brisk/_brisk.pyi"
NUMBERS = ("u32", "u64", "i32", "f64", "size")

STRUCTS = """
structs:
  shape_options:
    sized: true
    doc: "Settings."
    fields:
      level: {type: i32, doc: "A level; default 1."}
      share: {type: f64, doc: "A share; default none."}
      room: {type: size, doc: "A room; default none."}
      name_size: {type: u32, doc: "Bytes of name; default none."}
      text_size: {type: u32, doc: "Bytes of text; default none."}
      name: {type: cbytes, length: name_size, nullable: true, doc: "A name; default none."}
      text: {type: cbytes, length: text_size, nullable: true, doc: "A text; default none."}
  shape_stats:
    sized: true
    out: true
    doc: "Figures."
    fields:
      kind: {type: enum.policy, doc: "A kind."}
      share: {type: f64, doc: "A share."}
      room: {type: size, doc: "A room."}
"""
COMMON = 'since: "0.1", state: unstable, thread: any'
FAILS = "fallible: true, errors: [INVALID, CLOSED]"


def function(name: str, params: str, facts: str = FAILS) -> str:
    given = f", params: {{{params}}}" if params else ""
    return f'  {name}: {{{COMMON}, {facts}{given}, doc: "Does it."}}\n'


def entry(name: str, spec_type: str, more: str = "") -> str:
    return f'{name}: {{type: {spec_type}{more}, doc: "Some bytes, sizes in bytes; NULL for none."}}'


def shapes() -> str:
    cache = entry("cache", "handle.cache")
    out = ", dir: out"
    full = ", dir: out, transfer: full"
    count = entry("count", "size")
    found = [
        function("cache_shape_in", ", ".join([cache, *(entry(f"a_{n}", n) for n in NUMBERS)])),
        function(
            "cache_shape_out", ", ".join([cache, *(entry(f"a_{n}", n, out) for n in NUMBERS)])
        ),
        function("cache_shape_text", f"{cache}, {entry('path', 'text')}"),
        function("cache_shape_enum", f"{cache}, {entry('from', 'enum.cause')}"),
        function("cache_shape_enum_out", f"{cache}, {entry('cause', 'enum.cause', out)}"),
        function("cache_shape_bytes", f"{cache}, {entry('a', 'bytes')}, {entry('b', 'bytes')}"),
        function("cache_shape_buffer", f"{cache}, {entry('buffer', 'buffer')}"),
        function("cache_shape_handle", f"{cache}, {entry('value', 'handle.value')}"),
        function(
            "cache_shape_none", f"{cache}, {entry('value', 'handle.value', ', nullable: true')}"
        ),
        function("cache_shape_gives", f"{cache}, {entry('value', 'handle.value', full)}"),
        function(
            "cache_shape_may_give",
            f"{cache}, {entry('value', 'handle.value', full + ', nullable: true')}",
            FAILS + ", outcomes: [MISS, END]",
        ),
        function(
            "cache_shape_handles",
            f"{cache}, {count}, {entry('values', 'handles.value', full + ', count: count')}",
        ),
        function(
            "cache_shape_structs",
            f"{cache}, {entry('first', 'struct.shape_options')}, "
            f"{entry('second', 'struct.shape_options', ', nullable: true')}, "
            f"{entry('stats', 'struct.shape_stats', out)}",
            FAILS + ", walks: true",
        ),
        function(
            "cache_shape_names",
            ", ".join([cache, *(entry(n, "u32") for n in ("args", "status", "result", "thread"))]),
        ),
        function("cache_shape_size_of", cache, "returns: size, walks: true"),
        function("cache_shape_name_of", cache, "returns: text, borrowed_from: cache"),
        function("cache_shape_share_of", cache, "returns: f64"),
        function("cache_shape_kind_of", cache, "returns: enum.policy"),
        function("cache_shape_void", cache, "walks: true"),
        function("cache_shape_nothing", "", "returns: u64"),
        function("cursor_shape", entry("cursor", "handle.cursor")),
    ]
    for n in NUMBERS:
        given = entry("numbers", f"array.{n}", ", count: count")
        made = entry("made", f"array.{n}", f"{out}, count: count")
        found.append(function(f"cache_shape_{n}s", f"{cache}, {count}, {given}, {made}"))
        found.append(function(f"cache_shape_{n}s_out", f"{cache}, {count}, {made}"))
    return "".join(found)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """All that the generator reads, and the part of the package that is written by hand."""
    for name in ("spec", "schema", "templates", "lock"):
        shutil.copytree(ROOT / "bindings/abi" / name, tmp_path / "bindings/abi" / name)
    shutil.copytree(ROOT / NATIVE, tmp_path / NATIVE)
    return tmp_path


def extend(tree: Path, functions: str, structs: str = "") -> subprocess.CompletedProcess[str]:
    path = tree / "bindings/abi/spec/cache.yaml"
    path.write_text(path.read_text().replace("\nstructs:\n", structs or "\nstructs:\n") + functions)
    command = [sys.executable, "-B", str(GEN), "--root", str(tree)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not shutil.which("gcc"), reason="no gcc")
def test_every_shape_has_a_form(tree: Path) -> None:
    done = extend(tree, shapes(), STRUCTS)
    assert done.returncode == 0, done.stderr
    include = [f"-I{sysconfig.get_path('include')}", f"-I{tree / 'include'}"]
    flags = ["-fsyntax-only", "-std=c11", "-Wall", "-Wextra", "-Werror"]
    for source in sorted((tree / NATIVE).glob("*.c")):
        command = ["gcc", *flags, "-DPy_LIMITED_API=0x030B0000", *include, str(source)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    stub = (tree / STUB).read_text()
    ast.parse(stub)
    flat = " ".join(stub.split())
    for declared in (
        "shape_in(self, a_u32: int, a_u64: int, a_i32: int, a_f64: float, a_size: int, /) -> None:",
        "def shape_out(self) -> tuple[int, int, int, float, int]:",
        "def shape_enum(self, from_: int, /) -> None:",
        "def shape_none(self, value: ValueHandle | None, /) -> None:",
        "def shape_gives(self) -> ValueHandle:",
        "def shape_may_give(self, value: bool, /) -> tuple[int, ValueHandle | None]:",
        "def shape_handles(self, count: int, /) -> list[ValueHandle | None]:",
        "def shape_f64s(self, numbers: ReadableBuffer, /) -> list[float]:",
        "def shape_u32s_out(self, count: int, /) -> list[int]:",
        "def shape_name_of(self) -> str:",
        "def shape_void(self) -> None:",
        "def cache_shape_nothing() -> int:",
    ):
        assert declared in flat, declared


@pytest.mark.skipif(not shutil.which("clang-format-19"), reason="no clang-format-19")
def test_the_formatter_has_nothing_to_do(tree: Path) -> None:
    style = f"--style=file:{ROOT / '.clang-format'}"
    files = [str(path) for path in (ROOT / NATIVE).glob("*.[ch]")]
    command = ["clang-format-19", style, "--dry-run", "--Werror", *files]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("spec_type", ["pointer", "cpointer"])
def test_a_shape_without_a_form_is_named(tree: Path, spec_type: str) -> None:
    cache = entry("cache", "handle.cache")
    done = extend(tree, function("cache_shape", f"{cache}, {entry('user', spec_type)}"))
    assert done.returncode == 1
    assert f"cache_shape.user: {spec_type}, in: has no form in Python" in done.stderr


def test_a_call_of_one_thread_may_not_be_long(tree: Path) -> None:
    text = function("cursor_shape", entry("cursor", "handle.cursor"), FAILS + ", walks: true")
    done = extend(tree, text.replace("thread: any", "thread: handle"))
    assert done.returncode == 1
    assert "cursor_shape: Python cannot keep other threads from a long call" in done.stderr


def test_what_calls_back_is_left_out_with_the_reason(tree: Path) -> None:
    path = tree / "bindings/abi/spec/load.yaml"
    path.write_text(path.read_text().replace("cache_get_or_load", "cache_fill"))
    assert extend(tree, "").returncode == 0
    text = (tree / NATIVE / "load.c").read_text()
    assert (
        " * brisk_cache_fill: what calls into Python is written by hand; loads are by lease."
        in text
    )
    assert '"fill"' not in text
