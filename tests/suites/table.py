"""The suites, in the order in which they run.

The programs of the library's tests are found in what meson knows of a build folder: test() in
tests/**/meson.build. Its suite decides where a program runs: `abi` and `fuzz` in the suites of
that name (fuzz: libFuzzer targets, run by `clang`), everything else in `unit-release`, `asan`
and `tsan`. Those of `faults` and `stress` run in build/faults as well, without a sanitizer.
Protocol, arguments, environment, working folder, timeout and is_parallel count as meson has them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import as_completed
from dataclasses import dataclass
from typing import Any

from suites import languages
from suites.builds import LEAST_TIMEOUT, RELEASE, Build, Context
from suites.cases import PYTHON, Outcome, plain, pytest
from suites.process import ROOT, Log

BINARY = ROOT / "tests/abi/test_binary.py"  # needs the library; the other files beside it do not
FUZZ_SECONDS = os.environ.get("BRISK_FUZZ_SECONDS", "10")
FUZZ_SEED = os.environ.get("BRISK_FUZZ_SEED", "1")
ASAN = {
    "ASAN_OPTIONS": "detect_stack_use_after_return=1:allocator_may_return_null=1",
    "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
}
TSAN = {"TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1"}


@dataclass(frozen=True)
class Suite:
    title: str
    run: Callable[[Context], Iterator[Outcome]]
    needs: tuple[str, ...] = ()  # programs, and modules of Python as python3:NAME

    def missing(self) -> list[str]:
        return [need for need in self.needs if not _is_there(need)]


def unit(
    build: Build, only: frozenset[str] | None = None
) -> Callable[[Context], Iterator[Outcome]]:
    def wanted(suites: set[str]) -> bool:
        return bool(suites & only) if only else not suites & {"abi", "fuzz"}

    def run(context: Context) -> Iterator[Outcome]:
        tests = build.make_tests(context, wanted)
        yield from build.run(context, tests)

    return run


def tsan(context: Context) -> Iterator[Outcome]:
    # The thread sanitizer of older compilers does not start with all the randomness that newer
    # kernels give to addresses.
    fixed = ("setarch", "-R")
    works = shutil.which(fixed[0]) and not subprocess.run([*fixed, "true"], check=False).returncode
    yield from unit(Build("tsan", (), TSAN, fixed if works else ()))(context)


def gen(context: Context) -> Iterator[Outcome]:
    check = [PYTHON, str(ROOT / "bindings/abi/gen.py"), "--check"]
    yield plain("gen --check", check, context.log, env={"PYTHONDONTWRITEBYTECODE": "1"})
    paths = set((ROOT / "tests/abi").glob("test_*.py")) - {BINARY}
    yield pytest("interface", sorted(paths), context.log, {})


def house(context: Context) -> Iterator[Outcome]:
    yield pytest("house", [ROOT / "tests/house"], context.log, {})


def abi(context: Context) -> Iterator[Outcome]:
    tests = RELEASE.make_tests(context, lambda suites: "abi" in suites)
    RELEASE.make(context, *RELEASE.files(lambda target: target["name"] == "brisk"))
    yield from RELEASE.run(context, tests)
    env = {"BRISK_BUILD": str(RELEASE.folder)}
    yield pytest("binary", [BINARY], context.log, env)


def install(context: Context) -> Iterator[Outcome]:
    context.say("building build/release")
    RELEASE.make(context, "build.ninja")
    RELEASE.make(context, *RELEASE.files(lambda target: target["installed"]))
    env = {"BRISK_BUILD": str(RELEASE.folder)}
    yield pytest("install", [ROOT / "tests/install"], context.log, env)


def clang(context: Context) -> Iterator[Outcome]:
    build = Build("clang", (), ASAN)
    tests = build.make_tests(context, lambda suites: "fuzz" in suites)
    yield from build.check(context, lambda source: not source.is_relative_to(ROOT / "lib"))
    with context.pool() as pool:
        targets = [pool.submit(fuzz, build, test, context.log) for test in tests]
        yield from (future.result() for future in as_completed(targets))


def fuzz(build: Build, test: dict[str, Any], log: Log) -> Outcome:
    """Runs a libFuzzer target from its seeds; what it finds stays in build/clang/fuzz."""
    name = test["name"]
    found = build.folder / "fuzz" / name
    shutil.rmtree(found, ignore_errors=True)
    (found / "corpus").mkdir(parents=True)
    seeds = ROOT / "tests/fuzz/corpus" / name
    command = [*test["cmd"], f"-max_total_time={FUZZ_SECONDS}", f"-seed={FUZZ_SEED}"]
    command += ["-timeout=25", "-print_final_stats=1", f"-artifact_prefix={found}/"]
    command += [str(found / "corpus"), *([str(seeds)] if seeds.is_dir() else [])]
    env = {**build.env, **test["env"]}
    limit = float(FUZZ_SECONDS) + LEAST_TIMEOUT
    return plain(f"{name} (seed {FUZZ_SEED})", command, log, env=env, limit=limit)


def _is_there(need: str) -> bool:
    program, _, module = need.partition(":")
    if not module:
        return shutil.which(program) is not None
    command = [PYTHON, "-c", f"import {module}"]
    return not subprocess.run(command, capture_output=True, check=False).returncode


BUILDING = ("meson", "ninja", "pkg-config", "g++")
PYTEST = "python3:pytest"
SUITES = {
    "gen": Suite(
        "the generated files are in step with the specification",
        gen,
        (PYTEST, "python3:yaml", "python3:jinja2", "python3:jsonschema"),
    ),
    "house": Suite("the tree keeps its own rules", house, (PYTEST,)),
    "unit-release": Suite("the library as users run it", unit(RELEASE), BUILDING),
    "unit-faults": Suite(
        "faults and pauses, without a sanitizer",
        unit(Build("faults"), frozenset({"faults", "stress"})),
        BUILDING,
    ),
    "asan": Suite("address and undefined sanitizers", unit(Build("asan", (), ASAN)), BUILDING),
    "tsan": Suite("thread sanitizer", tsan, BUILDING),
    "clang": Suite("the second compiler, and libFuzzer", clang, (*BUILDING, "clang++-19")),
    "abi": Suite(
        "the binary interface of the library",
        abi,
        (*BUILDING, PYTEST, "nm", "readelf", "abidw", "abidiff"),
    ),
    "install": Suite("what an installed brisk gives", install, (*BUILDING, PYTEST)),
    "rust": Suite("the crates", languages.rust, (*BUILDING, "cargo", "cargo-clippy", "rustfmt")),
    "go": Suite("the Go module", languages.go, (*BUILDING, "go", "gofmt")),
    "python": Suite("the Python package", languages.python, (*BUILDING, PYTEST, "python3:pip")),
    "scenarios": Suite(
        "the same in every language",
        languages.scenarios,
        (*BUILDING, PYTEST, "python3:yaml", "python3:pip", "cargo", "go"),
    ),
    "together": Suite(
        "one object, several languages in a process",
        languages.together,
        (*BUILDING, PYTEST, "python3:pip", "cargo", "go"),
    ),
}
