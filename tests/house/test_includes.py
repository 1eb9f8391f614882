"""The direction of dependency in lib/: who may include whom.

    abi -> {cache, intern, modules, pool, reader} -> {workers, monitor} -> base

Of siblings only pool and reader may use modules, and reader may use cache. Drivers see
include/brisk/driver.h alone, and nothing in lib/ includes a driver.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tree import ROOT

LOW = {"base"}
MIDDLE = LOW | {"workers", "monitor"}
MAY_USE: dict[str, set[str]] = {
    "base": set(),
    "workers": LOW,
    "monitor": LOW,
    "cache": MIDDLE,
    "intern": MIDDLE,
    "modules": MIDDLE,
    "pool": MIDDLE | {"modules"},
    "reader": MIDDLE | {"modules", "cache"},
    "abi": MIDDLE | {"cache", "intern", "modules", "pool", "reader"},
}
LAYERS = {*MAY_USE, "drivers"}
SOURCES = {".h", ".hpp", ".c", ".cc", ".inc"}
INCLUDE = re.compile(r"^\s*#\s*include\b\s*(.*)$", re.MULTILINE)
NAME = re.compile(r"""["<]([^">]+)[">]""")


def violations(lib: Path) -> list[str]:
    """A line for each include that the rules forbid, and for each file without a layer."""
    found = []
    for path in sorted(path for path in lib.rglob("*") if path.suffix in SOURCES):
        inside = path.relative_to(lib)
        if len(inside.parts) < 2 or inside.parts[0] not in LAYERS:
            found.append(f"{inside}: is in none of the folders {', '.join(sorted(LAYERS))}")
            continue
        for text in INCLUDE.findall(path.read_text()):
            if complaint := _complaint(lib, inside, text):
                found.append(f"{inside}: includes {text.strip()}: {complaint}")
    return found


def _complaint(lib: Path, source: Path, text: str) -> str:
    name = NAME.match(text)
    if name is None:
        return "must be a name in quotes or brackets"
    layer, target = source.parts[0], _resolve(lib, source, name[1])
    if target is None and text.startswith('"'):
        return "there is no such file"
    if layer == "drivers":
        if target is None:
            public = name[1].startswith("brisk/")
            return "a driver sees brisk/driver.h alone" if public and name[1] != DRIVER else ""
        same = target.parts[:2] == source.parts[:2]
        return "" if same else "a driver sees brisk/driver.h alone"
    if target is None or target.parts[0] in {layer, *MAY_USE[layer]}:
        return ""
    return f"{layer} may not use {target.parts[0]}"


DRIVER = "brisk/driver.h"


def _resolve(lib: Path, source: Path, name: str) -> Path | None:
    """The file of lib/ that is meant, as a path inside it; None for one from elsewhere."""
    for folder in ((lib / source).parent, lib):
        path = (folder / name).resolve()
        if path.is_relative_to(lib.resolve()) and path.is_file():
            return path.relative_to(lib.resolve())
    return None


def test_lib_keeps_the_direction() -> None:
    assert violations(ROOT / "lib") == []


def test_there_is_something_to_check() -> None:
    sources = [path for path in (ROOT / "lib").rglob("*") if path.suffix in SOURCES]
    assert sum(len(INCLUDE.findall(path.read_text())) for path in sources) > 100


@pytest.fixture
def lib(tmp_path: Path) -> Path:
    """A made-up library in which each layer has one header."""
    for layer in LAYERS:
        folder = tmp_path / layer / ("hdf5" if layer == "drivers" else "")
        folder.mkdir(parents=True)
        (folder / "it.h").write_text("// It.\n#include <cstddef>\n")
    assert violations(tmp_path) == []
    return tmp_path


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("base/new.cc", '#include "workers/it.h"'),
        ("base/new.h", '#include "../cache/it.h"'),
        ("base/new.h", "#include <cache/it.h>"),
        ("workers/new.cc", '  #  include "monitor/it.h"'),
        ("monitor/new.cc", '#include "workers/it.h"'),
        ("cache/new.cc", '#include "modules/it.h"'),
        ("cache/new.cc", '#include "intern/it.h"'),
        ("intern/new.cc", '#include "cache/it.h"'),
        ("cache/policy/new.cc", '#include "../../pool/it.h"'),
        ("cache/new.cc", '#include "abi/it.h"'),
        ("cache/new.cc", '#include "cache/gone.h"'),
        ("cache/new.cc", "#include HEADER"),
        ("modules/new.cc", '#include "cache/it.h"'),
        ("pool/new.cc", '#include "cache/it.h"'),
        ("reader/new.cc", '#include "pool/it.h"'),
        ("reader/new.inc", '#include "drivers/hdf5/it.h"'),
        ("abi/new.cc", '#include "drivers/hdf5/it.h"'),
        ("drivers/sqlite/new.cc", '#include "base/it.h"'),
        ("drivers/sqlite/new.cc", '#include "../hdf5/it.h"'),
        ("drivers/sqlite/new.cc", "#include <brisk/cache.h>"),
        ("other/new.cc", "#include <cstddef>"),
        ("new.cc", "#include <cstddef>"),
    ],
)
def test_a_violation_is_found(lib: Path, source: str, line: str) -> None:
    path = lib / source
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"// New.\n{line}\n")
    (complaint,) = violations(lib)
    assert complaint.startswith(f"{source}: ")


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("base/new.cc", '#include "it.h"'),
        ("base/new.cc", "#include <brisk/base.h>"),
        ("cache/policy/new.cc", '#include "../it.h"'),
        ("cache/new.cc", '#include "monitor/it.h"'),
        ("pool/new.cc", '#include "modules/it.h"'),
        ("reader/new.cc", '#include "cache/it.h"'),
        ("abi/new.cc", '#include "reader/it.h"'),
        ("abi/new.cc", '#include "base/it.h"'),
        ("drivers/hdf5/new.cc", '#include "it.h"'),
        ("drivers/hdf5/new.cc", "#include <brisk/driver.h>"),
        ("drivers/hdf5/new.cc", "#include <hdf5.h>"),
    ],
)
def test_what_is_allowed_passes(lib: Path, source: str, line: str) -> None:
    path = lib / source
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"// New.\n{line}\n")
    assert violations(lib) == []
