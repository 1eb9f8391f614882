#!/usr/bin/env python3
"""Compares brisk.lazy with a plain import, with lazy_loader and with importlib's LazyLoader.

Each measurement is a fresh interpreter: it imports the front of a package, or reads an attribute of
a module that was loaded lazily before. It runs in a virtual environment with nothing else, because
the .pth files of a system's Python may import what a contestant would pay for (matplotlib's loads
importlib.util into every interpreter). No garbage is collected while an import is timed, as in
timeit: whether that falls there depends on what the interpreter allocated before. In a round all
take their turns. Prints a row of JSON for each comparison, and tables on standard error.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from contestants import HERE, PYTHON, ROOT, SCRATCH, CannotRun, Programs, measure, run, say
from figures import Figure, Metric, line_of, met, row

STARTS = 15  # interpreters for one figure of a round
HEAVY_LIMIT = 2.0  # milliseconds that a package in front of the heavy four may take to import
US = Metric("us", "us", "lower")
MS = Metric("ms", "ms", "lower")
NS = Metric("ns", "ns", "lower")

# What the submodules of the packages import, and the names that they give.
SUBMODULES = {
    "arrays": "import numpy\ndef norm(x): return numpy.linalg.norm(x)\n",
    "tables": "import pandas\ndef frame(x): return pandas.DataFrame(x)\n",
    "curves": "import scipy.stats\ndef fit(x): return scipy.stats.norm.fit(x)\n",
    "models": "import sklearn.linear_model\ndef ridge(): return sklearn.linear_model.Ridge()\n",
}
NAMES = {"arrays": ["norm"], "tables": ["frame"], "curves": ["fit"], "models": ["ridge"]}
HEAVY = ("numpy", "pandas", "scipy", "sklearn")
ONE = {"one": ["value"]}
STANDARD = """
import importlib.util, sys
def load(name):
    spec = importlib.util.find_spec(name)
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
"""


def loads(prelude: str, load: str, names: Sequence[str]) -> str:
    return prelude + "".join(f"{name} = {load}({name!r})\n" for name in names)


def attaches(prelude: str, attach: str, names: dict[str, list[str]]) -> str:
    return f"{prelude}\n__getattr__, __dir__, __all__ = {attach}(__name__, {names!r})\n"


def imports(names: dict[str, list[str]]) -> str:
    return "".join(f"from .{module} import {', '.join(names[module])}\n" for module in names)


BRISK = "import brisk.lazy\n"
LOADER = "import lazy_loader\n"
# The __init__.py of each package, by its name.
PACKAGES = {
    "front_brisk": attaches(BRISK, "brisk.lazy.attach", NAMES),
    "front_lazy_loader": attaches(LOADER, "lazy_loader.attach", NAMES).replace(", {", ", None, {"),
    "front_plain": imports(NAMES),
    "load_brisk": loads(BRISK, "brisk.lazy.module", HEAVY),
    "load_lazy_loader": loads(LOADER, "lazy_loader.load", HEAVY),
    "load_standard": loads(STANDARD, "load", HEAVY),
    "name_brisk": attaches(BRISK, "brisk.lazy.attach", ONE),
    "name_lazy_loader": attaches(LOADER, "lazy_loader.attach", ONE).replace(", {", ", None, {"),
    "name_plain": imports(ONE),
}
IMPORT = """
import gc, sys
gc.disable()
from time import perf_counter
start = perf_counter()
__import__(sys.argv[1])
seconds = perf_counter() - start
print('{"us": %f, "ms": %f}' % (seconds * 1e6, seconds * 1e3))
"""
# Attributes are read as programs do: in a function, of a module that is a global.
READ = """
import sys, time
exec(sys.argv[1])
thing.value
def read(count):
    for _ in range(count):
        thing.value; thing.value; thing.value; thing.value; thing.value
        thing.value; thing.value; thing.value; thing.value; thing.value
def seconds():
    start = time.perf_counter()
    read(100_000)
    return time.perf_counter() - start
print('{"ns": %f}' % (min(seconds() for _ in range(7)) * 1e3))
"""


@dataclass(frozen=True)
class Comparison:
    """A figure, and the arguments of Python by which each of those compared is measured."""

    figure: Figure
    commands: dict[str, list[str]]  # brisk first


def front(name: str, title: str, metric: Metric, target: float, **packages: str) -> Comparison:
    figure = Figure(name, title, "", metric, target, tuple(packages)[1:], "brisk-python")
    return Comparison(figure, {who: ["-c", IMPORT, package] for who, package in packages.items()})


def attribute(name: str, title: str, **preludes: str) -> Comparison:
    figure = Figure(name, title, "", NS, 1.1, tuple(preludes)[1:], "brisk-python")
    return Comparison(figure, {who: ["-c", READ, prelude] for who, prelude in preludes.items()})


COMPARISONS = (
    front(
        "lazy.front",
        "importing a package of four lazy names",
        US,
        0.5,
        brisk="front_brisk",
        lazy_loader="front_lazy_loader",
    ),
    front(
        "lazy.modules",
        "importing a package that has numpy, pandas, scipy and sklearn as lazy modules",
        US,
        0.5,
        brisk="load_brisk",
        lazy_loader="load_lazy_loader",
        LazyLoader="load_standard",
    ),
    front(
        "lazy.heavy",
        "importing a package in front of numpy, pandas, scipy.stats and sklearn.linear_model",
        MS,
        0.0,  # from HEAVY_LIMIT
        brisk="front_brisk",
        plain="front_plain",
    ),
    attribute(
        "lazy.attribute",
        "an attribute of a lazy module after its first use",
        brisk=f"{BRISK}thing = brisk.lazy.module('one')",
        plain="import one as thing",
        lazy_loader=f"{LOADER}thing = lazy_loader.load('one')",
        LazyLoader=f"{STANDARD}thing = load('one')",
    ),
    attribute(
        "lazy.name",
        "a lazy name of a package after its first use",
        brisk="import name_brisk as thing",
        plain="import name_plain as thing",
        lazy_loader="import name_lazy_loader as thing",
    ),
)


def write_packages(folder: Path) -> None:
    for name, text in PACKAGES.items():
        package = folder / name
        package.mkdir(parents=True, exist_ok=True)
        (package / "__init__.py").write_text(text)
        for module, code in {**SUBMODULES, "one": "value = 1\n"}.items():
            (package / f"{module}.py").write_text(code)
    (folder / "one.py").write_text("value = 1\n")


def install() -> tuple[Path, str]:
    """Installs brisk and the peers; returns the virtual environment, and where the library is."""
    programs = Programs(ROOT / "build/release")
    venv = SCRATCH / "venv-lazy"
    run([PYTHON, "-m", "venv", "--without-pip", str(venv)])
    (site,) = venv.glob("lib/python*/site-packages")
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(site)]
    env = {**programs.env, "PIP_ROOT_USER_ACTION": "ignore"}
    run([*pip, "-r", str(HERE / "lazy-requirements.txt")], env)
    run([*pip, "--no-build-isolation", "--no-deps", str(ROOT / "bindings/python")], env)
    return venv, programs.env["LD_LIBRARY_PATH"]


def python(venv: Path, libraries: str) -> list[str]:
    """An interpreter that finds the packages, and keeps their bytecode as an installed one does."""
    folder = SCRATCH / "lazy"
    write_packages(folder)
    env = ["-u", "PYTHONDONTWRITEBYTECODE", "-u", "BRISK_EAGER", "-u", "EAGER_IMPORT"]
    env += [f"PYTHONPATH={folder}", f"LD_LIBRARY_PATH={libraries}"]
    return ["env", *env, str(venv / "bin/python")]


def versions(interpreter: list[str]) -> dict[str, str]:
    code = (
        "import json, platform; from importlib.metadata import version; import brisk;"
        "print(json.dumps({'brisk': brisk.__version__, 'lazy_loader': version('lazy-loader'),"
        "'plain': platform.python_version(), 'LazyLoader': platform.python_version()}))"
    )
    return measure([*interpreter, "-c", code])


def compare(
    comparison: Comparison, interpreter: list[str], rounds: int, version: dict[str, str]
) -> Iterator[dict[str, Any]]:
    figure, commands = comparison.figure, comparison.commands
    unit = figure.metric.field
    values: dict[str, dict[int, float]] = {who: {} for who in commands}
    for command in commands.values():
        measure([*interpreter, *command])  # writes the bytecode
    for turn in range(rounds):
        taken: dict[str, list[float]] = {who: [] for who in commands}
        for _ in range(STARTS if figure.metric is US else 1):
            for who, command in commands.items():
                taken[who].append(measure([*interpreter, *command])[unit])
        for who, times in taken.items():
            values[who][turn] = statistics.median(times)
    brisk = values.pop("brisk")
    if not figure.target:
        figure = replace(figure, target=HEAVY_LIMIT / statistics.median(values["plain"].values()))
    say(f"\n{figure.name}  {figure.title}, {unit} (lower is better)")
    say(line_of(f"brisk {version['brisk']}", brisk))
    for peer, times in values.items():
        entry = row(figure, peer, version[peer], brisk, times)
        verdict = "met" if met(entry) else "MISSED"
        told = line_of(f"{peer} {version[peer]}", times, entry)
        say(f"{told}  ({entry['target']:.4g}: {verdict})")
        yield entry


def compare_all(rounds: int, interpreter: list[str]) -> list[dict[str, Any]]:
    """The rows of the area "lazy"."""
    version = versions(interpreter)
    return [r for c in COMPARISONS for r in compare(c, interpreter, rounds, version)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    add = parser.add_argument
    add("--rounds", type=int, default=5, help="rounds, of which the median counts (default: 5)")
    add("--venv", type=Path, help="a place that has brisk and its peers, instead of a new one")
    options = parser.parse_args()
    try:
        if options.venv:
            venv, libraries = options.venv, os.environ.get("LD_LIBRARY_PATH", "")
        else:
            venv, libraries = install()
        rows = compare_all(options.rounds, python(venv, libraries))
    except CannotRun as error:
        say(f"lazy did not run: {error}")
        return 1
    for entry in rows:
        print(json.dumps(entry))
    return 0


if __name__ == "__main__":
    sys.exit(main())
