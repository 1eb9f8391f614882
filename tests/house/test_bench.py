"""bench/peers judges right: a target is met or missed as it says, and no figure is made up."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from tree import ROOT

sys.path.insert(0, str(ROOT / "bench/peers"))

from contestants import conclude
from figures import HIT, NS, Figure, Results, compare
from traces import Cell, Replays, behind


def judged(capsys: pytest.CaptureFixture[str], ours: float, theirs: float, **asked: Any) -> str:
    """The verdict on brisk's figure beside that of a peer."""
    metric = asked.pop("metric", NS)
    figure = Figure("W1", "", "W1", metric, asked.pop("target", None), ("otter",), **asked)
    results = Results()
    for name, value in (("brisk", ours), ("otter", theirs)):
        results.lines["W1", name, 0] = {"version": "1", metric.field: value}
    (entry,) = compare(figure, results)
    assert entry["ratio"] == round(ours / theirs, 4)
    return capsys.readouterr().out.rpartition(": ")[2].strip()


@pytest.mark.parametrize(
    ("ours", "theirs", "asked", "met"),
    [
        (59, 100, {"target": 0.6}, True),
        (61, 100, {"target": 0.6}, False),
        (59, 100, {"target": {"otter": 0.6}}, True),
        (61, 100, {"target": {"otter": 0.6}}, False),
        (112, 80, {"bound": 112}, True),
        (113, 800, {"bound": 112}, False),
        (0.811, 0.8, {"metric": HIT, "ahead": 0.01}, True),
        (0.809, 0.8, {"metric": HIT, "ahead": 0.01}, False),
        (0.796, 0.8, {"metric": HIT, "ahead": -0.005}, True),
        (0.794, 0.8, {"metric": HIT, "ahead": -0.005}, False),
        (0.86, 0.9, {"metric": HIT, "bound": 0.85}, True),
        (0.84, 0.7, {"metric": HIT, "bound": 0.85}, False),
    ],
)
def test_a_target(
    capsys: pytest.CaptureFixture[str],
    ours: float,
    theirs: float,
    asked: dict[str, Any],
    met: bool,
) -> None:
    verdict = judged(capsys, ours, theirs, **asked)
    assert verdict == "met" if met else verdict.startswith("MISSED")


def test_a_target_for_others_is_not_met_by_chance(capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(capsys, 50, 100, target={"moka": 0.6}) == "no peer ran"


def test_an_average_takes_all_or_nothing() -> None:
    results = Results()
    for work, contestant, hit in (("a", "x", 0.5), ("b", "x", 0.7), ("a", "y", 0.9)):
        line = {"version": "1", "hit": hit, "miss": 1 - hit, "resident": 1.0}
        results.lines[work, contestant, 0] = line
    results.average("mean", ("a", "b"))
    assert results.values("mean", "x", HIT) == {0: pytest.approx(0.6)}
    assert results.values("mean", "y", HIT) == {}


def test_a_replay_is_compared_with_its_own_cell() -> None:
    replays = Replays()
    for capacity, best in ((10, 0.5), (20, None)):
        replays.cells["t", capacity] = Cell("t", 1.0, capacity, {}, best)
        for hit in (0.4, 0.5):
            line = {"capacity": capacity, "threads": 1, "version": "1", "hit": hit, "ns": 9.0}
            replays.add("t", "moka", {**line, "held": capacity})
    assert [behind(row) for row in replays.rows()] == [pytest.approx(5), None]


@pytest.mark.parametrize(
    ("missing", "ci", "code"),
    [("", "true", 0), ("moka", "", 0), ("moka", "true", 1), ("brisk-rust", "", 1)],
)
def test_who_did_not_run_decides_how_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, ci: str, code: int
) -> None:
    monkeypatch.setenv("CI", ci)
    rows = [{"work": "W1"}, {"work": "W2"}]
    out = tmp_path / "new/rows.json"
    assert conclude(rows, {missing: "it is not there"} if missing else {}, out) == code
    assert json.loads(out.read_text()) == rows
