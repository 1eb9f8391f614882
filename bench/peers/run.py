#!/usr/bin/env python3
"""Runs the same work through brisk and through what a user would pick instead, and compares.

Every measurement is a process of its own, in a session of its own: Linux divides the cores by
session, whatever nice says. A round runs each work once through every contestant, one after the
other, in an order that moves on by one each round.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
from pathlib import Path
from typing import Any

import lazy
from contestants import (
    WORKS,
    CannotRun,
    Programs,
    add_places,
    add_value_sets,
    conclude,
    measure,
    say,
    write_records,
    write_sequence,
)
from figures import (
    ADDED,
    FIGURES,
    VALUES,
    Figure,
    Results,
    compare,
    figures_of_sets,
    line_of,
    needed,
    row,
)

STARTS = 40  # pairs of program starts in one round
START_LIMIT = 1000.0  # microseconds that linking libbrisk may add to the start of a program
AREAS = ("cache", "workers", "lazy", "load")
WORK = tuple(dict.fromkeys(figure.group for figure in FIGURES))
LANGUAGES = ("c", "rust", "go", "python")


def run_works(
    figures: list[Figure], folder: Path, rounds: int, seconds: float, results: Results
) -> None:
    """Fills in the results of all works that these figures need."""
    works = needed(figures)
    everybody = {contestant for contestants in works.values() for contestant in contestants}
    commands = Programs(folder).commands(everybody, results.missing)
    for sequence in {WORKS[name].sequence for name in works}:
        if sequence is not None:
            write_sequence(folder, sequence)
    for records in {WORKS[name].records for name in works}:
        if records is not None:
            write_records(records)
    for turn in range(rounds):
        for name, contestants in works.items():
            work = WORKS[name]
            if work.once and turn > 0:
                continue
            first = turn % len(contestants)
            for contestant in contestants[first:] + contestants[:first]:
                if contestant.name in results.missing or work.program not in contestant.works:
                    continue
                say(f"round {turn + 1}/{rounds}  {name:<12} {contestant.name}")
                try:
                    line = measure([*commands[contestant.name], *work.arguments(seconds)])
                except CannotRun as error:
                    results.missing[contestant.name] = f"{name}: {error}"
                    continue
                results.lines[name, contestant.name, turn] = line


def run_startup(programs: Path, rounds: int, results: Results) -> list[dict[str, Any]]:
    """Compares what libbrisk adds to the start of a program with the start of an empty one."""
    added: dict[int, float] = {}
    empty: dict[int, float] = {}
    command = [str(programs / name) for name in ("startup", "startup-without", "startup-with")]
    for turn in range(rounds):
        say(f"round {turn + 1}/{rounds}  startup")
        try:
            line = measure([*command, str(STARTS)])
        except CannotRun as error:
            results.missing["brisk"] = f"startup: {error}"
            return []
        added[turn], empty[turn] = line[ADDED.field], line["without_us"]
    target = START_LIMIT / statistics.median(empty.values())
    title = "what linking libbrisk adds to the start and exit of a program"
    figure = Figure("startup", title, "", ADDED, target, ())
    libc = " ".join(platform.libc_ver())
    entry = row(figure, "empty program", libc, added, empty)
    print(f"\nstartup  {title}, us (lower is better)")
    print(line_of("added by brisk", added))
    print(line_of(f"empty program {libc}", empty, entry))
    verdict = "met" if entry["brisk"] < START_LIMIT else "MISSED"
    print(f"  target: less than {START_LIMIT:.0f} us: {verdict}")
    return [entry]


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument

    def add_choice(name: str, what: str, choices: tuple[str, ...]) -> None:
        known = ", ".join(choices)
        add(name, default=",".join(choices), help=f"{what}: {known} (default: all)")

    add_choice("--area", "areas to compare", AREAS)
    add_choice(
        "--work",
        "W1 (all hits), W2 (gets and sets), W3 (read-through), W4 (memory), T1 to T6 (tasks)",
        WORK,
    )
    add_choice("--language", "languages to compare in", LANGUAGES)
    add("--rounds", type=int, default=5, help="rounds, of which the median counts (default: 5)")
    add("--seconds", type=float, default=1.0, help="length of a timed region (default: 1)")
    add_places(parser, "peers.json")
    options = parser.parse_args()
    for name, choices in (("area", AREAS), ("work", WORK), ("language", LANGUAGES)):
        given = set(getattr(options, name).split(","))
        if unknown := given - set(choices):
            parser.error(f"--{name}: {', '.join(sorted(unknown))}; known are {', '.join(choices)}")
        setattr(options, name, given)
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds and --seconds must be positive")
    return options


def main() -> int:
    options = parse()
    folder = options.build_dir.resolve() / "bench"
    results = Results()
    rows: list[dict[str, Any]] = []
    say(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    figures = [
        figure
        for figure in FIGURES
        if figure.area in options.area
        and figure.group in options.work
        and figure.language in options.language
    ]
    sets: tuple[str, ...] = ()
    if any(figure.group == "W3" for figure in figures):
        sets = add_value_sets()
        figures += figures_of_sets(sets)
    run_works(figures, folder, options.rounds, options.seconds, results)
    results.average(VALUES, sets)
    for figure in figures:
        rows += compare(figure, results)
    if "lazy" in options.area and "python" in options.language:
        try:
            rows += lazy.compare_all(options.rounds, lazy.python(*lazy.install()))
        except CannotRun as error:
            results.missing["brisk.lazy"] = str(error)
    if "load" in options.area:
        rows += run_startup(folder, options.rounds, results)
    return conclude(rows, results.missing, options.out)


if __name__ == "__main__":
    sys.exit(main())
