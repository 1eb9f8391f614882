"""Adding a function as the README tells it, on a copy of the tree: one entry in YAML and one body.

Everything between them and the callers in C, Rust, Go and Python comes from `make gen`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PYTHON = "/usr/bin/python3"
PARTS = (".ci", "bindings", "include", "lib", "pkgconfig", "meson.build", "meson_options.txt")
AWAY = shutil.ignore_patterns("target", "build", "__pycache__", "*.egg-info")

SPEC = """
  cache_capacity:
    since: "0.1"
    state: unstable
    thread: any
    fallible: true
    params:
      cache: {type: handle.cache, doc: "The cache."}
      least: {type: u64, doc: "Fewer bytes than these are a miss."}
      capacity_bytes: {type: u64, dir: out, doc: "Receives the bound, in bytes."}
    outcomes: [MISS]
    errors: [INVALID, CLOSED]
    doc: "Reads the bound on the bytes that a cache holds."
"""
BODY = """
brisk_status brisk_cache_capacity(brisk_cache *cache, uint64_t least, uint64_t *capacity_bytes,
                                  brisk_error **error) {
  return guard(error, [&]() -> brisk_status {
    require(capacity_bytes, "capacity_bytes");
    brisk_cache_stats figures{};
    open_cache(cache).stats(&figures);
    *capacity_bytes = figures.capacity_bytes;
    return figures.capacity_bytes < least ? BRISK_MISS : BRISK_OK;
  });
}
"""
C = """
#include <brisk/brisk.h>
#include <stdio.h>
int main(void) {
  brisk_cache *cache = NULL;
  uint64_t capacity = 0;
  brisk_cache_new(NULL, NULL, &cache, NULL);
  if (brisk_cache_capacity(cache, 1, &capacity, NULL) != BRISK_OK) return 1;
  printf("%llu\\n", (unsigned long long)capacity);
  brisk_cache_unref(cache);
}
"""
RUST = """
use std::ptr::{null, null_mut};
fn main() {
    let (mut cache, mut capacity) = (null_mut(), 0);
    unsafe {
        brisk_sys::brisk_cache_new(null_mut(), null(), &mut cache, null_mut());
        assert_eq!(brisk_sys::brisk_cache_capacity(cache, 1, &mut capacity, null_mut()), 0);
        brisk_sys::brisk_cache_unref(cache);
    }
    println!("{capacity}");
}
"""
GO = """
package main

import "fmt"
import "github.com/brisk-runtime/brisk/bindings/go/internal/capi"

func main() {
	var cache *capi.Cache
	var capacity uint64
	capi.CacheNew(nil, nil, &cache, nil)
	if capi.CacheCapacity(cache, 1, &capacity, nil) != capi.StatusOK {
		panic("no capacity")
	}
	fmt.Println(capacity)
}
"""
PYTHON_PROGRAM = """
from brisk import _brisk
cache = _brisk.cache_new(None, None)
assert cache.capacity(2**40)[0] == _brisk.MISS
print(cache.capacity(1)[1])
"""


def run(command: list[str | Path], cwd: Path, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree in which the function was added."""
    root = tmp_path_factory.mktemp("adding") / "brisk"
    root.mkdir()
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, root / part, ignore=AWAY)
        else:
            shutil.copy(ROOT / part, root / part)
    with (root / "bindings/abi/spec/cache.yaml").open("a") as file:
        file.write(SPEC)
    with (root / "lib/abi/cache.cc").open("a") as file:
        file.write(BODY)
    said = run([PYTHON, "-B", "bindings/abi/gen.py"], root)
    for path in ("include/brisk/cache.h", "lib/abi/brisk.map", "bindings/abi/reference/cache.md"):
        assert f"wrote {path}" in said
    return root


@pytest.fixture(scope="module")
def env(tree: Path) -> dict[str, str]:
    """The changed library, installed."""
    prefix = tree / "prefix"
    folder = tree / "build"
    run(["meson", "setup", folder, tree, f"-Dprefix={prefix}", "-Doptimization=0"], tree)
    run(["meson", "install", "-C", folder], tree)
    (pc,) = prefix.rglob("brisk.pc")
    return {
        "PKG_CONFIG_PATH": str(pc.parent),
        "LD_LIBRARY_PATH": str(pc.parents[1]),
        "CARGO_TARGET_DIR": str(tree / "target"),
        "PIP_ROOT_USER_ACTION": "ignore",
    }


DEFAULT = "67108864\n"


def test_in_c(tree: Path, env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "main.c").write_text(C)
    flags = run(["pkg-config", "--cflags", "--libs", "brisk"], tree, env).split()
    run(["gcc", tmp_path / "main.c", "-o", tmp_path / "main", *flags], tree)
    assert run([tmp_path / "main"], tree, env) == DEFAULT


def test_in_rust(tree: Path, env: dict[str, str]) -> None:
    examples = tree / "bindings/rust/brisk-sys/examples"
    examples.mkdir(exist_ok=True)
    (examples / "added.rs").write_text(RUST)
    command = ["cargo", "run", "-q", "-p", "brisk-sys", "--example", "added"]
    assert run(command, tree / "bindings/rust", env) == DEFAULT


def test_in_go(tree: Path, env: dict[str, str]) -> None:
    program = tree / "bindings/go/internal/added"
    program.mkdir()
    (program / "main.go").write_text(GO)
    assert run(["go", "run", "./internal/added"], tree / "bindings/go", env) == DEFAULT


def test_in_python(tree: Path, env: dict[str, str]) -> None:
    site = tree / "site"
    command: list[str | Path] = [PYTHON, "-m", "pip", "install", "-q", "--no-build-isolation"]
    run([*command, "--no-deps", "--target", site, tree / "bindings/python"], tree, env)
    program = [PYTHON, "-c", PYTHON_PROGRAM]
    assert run(program, tree, {**env, "PYTHONPATH": str(site)}) == DEFAULT
    assert "def capacity" in (site / "brisk/_brisk.pyi").read_text()
