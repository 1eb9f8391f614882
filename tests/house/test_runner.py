"""tests/run.py counts right: what fails, crashes or does not run is never counted as passed."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from tree import ROOT

sys.path.insert(0, str(ROOT / "tests"))

from suites.cases import Outcome, gtest, plain, tail
from suites.cases import pytest as run_pytest
from suites.process import Log, execute

# A stand-in for GoogleTest: writes the report in REPORT, prints TEXT, ends as END says.
PROGRAM = """#!/bin/bash
[ -z "$REPORT" ] || echo "$REPORT" > "${!#//--gtest_output=json:/}"
echo "$TEXT"
eval "$END"
"""


@pytest.fixture
def log(tmp_path: Path) -> Log:
    return Log(tmp_path / "logs/suite.log")


def counts(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.passed, outcome.failed, outcome.skipped


def case(name: str, result: str = "COMPLETED", failure: str = "") -> dict[str, Any]:
    entry: dict[str, Any] = {"name": name, "result": result}
    return {**entry, "failures": [{"failure": failure}]} if failure else entry


def report(*cases: dict[str, Any]) -> str:
    return json.dumps({"testsuites": [{"name": "Suite", "testsuite": cases}]})


@pytest.mark.parametrize(
    ("env", "expected", "told"),
    [
        ({"REPORT": report(case("a"), case("b"))}, (2, 0, 0), ""),
        ({"REPORT": report(case("a"), case("b", "SKIPPED"))}, (1, 0, 1), ""),
        ({"REPORT": report(case("a"), case("b", "SUPPRESSED"))}, (1, 0, 1), ""),
        (
            {"REPORT": report(case("a"), case("b", failure="x.cc:1\nno")), "END": "exit 1"},
            (1, 1, 0),
            "Suite.b\nx.cc:1\nno",
        ),
        ({"REPORT": report(case("a")), "TEXT": "leak", "END": "exit 23"}, (1, 1, 0), "leak"),
        ({"REPORT": report()}, (0, 1, 0), "no tests"),
        ({"REPORT": "{"}, (0, 1, 0), "no tests"),
        ({}, (0, 1, 0), "no tests"),
        (
            {
                "TEXT": "[ RUN      ] A.a\n[       OK ] A.a (0 ms)\n[ RUN      ] A.b",
                "END": "kill -SEGV $$",
            },
            (1, 1, 0),
            "ended in A.b",
        ),
        (
            {
                "TEXT": "[ RUN      ] A.a\n[  FAILED  ] A.a (0 ms)\n[ RUN      ] A.b",
                "END": "kill -ABRT $$",
            },
            (0, 2, 0),
            "SIGABRT",
        ),
    ],
)
def test_gtest(
    tmp_path: Path, log: Log, env: dict[str, str], expected: tuple[int, int, int], told: str
) -> None:
    program = tmp_path / "program"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    outcome = gtest("program", [str(program)], log, env)
    assert counts(outcome) == expected
    assert told in outcome.detail


def test_gtest_does_not_read_an_old_report(tmp_path: Path, log: Log) -> None:
    (tmp_path / "logs/suite").mkdir(parents=True)
    (tmp_path / "logs/suite/true.json").write_text(report(case("a")))
    assert counts(gtest("true", ["true"], log)) == (0, 1, 0)


@pytest.mark.parametrize(
    ("end", "expected"),
    [("exit 0", (1, 0, 0)), ("exit 1", (0, 1, 0)), ("exit 77", (0, 0, 1))],
)
def test_plain(log: Log, end: str, expected: tuple[int, int, int]) -> None:
    assert counts(plain("it", ["bash", "-c", f"echo said; {end}"], log)) == expected
    assert "said" in log.path.read_text()


def test_a_program_that_is_not_there_fails(log: Log) -> None:
    outcome = plain("it", ["./no-such-program"], log)
    assert counts(outcome) == (0, 1, 0)
    assert "no-such-program" in outcome.detail


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def test_a(): pass\ndef test_b(): assert False\n", (1, 1, 0)),
        ("import pytest\ndef test_a(): pytest.skip()\n", (0, 0, 1)),
        ("import no_such_module\n", (0, 1, 0)),
        ("", (0, 1, 0)),
        ("import os\ndef test_a(): pass\ndef test_b(): os._exit(0)\n", (0, 1, 0)),
    ],
)
def test_pytest(tmp_path: Path, log: Log, text: str, expected: tuple[int, int, int]) -> None:
    path = tmp_path / "test_it.py"
    path.write_text(text)
    assert counts(run_pytest("it", [path], log, {})) == expected


def test_what_takes_too_long_is_killed_with_its_children(log: Log) -> None:
    begin = time.monotonic()
    done = execute(["bash", "-c", "sleep 60 & sleep 60; wait"], log, limit=0.2)
    assert done.code is None
    assert "killed" in tail(done)
    assert time.monotonic() - begin < 10
