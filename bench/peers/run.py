#!/usr/bin/env python3
"""Runs the same work through brisk and through what a user would pick instead, and compares.

Every measurement is a process of its own, in a session of its own: Linux divides the cores by
session, whatever nice says. A round runs each work once through every contestant, one after the
other, in an order that moves on by one each round; machines drift, so a ratio is taken inside a
round and the median of those ratios counts.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / "build/bench"  # sequences and the Rust contestant
CRATE = Path(__file__).resolve().parent / "quick_cache"
TIMEOUT = 300.0  # seconds that one measurement may take
STARTS = 40  # pairs of program starts in one round
START_LIMIT = 1000.0  # microseconds that linking libbrisk may add to the start of a program


@dataclass(frozen=True)
class Sequence:
    """Operations that are drawn once and read by all: Zipf 0.99 over the keys."""

    keys: int
    count: int
    sets: int  # percent
    seed: int

    @property
    def path(self) -> Path:
        return SCRATCH / f"zipf-{self.keys}-{self.count}-{self.sets}-{self.seed}.bin"


@dataclass(frozen=True)
class Work:
    """What a contestant is asked to do."""

    program: str  # as the contestants name it
    threads: int
    keys: int
    room: int
    sequence: Sequence | None = None


HITS = Sequence(keys=100_000, count=1 << 21, sets=0, seed=1)
# Hit ratios count over the second half. LRU has settled by then; what counts uses still gains.
MIXED = Sequence(keys=1_000_000, count=1 << 23, sets=25, seed=2)

# Where everything must fit, there is a quarter more room than keys, because shards fill unevenly.
WORKS: dict[str, Work] = {
    "W1.1t": Work("W1", 1, 100_000, 125_000, HITS),
    "W1-batch.1t": Work("W1-batch", 1, 100_000, 125_000, HITS),
    "W1.2t": Work("W1", 2, 100_000, 125_000, HITS),
    "W1-batch.2t": Work("W1-batch", 2, 100_000, 125_000, HITS),
    "W2.1t": Work("W2", 1, 1_000_000, 100_000, MIXED),
    "W2.2t": Work("W2", 2, 1_000_000, 100_000, MIXED),
    "W4": Work("W4", 1, 1_000_000, 1_250_000),
}


@dataclass(frozen=True)
class Contestant:
    name: str
    language: str
    command: tuple[str, ...]
    works: tuple[str, ...]  # programs, as in Work


ALL = ("W1", "W2", "W4")
BRISK = Contestant("brisk", "c", ("peer-brisk",), (*ALL, "W1-batch"))
PEERS = (
    Contestant("rocksdb-lru", "cpp", ("peer-rocksdb", "lru"), ALL),
    Contestant("rocksdb-hyperclock", "cpp", ("peer-rocksdb", "hyperclock"), ALL),
    Contestant("quick_cache", "rust", ("peer-quick-cache", "inline"), ALL),
    # Holds values of any size, as brisk does; the one above fixes 64 bytes when it is compiled.
    Contestant("quick_cache-boxed", "rust", ("peer-quick-cache", "boxed"), ("W4",)),
)
CONTESTANTS = (BRISK, *PEERS)


@dataclass(frozen=True)
class Metric:
    field: str  # in the line of a contestant
    unit: str
    better: str


NS = Metric("ns", "ns", "lower")
MOPS = Metric("mops", "Mops/s", "higher")
HIT = Metric("hit", "hit ratio", "higher")
RESIDENT = Metric("bytes", "resident bytes", "lower")
ADDED = Metric("added_us", "us", "lower")


@dataclass(frozen=True)
class Figure:
    """One figure that is compared: brisk in one work against peers in the same or another one."""

    name: str
    title: str
    work: str
    against: str
    metric: Metric
    target: float  # bound on the ratio brisk / peer
    peers: tuple[str, ...] = tuple(peer.name for peer in PEERS)


FIGURES = (
    Figure("W1.1t", "all hits, one thread, a get", "W1.1t", "W1.1t", NS, 1.0),
    Figure("W1.2t", "all hits, two threads", "W1.2t", "W1.2t", MOPS, 1.0),
    Figure(
        "W1-batch.1t",
        "all hits, one thread, a key of a batch of 100, against single gets",
        "W1-batch.1t",
        "W1.1t",
        NS,
        1.0,
        ("quick_cache",),
    ),
    Figure(
        "W1-batch.2t",
        "all hits, two threads, batches of 100, against single gets",
        "W1-batch.2t",
        "W1.2t",
        MOPS,
        1.0,
        ("quick_cache",),
    ),
    Figure("W2.1t", "75 % get, 25 % set, one thread, an operation", "W2.1t", "W2.1t", NS, 1.0),
    Figure("W2.2t", "75 % get, 25 % set, two threads", "W2.2t", "W2.2t", MOPS, 1.0),
    Figure("W2.hit", "75 % get, 25 % set, gets that hit", "W2.1t", "W2.1t", HIT, 0.99),
    Figure("W4.bytes", "a million entries of 80 bytes, an entry", "W4", "W4", RESIDENT, 0.8),
)


@dataclass
class Results:
    """Measurements by work, contestant and round, and who could not run, and why."""

    lines: dict[tuple[str, str, int], dict[str, Any]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def values(self, work: str, contestant: str, metric: Metric) -> dict[int, float]:
        return {
            turn: float(line[metric.field])
            for (a, b, turn), line in self.lines.items()
            if (a, b) == (work, contestant)
        }

    def version(self, contestant: str) -> str:
        versions = (line["version"] for key, line in self.lines.items() if key[1] == contestant)
        return str(next(versions, ""))


class CannotRun(Exception):
    """A program is missing, or ended badly."""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def raise_weight() -> None:
    """Gives the new session the most weight that this user may give it."""
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text("-20")


def measure(command: list[str]) -> dict[str, Any]:
    """Runs one program in a session of its own and reads its line."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
            start_new_session=True,
            preexec_fn=raise_weight,
        )
    except OSError as error:
        raise CannotRun(f"{command[0]}: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise CannotRun(f"no answer within {TIMEOUT:.0f} s") from error
    if done.returncode != 0:
        raise CannotRun(done.stderr.strip() or f"ended with status {done.returncode}")
    line: dict[str, Any] = json.loads(done.stdout)
    return line


def build_crate() -> Path:
    """Builds the Rust contestant and returns the folder of its program."""
    if shutil.which("cargo") is None:
        raise CannotRun("cargo is not installed")
    target = SCRATCH / "quick_cache"
    done = subprocess.run(
        ["cargo", "build", "--release", "--quiet", "--manifest-path", str(CRATE / "Cargo.toml")],
        env={**os.environ, "CARGO_TARGET_DIR": str(target)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CannotRun("cargo build failed: " + done.stderr.strip())
    return target / "release"


def find_programs(programs: Path, results: Results) -> dict[str, list[str]]:
    """The command of each contestant that is there; the others are noted as missing."""
    crate: Path | None = None
    without_crate = ""
    try:
        crate = build_crate()
    except CannotRun as error:
        without_crate = str(error)
    commands: dict[str, list[str]] = {}
    for contestant in CONTESTANTS:
        folder = crate if contestant.language == "rust" else programs
        name, *rest = contestant.command
        if folder is None:
            results.missing[contestant.name] = without_crate
        elif not (folder / name).exists():
            results.missing[contestant.name] = f"{name} was not built in {folder}"
        else:
            commands[contestant.name] = [str(folder / name), *rest]
    return commands


def write_sequence(programs: Path, sequence: Sequence) -> None:
    if sequence.path.exists():
        return
    say(f"writing {sequence.path.name}")
    SCRATCH.mkdir(parents=True, exist_ok=True)
    partial = sequence.path.with_suffix(".partial")
    numbers = (sequence.keys, sequence.count, sequence.sets, sequence.seed)
    subprocess.run([str(programs / "peer-sequence"), str(partial), *map(str, numbers)], check=True)
    partial.rename(sequence.path)


def run_cache(
    figures: list[Figure], programs: Path, rounds: int, seconds: float, results: Results
) -> None:
    """Fills in the results of all works that these figures need."""
    commands = find_programs(programs, results)
    if BRISK.name in results.missing:
        return
    wanted = {name for figure in figures for name in (figure.work, figure.against)}
    works = {name: work for name, work in WORKS.items() if name in wanted}
    for sequence in {work.sequence for work in works.values() if work.sequence}:
        write_sequence(programs, sequence)
    for turn in range(rounds):
        order = CONTESTANTS[turn % len(CONTESTANTS) :] + CONTESTANTS[: turn % len(CONTESTANTS)]
        for name, work in works.items():
            numbers = (work.keys, work.room, work.threads, seconds)
            arguments = [work.program, *map(str, numbers)]
            if work.sequence:
                arguments.append(str(work.sequence.path))
            for contestant in order:
                if contestant.name in results.missing or work.program not in contestant.works:
                    continue
                say(f"round {turn + 1}/{rounds}  {name:<12} {contestant.name}")
                try:
                    line = measure([*commands[contestant.name], *arguments])
                except CannotRun as error:
                    results.missing[contestant.name] = f"{name}: {error}"
                    continue
                results.lines[name, contestant.name, turn] = line


def row(
    area: str,
    figure: Figure,
    language: str,
    peer: str,
    version: str,
    brisk: dict[int, float],
    values: dict[int, float],
) -> dict[str, Any]:
    ratios = [brisk[turn] / values[turn] for turn in brisk.keys() & values.keys()]
    return {
        "area": area,
        "work": figure.name,
        "language": language,
        "unit": figure.metric.unit,
        "better": figure.metric.better,
        "brisk": round(statistics.median(brisk.values()), 4),
        "peer": peer,
        "peer_version": version,
        "value": round(statistics.median(values.values()), 4),
        "ratio": round(statistics.median(ratios), 4),
        "target": round(figure.target, 4),
    }


def met(entry: dict[str, Any]) -> bool:
    lower = entry["better"] == "lower"
    return bool(entry["ratio"] <= entry["target"] if lower else entry["ratio"] >= entry["target"])


def spread(values: dict[int, float]) -> str:
    low, high = (f"{number:.4g}" for number in (min(values.values()), max(values.values())))
    return f"{statistics.median(values.values()):>10.4g}   {low} - {high}"


def line_of(label: str, values: dict[int, float], entry: dict[str, Any] | None = None) -> str:
    ratio = f"brisk / peer {entry['ratio']:.3f}" if entry else ""
    return f"  {label:<26}{spread(values):<34}{ratio}".rstrip()


def compare(figure: Figure, results: Results) -> list[dict[str, Any]]:
    """Prints one table and returns its rows."""
    metric = figure.metric
    brisk = results.values(figure.work, BRISK.name, metric)
    if not brisk:
        return []
    print(f"\n{figure.name}  {figure.title}, {metric.unit} ({metric.better} is better)")
    print(line_of(f"brisk {results.version(BRISK.name)}", brisk))
    rows = []
    for peer in PEERS:
        values = results.values(figure.against, peer.name, metric)
        if peer.name not in figure.peers or not brisk.keys() & values.keys():
            continue
        version = results.version(peer.name)
        rows.append(row("cache", figure, peer.language, peer.name, version, brisk, values))
        print(line_of(f"{peer.name} {version}", values, rows[-1]))
    bound = "at most" if metric.better == "lower" else "at least"
    missed = [f"{entry['peer']} ({entry['ratio']:.3f})" for entry in rows if not met(entry)]
    verdict = "MISSED against " + ", ".join(missed) if missed else "met" if rows else "no peer ran"
    print(f"  target: {bound} {figure.target:.2f} of every peer: {verdict}")
    return rows


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
            results.missing[BRISK.name] = f"startup: {error}"
            return []
        added[turn], empty[turn] = line[ADDED.field], line["without_us"]
    target = START_LIMIT / statistics.median(empty.values())
    title = "what linking libbrisk adds to the start and exit of a program"
    figure = Figure("startup", title, "", "", ADDED, target)
    libc = " ".join(platform.libc_ver())
    entry = row("load", figure, "c", "empty program", libc, added, empty)
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
    add("--area", default="cache,load", help="areas to compare: cache, load (default: both)")
    add(
        "--work",
        default="W1,W2,W4,startup",
        help="works to run: W1 (all hits), W2 (gets and sets), W4 (memory), startup (default: all)",
    )
    add("--rounds", type=int, default=5, help="rounds, of which the median counts (default: 5)")
    add("--seconds", type=float, default=1.0, help="length of a timed region (default: 1)")
    add(
        "--out",
        type=Path,
        default=SCRATCH / "peers.json",
        help="where the rows are written (default: build/bench/peers.json)",
    )
    add(
        "--build-dir",
        type=Path,
        default=ROOT / "build/release",
        help="a meson build folder with the option bench (default: build/release)",
    )
    options = parser.parse_args()
    options.area, options.work = set(options.area.split(",")), set(options.work.split(","))
    unknown = options.area - {"cache", "load"} | options.work - {"W1", "W2", "W4", "startup"}
    if unknown:
        parser.error("unknown: " + ", ".join(sorted(unknown)))
    if options.rounds < 1 or options.seconds <= 0:
        parser.error("--rounds and --seconds must be positive")
    return options


def main() -> int:
    options = parse()
    programs = options.build_dir.resolve() / "bench"
    results = Results()
    rows: list[dict[str, Any]] = []
    say(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    figures = [figure for figure in FIGURES if figure.name[:2] in options.work]
    if figures and "cache" in options.area:
        run_cache(figures, programs, options.rounds, options.seconds, results)
        for figure in figures:
            rows += compare(figure, results)
    if "startup" in options.work and "load" in options.area:
        rows += run_startup(programs, options.rounds, results)
    for name, why in results.missing.items():
        print(f"\n{name} did not run: {why}")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("[\n" + ",\n".join(json.dumps(entry) for entry in rows) + "\n]\n")
    say(f"{len(rows)} rows in {options.out}")
    strict = os.environ.get("CI") == "true"
    return 1 if BRISK.name in results.missing or (strict and results.missing) else 0


if __name__ == "__main__":
    sys.exit(main())
