#!/usr/bin/python3
"""Runs the suites of tests and counts their cases.

Each suite keeps a log in build/test-logs. The last line is `N passed, N failed` over all suites.
A suite whose tools are missing is named; where CI=true that is a failure.

BRISK_TEST_SECONDS (5) bounds tests that run for a time, BRISK_FUZZ_SECONDS (10) each libFuzzer
target, which starts from BRISK_FUZZ_SEED (1).
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from dataclasses import dataclass, field

from suites.builds import BUILD, BuildFailed, Context
from suites.cases import Outcome
from suites.process import Log, stop
from suites.table import SUITES

STRICT = os.environ.get("CI") == "true"


@dataclass
class Total:
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    note: str = ""
    broken: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.passed += outcome.passed
        self.failed += outcome.failed
        self.skipped += outcome.skipped
        if outcome.failed:
            self.broken.append(outcome)

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        counts = f"{self.passed} passed, {self.failed} failed{skipped}"
        return f"{self.note or counts:<40}{self.seconds:8.1f} s"


def say(text: str = "") -> None:
    print(text, flush=True)


def show(outcome: Outcome, lines: int | None = None) -> None:
    total = Total(outcome.passed, outcome.failed, outcome.skipped, outcome.seconds)
    say(f"  {outcome.name:<29} {total}")
    for line in outcome.detail.splitlines()[:lines] if outcome.failed else ():
        say(f"    | {line}")


def run(name: str, jobs: int) -> Total:
    """Runs one suite and shows how it goes."""
    suite = SUITES[name]
    say(f"{name}: {suite.title}")
    begin = time.monotonic()
    total = Total()
    if missing := suite.missing():
        total.note = f"not run: {', '.join(missing)} missing"
        total.failed = int(STRICT)
        say(f"  {total.note}")
        return total
    log = Log(BUILD / "test-logs" / f"{name}.log")
    context = Context(log, jobs, lambda text: say(f"  {text}"))
    try:
        for outcome in suite.run(context):
            total.add(outcome)
            show(outcome)
    except BuildFailed as error:
        total.add(error.outcome)
        show(error.outcome)
    total.seconds = time.monotonic() - begin
    if total.failed:
        say(f"  the whole log: {log.path}")
    return total


def interrupt(*_: object) -> None:
    stop()
    raise KeyboardInterrupt


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="\n".join(["suites:", *(f"  {n:<14}{s.title}" for n, s in SUITES.items())]),
    )
    cores = len(os.sched_getaffinity(0))
    parser.add_argument(
        "--only", action="append", choices=SUITES, metavar="SUITE", help="this suite; repeatable"
    )
    parser.add_argument(
        "--jobs", type=int, default=cores, help="compilers at a time (default: %(default)s)"
    )
    return parser.parse_args()


def main() -> int:
    arguments = parse()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    totals = {}
    try:
        for name in SUITES:
            if name in (arguments.only or SUITES):
                totals[name] = run(name, arguments.jobs)
                say()
    except KeyboardInterrupt:
        return 130
    for name, total in totals.items():
        say(f"{name:<16}{total}")
        # Once more, because the end of a long output is what people see first.
        for outcome in total.broken:
            show(outcome, lines=20)
    failed = sum(total.failed for total in totals.values())
    say(f"{sum(total.passed for total in totals.values())} passed, {failed} failed")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
