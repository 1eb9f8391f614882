"""What is compared, and how a comparison is written down.

Machines drift, so a ratio is taken inside a round, and the median of those ratios counts.
"""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import Any

from contestants import CONTESTANTS, Contestant

BY_NAME = {contestant.name: contestant for contestant in CONTESTANTS}


@dataclass(frozen=True)
class Metric:
    field: str  # in the line of a contestant
    unit: str
    better: str


NS = Metric("ns", "ns", "lower")
MOPS = Metric("mops", "Mops/s", "higher")
HIT = Metric("hit", "hit ratio", "higher")
MISS = Metric("miss", "miss ratio", "lower")
OF_BUDGET = Metric("resident", "resident bytes of the budget", "lower")
RESIDENT = Metric("bytes", "resident bytes", "lower")
ADDED = Metric("added_us", "us", "lower")


@dataclass(frozen=True)
class Figure:
    """One figure that is compared: brisk in one work against others in the same or another one."""

    name: str
    title: str
    work: str
    metric: Metric
    target: float | dict[str, float] | None  # bound on the ratio brisk / peer, or one for each
    peers: tuple[str, ...]
    brisk: str = "brisk"
    against: str = ""  # the work of the peers, where it is another one
    bound: float | None = None  # on brisk's own figure
    ahead: float | None = None  # brisk has at least so much more than the peer

    @property
    def language(self) -> str:
        return BY_NAME[self.brisk].language

    @property
    def area(self) -> str:
        return {"W": "cache", "T": "workers", "s": "load", "l": "lazy"}[self.name[0]]

    @property
    def group(self) -> str:
        """What --work selects it by."""
        return self.name.partition(".")[0].partition("-")[0]

    @property
    def asked(self) -> str:
        """The target in words, empty where there is none."""
        words = "at most" if self.metric.better == "lower" else "at least"
        if self.bound is not None:
            return f"{words} {self.bound:g}"
        if self.ahead is not None:
            return f"{words} that of each {self.ahead:+g}"
        if isinstance(self.target, dict):
            ratios = ", ".join(f"{ratio:.2f} of {peer}" for peer, ratio in self.target.items())
            return f"{words} {ratios}"
        return "" if self.target is None else f"{words} {self.target:.2f} of each"

    def ratio_asked(self, peer: str, value: float) -> float | None:
        """The target as a bound on the ratio to a peer that has this value."""
        if self.bound is not None:
            return self.bound / value
        if self.ahead is not None:
            return (value + self.ahead) / value
        return self.target.get(peer) if isinstance(self.target, dict) else self.target


def of_sharpest(ratio: float) -> dict[str, float]:
    return dict.fromkeys(SHARPEST, ratio)


SHARPEST = ("rocksdb-hyperclock", "quick_cache")
C_PEERS = ("rocksdb-lru", *SHARPEST)
ALL_PEERS = (*C_PEERS, "caffeine")
BYTE_PEERS = (*C_PEERS, "rocksdb-zstd")
RAW_PEERS = (*C_PEERS, "quick_cache-boxed")
THROUGH = "read-through of records of about a KiB in 64 MiB"
RAW = f"{THROUGH}, uncompressed"
NOISE = "the same, of records that do not shrink"
SINGLE = "all hits, one thread, a get"
BATCH = "a key of a batch of 100, against single gets"
MIX = "75 % get, 25 % set"
MIXED = f"{MIX}, one thread, an operation"
FIGURES = (
    Figure("W1.1t", SINGLE, "W1.1t", NS, of_sharpest(0.6), ALL_PEERS),
    Figure(
        "W1.2t",
        "all hits, two threads",
        "W1.2t",
        MOPS,
        {**of_sharpest(2.5), "caffeine": 1.7},
        ALL_PEERS,
    ),
    Figure("W1-batch.1t", BATCH, "W1-batch.1t", NS, 0.3, SHARPEST, against="W1.1t"),
    Figure("W1-batch.2t", BATCH, "W1-batch.2t", MOPS, None, SHARPEST, against="W1.2t"),
    Figure("W2.1t", MIXED, "W2.1t", NS, {"quick_cache": 0.65}, ALL_PEERS),
    Figure("W2.2t", f"{MIX}, two threads", "W2.2t", MOPS, {"rocksdb-hyperclock": 1.5}, ALL_PEERS),
    Figure("W2.hit", f"{MIX}, gets that hit", "W2.1t", HIT, None, ALL_PEERS, ahead=0.01),
    Figure("W3.1t", f"{THROUGH}, an operation", "W3.1t", NS, {"rocksdb-zstd": 0.45}, BYTE_PEERS),
    Figure("W3.hit", f"{THROUGH}, reads that hit", "W3.1t", HIT, None, BYTE_PEERS, bound=0.85),
    Figure("W3.miss", f"{THROUGH}, reads that miss", "W3.1t", MISS, 0.7, C_PEERS),
    Figure("W3.bytes", THROUGH, "W3.1t", OF_BUDGET, None, BYTE_PEERS, bound=1.12),
    Figure("W3-raw.1t", RAW, "W3.1t", NS, {"quick_cache": 0.8}, C_PEERS, "brisk-raw"),
    Figure("W3-raw.hit", RAW, "W3.1t", HIT, None, RAW_PEERS, "brisk-raw", ahead=0.005),
    Figure("W3-raw.bytes", RAW, "W3.1t", OF_BUDGET, None, RAW_PEERS, "brisk-raw"),
    Figure("W3-noise.1t", NOISE, "W3-noise.1t", NS, 1.05, ("brisk-raw",)),
    Figure("W3-noise.hit", NOISE, "W3-noise.1t", HIT, None, ("brisk-raw",), ahead=-0.005),
    Figure(
        "W4.bytes",
        "a million entries of 80 bytes, an entry",
        "W4",
        RESIDENT,
        None,
        RAW_PEERS,
        bound=112,
    ),
    *(
        figure
        for ours, asked, of_batch, in_c in (
            ("brisk-rust", {"quick_cache": 0.6, "moka": 0.6}, 0.3, 1.1),
            ("brisk-go", {"otter": 0.7, "golang-lru": 0.7}, 0.3, None),
            ("brisk-python", {"cachebox": 0.8, "lru_cache": 0.8, "dict": 1.15}, 0.4, None),
        )
        for peers in [(*asked, "cachetools") if ours == "brisk-python" else tuple(asked)]
        for in_batches in [{p: of_batch for p in asked if p != "dict"} | {ours: 0.5}]
        for figure in (
            Figure("W1.1t", SINGLE, "W1.1t", NS, asked, peers, ours),
            Figure("W1.crossing", "the same, in C", "W1.1t", NS, in_c, ("brisk",), ours),
            Figure(
                "W1-batch.1t", BATCH, "W1-batch.1t", NS, in_batches, (*peers, ours), ours, "W1.1t"
            ),
            Figure("W2.1t", MIXED, "W2.1t", NS, 1.0, peers, ours),
        )
    ),
    *(
        Figure(name, f"{title}, two threads", name, NS, target, peers, "brisk-workers")
        for name, title, target, peers in (
            ("T1", "a task that does nothing", 0.8, ("oneTBB", "mutex-queue")),
            ("T2", "one of 10,000 tasks of a microsecond", 0.85, ("oneTBB", "mutex-queue")),
            ("T3", "an item of a batch that does nothing", 1.0, ("oneTBB", "mutex-queue")),
            ("T4", "a task there and back", 0.6, ("mutex-queue",)),
            ("T5", "a race of three that do nothing", 0.4, ("goroutines",)),
            ("T6", "what a wait of a millisecond takes longer", 1.0, ("mutex-queue",)),
        )
    ),
    *(
        Figure(name, title, name, NS, 0.15, ("ThreadPoolExecutor",), "brisk-workers-python")
        for name, title in (
            ("T1", "a callable that does nothing, submitted, two threads"),
            ("T3", "one of many callables that do nothing, mapped, two threads"),
        )
    ),
)


VALUES = "W3-values"  # the mean over all sets of values, each of which is a work of its own


def figures_of_sets(works: tuple[str, ...]) -> list[Figure]:
    """What compression wins on each set of values, and on average; none without sets."""
    title = "read-through of one kind of values"
    raw = ("rocksdb-lru", "quick_cache-boxed")
    peers = (*raw, "rocksdb-zstd")
    hit = [Figure(f"{work}.hit", title, work, HIT, None, peers) for work in works]
    held = [Figure(f"{work}.bytes", title, work, OF_BUDGET, None, peers) for work in works]
    mean = Figure(f"{VALUES}.hit", "the mean of these", VALUES, HIT, None, raw, ahead=0.08)
    return [*hit, *held, *([mean] if works else [])]


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

    def average(self, name: str, works: tuple[str, ...]) -> None:
        """Adds the mean of several works as one, for those who did all of them."""
        for contestant, turn in {key[1:] for key in self.lines if key[0] in works}:
            lines = [self.lines.get((work, contestant, turn)) for work in works]
            if all(lines):
                made = {"version": self.version(contestant)}
                for what in ("hit", "miss", "resident"):
                    made[what] = statistics.mean(line[what] for line in lines if line)
                self.lines[name, contestant, turn] = made

    def version(self, contestant: str) -> str:
        versions = (line["version"] for key, line in self.lines.items() if key[1] == contestant)
        return str(next(versions, ""))


def needed(figures: list[Figure]) -> dict[str, list[Contestant]]:
    """The works that these figures need, and who has to do each."""
    works: dict[str, set[str]] = {}
    for figure in figures:
        if figure.work == VALUES:
            continue
        works.setdefault(figure.work, set()).add(figure.brisk)
        works.setdefault(figure.against or figure.work, set()).update(figure.peers)
    return {name: [c for c in CONTESTANTS if c.name in names] for name, names in works.items()}


def row(
    figure: Figure,
    peer: str,
    version: str,
    brisk: dict[int, float],
    values: dict[int, float],
) -> dict[str, Any]:
    value = statistics.median(values.values())
    target = figure.ratio_asked(peer, value)
    ratios = [brisk[turn] / values[turn] for turn in brisk.keys() & values.keys()]
    return {
        "area": figure.area,
        "work": figure.name,
        "language": figure.language,
        "unit": figure.metric.unit,
        "better": figure.metric.better,
        "brisk": round(statistics.median(brisk.values()), 4),
        "peer": peer,
        "peer_version": version,
        "value": round(value, 4),
        "ratio": round(statistics.median(ratios), 4),
        "target": target and round(target, 4),
    }


def met(entry: dict[str, Any]) -> bool:
    if entry["target"] is None:
        return True
    lower = entry["better"] == "lower"
    return bool(entry["ratio"] <= entry["target"] if lower else entry["ratio"] >= entry["target"])


def spread(values: dict[int, float]) -> str:
    low, high = (f"{number:.4g}" for number in (min(values.values()), max(values.values())))
    return f"{statistics.median(values.values()):>10.4g}   {low} - {high}"


def line_of(label: str, values: dict[int, float], entry: dict[str, Any] | None = None) -> str:
    ratio = f"brisk / peer {entry['ratio']:.3f}" if entry else ""
    return f"  {label:<30}{spread(values):<34}{ratio}".rstrip()


def compare(figure: Figure, results: Results) -> list[dict[str, Any]]:
    """Prints one table and returns its rows."""
    metric = figure.metric
    brisk = results.values(figure.work, figure.brisk, metric)
    if not brisk:
        return []
    better = f"{metric.unit} ({metric.better} is better)"
    print(f"\n{figure.name}  {figure.language}: {figure.title}, {better}")
    print(line_of(f"{figure.brisk} {results.version(figure.brisk)}", brisk))
    rows = []
    for peer in figure.peers:
        values = results.values(figure.against or figure.work, peer, metric)
        if not brisk.keys() & values.keys():
            continue
        version = results.version(peer)
        rows.append(row(figure, peer, version, brisk, values))
        print(line_of(f"{peer} {version}", values, rows[-1]))
    if not figure.asked:
        return rows
    judged = any(entry["target"] is not None for entry in rows)
    missed = [f"{entry['peer']} ({entry['ratio']:.3f})" for entry in rows if not met(entry)]
    verdict = (
        "MISSED against " + ", ".join(missed) if missed else "met" if judged else "no peer ran"
    )
    print(f"  target: {figure.asked}: {verdict}")
    return rows
