"""Each scenario, played in every language: the answers are what it says, and the same in all.

BRISK_PLAYERS names the players: a JSON object of languages and their commands.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import play
import pytest
import yaml

HERE = Path(__file__).resolve().parent
PLAYERS: dict[str, list[str]] = json.loads(os.environ.get("BRISK_PLAYERS", "{}"))
SCENARIOS = [play.read(path) for path in sorted(HERE.glob("*.yaml"))]
STATISTICS = play.Step("stats", {})


def test_there_are_players_and_scenarios() -> None:
    assert "c" in PLAYERS
    assert len(SCENARIOS) >= 8


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
@pytest.mark.parametrize("language", PLAYERS)
def test_scenario(language: str, scenario: play.Scenario) -> None:
    lines = play.play(PLAYERS[language], scenario)
    wrong = [
        f"step {number}, {step.line[:80]}: {line[:200]}: {why}; expected {step.expected}"
        for number, (step, line) in enumerate(zip(scenario.steps, lines, strict=True), 1)
        if (why := play.difference(step, line))
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_languages_agree(scenario: play.Scenario) -> None:
    """To the letter: messages and figures that the scenario leaves open as well."""
    open_ended = play.Scenario(scenario.name, scenario.doc, (*scenario.steps, STATISTICS))
    answers = {language: play.play(command, open_ended) for language, command in PLAYERS.items()}
    for language, lines in answers.items():
        for step, line, reference in zip(open_ended.steps, lines, answers["c"], strict=True):
            assert line == reference, f"{language}: {step.line[:80]}"


@pytest.mark.parametrize(
    ("step", "line"),
    [
        ("{do: [get, k], gives: miss}", "value x61"),
        ("{do: [get, k], gives: {value: v}}", "value x77"),
        ("{do: [get, k], gives: {value: v}}", "miss"),
        ("{do: [stats, hits], gives: {hits: 2}}", "stats hits=1 misses=2"),
        ("{do: [put, k, v], gives: {error: [BRISK_INVALID, ttl]}}", "error BRISK_CLOSED the ttl"),
        ("{do: [put, k, v], gives: {error: [BRISK_INVALID, ttl]}}", "error BRISK_INVALID the key"),
        ("{do: [keys], gives: {keys: [a, b]}}", "keys x61"),
        ("{do: [event], gives: {event: [a, erased]}}", "event x61 expired"),
        ("{do: [get_many, a, b], gives: {values: [a, null]}}", "values - x61"),
    ],
)
def test_a_wrong_answer_is_found(step: str, line: str) -> None:
    assert play.difference(play.step(yaml.safe_load(step)), line)
