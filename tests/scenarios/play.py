"""Turns scenarios into the lines of a player, and lines of answers into what scenarios expect."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOREVER = 2**64 - 1
NANOSECONDS = {"ns": 1, "ms": 10**6, "s": 10**9}
UNITS = {"": 1, "KiB": 2**10, "MiB": 2**20}
LIMIT = 60.0  # seconds that a player may take for a scenario
# The words behind each operation: b bytes, d duration, n number. The last one repeats.
WORDS = {
    **{"find": "b", "put": "bbd", "put_many": "db", "get": "b", "read": "b", "pin": "b"},
    **{"get_many": "b", "read_many": "b", "contains": "b", "touch": "bd", "erase": "b"},
    **{"erase_matching": "b", "advance": "d", "load": "bbd", "load_fails": "bb"},
    **{"load_self": "b", "begin": "nb", "wait": "nd", "complete": "nbd", "fail": "nb"},
    **{"load_absent": "bd", "complete_absent": "nd", "put_cost": "bbdn", "set_cost": "nn"},
    **{"abandon": "n", "drop": "n", "parse_size": "b"},
}
DURATIONS = {"ttl", "idle", "load_timeout", "stale", "stale_if_error"}
DEFAULTS = {
    "put": (0,),
    "load": (0,),
    "complete": (0,),
    "complete_absent": (0,),
    "load_absent": (0,),
    "touch": (0,),
    "wait": (0,),
}


@dataclass(frozen=True)
class Step:
    """One operation: the line that is sent, the figures that count, and the answer to expect."""

    line: str
    expected: Any
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scenario:
    name: str
    doc: str
    steps: tuple[Step, ...]


def read(path: Path) -> Scenario:
    document = yaml.safe_load(path.read_text())
    return Scenario(path.stem, document["doc"], tuple(map(step, document["steps"])))


def step(entry: Mapping[str, Any]) -> Step:
    (name, *arguments), expected = entry["do"], entry["gives"]
    if name == "stats":
        return Step("stats", expected, tuple(arguments))
    if name == "open":
        options = arguments[0] if arguments else {}
        words = [f"{option}={_option(option, value)}" for option, value in options.items()]
        return Step(" ".join([name, *words]), expected)
    shape = WORDS.get(name, "")
    if len(arguments) < len(shape):
        arguments += DEFAULTS.get(name, ())
    shape += shape[-1:] * (len(arguments) - len(shape))
    words = [_word(kind, value) for kind, value in zip(shape, arguments, strict=False)]
    return Step(" ".join([name, *words]), expected)


def _option(name: str, value: Any) -> str:
    if name == "name":
        return hexadecimal(value)
    if name == "capacity":
        number, _, unit = str(value).partition(" ")
        return str(int(number) * UNITS[unit])
    return str(duration(value)) if name in DURATIONS else str(value)


def _word(kind: str, value: Any) -> str:
    return {"b": hexadecimal, "d": lambda d: str(duration(d)), "n": str}[kind](value)


def hexadecimal(value: Any) -> str:
    """Bytes as a word; a number stands for its text."""
    if isinstance(value, Mapping):
        value = str(value["repeat"]) * value["times"]
    return "x" + (value if isinstance(value, bytes) else str(value).encode()).hex()


def duration(value: Any) -> int:
    if value == "forever":
        return FOREVER
    if value == 0:
        return 0
    number, unit = str(value).split()
    return int(number) * NANOSECONDS[unit]


def play(
    command: Sequence[str], scenario: Scenario, env: Mapping[str, str] | None = None
) -> list[str]:
    """The lines that a player answers."""
    text = "".join(f"{step.line}\n" for step in scenario.steps)
    done = subprocess.run(
        command, input=text, env=env, capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {done.stderr}"
    lines = done.stdout.splitlines()
    assert len(lines) == len(scenario.steps), f"{len(lines)} answers: {lines[-3:]} {done.stderr}"
    return lines


def difference(step: Step, line: str) -> str:
    """What is wrong with an answer; empty when nothing is."""
    head, *rest = line.split(" ")
    expected = step.expected
    if step.figures:
        found = dict(re.findall(r"(\w+)=(\d+)", line))
        wrong = {f: found.get(f) for f in step.figures if str(expected.get(f)) != found.get(f)}
        return f"found {wrong}" if wrong else ""
    if isinstance(expected, str):
        return "" if line == expected else "is another answer"
    ((kind, value),) = expected.items()
    if kind == "error":
        status, part = value
        good = head == "error" and rest[0] == status and part in " ".join(rest[1:])
    elif kind == "event":
        good = line == f"event {hexadecimal(value[0])} {value[1]}"
    elif kind in ("values", "keys"):
        words = ["-" if item is None else hexadecimal(item) for item in value]
        good = line.split(" ") == [kind, *words]
    else:
        good = line == f"{kind} {hexadecimal(value) if kind in ('value', 'lead') else value}"
    return "" if good else "is another answer"
