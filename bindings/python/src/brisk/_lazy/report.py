"""What is lazy in this process: what was loaded, when that was asked for, and what it cost."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

from brisk._lazy import loading
from brisk.lazy import _fronts

OWN = "brisk."  # what brisk itself loads late is not listed


class Row(NamedTuple):
    """One module that somebody declared lazy.

    ``state`` is "waiting" (nobody used it), "loading", "loaded", "elsewhere" (an ordinary import
    came first) or "failed". The costs are those of the first import that succeeded, or of the last
    that failed, and None where there was none: ``milliseconds`` with all that it imported, ``own``
    without the lazy modules within it, ``modules`` that it added to sys.modules, and ``bytes`` of
    resident memory that it added (about: other threads count as well; 0 where there is no /proc).
    ``within`` is the lazy module whose import it was part of, or "".
    """

    name: str
    state: str
    places: tuple[str, ...]
    milliseconds: float | None = None
    own: float | None = None
    modules: int | None = None
    bytes: int | None = None
    within: str = ""
    reason: str = ""


class Report(Sequence[Row]):
    """The rows, the dearest first, then those that wait; ``str()`` is a table of them."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = sorted(rows, key=lambda row: -(row.own or 0.0))

    @overload
    def __getitem__(self, index: int | str) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> list[Row]: ...
    def __getitem__(self, index: int | str | slice) -> Row | list[Row]:
        """A row by position, or by the name of its module (KeyError when that is not lazy)."""
        if not isinstance(index, str):
            return self._rows[index]
        for row in self._rows:
            if row.name == index:
                return row
        raise KeyError(f"no lazy module {index!r} was declared")

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def milliseconds(self) -> float:
        """What all imports took together, each moment counted once in each thread."""
        return sum(row.own or 0.0 for row in self)

    def __str__(self) -> str:
        states = [row.state for row in self]
        counts = [f"{states.count(state)} {state}" for state in dict.fromkeys(states)]
        lines = [f"{len(self)} lazy modules: {', '.join(counts) or 'none'}"]
        if self.milliseconds:
            lines[0] += f"; {self.milliseconds:.1f} ms"
        width = max((len(row.name) for row in self), default=0)
        for row in self:
            cost = " " * 36
            if row.milliseconds is not None and row.modules is not None and row.bytes is not None:
                memory = row.bytes / (1 << 20)
                cost = f"{row.own:9.1f} ms {row.modules:5} modules {memory:7.1f} MiB"
            lines.append(f"  {row.name:<{width}}  {row.state:<9} {cost}  {', '.join(row.places)}")
            if row.within:
                lines.append(f"  {'':<{width}}  within the import of {row.within}")
            if row.reason:
                lines.append(f"  {'':<{width}}  {row.reason}")
        return "\n".join(line.rstrip() for line in lines)

    __repr__ = __str__


def report() -> Report:
    """Tells of every module declared lazy in this process. Loads nothing; from any thread."""
    places: dict[str, dict[str, None]] = {}
    declared = [
        (source, place)
        for front in list(_fronts.values())
        for source, _, place in list(front.entries.values())
    ]
    for name, place in (*declared, *loading.declared):
        if not name.startswith(OWN):
            places.setdefault(name, {})[place] = None
    loads = dict(loading.loads)
    inner: dict[str, int] = {}
    for load in loads.values():
        inner[load.within] = inner.get(load.within, 0) + load.nanoseconds
    return Report([row(name, tuple(places[name]), loads, inner.get(name, 0)) for name in places])


def row(name: str, places: tuple[str, ...], loads: dict[str, loading.Load], inner: int) -> Row:
    load = loads.get(name)
    module = sys.modules.get(name)
    if load is None:
        if module is None:
            return Row(name, "waiting", places)
        return Row(name, "elsewhere" if loading.complete(module) else "loading", places)
    return Row(
        name,
        "failed" if load.reason else "loaded",
        places,
        load.nanoseconds / 1e6,
        max(0, load.nanoseconds - inner) / 1e6,
        load.modules,
        load.bytes,
        load.within,
        load.reason,
    )
