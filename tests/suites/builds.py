"""Build folders: configured and made by .ci/build, and what meson knows of them."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from suites.cases import Outcome, gtest, plain, tail
from suites.process import ROOT, Log, execute

BUILD = ROOT / "build"
TOGETHER = 2  # tests at a time
LEAST_TIMEOUT = 300  # seconds; meson's default of 30 is for machines with nothing else to do
SECONDS = {"BRISK_TEST_SECONDS": os.environ.get("BRISK_TEST_SECONDS", "5")}


class BuildFailed(Exception):
    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.name)
        self.outcome = outcome


@dataclass
class Context:
    """What a suite is run with."""

    log: Log
    jobs: int  # compilers at a time
    say: Callable[[str], None]

    def pool(self) -> ThreadPoolExecutor:
        """Runs tests. Many have threads of their own, and some look at the time."""
        return ThreadPoolExecutor(min(self.jobs, TOGETHER))


@dataclass(frozen=True)
class Build:
    """A build folder, configured by .ci/build."""

    name: str
    options: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    launcher: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        return BUILD / self.name

    def make(self, context: Context, *targets: str) -> float:
        """Builds these targets, or everything; returns the seconds that it took."""
        command = [str(ROOT / ".ci/build"), self.name, *self.options]
        done = execute([*command, f"--jobs={context.jobs}", *targets], context.log)
        if done.code != 0:
            name = f"building build/{self.name}"
            raise BuildFailed(Outcome(name, done.seconds, failed=1, detail=tail(done)))
        return done.seconds

    def know(self, what: str) -> list[dict[str, Any]]:
        """What meson knows: tests or targets."""
        entries: list[dict[str, Any]]
        entries = json.loads((self.folder / f"meson-info/intro-{what}.json").read_text())
        return entries

    def files(self, wanted: Callable[[dict[str, Any]], bool]) -> list[str]:
        """The files of these targets, by names that ninja knows."""
        return [
            os.path.relpath(name, self.folder)
            for target in self.know("targets")
            if wanted(target)
            for name in target["filename"]
        ]

    def check(self, context: Context, wanted: Callable[[Path], bool]) -> Iterator[Outcome]:
        """Has the compiler read these sources and tell what it has to say, without a result."""
        context.say(f"reading what build/{self.name} would compile")

        def one(entry: dict[str, str]) -> Outcome:
            name, command = entry["file"], shlex.split(entry["command"])
            # The options about files that would be written, each with its name.
            for option in ("-o", "-MF", "-MQ"):
                at = command.index(option)
                del command[at : at + 2]
            command.remove("-MD")
            command.append("-fsyntax-only")
            return plain(name, command, context.log, cwd=entry["directory"])

        entries = json.loads((self.folder / "compile_commands.json").read_text())
        sources = [entry for entry in entries if wanted((self.folder / entry["file"]).resolve())]
        with ThreadPoolExecutor(context.jobs) as pool:
            outcomes = list(pool.map(one, sources))
        seconds = sum(outcome.seconds for outcome in outcomes)
        failed = [outcome for outcome in outcomes if outcome.failed]
        yield from failed
        yield Outcome(f"{len(sources)} other sources", seconds, passed=int(not failed))

    def tests(self, wanted: Callable[[set[str]], bool]) -> list[dict[str, Any]]:
        """The tests whose suites are wanted."""
        tests = [
            test
            for test in self.know("tests")
            if wanted({suite.partition(":")[2] for suite in test["suite"]})
        ]
        if not tests:
            none = "meson.build declares none"
            raise BuildFailed(Outcome(f"tests of build/{self.name}", 0.0, failed=1, detail=none))
        return tests

    def make_tests(
        self, context: Context, wanted: Callable[[set[str]], bool]
    ) -> list[dict[str, Any]]:
        """The same, with what they need built, and nothing else."""
        context.say(f"building build/{self.name}")
        self.make(context, "build.ninja")
        tests = self.tests(wanted)
        needed = {target for test in tests for target in test["depends"]}
        self.make(context, *self.files(lambda target: target["id"] in needed))
        return tests

    def run(self, context: Context, tests: Sequence[dict[str, Any]]) -> Iterator[Outcome]:
        """Runs tests; those that want to be alone last."""

        def one(test: dict[str, Any]) -> Outcome:
            count = gtest if test["protocol"] == "gtest" else plain
            return count(
                test["name"],
                [*self.launcher, *test["cmd"]],
                context.log,
                env={**SECONDS, **self.env, **test["env"]},
                cwd=test["workdir"] or self.folder,
                limit=max(LEAST_TIMEOUT, test["timeout"] or 0),
            )

        with context.pool() as pool:
            together = [pool.submit(one, test) for test in tests if test["is_parallel"]]
            yield from (future.result() for future in as_completed(together))
        yield from (one(test) for test in tests if not test["is_parallel"])


RELEASE = Build("release", ("-Dtests=true",))
