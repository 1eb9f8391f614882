"""Who takes part, what they are asked to do, and how their programs come about."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import random
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
SCRATCH = ROOT / "build/bench"  # sequences, and the contestants that meson does not build
PYTHON = "/usr/bin/python3"
MOST = 65536  # bytes of a record
TIMEOUT = 300.0  # seconds that one measurement may take
CAFFEINE = "3.3.1"


class CannotRun(Exception):
    """A program is missing, or ended badly."""


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
class Records:
    """Values of about a KiB, those of BRISK_VALUES or of Debian's packages; noise; or one set."""

    noise: bool = False
    set: str = ""  # a file of BRISK_VALUES, all of it

    @property
    def path(self) -> Path:
        mixed = "noise" if self.noise else "values" if values_folder() else "dpkg"
        return SCRATCH / f"records-{f'set-{self.set}' if self.set else mixed}.bin"


@dataclass(frozen=True)
class Work:
    """What a contestant is asked to do. Tasks have no keys."""

    program: str  # as the contestants name it
    threads: int
    keys: int = 0
    room: int = 0
    sequence: Sequence | None = None
    records: Records | None = None
    once: bool = False  # in the first round alone, for what does not drift

    def arguments(self, seconds: float) -> list[str]:
        sizes = (self.keys, self.room) if self.keys else ()
        paths = [made.path for made in (self.sequence, self.records) if made]
        return [self.program, *map(str, (*sizes, self.threads, seconds, *paths))]


HITS = Sequence(keys=100_000, count=1 << 21, sets=0, seed=1)
# Hit ratios count over the second half. LRU has settled by then; what counts uses still gains.
MIXED = Sequence(keys=1_000_000, count=1 << 23, sets=25, seed=2)

READS = Sequence(keys=1_000_000, count=1 << 22, sets=0, seed=3)

# Where everything must fit, there is a quarter more room than keys, because shards fill unevenly.
WORKS: dict[str, Work] = {
    "W1.1t": Work("W1", 1, 100_000, 125_000, HITS),
    "W1-batch.1t": Work("W1-batch", 1, 100_000, 125_000, HITS),
    "W1.2t": Work("W1", 2, 100_000, 125_000, HITS),
    "W1-batch.2t": Work("W1-batch", 2, 100_000, 125_000, HITS),
    "W2.1t": Work("W2", 1, 1_000_000, 100_000, MIXED),
    "W2.2t": Work("W2", 2, 1_000_000, 100_000, MIXED),
    "W3.1t": Work("W3", 1, 1_000_000, 64 << 20, READS, Records()),
    "W3-noise.1t": Work("W3", 1, 1_000_000, 64 << 20, READS, Records(noise=True)),
    "W4": Work("W4", 1, 1_000_000, 1_250_000),
    **{name: Work(name, 2) for name in ("T1", "T2", "T3", "T4", "T5", "T6")},
}


@dataclass(frozen=True)
class Contestant:
    name: str
    language: str
    command: tuple[str, ...]  # the program, by the name that BUILDERS has, and its first arguments
    works: tuple[str, ...]  # programs, as in Work


LOOKUPS = ("W1", "W2")
OURS = (*LOOKUPS, "W1-batch")
ALL = (*LOOKUPS, "W4")
TASKS = ("T1", "T2", "T3", "T4")
CONTESTANTS = (
    Contestant("brisk", "c", ("peer-brisk",), (*ALL, "W1-batch", "W3")),
    Contestant("brisk-raw", "c", ("peer-brisk", "raw"), ("W3",)),
    Contestant("rocksdb-lru", "cpp", ("peer-rocksdb", "lru"), (*ALL, "W3", "trace")),
    Contestant("rocksdb-zstd", "cpp", ("peer-rocksdb", "zstd"), ("W3",)),
    Contestant("rocksdb-hyperclock", "cpp", ("peer-rocksdb", "hyperclock"), (*ALL, "W3", "trace")),
    Contestant("quick_cache", "rust", ("peer-rust", "inline"), (*ALL, "W3", "trace")),
    # Holds values of any size, as brisk does, and counts what an entry takes beside its bytes; the
    # one above fixes 64 bytes when it is compiled, and bounds bytes by key and value alone.
    Contestant("quick_cache-boxed", "rust", ("peer-rust", "boxed"), ("W4", "W3")),
    Contestant("brisk-rust", "rust", ("peer-rust", "brisk"), OURS),
    Contestant("moka", "rust", ("peer-rust", "moka"), (*LOOKUPS, "trace")),
    Contestant("brisk-go", "go", ("peer-go", "brisk"), OURS),
    Contestant("otter", "go", ("peer-go", "otter"), LOOKUPS),
    Contestant("golang-lru", "go", ("peer-go", "golang-lru"), LOOKUPS),
    Contestant("caffeine", "java", ("peer-java",), LOOKUPS),
    Contestant("brisk-python", "python", ("peer-python", "brisk"), OURS),
    Contestant("cachebox", "python", ("peer-python", "cachebox"), LOOKUPS),
    Contestant("cachetools", "python", ("peer-python", "cachetools"), LOOKUPS),
    Contestant("lru_cache", "python", ("peer-python", "lru_cache"), ("W1",)),
    Contestant("dict", "python", ("peer-python", "dict"), ("W1",)),
    Contestant("brisk-workers", "c", ("peer-tasks-brisk",), (*TASKS, "T5", "T6")),
    Contestant("oneTBB", "cpp", ("peer-tasks-tbb",), TASKS),
    # What BS::thread_pool is at heart.
    Contestant("mutex-queue", "cpp", ("peer-tasks-mutex",), (*TASKS, "T6")),
    Contestant("goroutines", "go", ("peer-go", "goroutines"), ("T5",)),
    Contestant("brisk-workers-python", "python", ("peer-python-tasks", "brisk"), ("T1", "T3")),
    Contestant("ThreadPoolExecutor", "python", ("peer-python-tasks", "executor"), ("T1", "T3")),
)


class Programs:
    """The commands of the contestants, each made when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder  # of what meson built
        self.made: dict[str, list[str] | CannotRun] = {}
        self._env: dict[str, str] | None = None

    def command(self, contestant: Contestant) -> list[str]:
        name, *arguments = contestant.command
        if name not in self.made:
            try:
                self.made[name] = BUILDERS.get(name, Programs.built)(self, name)
            except CannotRun as error:
                self.made[name] = error
        command = self.made[name]
        if isinstance(command, CannotRun):
            raise command
        return [*command, *arguments]

    def commands(
        self, contestants: Iterable[Contestant], missing: dict[str, str]
    ) -> dict[str, list[str]]:
        """Those of all that can be made; missing says of the others why not."""
        made: dict[str, list[str]] = {}
        for contestant in contestants:
            try:
                made[contestant.name] = self.command(contestant)
            except CannotRun as error:
                missing[contestant.name] = str(error)
        return made

    @property
    def env(self) -> dict[str, str]:
        """The environment in which the other languages find the library, installed for them."""
        if self._env is None:
            said = run([str(ROOT / ".ci/prefix")])
            self._env = dict(re.findall(r"^(\w+_PATH)=(.*)$", said, re.MULTILINE))
        return self._env

    def built(self, name: str) -> list[str]:
        if not (self.folder / name).exists():
            raise CannotRun(f"{name} was not built in {self.folder}")
        return [str(self.folder / name)]

    def rust(self, name: str) -> list[str]:
        target = SCRATCH / "rust"
        command = ["cargo", "build", "--release", "--quiet"]
        command += ["--manifest-path", str(HERE / "rust/Cargo.toml")]
        run(command, {**self.env, "CARGO_TARGET_DIR": str(target)})
        return self.with_env([str(target / "release" / name)])

    def go(self, name: str) -> list[str]:
        program = SCRATCH / name
        run(["go", "build", "-o", str(program), "."], self.env, HERE / "go")
        return self.with_env([str(program)])

    def java(self, _: str) -> list[str]:
        jdk = newest_jdk()
        classes = SCRATCH / "java"
        jar = classes / f"caffeine-{CAFFEINE}.jar"
        if not jar.exists():
            copy = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
            artifact = f"-Dartifact=com.github.ben-manes.caffeine:caffeine:{CAFFEINE}"
            run(["mvn", "-q", "-B", copy, artifact, f"-DoutputDirectory={classes}"])
        source = str(HERE / "java/Peer.java")
        run([str(jdk / "bin/javac"), "-d", str(classes), "-cp", str(jar), source])
        return [str(jdk / "bin/java"), "-cp", f"{classes}:{jar}", "Peer"]

    def python(self, name: str, program: str = "peer.py") -> list[str]:
        """A place with the peers and brisk's own package, for the Python that Debian has."""
        site = SCRATCH / name
        install = [PYTHON, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(site)]
        env = {**self.env, "PIP_ROOT_USER_ACTION": "ignore"}
        run([*install, "-r", str(HERE / "python/requirements.txt")], env)
        ours = str(ROOT / "bindings/python")
        run([*install, "--no-build-isolation", "--no-deps", ours], env)
        return self.with_env([PYTHON, str(HERE / "python" / program)], {"PYTHONPATH": str(site)})

    def python_tasks(self, _: str) -> list[str]:
        return self.python("peer-python", "tasks.py")

    def with_env(self, command: list[str], more: dict[str, str] | None = None) -> list[str]:
        settings = {"LD_LIBRARY_PATH": self.env["LD_LIBRARY_PATH"], **(more or {})}
        return ["env", *(f"{name}={value}" for name, value in settings.items()), *command]


BUILDERS = {
    "peer-rust": Programs.rust,
    "peer-go": Programs.go,
    "peer-java": Programs.java,
    "peer-python": Programs.python,
    "peer-python-tasks": Programs.python_tasks,
}


def newest_jdk() -> Path:
    """The home of the newest JDK of those that are installed where one looks for them."""
    found: list[tuple[list[int], Path]] = []
    places = [*Path("/usr/lib/jvm").glob("*"), Path(os.environ.get("JAVA_HOME", "/usr"))]
    if compiler := shutil.which("javac"):
        places.append(Path(compiler).resolve().parents[1])
    for home in places:
        release = home / "release"
        if (home / "bin/javac").exists() and release.exists():
            version = re.search(r'^JAVA_VERSION="([\d.]+)', release.read_text(), re.MULTILINE)
            found.append(([*map(int, version[1].split("."))] if version else [], home))
    if not found:
        raise CannotRun("no JDK is installed")
    return max(found)[1]


def run(command: list[str], env: dict[str, str] | None = None, cwd: Path = ROOT) -> str:
    """Runs a step of a build; returns what it said."""
    if shutil.which(command[0]) is None:
        raise CannotRun(f"{command[0]} is not installed")
    done = subprocess.run(
        command,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CannotRun(f"{' '.join(command[:3])} failed: {done.stderr.strip()}")
    return done.stdout


def measure(command: list[str]) -> dict[str, Any]:
    """Runs one program and reads its line."""
    (line,) = measured(command)
    return line


def measured(command: list[str]) -> list[dict[str, Any]]:
    """Runs one program in a session of its own and reads its lines."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
            start_new_session=True,
            preexec_fn=_raise_weight,
        )
    except OSError as error:
        raise CannotRun(f"{command[0]}: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise CannotRun(f"no answer within {TIMEOUT:.0f} s") from error
    if done.returncode != 0:
        raise CannotRun(done.stderr.strip() or f"ended with status {done.returncode}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def write_sequence(folder: Path, sequence: Sequence) -> None:
    if sequence.path.exists():
        return
    say(f"writing {sequence.path.name}")
    SCRATCH.mkdir(parents=True, exist_ok=True)
    partial = sequence.path.with_suffix(".partial")
    numbers = (sequence.keys, sequence.count, sequence.sets, sequence.seed)
    subprocess.run([str(folder / "peer-sequence"), str(partial), *map(str, numbers)], check=True)
    partial.rename(sequence.path)


def values_folder() -> Path | None:
    named = os.environ.get("BRISK_VALUES")
    return Path(named) if named else None


def write_records(records: Records) -> None:
    if records.path.exists():
        return
    say(f"writing {records.path.name}")
    SCRATCH.mkdir(parents=True, exist_ok=True)
    folder = values_folder()
    smallest, largest = (1, MOST) if records.set else (768, 1536)
    if records.noise:
        source = random.Random(4)
        found = [source.randbytes(1024) for _ in range(20_000)]
    elif folder is not None:
        files = sorted(folder.glob(f"{records.set or '*'}.rec.zst"))
        found = [record for file in files for record in unpacked(file)]
    else:
        found = Path("/var/lib/dpkg/status").read_bytes().split(b"\n\n")
    usual = [record for record in found if smallest <= len(record) <= largest]
    if len(usual) < 100:
        raise CannotRun(
            "there are no records of about a KiB; name a folder of them in BRISK_VALUES"
        )
    start = 8 * (len(usual) + 2)
    starts = list(itertools.accumulate(map(len, usual), initial=start))
    partial = records.path.with_suffix(".partial")
    head = struct.pack(f"<{len(starts) + 1}Q", len(usual), *starts)
    partial.write_bytes(head + b"".join(usual))
    partial.rename(records.path)


def add_value_sets() -> tuple[str, ...]:
    """Adds a work for each set of values, W3-NAME: a cache of a sixteenth of 256 MiB of them."""
    folder = values_folder()
    names: list[str] = []
    for file in sorted(folder.glob("*.rec.zst")) if folder else ():
        records = Records(set=file.name.removesuffix(".rec.zst"))
        write_records(records)
        with records.path.open("rb") as made:
            (count,) = struct.unpack("<Q", made.read(8))
        usual = 16 + records.path.stat().st_size // count  # with its key
        keys = min((256 << 20) // usual, 1_000_000)
        sequence = Sequence(keys=keys, count=1 << 20, sets=0, seed=3)
        names.append(f"W3-{records.set}")
        WORKS[names[-1]] = Work("W3", 1, keys, keys * usual // 16, sequence, records, True)
    return tuple(names)


def unpack(file: Path) -> bytes:
    if shutil.which("zstd") is None:
        raise CannotRun("zstd is not installed")
    return subprocess.run(["zstd", "-dcq", str(file)], capture_output=True, check=True).stdout


def unpacked(file: Path) -> Iterator[bytes]:
    """The records of a file: a row of them, each behind its size in four bytes."""
    data = unpack(file)
    at = 0
    while at < len(data):
        (size,) = struct.unpack_from("<I", data, at)
        yield data[at + 4 : at + 4 + size]
        at += 4 + size


def add_places(parser: argparse.ArgumentParser, rows: str) -> None:
    """The options --out and --build-dir."""
    parser.add_argument(
        "--out",
        type=Path,
        default=SCRATCH / rows,
        help=f"where the rows are written (default: build/bench/{rows})",
    )
    parser.add_argument(
        "--build-dir",
        type=Path,
        default=ROOT / "build/release",
        help="a meson build folder with the option bench (default: build/release)",
    )


def conclude(rows: list[dict[str, Any]], missing: dict[str, str], out: Path) -> int:
    """Says who did not run, and writes the rows. What the program returns."""
    for name, why in missing.items():
        print(f"\n{name} did not run: {why}")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    say(f"{len(rows)} rows in {out}")
    ours = any(name.startswith("brisk") for name in missing)
    return int(ours or bool(missing and os.environ.get("CI") == "true"))


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _raise_weight() -> None:
    """Gives the new session the most weight that this user may give it."""
    with contextlib.suppress(OSError):
        Path("/proc/self/autogroup").write_text("-20")
