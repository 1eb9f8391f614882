"""The style of C and C++: the layout of clang-format-19, and a comment that says what a file is."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from tree import ROOT, code

FORMATTER = "clang-format-19"


def misformatted(paths: list[Path]) -> list[str]:
    command = [FORMATTER, f"--style=file:{ROOT / '.clang-format'}", "--dry-run", "--Werror"]
    done = subprocess.run([*command, *map(str, paths)], capture_output=True, text=True, check=False)
    found = re.findall(r"^(\S+?):\d+:\d+: error:", done.stderr, re.MULTILINE)
    assert bool(found) == bool(done.returncode), done.stderr
    return sorted(set(found))


def silent(lib: Path) -> list[Path]:
    """The files that open with something else than a comment; a .cc may leave that to its .h."""

    def opens(path: Path) -> bool:
        return path.is_file() and path.read_text().lstrip().startswith(("//", "/*"))

    sources = sorted(path for path in lib.rglob("*") if path.suffix in (".h", ".cc"))
    return [
        path.relative_to(lib)
        for path in sources
        if not opens(path) and not (path.suffix == ".cc" and opens(path.with_suffix(".h")))
    ]


@pytest.mark.skipif(
    not shutil.which(FORMATTER) and os.environ.get("CI") != "true", reason=f"no {FORMATTER}"
)
def test_code_is_formatted(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.cc"
    wrong.write_text("int  x ;\n")
    assert misformatted([wrong]) == [str(wrong)]
    assert len(code()) > 20
    complaints = [str(Path(path).relative_to(ROOT)) for path in misformatted(code())]
    assert not complaints, f"{FORMATTER} -i {' '.join(complaints)}"


def test_files_say_what_they_are() -> None:
    assert silent(ROOT / "lib") == []


def test_a_silent_file_is_found(tmp_path: Path) -> None:
    for name, text in {
        "a.h": "// A.\n",
        "a.cc": '#include "a.h"\n',
        "b.h": "#pragma once\n",
        "b.cc": '#include "b.h"\n',
        "c.cc": "\n/* C. */\n",
    }.items():
        (tmp_path / name).write_text(text)
    assert silent(tmp_path) == [Path("b.cc"), Path("b.h")]
