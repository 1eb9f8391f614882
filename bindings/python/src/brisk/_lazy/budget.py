"""A bound on what an import may cost, for a test of the program that imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

# Runs in an interpreter of its own. It imports nothing before it looks at sys.modules.
CHILD = """
import sys, time
code = compile(sys.argv[1], "<budget>", "exec")
before = set(sys.modules)
start = time.perf_counter()
exec(code, {"__name__": "__main__"})
seconds = time.perf_counter() - start
loaded = [name for name in sys.modules if name not in before]
import json
open(sys.argv[2], "w").write(json.dumps([seconds, loaded]))
"""
SHOWN = 8


class Cost(NamedTuple):
    """What an import took: milliseconds, the best of the tries, and the modules that it loaded."""

    milliseconds: float
    modules: tuple[str, ...]


class OverBudget(AssertionError):
    """The import cost more than it may. ``cost`` is what it did."""

    def __init__(self, text: str, cost: Cost) -> None:
        super().__init__(text)
        self.cost = cost


def budget(
    code: str,
    *,
    milliseconds: float | None = None,
    modules: int | None = None,
    without: Iterable[str] = (),
    tries: int = 5,
    timeout: float = 60.0,
) -> Cost:
    """Runs an import in fresh interpreters and fails when it costs more than it may.

        def test_front_is_light() -> None:
            brisk.lazy.budget("pkg", milliseconds=2, modules=10, without=["numpy", "pandas"])

    ``code`` is the name of a module, or statements ("from pkg import main; main(['--help'])").
    ``milliseconds`` bounds the best of ``tries`` runs, each in a process of its own, without the
    start of Python; ``modules`` the number that it adds to sys.modules; none of those in
    ``without``, nor anything below them, may be loaded. What Python's own start loads does not
    count. Returns the cost.

    Raises OverBudget, an AssertionError that names the dearest modules (by ``-X importtime``);
    RuntimeError when the code fails or takes longer than ``timeout`` seconds; ValueError when there
    is nothing to hold it to. The path of this process is that of the others; BRISK_EAGER is not
    passed on.
    """
    without = [without] if isinstance(without, str) else list(without)
    if milliseconds is None and modules is None and not without:
        raise ValueError("give milliseconds, modules or without: there is nothing to hold it to")
    if tries < 1:
        raise ValueError(f"tries is {tries}: at least 1")
    if all(part.isidentifier() for part in code.split(".")):
        code = f"import {code}"
    with tempfile.TemporaryDirectory() as folder:
        runs = [run(code, Path(folder), timeout) for _ in range(tries)]
        cost = min(runs)
        faults = []
        if milliseconds is not None and cost.milliseconds > milliseconds:
            taken = f"{cost.milliseconds:.2f} ms (best of {tries})"
            faults.append(f"it took {taken}, and may take {milliseconds:g}")
        if modules is not None and len(cost.modules) > modules:
            faults.append(f"it loaded {len(cost.modules)} modules, and may load {modules}")
        for name in without:
            found = [m for m in cost.modules if f"{m}.".startswith(f"{name}.")]
            if found:
                faults.append(f"it loaded {found[0]}, which it may not")
        if faults:
            dearest = importtime(code, Path(folder), timeout, set(cost.modules))
            text = f"{code}: {'; '.join(faults)}.\nThe dearest modules, without those inside them:"
            raise OverBudget("\n".join((text, *dearest)), cost)
    return cost


def run(code: str, folder: Path, timeout: float) -> Cost:
    out = folder / "out.json"
    execute(["-c", CHILD, code, str(out)], code, folder, timeout)
    seconds, names = json.loads(out.read_text())
    return Cost(seconds * 1e3, tuple(names))


def importtime(code: str, folder: Path, timeout: float, names: set[str]) -> list[str]:
    """The modules that took longest by themselves, as lines."""
    said = execute(["-X", "importtime", "-c", code], code, folder, timeout)
    costs: dict[str, int] = {}
    for line in said.splitlines():
        own, bar, rest = line.removeprefix("import time:").partition("|")
        name = rest.rpartition("|")[2].strip()
        if bar and line.startswith("import time:") and own.strip().isdigit() and name in names:
            costs[name] = int(own)
    dearest = sorted(costs, key=lambda name: -costs[name])[:SHOWN]
    return [f"  {costs[name] / 1e3:8.2f} ms  {name}" for name in dearest]


def execute(arguments: list[str], code: str, folder: Path, timeout: float) -> str:
    """Runs Python as this process would see it and returns what it said on standard error."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(path or "." for path in sys.path)}
    env.pop("BRISK_EAGER", None)
    if sys.dont_write_bytecode:  # compiling each time is not what an import costs its users
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        env["PYTHONPYCACHEPREFIX"] = str(folder)
    try:
        done = subprocess.run(
            [sys.executable, *arguments],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RuntimeError(f"{code}: no end within {timeout:g} s; timeout= allows more") from None
    if done.returncode != 0:
        raise RuntimeError(f"{code}: status {done.returncode}\n{done.stderr.strip()[-2000:]}")
    return done.stderr
