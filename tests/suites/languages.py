"""The suites of the languages: they use an installed library, as a user's program does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from suites.builds import BUILD, BuildFailed, Context
from suites.cases import PYTHON, Outcome, plain, pytest, tail
from suites.process import ROOT, execute

SITE = BUILD / "python/site"
RUST = ROOT / "bindings/rust"
GO = ROOT / "bindings/go"
PIP = (PYTHON, "-m", "pip", "install", "--quiet", "--upgrade")
RUFF = "ruff==0.8.0"
PYTHON_TESTS = ROOT / "tests/bindings/python"
PLAYERS = ROOT / "tests/scenarios"
CARGO = {"CARGO_TARGET_DIR": str(BUILD / "rust"), "CARGO_TERM_COLOR": "never"}
Env = Mapping[str, str]


def installed(context: Context) -> dict[str, str]:
    """Installs the library in build/prefix; returns the environment in which it is found."""
    context.say("building build/release")
    said = must("installing", [str(ROOT / ".ci/prefix"), f"--jobs={context.jobs}"], context)
    return dict(re.findall(r"^(\w+_PATH)=(.*)$", said, re.MULTILINE))


def must(
    name: str, command: Sequence[str], context: Context, env: Env | None = None, cwd: Path = ROOT
) -> str:
    """Runs a step that everything after it needs; returns what it said."""
    done = execute(command, context.log, env, cwd)
    if done.code != 0:
        raise BuildFailed(Outcome(name, done.seconds, failed=1, detail=tail(done)))
    return done.output


def counted(
    name: str, command: Sequence[str], context: Context, env: Env, cwd: Path, verdict: str
) -> Outcome:
    """Runs the tests of a language; each match of verdict is a case, its word says how it ended."""
    done = execute(command, context.log, env, cwd)
    words = re.findall(verdict, done.output, re.MULTILINE)
    outcome = Outcome(
        name,
        done.seconds,
        passed=sum(word in ("ok", "PASS") for word in words),
        failed=sum(word in ("FAILED", "FAIL") for word in words),
        skipped=sum(word.startswith(("ignored", "SKIP")) for word in words),
        detail=tail(done),
    )
    if not words or (done.code != 0 and not outcome.failed):
        outcome.failed += 1
    return outcome


def rust(context: Context) -> Iterator[Outcome]:
    env = {**installed(context), **CARGO}
    jobs = f"-j{context.jobs}"
    yield plain("cargo fmt", ["cargo", "fmt", "--all", "--check"], context.log, env, RUST)
    clippy = ["cargo", "clippy", "-q", jobs, "--workspace", "--all-targets", "--", "-D", "warnings"]
    yield plain("cargo clippy", clippy, context.log, env, RUST)
    test = ["cargo", "test", jobs, "--workspace"]
    yield counted("cargo test", test, context, env, RUST, r"^test .* \.\.\. (ok|FAILED|ignored)")


def go(context: Context) -> Iterator[Outcome]:
    env = installed(context)
    formatted = ["sh", "-c", 'files=$(gofmt -l .) && echo "$files" && test -z "$files"']
    yield plain("gofmt", formatted, context.log, env, GO)
    yield plain("go vet", ["go", "vet", "./..."], context.log, env, GO)
    # Without -count=1 an answer of an older library would be given again.
    test = ["go", "test", "-count=1", "-v", f"-p={context.jobs}"]
    verdict = r"^--- (PASS|FAIL|SKIP):"
    yield counted("go test", [*test, "./..."], context, env, GO, verdict)
    yield counted("go test -race", [*test, "-race", "."], context, env, GO, verdict)
    strict = {**env, "GOEXPERIMENT": "cgocheck2"}
    yield counted("cgocheck2", [*test, "-short", "."], context, strict, GO, verdict)


def python(context: Context) -> Iterator[Outcome]:
    env = python_env(context)
    yield pytest("python", [PYTHON_TESTS], context.log, env)
    # Debian has no ruff.
    tools = BUILD / "tools"
    pip = [*PIP, "--target", str(tools), RUFF]
    must("pip install ruff", pip, context, {**env, "PIP_ROOT_USER_ACTION": "ignore"})
    ruff = str(tools / "bin/ruff")
    for name, command in {
        "ruff check": [ruff, "check", "--no-cache", "."],
        "ruff format": [ruff, "format", "--no-cache", "--check", "."],
    }.items():
        yield plain(name, command, context.log, env)


def python_env(context: Context) -> dict[str, str]:
    """Installs the package in build/python/site, as pip does for a user."""
    env = installed(context)
    command = [*PIP, "--no-build-isolation", "--no-deps", "--target", str(SITE)]
    command.append(str(ROOT / "bindings/python"))
    must("pip install bindings/python", command, context, {**env, "PIP_ROOT_USER_ACTION": "ignore"})
    return {**env, "PYTHONPATH": str(SITE)}


def scenarios(context: Context) -> Iterator[Outcome]:
    env = python_env(context)
    folder = BUILD / "scenarios"
    folder.mkdir(parents=True, exist_ok=True)
    flags = execute(["pkg-config", "--cflags", "--libs", "brisk"], context.log, env).output.split()
    sources = sorted(map(str, (PLAYERS / "c").glob("*.c")))
    c = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", *sources, *flags]
    must("the player in C", [*c, "-o", str(folder / "c")], context, env)
    rust = ["cargo", "build", "-q", "--example", "scenario"]
    must("the player in Rust", rust, context, {**env, **CARGO}, RUST)
    build = ["go", "build", "-o", str(folder / "go"), "./internal/scenario"]
    must("the player in Go", build, context, env, GO)
    players = {
        "c": [str(folder / "c")],
        "rust": [str(BUILD / "rust/debug/examples/scenario")],
        "go": [str(folder / "go")],
        "python": [PYTHON, str(PLAYERS / "play_python.py")],
    }
    env = {**env, "BRISK_PLAYERS": json.dumps(players)}
    yield pytest("scenarios", [PLAYERS], context.log, env)


def together(context: Context) -> Iterator[Outcome]:
    env = {**python_env(context), **CARGO}
    yield pytest("together", [ROOT / "tests/bindings/together"], context.log, env)
