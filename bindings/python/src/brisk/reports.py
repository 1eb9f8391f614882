"""What a set of modules is at one moment: a row for each, a table to read, and JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

from brisk import _brisk
from brisk.modules import STATES

if TYPE_CHECKING:
    from brisk._brisk import ModuleReportHandle


class ModuleInfo(NamedTuple):
    """One module of a report.

    ``state`` is "unloaded", "loading", "loaded" or "failed". ``kinds`` is what it offers: kinds of
    drivers, or "library", or "host" for what Python loads; ``schemes`` are those of the addresses
    that a driver serves. ``source`` is the path of its manifest, ``library`` of what was opened,
    ``reason`` why it failed, ``log`` the latest messages of its driver; empty where there is none.

    ``load_time`` and ``warm_up_time`` are seconds, the first without what it waited for, and so
    far where the load goes on. ``gained_bytes`` of memory came to the process meanwhile; loads at
    the same time count in each other's. ``thread`` is the system's number of the one that loaded
    it, ``attempts`` how often that was tried; 0 before.
    """

    name: str
    state: str
    kinds: tuple[str, ...]
    schemes: tuple[str, ...]
    version: str
    dependencies: tuple[str, ...]
    dependents: tuple[str, ...]
    source: str
    library: str
    reason: str
    log: tuple[str, ...]
    load_time: float
    warm_up_time: float
    gained_bytes: int
    thread: int
    attempts: int


class ModuleReport(Sequence[ModuleInfo]):
    """The modules in the order in which they were found; ``str()`` is a table, slowest first."""

    def __init__(self, raw: ModuleReportHandle) -> None:
        self._report = raw
        self._rows = [self._row(at) for at in range(_brisk.module_report_count(raw))]

    def _row(self, at: int) -> ModuleInfo:
        def text(part: int) -> str:
            return _brisk.module_report_text(self._report, at, part)

        def words(part: int) -> tuple[str, ...]:
            return tuple(text(part).split())

        figures = self._report.read(at)
        return ModuleInfo(
            text(_brisk.MODULE_TEXT_NAME),
            STATES[figures.state],
            words(_brisk.MODULE_TEXT_KINDS),
            words(_brisk.MODULE_TEXT_SCHEMES),
            text(_brisk.MODULE_TEXT_VERSION),
            words(_brisk.MODULE_TEXT_DEPENDENCIES),
            words(_brisk.MODULE_TEXT_DEPENDENTS),
            text(_brisk.MODULE_TEXT_SOURCE),
            text(_brisk.MODULE_TEXT_LIBRARY),
            text(_brisk.MODULE_TEXT_REASON),
            tuple(text(_brisk.MODULE_TEXT_LOG).splitlines()),
            figures.load_ns / 1e9,
            figures.warm_up_ns / 1e9,
            figures.gained_bytes,
            figures.thread,
            figures.attempts,
        )

    @overload
    def __getitem__(self, index: int | str) -> ModuleInfo: ...
    @overload
    def __getitem__(self, index: slice) -> list[ModuleInfo]: ...
    def __getitem__(self, index: int | str | slice) -> ModuleInfo | list[ModuleInfo]:
        """A module by position, or by its name (KeyError when there is none)."""
        if not isinstance(index, str):
            return self._rows[index]
        for row in self._rows:
            if row.name == index:
                return row
        raise KeyError(f"there was no module {index!r}")

    def __len__(self) -> int:
        return len(self._rows)

    def __str__(self) -> str:
        return _brisk.module_report_format(self._report, _brisk.REPORT_FORMAT_TEXT)

    __repr__ = __str__

    def json(self) -> str:
        """All that is known as one JSON object, with times in nanoseconds."""
        return _brisk.module_report_format(self._report, _brisk.REPORT_FORMAT_JSON)
