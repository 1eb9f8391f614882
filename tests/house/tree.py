"""The files of the tree: what git knows, and what it would not ignore."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
IGNORED = re.compile(r"\.git|build|target|__pycache__|\..*_cache")
CODE = (".h", ".hpp", ".c", ".cc")


def files(root: Path = ROOT) -> list[Path]:
    """All files. Outside a work tree of git, as in an unpacked archive, all but build outputs."""
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "-co", "--exclude-standard"]
    names: list[str] = []
    if (root / ".git").exists():
        try:
            done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
        except (OSError, subprocess.CalledProcessError):
            pass
        else:
            names = done.stdout.split("\0")
    if not names:
        for folder, folders, inside in os.walk(root):
            folders[:] = [name for name in folders if not IGNORED.fullmatch(name)]
            names += [str(Path(folder, name).relative_to(root)) for name in inside]
    return sorted(root / name for name in names if name and (root / name).is_file())


def code(root: Path = ROOT) -> list[Path]:
    """The C and C++ files that are written by hand."""
    return [path for path in files(root) if path.suffix in CODE and not generated(path)]


def generated(path: Path) -> bool:
    return "Generated from bindings/abi/spec" in path.read_text().partition("\n")[0]
