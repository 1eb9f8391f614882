"""What lies in the tree: names at the top, marks of unfinished work."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tree import ROOT, files

TOP = {
    *(".ci", ".clang-format", ".editorconfig", ".gitignore", ".ruff.toml"),
    *("bench", "bindings", "include", "lib", "pkgconfig", "tests"),
    *("CHANGELOG.md", "LICENSE", "Makefile", "README.md", "meson.build", "meson_options.txt"),
}
# Written so that this file holds none of them.
MARKS = [mark.replace("-", "") for mark in ("TO-DO", "FIX-ME", "XX-X", "TB-D", "HA-CK")]
MARK = re.compile(rf"\b({'|'.join(MARKS)})\b")
# These look for the marks themselves.
MAY_MARK = {Path("bindings/abi/generator/lint.py"), Path("tests/abi/test_gen.py")}


def text_of(path: Path) -> str:
    """The text of a file, empty for one that is none."""
    try:
        return path.read_text()
    except UnicodeDecodeError:
        return ""


def marks(root: Path) -> set[Path]:
    return {path.relative_to(root) for path in files(root) if MARK.search(text_of(path))}


def binaries(root: Path) -> set[Path]:
    """The files that are no text: what a compiler leaves behind. Seeds of the fuzzer may be."""
    found = {path.relative_to(root) for path in files(root) if b"\0" in path.read_bytes()}
    return {path for path in found if path.parts[:3] != ("tests", "fuzz", "corpus")}


def strangers(root: Path) -> set[str]:
    return {path.relative_to(root).parts[0] for path in files(root)} - TOP


def test_top_holds_only_what_was_agreed() -> None:
    assert strangers(ROOT) == set()


def test_top_holds_what_every_project_has() -> None:
    assert {name for name in TOP if not (ROOT / name).exists()} == set()


def test_everything_is_text(tmp_path: Path) -> None:
    (tmp_path / "bindings").mkdir()
    (tmp_path / "bindings/a.o").write_bytes(b"\x7fELF\0")
    assert binaries(tmp_path) == {Path("bindings/a.o")}
    assert binaries(ROOT) == set()


def test_nothing_is_marked_as_unfinished() -> None:
    assert marks(ROOT) == MAY_MARK


@pytest.mark.parametrize("mark", MARKS)
def test_a_mark_and_a_stranger_are_found(tmp_path: Path, mark: str) -> None:
    (tmp_path / "Makefile").write_text(f"# {mark}: later\n")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/a.cc").write_text(f"// A{mark}S are fine.\n")
    (tmp_path / "notes.txt").write_text("\n")
    (tmp_path / "build").mkdir()
    (tmp_path / "build/out.txt").write_text(f"{mark}\n")
    assert marks(tmp_path) == {Path("Makefile")}
    assert strangers(tmp_path) == {"notes.txt"}
