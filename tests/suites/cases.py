"""Cases: runs a program of tests and counts what passed, failed and was skipped.

GoogleTest and pytest report each case in a file; any other program is one case. A program that
ends badly without a failed case (a crash, a sanitizer, a leak at exit) is one failed case more,
and so is one that ran no case at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from suites.process import LIMIT, ROOT, Done, Log, execute

PYTHON = "/usr/bin/python3"  # the one that Debian's modules belong to
TAIL = 60  # lines
LONGEST = 200
SKIPPED = 77  # the exit status of a plain program that has nothing to test here


@dataclass
class Outcome:
    """What one program of tests had to say."""

    name: str
    seconds: float
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    detail: str = ""  # shown when something failed


def plain(
    name: str,
    command: Sequence[str],
    log: Log,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = ROOT,
    limit: float = LIMIT,
) -> Outcome:
    """A program that is one case."""
    done = execute(command, log, env, cwd, limit)
    if done.code == SKIPPED:
        return Outcome(name, done.seconds, skipped=1)
    failed = int(done.code != 0)
    return Outcome(name, done.seconds, 1 - failed, failed, detail=tail(done))


def gtest(
    name: str,
    command: Sequence[str],
    log: Log,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = ROOT,
    limit: float = LIMIT,
) -> Outcome:
    report = _report(log, f"{name}.json")
    done = execute([*command, f"--gtest_output=json:{report}"], log, env, cwd, limit)
    outcome = Outcome(name, done.seconds)
    details = []
    try:
        suites = json.loads(report.read_text())["testsuites"]
    except (OSError, ValueError):
        # It never came to write the report: what it printed until then has to do.
        outcome.passed = len(re.findall(r"^\[ +OK \]", done.output, re.MULTILINE))
        outcome.failed = len(
            set(re.findall(r"^\[  FAILED  \] (\S+) \(", done.output, re.MULTILINE))
        )
        running = re.findall(r"^\[ RUN +\] (\S+)", done.output, re.MULTILINE)[-1:]
        details = [f"ended in {test}" for test in running]
    else:
        for suite in suites:
            for case in suite["testsuite"]:
                # A test may record a property of that name, which then is a text.
                listed = case.get("failures", [])
                failures = [item["failure"] for item in listed if isinstance(item, dict)]
                outcome.failed += bool(failures)
                outcome.passed += not failures and case["result"] == "COMPLETED"
                outcome.skipped += not failures and case["result"] != "COMPLETED"
                details += [f"{suite['name']}.{case['name']}\n{text}" for text in failures]
    return _check(outcome, done, details, crashed=not report.exists())


def pytest(name: str, paths: Sequence[Path], log: Log, env: Mapping[str, str]) -> Outcome:
    report = _report(log, f"{name}.xml")
    command = [PYTHON, "-m", "pytest", "-q", "--tb=short", "-rs", "-p", "no:cacheprovider"]
    command += [f"--rootdir={ROOT}", f"--junitxml={report}", *map(str, paths)]
    quiet = {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = execute(command, log, env={**env, **quiet})
    outcome = Outcome(name, done.seconds)
    try:
        suites = list(ElementTree.parse(report).iter("testsuite"))
    except (OSError, ElementTree.ParseError):
        suites = []
    for suite in suites:
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        outcome.failed += failed
        outcome.skipped += skipped
        outcome.passed += int(suite.get("tests", 0)) - failed - skipped
    return _check(outcome, done, [], crashed=not suites)


def tail(done: Done) -> str:
    return "\n".join([*done.output.rstrip().splitlines()[-TAIL:], done.how])


def _check(outcome: Outcome, done: Done, details: list[str], crashed: bool) -> Outcome:
    ran = outcome.passed + outcome.failed + outcome.skipped
    if crashed or not ran or (done.code != 0 and not outcome.failed):
        outcome.failed += 1
        details.append(tail(done) if ran or done.code else "it has no tests")
    lines = ("\n".join(details) or tail(done)).splitlines()
    outcome.detail = "\n".join(lines[:LONGEST])
    return outcome


def _report(log: Log, name: str) -> Path:
    """Where a report is to be written; an older one is gone."""
    path = log.path.with_suffix("") / name.replace("/", "-")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    return path
