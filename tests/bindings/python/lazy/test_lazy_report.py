"""The report: what is loaded, what waits, what it cost, where it came from, and why it failed."""

from __future__ import annotations

import sys

import brisk.lazy
import pytest
from conftest import Run, Tree

MODULES = {
    "outer.py": (
        "import time\ntime.sleep(0.02)\nimport brisk.lazy\n"
        "inner = brisk.lazy.module('inner')\nvalue = inner.value\n"
        "second = brisk.lazy.module('second')\nsecond.value\n"
    ),
    "second.py": "value = 1\n",
    "inner.py": "import time\ntime.sleep(0.05)\nvalue = bytearray(b'x') * (16 << 20)\n",
    "bad.py": "raise OSError('no licence')\n",
    "waits.py": "",
    "plain.py": "",
}


@pytest.fixture
def report(tree: Tree) -> brisk.lazy.Report:
    tree(MODULES)
    outer = brisk.lazy.module("outer")
    bad = brisk.lazy.module("bad")
    for _ in range(2):
        brisk.lazy.module("waits")
    brisk.lazy.module("waits")
    brisk.lazy.module("plain")
    __import__("plain")
    assert outer.value
    with pytest.raises(OSError, match="no licence"):
        _ = bad.value
    return brisk.lazy.report()


def test_states_and_places(report: brisk.lazy.Report) -> None:
    states = {name: report[name].state for name in ("outer", "inner", "bad", "waits", "plain")}
    assert states == {
        "outer": "loaded",
        "inner": "loaded",
        "bad": "failed",
        "waits": "waiting",
        "plain": "elsewhere",
    }
    assert len(report["waits"].places) == 2
    assert all(place.startswith(f"{__file__}:") for place in report["waits"].places)
    assert report["inner"].places[0].endswith("outer.py:4")
    assert report["bad"].reason == "OSError: no licence"
    assert "waits" not in sys.modules
    with pytest.raises(KeyError, match="no lazy module 'no.such' was declared"):
        report["no.such"]


def test_costs(report: brisk.lazy.Report) -> None:
    outer, inner = report["outer"], report["inner"]
    assert inner.milliseconds is not None
    assert outer.milliseconds is not None
    assert outer.own is not None
    assert 50 <= inner.milliseconds < outer.milliseconds - 20
    second = report["second"].milliseconds
    assert second is not None
    assert outer.own == pytest.approx(outer.milliseconds - inner.milliseconds - second)
    assert [report[name].within for name in ("inner", "second", "outer")] == ["outer", "outer", ""]
    assert (inner.modules, outer.modules) == (1, 3)
    assert inner.bytes is not None
    assert 15 << 20 < inner.bytes < 40 << 20
    assert report["waits"].milliseconds is None
    assert report.milliseconds >= outer.milliseconds


def test_text(report: brisk.lazy.Report) -> None:
    text = str(report)
    inner = next(line for line in text.splitlines() if line.lstrip().startswith("inner "))
    assert inner.split()[1] == "loaded"
    assert " ms " in inner
    assert inner.endswith("outer.py:4")
    assert "  within the import of outer" in text
    assert "  OSError: no licence" in text
    assert "brisk.lazy." not in text
    assert len(text.splitlines()) >= 1 + len(report)


def test_it_is_a_sequence_with_the_dearest_first(report: brisk.lazy.Report) -> None:
    costs = [row.own or 0.0 for row in report]
    assert costs == sorted(costs, reverse=True)
    assert report[0] == next(iter(report))
    assert report[:2] == [report[0], report[1]]


def test_a_failure_that_was_mended_is_none(tree: Tree) -> None:
    path = tree({"mend.py": "raise OSError('once')\n"})
    lazy = brisk.lazy.module("mend")
    with pytest.raises(OSError, match="once"):
        _ = lazy.value
    (path / "mend.py").write_text("value = 1\n")
    assert lazy.value == 1
    assert (brisk.lazy.report()["mend"].state, brisk.lazy.report()["mend"].reason) == ("loaded", "")


def test_names_and_tools_are_in_it(tree: Tree, run: Run) -> None:
    tree(
        {
            "pkg/__init__.py": (
                "import brisk.lazy\nbrisk.lazy.attach(__name__, {'a': ['x', 'y'], 'b': ['z']})\n"
            ),
            "pkg/a.py": "x = y = 1\n",
            "pkg/b.py": "",
            "show.py": (
                "import brisk.lazy, pkg\nbrisk.lazy.Registry().add('t', 'pkg.tool:main')\n"
                "pkg.x\n"
                "for row in brisk.lazy.report(): print(row.name, row.state, len(row.places))\n"
            ),
        }
    )
    assert run("show.py") == "pkg.a loaded 1\npkg.b waiting 1\npkg.tool waiting 1\n"
    said = run("-c", "import brisk.lazy; print(brisk.lazy.report())")
    assert said == "0 lazy modules: none\n"
