"""Compiles every header alone, in each language it promises, with its _INIT macros used."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"
HEADERS = sorted(path.name for path in (INCLUDE / "brisk").glob("*.h"))
COMPILERS = [name for name in ("gcc", "clang-19") if shutil.which(name)]
STANDARDS = ("c99", "c11", "c17", "c++17", "c++20")
STRICT = ("-Wall", "-Wextra", "-Wpedantic", "-Wpadded", "-Wconversion", "-Werror", "-fsyntax-only")


def compile_text(compiler: str, standard: str, text: str, include: Path = INCLUDE) -> str:
    """Returns what the compiler has to say."""
    language = "c++" if "+" in standard else "c"
    command = [compiler, f"-std={standard}", *STRICT, f"-I{include}", "-x", language, "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("standard", STANDARDS)
@pytest.mark.parametrize("header", HEADERS)
def test_compiles_alone(compiler: str, standard: str, header: str) -> None:
    declared = re.findall(
        r"^#define (BRISK_(\w+)_INIT)\b", (INCLUDE / "brisk" / header).read_text(), re.M
    )
    uses = [f"brisk_{name.lower()} a_{name.lower()} = {init};" for init, name in declared]
    text = "\n".join([f"#include <brisk/{header}>", *uses, "int main(void);", ""])
    assert compile_text(compiler, standard, text) == ""


def test_there_is_something_to_compile() -> None:
    assert COMPILERS
    assert {"brisk.h", "base.h", "cache.h"} <= set(HEADERS)
    assert "_INIT" in (INCLUDE / "brisk" / "cache.h").read_text()


@pytest.mark.parametrize("compiler", COMPILERS)
def test_layout_agrees(compiler: str) -> None:
    assert compile_text(compiler, "c11", (ROOT / "tests/abi/layout.c").read_text()) == ""


@pytest.mark.parametrize(
    ("header", "old", "new"),
    [
        ("cache.h", "uint64_t hits;", "uint32_t hits, other;"),
        ("cache.h", "uint64_t ttl_ns, brisk_error **error", "int64_t ttl_ns, brisk_error **error"),
        ("base.h", "BRISK_MISS = 1", "BRISK_MISS = 9"),
    ],
)
def test_layout_notices(tmp_path: Path, header: str, old: str, new: str) -> None:
    shutil.copytree(INCLUDE, tmp_path, dirs_exist_ok=True)
    path = tmp_path / "brisk" / header
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    layout = (ROOT / "tests/abi/layout.c").read_text()
    assert "error:" in compile_text(COMPILERS[0], "c11", layout, tmp_path)
