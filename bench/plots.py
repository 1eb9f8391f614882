#!/usr/bin/env python3
"""Draws the pictures of the README from what the last runs of the benchmarks wrote.

  build/bench/traces.json (make bench-traces)  ->  bench/plots/hits.svg: hit ratio over cache size
  build/bench/peers.json (make bench-peers)    ->  bench/plots/times.svg: time of a hit

The same figures give the same bytes. No background, and colours that stand out from white and from
black alike. Brisk is blue everywhere; what it is compared with is told apart by words.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

ROOT = Path(__file__).resolve().parents[1]
BLUE, RED, GREEN, GREY, INK = "#2f81f7", "#d55e00", "#009e73", "#9a9a9a", "#808080"
WIDTH = 8.4  # inches; a README shows some 830 pixels
STYLE = {
    "svg.hashsalt": "brisk",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica", "Arial", "DejaVu Sans"],
    "font.size": 8.5,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "axes.titlelocation": "left",
    "axes.titleweight": "bold",
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "xtick.minor.visible": False,
}
# Drawn in this order, so that brisk's default lies on top. The best policy is a band below all.
LINES: dict[str, tuple[str, dict[str, Any]]] = {
    "best": ("best of ten textbook policies", {"color": GREY, "linewidth": 5, "alpha": 0.45}),
    "lru": ("lru", {"color": GREEN, "linewidth": 1.1}),
    "s3fifo": ("s3fifo", {"color": RED, "linewidth": 1.1}),
    "auto": ("auto, the default", {"color": BLUE, "linewidth": 1.6}),
}
NAMES = {
    "rocksdb-lru": "RocksDB LRU",
    "rocksdb-hyperclock": "RocksDB HyperClock",
    "caffeine": "Caffeine",
}
PANELS = (
    ("W1.1t", "c", "from C"),
    ("W1.2t", "c", "from C, two threads"),
    ("W1.1t", "rust", "from Rust"),
    ("W1.1t", "go", "from Go"),
    ("W1.1t", "python", "from Python"),
)
UNSAID = ("Date", "Creator", "Format", "Type")  # what matplotlib would write into the file
Rows = list[dict[str, Any]]


def hits(rows: Rows) -> plt.Figure:
    """A panel a trace: hit ratio over the size of the cache, one thread."""
    rows = [row for row in rows if row["threads"] == 1]
    traces = sorted({row["trace"] for row in rows})
    columns = min(4, len(traces))
    lines = -(-len(traces) // columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(WIDTH, 0.5 + 1.75 * lines), sharex=True, squeeze=False
    )
    for panel in axes.flat[len(traces) :]:
        panel.set_visible(False)
    drawn: set[str] = set()
    for panel, trace in zip(axes.flat, traces, strict=False):
        for name, (_, style) in LINES.items():
            points = sorted(
                (row["percent"], 100 * value)
                for row in rows
                if row["trace"] == trace
                and row["contestant"] == ("auto" if name == "best" else name)
                and (value := row["best" if name == "best" else "hit"]) is not None
            )
            if points:
                drawn.add(name)
                panel.plot(*zip(*points, strict=True), solid_capstyle="round", **style)
        panel.set_xscale("log")
        panel.set_xlim(0.09, 45)
        panel.set_xticks([0.1, 1, 10], ["0.1", "1", "10 %"])
        panel.minorticks_off()
        panel.set_ylim(bottom=0)
        panel.yaxis.set_major_locator(mpl.ticker.MaxNLocator(4, integer=True))
        panel.set_title(trace)
    height = figure.get_figheight()
    figure.subplots_adjust(
        left=0.045,
        right=0.985,
        bottom=0.45 / height,
        top=1 - 0.62 / height,
        wspace=0.24,
        hspace=0.35,
    )
    figure.text(0.006, 1 - 0.16 / height, "requests that hit, %", va="center")
    figure.text(0.985, 0.08 / height, "size of the cache, of the distinct objects", ha="right")
    left = 0.985
    for name in (name for name in LINES if name in drawn):
        left -= 0.05 + 0.0094 * len(LINES[name][0])
    for name, (label, style) in reversed(LINES.items()):
        if name not in drawn:
            continue
        line = mpl.lines.Line2D([left, left + 0.022], [1 - 0.16 / height] * 2, **style)
        figure.add_artist(line)
        color = INK if name == "best" else style["color"]
        figure.text(left + 0.032, 1 - 0.16 / height, label, color=color, va="center")
        left += 0.05 + 0.0094 * len(label)
    return figure


def times(rows: Rows) -> plt.Figure:
    """A panel a language: the time of a hit, the shortest first."""
    found: list[tuple[str, dict[str, float]]] = []
    for work, language, title in PANELS:
        bars: dict[str, float] = {}
        for row in rows:
            if (row["work"], row["language"]) != (work, language):
                continue
            name = NAMES.get(row["peer"], row["peer"])
            for label, value in (
                ("brisk", row["brisk"]),
                (f"{name} {row['peer_version']}", row["value"]),
            ):
                bars[label] = 1e3 / value if row["unit"] == "Mops/s" else value
        if bars:
            found.append((title, bars))
    lines = [found[i : i + 2] for i in range(0, len(found), 2)]
    most = [max(len(bars) for _, bars in line) for line in lines]
    figure = plt.figure(figsize=(WIDTH, 0.45 + sum(0.19 * count + 0.42 for count in most)))
    height = figure.get_figheight()
    top = height - 0.3
    for line, count in zip(lines, most, strict=True):
        for column, (title, bars) in enumerate(line):
            own = 0.19 * len(bars)
            place = (0.215 + 0.5 * column, (top - 0.25 - own) / height, 0.235, own / height)
            draw_bars(figure.add_axes(place), title, bars)
        top -= 0.19 * count + 0.42
    figure.text(
        0.006, 1 - 0.13 / height, "time of a hit, ns; on two threads, of both together", va="center"
    )
    return figure


def draw_bars(panel: plt.Axes, title: str, bars: dict[str, float]) -> None:
    labels = sorted(bars, key=lambda label: (-bars[label], label))
    widths = [bars[label] for label in labels]
    colors = [BLUE if label == "brisk" else GREY for label in labels]
    drawn = panel.barh(labels, widths, color=colors, height=0.66)
    panel.bar_label(drawn, [f"{width:.0f}" for width in widths], padding=3, color=INK)
    panel.set_title(title, x=-0.9)
    panel.set_ylim(-0.5, len(labels) - 0.5)
    panel.spines[["left", "bottom"]].set_visible(False)
    panel.set_xticks([])
    panel.tick_params(axis="y", length=0)
    for label in panel.get_yticklabels():
        if label.get_text() == "brisk":
            label.set(color=BLUE, fontweight="bold")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--traces", type=Path, default=ROOT / "build/bench/traces.json", help="%(default)s")
    add("--peers", type=Path, default=ROOT / "build/bench/peers.json", help="%(default)s")
    add("--out", type=Path, default=ROOT / "bench/plots", help="a folder (%(default)s)")
    options = parser.parse_args()
    mpl.rcParams.update(STYLE)
    options.out.mkdir(parents=True, exist_ok=True)
    failed = False
    for draw, source, door in (
        (hits, options.traces, "make bench-traces"),
        (times, options.peers, "make bench-peers"),
    ):
        rows = json.loads(source.read_text()) if source.exists() else []
        figure = draw(rows) if rows else None
        if figure is None or not figure.axes:
            print(
                f"{draw.__name__}: nothing in {source} to draw; {door} writes it", file=sys.stderr
            )
            failed = True
            continue
        path = options.out / f"{draw.__name__}.svg"
        figure.savefig(path, transparent=True, metadata=dict.fromkeys(UNSAID))
        print(path)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
