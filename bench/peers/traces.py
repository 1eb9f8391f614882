#!/usr/bin/env python3
"""Replays the traces in the folder BRISK_TRACES through brisk and through the libraries of others.

A request is a read, and a write where that misses. Every object counts as one: entries of 8 bytes,
and a capacity in entries. Each contestant is asked for the same number; how many it holds at the
end is told, as some hold more than they were asked for (moka: what its maintenance has yet to
throw out). bench/replay replays for brisk and knows the reference; one process a contestant and
trace, in turns. Hits are the mean of all rounds, times the median.

With options that only bench/replay knows (its --help lists them) brisk is replayed alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contestants import (
    CONTESTANTS,
    SCRATCH,
    CannotRun,
    Programs,
    add_places,
    conclude,
    measured,
    say,
    unpack,
)

POLICIES = ("auto", "s3fifo", "lru")
PEERS = tuple(contestant for contestant in CONTESTANTS if "trace" in contestant.works)
BEST = "auto"  # what others are compared with


@dataclass(frozen=True)
class Cell:
    trace: str
    percent: float  # of the distinct objects of the trace
    capacity: int
    reference: dict[str, float] = field(compare=False)  # hit ratios by policy or library
    best: float | None = field(compare=False)  # that of the best textbook policy


class Replays:
    """What came out, by cell, threads and contestant: a line for each round."""

    def __init__(self) -> None:
        self.cells: dict[tuple[str, int], Cell] = {}
        self.lines: dict[tuple[Cell, int, str], list[dict[str, Any]]] = {}
        self.missing: dict[str, str] = {}

    def ours(self, trace: str, command: list[str]) -> None:
        """A line for each cell, and then one for each policy and number of threads in it."""
        for line in measured(command):
            if "percent" in line:
                cell = Cell(
                    trace=trace,
                    percent=float(line["percent"]),
                    capacity=line["capacity"],
                    reference=line.get("reference", {}),
                    best=line.get("best"),
                )
                self.cells.setdefault((trace, cell.capacity), cell)
            else:
                self.add(trace, line["contestant"], line)

    def others(self, trace: str, peer: str, command: list[str]) -> None:
        if peer in self.missing:
            return
        try:
            for line in measured(command):
                self.add(trace, peer, line)
        except CannotRun as error:
            self.missing[peer] = str(error)

    def add(self, trace: str, contestant: str, line: dict[str, Any]) -> None:
        key = (self.cells[trace, line["capacity"]], line["threads"], contestant)
        self.lines.setdefault(key, []).append(line)

    def capacities(self, trace: str) -> list[str]:
        return [str(capacity) for name, capacity in self.cells if name == trace]

    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "trace": cell.trace,
                "percent": cell.percent,
                "capacity": cell.capacity,
                "best": cell.best,
                "threads": threads,
                "contestant": contestant,
                "version": lines[0]["version"],
                "hit": round(statistics.mean(line["hit"] for line in lines), 6),
                "ns": round(statistics.median(line["ns"] for line in lines), 2),
                "held": lines[0]["held"],
                "entry_bytes": lines[0].get("entry_bytes"),
                "policy_bytes": lines[0].get("policy_bytes"),
            }
            for (cell, threads, contestant), lines in sorted(
                self.lines.items(),
                key=lambda item: (item[0][0].trace, item[0][0].capacity, item[0][1]),
            )
        ]


def behind(row: dict[str, Any]) -> float | None:
    """Points of hit ratio behind the best textbook policy of the cell."""
    return None if row["best"] is None else 100 * (row["best"] - row["hit"])


def written(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def print_rows(rows: list[dict[str, Any]]) -> None:
    head = ("trace", "%", "capacity", "threads", "contestant", "behind", "hit %", "ns", "held")
    line = "{:<10} {:>5} {:>8} {:>7} {:<18} {:>7} {:>7} {:>7} {:>8} {:>8} {:>8}"
    print(line.format(*head, "B/entry", "policy B"))
    for row in rows:
        print(
            line.format(
                *(row["trace"], f"{row['percent']:g}", row["capacity"], row["threads"]),
                *(row["contestant"], written(behind(row), 2), written(100 * row["hit"], 2)),
                *(written(row["ns"], 1), row["held"]),
                *(written(row["entry_bytes"], 1), written(row["policy_bytes"], 1)),
            )
        )


def print_summary(rows: list[dict[str, Any]], cells: Iterable[Cell]) -> None:
    """The mean over all cells, best first; what the reference has of libraries stands below."""
    by: dict[tuple[int, str], list[dict[str, Any]]] = {}
    for row in rows:
        by.setdefault((row["threads"], row["contestant"]), []).append(row)
    ns = {
        (row["trace"], row["capacity"], row["threads"], row["contestant"]): row["ns"]
        for row in rows
    }
    print("\npoints of hit ratio behind the best textbook policy of each cell; time of an access")
    line = "{:<18} {:>7} {:>6} {:>6} {:>7} {:>7} {:>11} {:>5}"
    print(line.format("", "threads", "mean", "worst", "hit %", "ns", f"{BEST} / it", "cells"))
    for (threads, name), own in sorted(
        by.items(), key=lambda item: (item[0][0], _mean_behind(item[1]))
    ):
        distances = [points for row in own if (points := behind(row)) is not None]
        ratios = [
            reference / row["ns"]
            for row in own
            if (reference := ns.get((row["trace"], row["capacity"], threads, BEST)))
        ]
        print(
            line.format(
                f"brisk {name}" if name in POLICIES else name,
                threads,
                written(statistics.mean(distances) if distances else None, 2),
                written(max(distances, default=None), 2),
                written(100 * statistics.mean(row["hit"] for row in own), 2),
                written(statistics.mean(row["ns"] for row in own), 1),
                written(statistics.median(ratios) if ratios else None, 2),
                len(own),
            )
        )
    known: dict[str, list[float]] = {}
    for cell in cells:
        for name, hit in cell.reference.items():
            assert cell.best is not None
            known.setdefault(name, []).append(100 * (cell.best - hit))
    if known:
        print("\nthe same, of what the reference knows")
    for name, distances in sorted(known.items(), key=lambda item: statistics.mean(item[1])):
        mean, worst = written(statistics.mean(distances), 2), written(max(distances), 2)
        print(line.format(name, "-", mean, worst, "-", "-", "-", len(distances)))


def _mean_behind(rows: list[dict[str, Any]]) -> float:
    return statistics.mean((row["best"] or 1) - row["hit"] for row in rows)


def parse() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    known = ",".join(peer.name for peer in PEERS)
    add("--policy", default=",".join(POLICIES), help="of brisk (default: %(default)s)")
    add("--peers", default=known, help="others, or none (default: %(default)s)")
    add("--trace", default="", help="names (default: all)")
    add("--percent", default="0.1,1,5,10", help="of the distinct objects (default: %(default)s)")
    add("--threads", default="1", help="numbers of threads (default: %(default)s)")
    add("--least", default="100", help="objects in a cache that counts (default: %(default)s)")
    add("--rounds", type=int, default=1, help="default: %(default)s")
    add_places(parser, "traces.json")
    options, rest = parser.parse_known_args()
    wanted = [] if options.peers == "none" else options.peers.split(",")
    if unknown := set(wanted) - {peer.name for peer in PEERS}:
        parser.error(f"--peers: {', '.join(sorted(unknown))}; known are {known}")
    options.peers = [peer for peer in PEERS if peer.name in wanted]
    if options.rounds < 1:
        parser.error("--rounds must be positive")
    return options, rest


def run_all(options: argparse.Namespace, folder: Path, traces: Path) -> Replays:
    programs = Programs(folder)
    replays = Replays()
    ours = [*programs.built("replay"), "--json", "--policy", options.policy]
    ours += ["--percent", options.percent, "--threads", options.threads, "--least", options.least]
    commands = programs.commands(options.peers, replays.missing)
    named = options.trace.split(",") if options.trace else []
    raw = SCRATCH / "trace.bin"
    raw.parent.mkdir(parents=True, exist_ok=True)
    for packed in sorted(traces.glob("*.bin.zst")):
        trace = packed.name.removesuffix(".bin.zst")
        if named and trace not in named:
            continue
        raw.write_bytes(unpack(packed))
        for turn in range(options.rounds):
            say(f"round {turn + 1}/{options.rounds}  {trace}")
            replays.ours(trace, [*ours, "--trace", trace])
            for peer, command in commands.items():
                for threads in options.threads.split(","):
                    capacities = replays.capacities(trace)
                    if capacities:
                        todo = [*command, "trace", str(raw), threads, *capacities]
                        replays.others(trace, peer, todo)
    raw.unlink(missing_ok=True)
    return replays


def main() -> int:
    options, rest = parse()
    folder = options.build_dir.resolve() / "bench"
    if rest:
        alone = [str(folder / "replay"), *sys.argv[1:]]
        return subprocess.run(alone, check=False, start_new_session=True).returncode
    if "BRISK_TRACES" not in os.environ:
        print("skipped: BRISK_TRACES names no folder of traces")
        return 0
    replays = run_all(options, folder, Path(os.environ["BRISK_TRACES"]))
    rows = replays.rows()
    print_rows(rows)
    print_summary(rows, replays.cells.values())
    return conclude(rows, replays.missing, options.out)


if __name__ == "__main__":
    sys.exit(main())
