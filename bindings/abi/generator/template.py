"""A template and the file that it makes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Output:
    """One for each module where the path names {module}."""

    template: str
    path: str
    drivers: bool = False  # for the modules of the surface for drivers as well
