#!/usr/bin/python3
"""Writes the binary interface of a library as text, as tests/abi/brisk.abi holds it.

Only what include/ declares: what lies behind a handle is left out. The text depends neither on the
build folder nor on the machine.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

INCLUDE = Path(__file__).resolve().parents[2] / "include"
FLAGS = (
    "--exported-interfaces-only",
    "--drop-private-types",
    "--no-architecture",
    "--no-comp-dir-path",
    "--no-corpus-path",
    "--no-elf-needed",
    "--no-show-locs",
    "--type-id-style",
    "hash",
)


def dump(library: Path, out: Path) -> None:
    command = ["abidw", *FLAGS, "--headers-dir", str(INCLUDE)]
    command += ["--out-file", str(out), str(library)]
    subprocess.run(command, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("library", type=Path)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    dump(arguments.library, arguments.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
