#!/usr/bin/env python3
"""Writes what bindings/abi/spec describes: headers, symbol map, layout test, reference, lock."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from generator import consistency, lint, lock, outputs, source
from generator.build import build

HOME = Path(__file__).resolve().parents[2]


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="write nothing, fail if anything would"
    )
    parser.add_argument("--root", type=Path, default=HOME, help="the tree, by default this one")
    arguments = parser.parse_args(argv)
    try:
        model = build(*source.read(arguments.root))
        problems = lint.problems(model) + consistency.problems(model)
        problems += lock.violations(arguments.root, model)
        files = outputs.render(arguments.root, model) if not problems else {}
    except source.SpecError as error:
        problems = error.problems
    if problems:
        return _fail(problems)
    if not arguments.check:
        for line in outputs.write(arguments.root, files):
            print(line)
        return 0
    if problems := outputs.check(arguments.root, files):
        return _fail([*problems, "run `make gen`"])
    return 0


def _fail(problems: list[str]) -> int:
    for problem in problems:
        print(f"gen: {problem}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
