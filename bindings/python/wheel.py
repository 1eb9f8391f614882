#!/usr/bin/env python3
"""Builds a wheel that carries the library, and needs no installed one.

The library lies in the package under its own SONAME and name, so that it is the same one that other
languages load later in the process. For CPython 3.11 and later on this kind of machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

HOME = Path(__file__).resolve().parent
OUT = HOME.parents[1] / "build/python/dist"
SONAME = "libbrisk.so.0.1"


def library() -> Path:
    """The installed library, as pkg-config finds it."""
    command = ["pkg-config", "--variable=libdir", "brisk"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    path = Path(done.stdout.strip()) / SONAME
    if done.returncode != 0 or not path.is_file():
        why = done.stderr.strip() or f"{path} does not exist"
        sys.exit(f"wheel.py: no installed library: {why}; install brisk, or set PKG_CONFIG_PATH")
    return path


def build(out: Path) -> Path:
    """Builds the wheel in a copy of the package, with the library beside the extension."""
    with tempfile.TemporaryDirectory(prefix="brisk-wheel-") as folder:
        copy = Path(folder) / "python"
        shutil.copytree(HOME, copy, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        shutil.copyfile(library(), copy / "src/brisk" / SONAME)
        env = {**os.environ, "BRISK_RUNPATH": "$ORIGIN", "PIP_ROOT_USER_ACTION": "ignore"}
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
        command += ["--no-build-isolation", "--wheel-dir", folder, str(copy)]
        subprocess.run(command, env=env, check=True)
        (made,) = Path(folder).glob("*.whl")
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        if not made.name.endswith(f"-cp311-abi3-{platform}.whl"):
            sys.exit(f"wheel.py: {made.name} is not for cp311-abi3-{platform}")
        out.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copy(made, out))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT, help="default: build/python/dist")
    print(build(parser.parse_args().out))


if __name__ == "__main__":
    main()
